# ruff: noqa: S104  # 0.0.0.0 is asked for, not listened on
"""Links to media that lead where they should not, or to servers that misbehave: each costs one sentence."""

import itertools
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from service.recording import Recorder, RecordingHandler, recording
from support.waiting import wait_until

from runway_nb.model.task import Task, Video
from runway_nb.service.download import MOST_REDIRECTS
from runway_nb.service.media import MediaError, embedded_media, fetch_media
from runway_nb.service.overrides import use_demo_url, use_media_networks

CERTIFICATE = Path(__file__).with_name("loopback.pem")
MP4 = b"\x00\x00\x00\x20ftypisom" + b"x" * 1000
NOT_OPENED = (
    "The video's link leads to an address of this machine or of a private network, so it was not opened. "
    "If you trust that network, add it to RunwayMagics.media_networks."
)
NO_CONNECTION = "The video could not be fetched (no connection). "
TOO_LONG = "The video took too long to arrive, so it stays a link. Try again, or download it to keep it."


@pytest.fixture(autouse=True)
def networks() -> Iterator[Callable[[list[str]], None]]:
    """Admit one address of this machine, as a user can; the API is elsewhere."""
    use_media_networks(["127.0.0.1"])
    yield use_media_networks
    use_media_networks([])


def problem_of(url: str, **options: Any) -> str:
    with pytest.raises(MediaError) as caught:
        fetch_media(url, "video", **options)
    assert caught.value.__context__ is None
    return str(caught.value)


def film(handler: RecordingHandler) -> None:
    handler.reply(MP4)


def redirecting(*targets: str | bytes) -> Callable[[RecordingHandler], None]:
    """Answer with redirects to these, one after the other, and then with a video."""
    left = iter(targets)

    def answer(handler: RecordingHandler) -> None:
        target = next(left, None)
        if target is None:
            handler.reply(MP4)
            return
        location = target.encode() if isinstance(target, str) else target
        handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n")

    return answer


# --- addresses --------------------------------------------------------------------------------------------------------

NAMES_OF_THIS_MACHINE = [
    *("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0.0.0.0"),
    *("0", "127.8.8.8", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "LOCALHOST", "localhost."),
    *("①②⑦.⓪.⓪.①", "127。0。0。1"),  # other digits and dots that become these
]


@pytest.fixture
def any_address() -> Iterator[socket.socket]:
    """Listen on all addresses of this machine."""
    with socket.create_server(("", 0)) as listener:
        listener.setblocking(False)
        yield listener


def was_asked(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("host", NAMES_OF_THIS_MACHINE)
def test_this_machine_is_not_asked(host: str, any_address: socket.socket, networks: Callable[[list[str]], None]):
    networks([])

    problem = problem_of(f"http://{host}:{any_address.getsockname()[1]}/")

    assert problem == NOT_OPENED or problem.startswith(NO_CONNECTION)
    assert not was_asked(any_address)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]"]
)
def test_private_networks_are_not_asked(host: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("socket.socket.connect", None)

    assert problem_of(f"http://{host}/") == NOT_OPENED


@pytest.mark.parametrize("host", ["127.0.0.2", "127.1.1.1", "0.0.0.0", "[::1]"])
def test_redirect_to_this_machine_is_not_followed(host: str, any_address: socket.socket):
    with recording(redirecting(f"http://{host}:{any_address.getsockname()[1]}/secret")) as server:
        assert problem_of(server.url) == NOT_OPENED

    assert not was_asked(any_address)


def test_the_checked_address_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch):
    answers = iter(["127.0.0.1", "127.0.0.2", "127.0.0.2"])
    asked: list[object] = []

    def rebinding(host: object, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    with recording(film) as server:
        monkeypatch.setattr("socket.getaddrinfo", rebinding)
        media = fetch_media(f"http://clips.example:{server.server_port}/", "video")

    assert media.content == MP4
    assert server.headers["Host"] == f"clips.example:{server.server_port}"
    assert asked == ["clips.example"]


def test_of_several_addresses_only_admitted_ones_are_tried(any_address: socket.socket, monkeypatch: pytest.MonkeyPatch):
    port = any_address.getsockname()[1]

    def both(*_: Any, **__: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", port)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9)),
        ]

    monkeypatch.setattr("socket.getaddrinfo", both)

    assert problem_of(f"http://clips.example:{port}/").startswith(NO_CONNECTION)
    assert not was_asked(any_address)


def test_media_of_an_api_on_this_machine_may_be_there(networks: Callable[[list[str]], None]):
    networks([])
    with recording(film) as server:
        use_demo_url("http://127.0.0.1:9")
        try:
            assert fetch_media(server.url, "video").content == MP4
            assert problem_of("http://10.0.0.1/") == NOT_OPENED
        finally:
            use_demo_url(None)
        assert problem_of(server.url) == NOT_OPENED


def test_an_unusable_base_url_admits_nothing(networks: Callable[[list[str]], None], monkeypatch: pytest.MonkeyPatch):
    networks([])
    monkeypatch.setenv("APIKLEY_BASE_URL", "http://user@127.0.0.1")

    assert problem_of("http://127.0.0.1:9/") == NOT_OPENED


# --- redirects --------------------------------------------------------------------------------------------------------


def test_redirects_are_followed():
    with recording(redirecting("/a", "b?c=d", "//127.0.0.1:{port}/e")) as server:
        server.answer = redirecting("/a", "b?c=d", f"//127.0.0.1:{server.server_port}/ж")
        assert fetch_media(server.url, "video").content == MP4

    assert [path for _, path, _ in server.seen] == ["/", "/a", "/b?c=d", "/%D0%B6"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_all_kinds_of_redirects(status: int):
    def answer(handler: RecordingHandler) -> None:
        handler.reply(MP4) if handler.path == "/end" else handler.reply(b"", status, Location="/end")

    with recording(answer) as server:
        assert fetch_media(server.url, "video").content == MP4


def test_at_most_five_redirects():
    with recording(redirecting(*["/again"] * MOST_REDIRECTS)) as server:
        assert fetch_media(server.url, "video").content == MP4
    with recording(redirecting(*["/again"] * 50)) as server:
        assert problem_of(server.url) == f"{NO_CONNECTION}Its link redirects more than 5 times."

    assert len(server.seen) == 6


@pytest.mark.parametrize(
    "target",
    [
        *("file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:alert(1)", "data:video/mp4,x", "gopher://127.0.0.1/"),
        *("http://[::1", "http://a..b/", f"http://{'a' * 70}.example/", "http://user:word@127.0.0.1/"),
        *("http://127.0.0.1:99999/", "http://127.0.0.1:0/", "http://\x7f/", "http://xn--/", "http://\\/"),
        *(b"http://127.0.0.1/\xff\xfe", b"\xc3", b"http://\xe9.example/"),
    ],
)
def test_redirects_to_anything_else_are_one_sentence(target: str | bytes):
    with recording(redirecting(target)) as server:
        problem = problem_of(server.url)

    assert problem.startswith(NO_CONNECTION)
    assert len(server.seen) == 1


def test_body_of_a_redirect_is_not_read():
    def endless(handler: RecordingHandler) -> None:
        if handler.path == "/end":
            handler.reply(MP4)
            return
        handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /end\r\nContent-Length: 99999999999\r\n\r\n")
        drip(handler, b"x")

    with recording(endless) as server:
        assert fetch_media(server.url, "video").content == MP4


@pytest.mark.parametrize("url", ["http://user:word@127.0.0.1:9/", "http://user@127.0.0.1:9/", "https://@127.0.0.1:9/"])
def test_links_with_a_user_name_are_not_opened(url: str):
    assert problem_of(url) == f"{NO_CONNECTION}Its link contains a user name or password."


@contextmanager
def encrypted(answer: Callable[[RecordingHandler], None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Serve over https, with a certificate for 127.0.0.1 and localhost that is accepted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with recording(answer) as server:
        monkeypatch.setattr(server, "handle_error", lambda *_: None)  # a refused handshake
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        yield server


def test_no_way_back_from_https_to_http(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    monkeypatch.setattr("runway_nb.service.network.is_on_this_machine", lambda _: False)  # certificates, as elsewhere
    with recording(film) as plain, encrypted(redirecting(plain.url), monkeypatch) as server:
        url = server.url.replace("http:", "https:")
        assert problem_of(url) == f"{NO_CONNECTION}Its link redirects to an unencrypted link."
        assert not plain.seen
        server.answer = film
        assert fetch_media(url, "video").content == MP4
        plain.answer = redirecting(url)
        assert fetch_media(plain.url, "video").content == MP4


def test_the_certificate_is_checked_for_the_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))

    def resolved(_: object, port: int, *__: Any, **___: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    with encrypted(film, monkeypatch) as server:
        monkeypatch.setattr("socket.getaddrinfo", resolved)
        assert problem_of(f"https://clips.example:{server.server_port}/").startswith(NO_CONNECTION)

    assert not server.seen


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_nothing_that_identifies_the_user_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("APIKLEY_API_KEY", "a-key-for-the-api")
    monkeypatch.setattr("runway_nb.service.network.is_on_this_machine", lambda _: False)  # with the environment

    def answer(handler: RecordingHandler) -> None:
        if handler.path == "/end":
            handler.reply(MP4)
        else:
            handler.reply(b"", 302, Location="/end", Set_Cookie="visit=1; Path=/")

    with recording(answer) as server:
        fetch_media(f"{server.url}/start?token=x", "video")

    for _, _, headers in server.seen:
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert len(server.seen) == 2


def test_behind_a_proxy_the_proxy_decides(networks: Callable[[list[str]], None], monkeypatch: pytest.MonkeyPatch):
    networks([])
    monkeypatch.delenv("NO_PROXY")
    with recording(film) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert fetch_media("http://10.0.0.1/clip", "video").content == MP4
        assert fetch_media("http://intranet/clip", "video").content == MP4
        assert [path for _, path, _ in proxy.seen] == ["http://10.0.0.1/clip", "http://intranet/clip"]

        monkeypatch.setenv("no_proxy", "10.0.0.1")
        assert problem_of("http://10.0.0.1/clip") == NOT_OPENED
        proxy.answer = redirecting("http://127.0.0.1:9/")
        assert problem_of("http://intranet/clip") == NOT_OPENED
    assert len(proxy.seen) == 3


# --- servers that misbehave -------------------------------------------------------------------------------------------


def drip(handler: RecordingHandler, *pieces: bytes) -> None:
    """Send pieces until the client hangs up."""
    try:
        for piece in itertools.cycle(pieces):
            handler.wfile.write(piece)
            if handler.server.disconnected.wait(0.05):
                return
    except OSError:
        return


def flood(handler: RecordingHandler, piece: bytes) -> None:
    try:
        while True:
            handler.wfile.write(piece)
    except OSError:
        return


OK = b"HTTP/1.1 200 OK\r\n"
TYPED = OK + b"Content-Type: video/mp4\r\n"
CHUNKED = TYPED + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("start", "pieces"),
    [
        (b"", [b"H"]),
        (OK, [b"X: y\r\n"]),
        (OK + b"X: ", [b"y"]),
        (b"", [b"HTTP/1.1 100 Continue\r\n\r\n"]),
        (TYPED + b"\r\n" + MP4, [b"x"]),
        (TYPED + b"Content-Length: 2000\r\n\r\n" + MP4, [b"x"]),
        (CHUNKED, [b"1\r\nx\r\n"]),
        (CHUNKED, [b"0"]),
        (CHUNKED + b"4\r\nabcd\r\n0\r\n", [b"X: y\r\n"]),
    ],
)
def test_slow_bytes_end_in_time(start: bytes, pieces: list[bytes]):
    def answer(handler: RecordingHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(start)
        drip(handler, *pieces)

    with recording(answer) as server:
        problem = problem_of(server.url, seconds=0.6)

        assert problem == TOO_LONG or problem.startswith((NO_CONNECTION, "The video's link returned"))
        assert server.disconnected.wait(60)


def test_a_server_that_never_answers(any_address: socket.socket):
    assert problem_of(f"http://127.0.0.1:{any_address.getsockname()[1]}/", seconds=0.3) == TOO_LONG


def test_a_name_that_is_not_resolved_in_time(monkeypatch: pytest.MonkeyPatch):
    with recording(film) as server:
        resolved: list[Any] = []

        def slowly(_: object, port: int, *__: Any, **___: Any) -> list[Any]:
            wait_until(lambda: bool(resolved))
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr("socket.getaddrinfo", slowly)
        assert problem_of(f"http://clips.example:{server.server_port}/", seconds=0.3) == TOO_LONG
        resolved.append(True)
        wait_until(server.disconnected.is_set)

    assert not server.seen


@pytest.mark.parametrize(
    "answer",
    [
        *(CHUNKED + each for each in (b"-5\r\nabcde\r\n0\r\n\r\n", b"-1\r\n" + MP4, b"zz\r\nx\r\n", b"\r\n")),
        *(CHUNKED + each for each in (b"5\r\nab", b"f" * 30 + b"\r\nab", b"4\r\nabcdX", b" \r\n")),
        *(b"", b"\x00" * 100, b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"<html>", b"HTTP/1.1 200"),
        *(OK + b"X: y\r\n" * 1000 + b"\r\n", OK + b"X: " + b"y" * 100_000 + b"\r\n\r\n", OK + b"no colon\r\n\r\n"),
        *(TYPED + b"Content-Length: " + each + b"\r\n\r\n" for each in (b"-5", b"x", b"9" * 5000)),
        TYPED + b"Content-Encoding: gzip\r\n\r\n" + zlib.compress(b"\x00" * 10_000_000),
        TYPED + b"Content-Encoding: identity, gzip\r\n\r\n" + MP4,
        b"HTTP/1.1 302 Found\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nLocation: /x\r\n\r\n",
        b"HTTP/1.1 999 Nothing\r\n\r\n",
        OK + b"Content-Type: video/\xff\xfe\x1b[2J\r\n\r\nabc",
    ],
)
def test_odd_answers_are_one_sentence(answer: bytes):
    def reply(handler: RecordingHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(answer)

    with recording(reply) as server:
        problem = problem_of(server.url, seconds=60)

    assert problem.startswith("The video")
    assert problem.isprintable()
    assert problem != TOO_LONG


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        (CHUNKED + b"-1\r\n", MP4 * 100),
        (CHUNKED + b"7fffffff\r\n", MP4 * 100),
        (CHUNKED, b"1\r\nx\r\n" * 1000),
        (CHUNKED, b"0" * 10_000),
        (CHUNKED + b"0\r\n", b"X: y\r\n" * 1000),
        (TYPED + b"\r\n", MP4 * 100),
    ],
)
def test_endless_answers_end(start: bytes, piece: bytes):
    def answer(handler: RecordingHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(start)
        flood(handler, piece)

    with recording(answer) as server:
        assert problem_of(server.url, limit=100_000, seconds=120) != TOO_LONG
        assert server.disconnected.wait(60)


@pytest.mark.parametrize("bad", [b"\x00", CHUNKED + b"-5\r\n", OK + b"Content-Encoding: gzip\r\n\r\n" + MP4])
def test_a_bad_video_does_not_cost_its_thumbnail(bad: bytes):
    picture = b"\xff\xd8\xff\xe0" + b"x" * 1000

    def answer(handler: RecordingHandler) -> None:
        handler.close_connection = True
        handler.reply(picture) if handler.path == "/image" else handler.wfile.write(bad)

    with recording(answer) as server:
        embedded = embedded_media(Task("t", video=Video(f"{server.url}/video", f"{server.url}/image")))

    assert embedded.video is None
    assert embedded.poster is not None
    assert embedded.poster.content == picture
    assert embedded.problem.startswith("The video")

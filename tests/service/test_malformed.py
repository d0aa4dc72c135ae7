"""Whatever a server sends, a look ends with a task or with an error of this package."""

import gzip
import zlib

import pytest
import requests
from service.recording import KEY, RECORD, RecordingHandler, error_of, recording
from support.raw import HEAD, answering

from runway_nb.model.errors import BadResponseError, ConnectionFailedError, RunwayError, SettingError
from runway_nb.model.task import TaskState
from runway_nb.service.client import RunwayClient

CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
WITH_LENGTH = b"Content-Length: %d\r\n\r\n" % len(RECORD)

UNREADABLE = {
    "nothing": b"",
    "no HTTP": b"hello\r\n\r\n",
    "HTTP/0.9": RECORD,
    "an unknown version": b"HTTP/9.9 200 OK\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a status that is no number": b"HTTP/1.1 abc OK\r\n\r\n",
    "a negative status": b"HTTP/1.1 -20 OK\r\n\r\n",
    "a status of five digits": b"HTTP/1.1 20000 OK\r\n\r\n",
    "NUL bytes": b"\0" * 5000,
    "a status line without an end": b"HTTP/1.1 200 " + b"x" * 200_000,
    "a header of 1 MB": HEAD + b"X-Long: " + b"x" * 1_000_000 + b"\r\n\r\n",
    "10,000 headers": HEAD + b"X-Many: x\r\n" * 10_000 + b"\r\n",
    "a negative chunk": CHUNKED + b"-5\r\n" + RECORD,
    "a chunk of size -1": CHUNKED + b"-1\r\n" + RECORD * 100,
    "a chunk size that is no number": CHUNKED + b"zz\r\n" + RECORD,
    "an empty chunk size": CHUNKED + b"\r\n" + RECORD,
    "a huge chunk": CHUNKED + b"f" * 40 + b"\r\n" + RECORD,
    "a chunk size without an end": CHUNKED + b"0" * 200_000,
    "a body that is too short": HEAD + b"Content-Length: 500\r\n\r\n" + RECORD,
    "two lengths": HEAD + b"Content-Length: 4, 5\r\n\r\n" + RECORD,
    "truncated gzip": HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(RECORD)[:-12],
    "gzip that is none": HEAD + b"Content-Encoding: gzip\r\n\r\n" + RECORD,
    "deflate that is none": HEAD + b"Content-Encoding: deflate\r\n\r\n" + b"\xff" * 50,
    "an unknown encoding": HEAD + b"Content-Encoding: br\r\n\r\n" + RECORD,
    "encodings in each other": HEAD + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(gzip.compress(RECORD)),
    "an encoding of odd bytes": HEAD + b"Content-Encoding: \xff\xfe\r\n\r\n" + RECORD,
}

LOCATIONS = {
    "latin-1": b"http://\xe9\xff/",
    "half a character": b"/\xc3",
    "no host": b"http://",
    "half an address": b"http://[::1",
    "an empty label": b"http://a..b/",
    "a long label": b"http://" + b"a" * 70 + b".example/",
    "a port of letters": b"http://a:port/",
    "another scheme": b"ldap://x/",
    "control characters": b"http://a/\x1b[2J\x01",
    "nothing": b"",
    "very much": b"http://a/" + b"x" * 60_000,
}

ODD_BUT_READABLE = {
    "a missing reason": b"HTTP/1.1 200\r\n" + WITH_LENGTH + RECORD,
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n" + RECORD,
    "bare line feeds": b"HTTP/1.1 200 OK\n" + WITH_LENGTH + RECORD,
    "interim answers": b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + HEAD + WITH_LENGTH + RECORD,
    "a length of odd bytes": HEAD + b"Content-Length: \xff\r\n\r\n" + RECORD,
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n" + RECORD,
    "bytes after the end": HEAD + WITH_LENGTH + RECORD + b"more",
    "cookies that are none": HEAD + b"Set-Cookie: =;=\xff;;Max-Age=zz;Expires=\x01\r\n" + WITH_LENGTH + RECORD,
    "a header without a colon": HEAD + b"odd\r\n" + WITH_LENGTH + RECORD,
    "a date far away": HEAD + b"Retry-After: Mon, 99 Foo 99999 99:99:99\r\n" + WITH_LENGTH + RECORD,
    "gzip in two parts": HEAD
    + b"Content-Encoding: gzip\r\n\r\n"
    + gzip.compress(RECORD[:9])
    + gzip.compress(RECORD[9:]),
    "gzip with padding": HEAD + b"Content-Encoding: x-gzip\r\n\r\n" + gzip.compress(RECORD) + b"\0" * 20,
    "deflate": HEAD + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(RECORD),
    "deflate without a header": HEAD + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(RECORD)[2:-4],
    "chunks with extensions": CHUNKED + b"%x;a=b\r\n%s\r\n0\r\nX-Trailer: x\r\n\r\n" % (len(RECORD), RECORD),
}


# urllib3 itself leaves a connection with two lengths to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_answer_is_an_error_in_one_sentence(answer: bytes, session: requests.Session | None):
    with answering(answer) as server, RunwayClient(KEY, server.url, session) as client:
        error = error_of(lambda: client.look("t"))

    assert type(error) in (BadResponseError, ConnectionFailedError)
    assert str(error).isprintable()
    assert str(error).endswith(".")
    assert len(str(error)) < 400


@pytest.mark.parametrize("location", LOCATIONS.values(), ids=LOCATIONS)
def test_any_redirect_is_shown_and_not_followed(location: bytes, session: requests.Session | None):
    answer = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
    with answering(answer) as server, RunwayClient(KEY, server.url, session) as client:
        error = error_of(lambda: client.look("t"))

        assert server.requests == 1
    assert type(error) is BadResponseError
    assert error.status == 302
    assert "redirected to" in str(error)
    assert str(error).isprintable()
    assert len(str(error)) < 400


@pytest.mark.parametrize("answer", ODD_BUT_READABLE.values(), ids=ODD_BUT_READABLE)
def test_odd_answer_is_read(answer: bytes, session: requests.Session | None):
    with answering(answer) as server, RunwayClient(KEY, server.url, session) as client:
        assert client.look("t").state is TaskState.WAIT


def test_hooks_of_a_lent_session_still_run():
    met: list[int] = []
    with recording() as server, requests.Session() as lent, RunwayClient(KEY, server.url, lent) as client:
        lent.hooks["response"] = lambda response, **_: met.append(response.status_code)
        client.look("t")
        lent.hooks["response"] = [lambda response, **_: met.append(response.status_code + 1)]
        client.look("t")

    assert met == [200, 201]


@pytest.mark.parametrize("raised", [ValueError("x"), AssertionError(), KeyError("x"), UnicodeError("x"), LookupError()])
def test_other_exceptions_of_foreign_code_are_errors_too(raised: Exception):
    class Odd(requests.Session):
        def send(self, *_: object, **__: object) -> requests.Response:
            raise raised

    with recording() as server, RunwayClient(KEY, server.url, Odd()) as client:
        error = error_of(lambda: client.look("t"))

    assert type(error) is BadResponseError
    assert type(raised).__name__ in str(error)


def test_decompression_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch):
    """A megabyte that decodes to a gigabyte must not be decoded first and measured afterwards."""
    largest = 0
    decompressobj = zlib.decompressobj

    class Measured:
        def __init__(self, *arguments: int) -> None:
            self._zlib = decompressobj(*arguments)
            self.eof, self.unused_data = False, b""

        def decompress(self, piece: bytes, limit: int) -> bytes:
            nonlocal largest
            decoded = self._zlib.decompress(piece, limit)
            self.eof, self.unused_data = self._zlib.eof, self._zlib.unused_data
            largest = max(largest, len(decoded))
            return decoded

    def reply(handler: RecordingHandler) -> None:
        handler.reply(bomb, Content_Encoding="gzip")

    bomb = gzip.compress(b" " * 50_000_000)
    monkeypatch.setattr(zlib, "decompressobj", Measured)
    with recording(reply) as server, RunwayClient(KEY, server.url) as client:
        assert "larger than 1 MiB" in str(error_of(lambda: client.look("t")))

    assert 0 < largest <= 1024 * 1024 + 1


def test_many_empty_parts_count_as_received():
    empty = gzip.compress(b"")
    answer = HEAD + b"Content-Encoding: gzip\r\n\r\n" + empty * (1024 * 1024 // len(empty) + 1)
    with answering(answer) as server, RunwayClient(KEY, server.url) as client:
        assert "larger than 1 MiB" in str(error_of(lambda: client.look("t")))


@pytest.mark.parametrize(
    "url",
    [
        "https://" + "a" * 70 + ".example",
        "https://a..b",
        "https://.a",
        "https://a..",
        "https://[::1",
        "https://[::1]x",
        "https://[zz]",
        "https://a:99999",
        "https://*.example",
        "https://xn--\xe9\xe9.example",
        "https://\u0661\u2488.example",
        "https://" + "\xe9" * 62 + ".example",
        "http://127.0.0.1..",
        "https://a b",
        "https://a%zz",
        "https://\u202e",
    ],
)
def test_unusable_host_is_an_error_at_once_or_at_the_look(url: str):
    with pytest.raises(RunwayError) as caught:
        RunwayClient(KEY, url, retries=0).look("t", within=20)

    assert isinstance(caught.value, (SettingError, ConnectionFailedError))
    assert caught.value.__cause__ is None

"""The client over real HTTP: against the simulator, and against a server that notes what arrived."""

import gzip
import logging
import os
import pickle
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from traceback import TracebackException
from typing import Any

import pytest
import requests

from runway_nb import __version__
from runway_nb.client import WORKERS, RunwayClient
from runway_nb.errors import (
    ApiError,
    AuthenticationError,
    BadResponseError,
    ConnectionFailedError,
    ImageAccessError,
    MaintenanceError,
    MissingKeyError,
    ParameterError,
    RateLimitError,
    RunwayError,
    ServerError,
    SettingError,
    TaskFailedError,
    TaskNotFoundError,
    WaitInterruptedError,
    WaitTimeoutError,
)
from runway_nb.simulator import Fault, Simulator, demo_task
from runway_nb.task import Task, TaskState

KEY = "k-3f9a77-never-shown"
FINISHED = demo_task("finished").task_id
RECORD = b'{"code":200,"msg":"success","data":{"taskId":"t","state":"wait"}}'
FOREVER = {"times": None}


@pytest.fixture
def client(simulator: Simulator) -> Iterator[RunwayClient]:
    with RunwayClient(KEY, simulator.base_url, max_rate=float("inf")) as client:
        yield client


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note the pauses between retries instead of sleeping through them."""
    noted: list[float] = []
    monkeypatch.setattr("runway_nb.client.time.sleep", noted.append)
    return noted


class Recorder(ThreadingHTTPServer):
    """Notes each request: the connection it came on, its path and its headers."""

    daemon_threads = True

    def __init__(self, answer: Callable[["RecordingHandler"], None]) -> None:
        super().__init__(("127.0.0.1", 0), RecordingHandler)
        self.answer = answer
        self.seen: list[tuple[Any, str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the only request."""
        ((_, _, headers),) = self.seen
        return headers


class RecordingHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Recorder

    def do_GET(self) -> None:
        self.server.seen.append((self.client_address, self.path, dict(self.headers)))
        self.server.answer(self)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def reply(self, body: bytes = RECORD, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        with suppress(ConnectionError):  # who asked may have had enough
            self.wfile.write(body)

    def reply_in_chunks(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(RECORD), RECORD))


@contextmanager
def recording(answer: Callable[[RecordingHandler], None] = RecordingHandler.reply) -> Iterator[Recorder]:
    with Recorder(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def error_of(call: Callable[[], object]) -> RunwayError:
    with pytest.raises(RunwayError) as caught:
        call()
    return caught.value


def all_shown(error: BaseException) -> str:
    """Everything that a debugger, a crash reporter or a verbose traceback would show of an error."""
    formatted = TracebackException(type(error), error, error.__traceback__, capture_locals=True).format(chain=True)
    return "".join(formatted) + repr(error) + str(error) + repr(vars(error)) + repr(error.args)


# --- a look-up --------------------------------------------------------------------------------------------------------


def test_get_gives_the_task(client: RunwayClient, simulator: Simulator):
    task = client.get(FINISHED)

    assert isinstance(task, Task)
    assert (task.task_id, task.state) == (FINISHED, TaskState.SUCCESS)
    assert [look.task_id for look in simulator.lookups] == [FINISHED]


@pytest.mark.parametrize("task_id", ["a&b=c", "ä/../x?y#z", "a b", "8d36091e83e54df7b078c43ac87be6e7", "%00", "'\"<"])
def test_an_id_of_any_shape_is_sent_as_it_is(client: RunwayClient, simulator: Simulator, task_id: str):
    simulator.put(task_id, {"state": "wait"})

    assert client.get(f" {task_id}\n").task_id == task_id
    assert simulator.lookups[-1].task_id == task_id


def test_what_is_no_string_is_no_id(client: RunwayClient):
    with pytest.raises(TypeError, match="A task id is a string, not of type NoneType"):
        client.get(None)


@pytest.mark.parametrize("task_id", ["", "  ", "\n"])
def test_an_empty_id_is_not_sent(client: RunwayClient, simulator: Simulator, task_id: str):
    assert "empty" in str(error_of(lambda: client.get(task_id)))
    assert "empty" in str(error_of(lambda: client.wait(task_id)))
    assert not simulator.lookups


def test_an_id_that_no_encoding_has_is_one_error_among_the_results(client: RunwayClient):
    broken, good = client.get_many(["\ud800", FINISHED])

    assert isinstance(broken, TaskNotFoundError)
    assert isinstance(good, Task)


def test_what_is_sent():
    with recording() as server, RunwayClient(KEY, server.url) as client:
        client.get("t")

    assert server.headers["Authorization"] == f"Bearer {KEY}"
    assert server.headers["User-Agent"] == f"runway_nb/{__version__}"
    assert server.headers["Accept"] == "application/json"
    assert server.seen[0][1] == "/api/v1/runway/record-detail?taskId=t"


def test_a_base_url_with_a_path():
    with recording() as server, RunwayClient(KEY, f"{server.url}/proxy/") as client:
        client.get("t")

    assert server.seen[0][1] == "/proxy/api/v1/runway/record-detail?taskId=t"


@pytest.mark.parametrize("answer", [RecordingHandler.reply, RecordingHandler.reply_in_chunks])
def test_connections_are_pooled(answer: Callable[[RecordingHandler], None]):
    with recording(answer) as server, RunwayClient(KEY, server.url) as client:
        for _ in range(5):
            client.get("t")

    assert len(server.seen) == 5
    assert len({connection for connection, *_ in server.seen}) == 1


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [Fault.code, Fault.http])
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, AuthenticationError),
        (402, ApiError),
        (404, TaskNotFoundError),
        (408, ApiError),
        (422, ParameterError),
        (429, RateLimitError),
        (451, ImageAccessError),
        (455, MaintenanceError),
        (500, ServerError),
        (501, ServerError),
        (505, ServerError),
    ],
)
@pytest.mark.usefixtures("pauses")
def test_every_code_in_both_forms(
    client: RunwayClient, simulator: Simulator, form: Callable[..., Fault], code: int, kind: type[ApiError]
):
    simulator.faults.add(form(code, "the service's own words"), **FOREVER)

    error = error_of(lambda: client.get(FINISHED))

    assert type(error) is kind
    assert isinstance(error, ApiError)
    assert (error.code, error.task_id) == (code, FINISHED)
    assert "the service's own words" in str(error)


@pytest.mark.parametrize(
    ("fault", "kind", "named"),
    [
        (Fault.null(), TaskNotFoundError, FINISHED),
        (Fault.html(), BadResponseError, "error code: 1010"),
        (Fault.html(401, "Sign in"), AuthenticationError, "key was not accepted"),
        (Fault.html(502, "Bad gateway"), ServerError, "502"),
        (Fault.truncated(), BadResponseError, "not the API's"),
        (Fault.oversized(), BadResponseError, "larger than 1 MiB"),
        (Fault.dropped(), ConnectionFailedError, "broke off"),
        (Fault.cut_off(), ConnectionFailedError, "broke off"),
        (Fault.redirect("http://127.0.0.1:9/elsewhere"), BadResponseError, "redirects to http://127.0.0.1:9/elsewhere"),
    ],
)
@pytest.mark.usefixtures("pauses")
def test_every_other_fault(
    client: RunwayClient, simulator: Simulator, fault: Fault, kind: type[RunwayError], named: str
):
    simulator.faults.add(fault, **FOREVER)

    error = error_of(lambda: client.get(FINISHED))

    assert type(error) is kind
    assert named in str(error)
    simulator.faults.clear()
    assert client.get(FINISHED).state is TaskState.SUCCESS  # nothing of it sticks to the connection


def test_a_wrong_key_is_told_by_the_service_itself(simulator: Simulator):
    with RunwayClient("invalid-key", simulator.base_url) as client:
        assert type(error_of(lambda: client.get(FINISHED))) is AuthenticationError


def test_no_key():
    assert type(error_of(RunwayClient)) is MissingKeyError


@pytest.mark.parametrize("url", ["http://api.apikley.ru", "ftp://127.0.0.1", f"https://{KEY}@host"])
def test_a_base_url_that_cannot_be_used(url: str):
    error = error_of(lambda: RunwayClient(KEY, url))

    assert type(error) is SettingError
    assert KEY not in str(error)


def test_no_answer_in_time(simulator: Simulator):
    simulator.faults.add(Fault.slow(5))
    with RunwayClient(KEY, simulator.base_url, timeout=(1, 0.05), retries=0) as client:
        error = error_of(lambda: client.get(FINISHED))

    assert type(error) is ConnectionFailedError
    assert error.reason == "no answer in time"
    assert error.host == simulator.base_url.removeprefix("http://")


def test_an_answer_that_stops_half_way_in_time():
    def stall(handler: RecordingHandler) -> None:
        handler.reply(RECORD[:10], Content_Length="500")
        released.wait(5)

    released = threading.Event()
    with recording(stall) as server, RunwayClient(KEY, server.url, timeout=(1, 0.05), retries=0) as client:
        error = error_of(lambda: client.get("t"))
        released.set()

    assert type(error) is ConnectionFailedError
    assert error.reason == "no answer in time"


@pytest.mark.usefixtures("pauses")
def test_nobody_at_home(simulator: Simulator):
    simulator.stop()
    with RunwayClient(KEY, simulator.base_url) as client:
        error = error_of(lambda: client.get(FINISHED))

    assert type(error) is ConnectionFailedError
    assert "could not be reached" in str(error)


def test_https_that_cannot_be_trusted():
    def answer_in_the_clear() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer_in_the_clear)
        thread.start()
        with RunwayClient(KEY, f"https://127.0.0.1:{server.getsockname()[1]}", retries=0) as client:
            error = error_of(lambda: client.get(FINISHED))
        thread.join()

    assert type(error) is ConnectionFailedError
    assert "certificate or encryption" in error.reason


def test_certificates_that_are_missing(simulator: Simulator, tmp_path: Path):
    session = requests.Session()
    session.trust_env = False  # the machine's own certificates would come first
    session.verify = str(tmp_path / "none.pem")
    with RunwayClient(KEY, simulator.base_url.replace("http:", "https:"), session, retries=0) as client:
        error = error_of(lambda: client.get(FINISHED))

    assert type(error) is ConnectionFailedError
    assert "none.pem" in error.reason


def test_a_proxy_that_refuses(simulator: Simulator):
    session = requests.Session()
    session.proxies["http"] = "http://127.0.0.1:9"
    with RunwayClient(KEY, simulator.base_url, session, retries=0) as client:
        assert error_of(lambda: client.get(FINISHED)).reason == "the proxy refused"


def test_this_machine_is_not_asked_through_a_proxy(simulator: Simulator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    with RunwayClient(KEY, simulator.base_url) as client:
        assert client.get(FINISHED).state is TaskState.SUCCESS


@pytest.mark.parametrize("size", [1024 * 1024 - 1000, 20_000_000])
def test_a_compressed_answer_is_bounded_by_its_real_size(size: int):
    body = gzip.compress(b'{"code":200,"data":{"state":"wait","failMsg":"' + b"x" * size + b'"}}', compresslevel=1)

    def reply(handler: RecordingHandler) -> None:
        handler.reply(body, Content_Encoding="gzip")

    with recording(reply) as server, RunwayClient(KEY, server.url) as client:
        if size < 1024 * 1024:
            assert len(client.get("t").fail_msg) == size
        else:
            assert "larger than 1 MiB" in str(error_of(lambda: client.get("t")))


def test_an_answer_without_end_is_not_read_to_its_end():
    sent = 0

    def stream(handler: RecordingHandler) -> None:
        nonlocal sent
        handler.close_connection = True
        handler.send_response(200)
        handler.end_headers()
        with suppress(ConnectionError):
            for _ in range(1000):
                sent += handler.wfile.write(b" " * 64_000)
        over.set()

    over = threading.Event()
    with recording(stream) as server, RunwayClient(KEY, server.url) as client:
        assert "larger than 1 MiB" in str(error_of(lambda: client.get("t")))
        assert over.wait(5)

    assert sent < 20_000_000


# --- retries ----------------------------------------------------------------------------------------------------------


def in_seconds(seconds: float) -> datetime:
    return datetime.now(timezone.utc) + timedelta(seconds=seconds)


@pytest.mark.parametrize("fault", [Fault.http(429), Fault.code(429), Fault.http(503), Fault.code(500), Fault.dropped()])
def test_a_passing_fault_is_asked_again(client: RunwayClient, simulator: Simulator, pauses: list[float], fault: Fault):
    simulator.faults.add(fault, times=2)

    assert client.get(FINISHED).state is TaskState.SUCCESS
    assert len(simulator.lookups) == 3
    assert len(pauses) == 2
    assert 0.3 < pauses[0] < pauses[1] < 2


def test_retries_are_bounded(client: RunwayClient, simulator: Simulator, pauses: list[float]):
    simulator.faults.add(Fault.http(500), **FOREVER)

    assert type(error_of(lambda: client.get(FINISHED))) is ServerError
    assert len(simulator.lookups) == 3
    assert len(pauses) == 2


@pytest.mark.parametrize("code", [401, 404, 422, 451, 455])
def test_what_does_not_pass_is_not_asked_again(client: RunwayClient, simulator: Simulator, code: int):
    simulator.faults.add(Fault.http(code))

    assert isinstance(error_of(lambda: client.get(FINISHED)), ApiError)
    assert len(simulator.lookups) == 1


def test_look_asks_once(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.http(503))

    assert type(error_of(lambda: client.look(FINISHED))) is ServerError
    assert len(simulator.lookups) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_a_date", [False, True])
def test_retry_after_in_seconds_and_as_a_date(
    client: RunwayClient, simulator: Simulator, pauses: list[float], status: int, as_a_date: bool
):
    simulator.faults.add(Fault.http(status, retry_after=in_seconds(8) if as_a_date else 8))

    assert client.get(FINISHED).state is TaskState.SUCCESS
    (pause,) = pauses
    assert 3 < pause <= 8
    assert as_a_date or pause == 8


@pytest.mark.parametrize("as_a_date", [False, True])
def test_a_long_retry_after_is_told_at_once(
    client: RunwayClient, simulator: Simulator, pauses: list[float], as_a_date: bool
):
    simulator.faults.add(Fault.http(429, retry_after=in_seconds(60) if as_a_date else 60))

    error = error_of(lambda: client.get(FINISHED))

    assert type(error) is RateLimitError
    assert error.retry_after is not None
    assert 50 < error.retry_after <= 60
    assert f"Wait {round(error.retry_after)} s" in str(error)
    assert not pauses


@pytest.mark.parametrize("header", ["soon", "", "-5", "1.5", "9" * 5000, "Mon, 99 Foo 2026", "\xff"])
def test_a_retry_after_that_says_nothing(pauses: list[float], header: str):
    def reply(handler: RecordingHandler) -> None:
        handler.reply(*((RECORD,) if len(server.seen) > 1 else (b"", 429)), Retry_After=header)

    with recording(reply) as server, RunwayClient(KEY, server.url) as client:
        assert client.get("t").state is TaskState.WAIT

    assert len(pauses) == 1
    assert 0.3 < pauses[0] < 1


# --- the key stays ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_does_not_take_the_key_along(status: int):
    def redirect(handler: RecordingHandler) -> None:
        handler.reply(b"", status, Location=f"{elsewhere.url}/x")

    with recording() as elsewhere, recording(redirect) as server, RunwayClient(KEY, server.url) as client:
        error = error_of(lambda: client.get("t"))

    assert type(error) is BadResponseError
    assert elsewhere.url in str(error)
    assert server.headers["Authorization"] == f"Bearer {KEY}"
    assert not elsewhere.seen


def test_netrc_does_not_replace_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    for session in (None, requests.Session()):
        with recording() as server, RunwayClient(KEY, server.url, session) as client:
            client.get("t")
        assert server.headers["Authorization"] == f"Bearer {KEY}"


def test_a_session_of_the_callers_is_neither_changed_nor_closed():
    session = requests.Session()
    session.headers["X-Team"] = "ours"
    session.auth = ("somebody", "else")
    before = {name: repr(getattr(session, name)) for name in session.__attrs__}

    with recording() as server:
        with RunwayClient(KEY, server.url, session) as client:
            client.get("t")
        assert len(session.get_adapter(server.url).poolmanager.pools) == 1  # still connected

    assert {name: repr(getattr(session, name)) for name in session.__attrs__} == before
    assert server.headers["X-Team"] == "ours"
    assert server.headers["Authorization"] == f"Bearer {KEY}"
    assert server.headers["User-Agent"] == f"runway_nb/{__version__}"


def test_a_session_of_its_own_is_closed(client: RunwayClient, simulator: Simulator):
    client.get(FINISHED)
    pools = client._transport._session.get_adapter(simulator.base_url).poolmanager.pools
    assert len(pools) == 1

    client.close()

    assert len(pools) == 0


def test_the_client_does_not_show_the_key(client: RunwayClient, simulator: Simulator):
    client.get(FINISHED)

    assert repr(client) == f"RunwayClient('{simulator.base_url}')"
    transport = client._transport
    auth, session = transport._auth, transport._session
    shown = [client, vars(client), vars(transport), auth, vars(auth), vars(session), session.headers]
    assert not any(KEY in str(each) or KEY in repr(each) for each in shown)
    for each in (client, auth):
        with pytest.raises(TypeError):
            pickle.dumps(each)


FAULTS = {
    "dropped": Fault.dropped(),
    "cut off": Fault.cut_off(),
    "truncated": Fault.truncated(),
    "oversized": Fault.oversized(),
    "html": Fault.html(),
    "401": Fault.code(401),
    "429": Fault.http(429, retry_after=99),
    "500": Fault.http(500),
    "null": Fault.null(),
    "slow": Fault.slow(5),
    "redirect": Fault.redirect("http://127.0.0.1:9/"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_error_carries_the_key(simulator: Simulator, fault: Fault, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    simulator.faults.add(fault, **FOREVER)
    with RunwayClient(KEY, simulator.base_url, timeout=(1, 0.05), retries=0) as client:
        error = error_of(lambda: client.get(FINISHED))
        (among_many,) = client.get_many([FINISHED])

    assert caplog.records  # urllib3 did say something
    for each in (error, among_many):
        assert isinstance(each, RunwayError)
        assert each.__context__ is None
        assert each.__cause__ is None
        assert KEY not in all_shown(each)
        assert KEY.encode() not in pickle.dumps(each)
    assert KEY not in caplog.text


@pytest.mark.parametrize(("key", "url"), [(KEY, "ftp://x"), (f"{KEY}\r\nX: 1", None), (f"{KEY}ß", None)])
def test_no_error_of_the_constructor_carries_the_key(key: str, url: str | None):
    # This frame holds the key, as the caller's does; what is looked at begins below it.
    with pytest.raises(SettingError) as caught:
        RunwayClient(key, url)

    below = caught.value.__traceback__.tb_next
    assert below is not None
    assert KEY not in "".join(TracebackException(SettingError, caught.value, below, capture_locals=True).format())


@pytest.mark.usefixtures("pauses")
def test_no_connection_error_carries_the_key(simulator: Simulator):
    simulator.stop()
    with RunwayClient(KEY, simulator.base_url) as client:
        error = error_of(lambda: client.get(FINISHED))

    assert KEY not in all_shown(error)


# --- many -------------------------------------------------------------------------------------------------------------


def test_get_many_keeps_the_order_and_puts_errors_in_their_place(client: RunwayClient, simulator: Simulator):
    ids = [FINISHED, "code-422", "nobody", demo_task("wait").task_id, FINISHED, "http-451", ""]
    heard: list[tuple[str, Any]] = []

    found = client.get_many(iter(ids), on_result=lambda task_id, result: heard.append((task_id, result)))

    kinds = [Task, ParameterError, TaskNotFoundError, Task, Task, ImageAccessError, RunwayError]
    assert [type(each) for each in found] == kinds
    assert [each.task_id for each in found if isinstance(each, Task)] == [FINISHED, ids[3], FINISHED]
    assert found[0] is found[4]
    assert sorted(look.task_id for look in simulator.lookups) == sorted({*ids} - {""})
    assert sorted(task_id for task_id, _ in heard) == sorted({*ids})
    assert all(result is found[ids.index(task_id)] for task_id, result in heard)


def test_get_many_of_none(client: RunwayClient, simulator: Simulator):
    assert client.get_many([]) == []
    assert not simulator.lookups


def test_get_many_asks_again_after_a_passing_fault(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.http(503, retry_after=0), times=2)

    assert all(isinstance(each, Task) for each in client.get_many([FINISHED, demo_task("wait").task_id]))
    assert len(simulator.lookups) == 4


@pytest.mark.parametrize("simulator", [{"latency": 0.05}], indirect=True)
def test_get_many_looks_a_few_at_a_time(client: RunwayClient, simulator: Simulator):
    started = time.monotonic()
    client.get_many([f"walk-{number}" for number in range(4 * WORKERS)])
    took = time.monotonic() - started

    arrivals = [look.at for look in simulator.lookups]
    assert len(arrivals) == 4 * WORKERS
    assert 4 * 0.05 <= took < 1.5  # one by one it is 1.6 s and more
    # At most WORKERS within any one latency: the next can only come when one has been answered.
    assert all(later - sooner >= 0.045 for sooner, later in zip(arrivals, arrivals[WORKERS:], strict=False))


def test_get_many_keeps_to_the_rate(simulator: Simulator):
    with RunwayClient(KEY, simulator.base_url, max_rate=50) as client:
        client.get_many([f"walk-{number}" for number in range(30)])

    arrivals = [look.at for look in simulator.lookups]
    assert arrivals[-1] - arrivals[0] >= (30 - 20) / 50 - 0.05  # a burst of 20, then one each 20 ms


def test_a_listener_that_raises_ends_get_many(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.slow(0.02), **FOREVER)

    def refuse(_: str, __: object) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        client.get_many([f"walk-{number}" for number in range(100)], on_result=refuse)
    wait_for(lambda: not threads_of_the_pool())
    assert len(simulator.lookups) < 100


def threads_of_the_pool() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("runway_nb-get")]


def wait_for(condition: Callable[[], bool], seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


# --- until the end ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("simulator", [{"pace": 150}], indirect=True)  # 0.1 s from wait to success
def test_wait_gives_the_finished_task(client: RunwayClient, simulator: Simulator):
    task = client.wait(" walk-1 ", interval=0.02)

    assert task.state is TaskState.SUCCESS
    assert task.video_url
    assert len(simulator.lookups) > 2


def test_wait_raises_what_became_of_a_failed_task(client: RunwayClient):
    error = error_of(lambda: client.wait(demo_task("fail-busy").task_id))

    assert type(error) is TaskFailedError
    assert error.task.fail_msg == "the server is busy"


def test_a_wait_that_times_out_carries_the_task(client: RunwayClient):
    error = error_of(lambda: client.wait(demo_task("queueing").task_id, timeout=0.1, interval=0.02))

    assert type(error) is WaitTimeoutError
    assert error.task.state is TaskState.QUEUEING
    assert error.task.task_id in str(error)


def test_a_wait_ends_at_a_key_that_is_not_accepted(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.slow(0), times=2)
    simulator.faults.add(Fault.code(401))

    assert type(error_of(lambda: client.wait(demo_task("wait").task_id, interval=0.02))) is AuthenticationError


def test_an_interrupted_wait_says_that_the_task_goes_on(client: RunwayClient, simulator: Simulator):
    with interrupted_after(simulator, 2) as caught:
        client.wait(demo_task("generating").task_id, interval=0.02)

    assert isinstance(caught.value, WaitInterruptedError)
    assert "goes on" in str(caught.value)
    assert KEY not in all_shown(caught.value)


# --- interrupts -------------------------------------------------------------------------------------------------------


@contextmanager
def interrupted_after(simulator: Simulator, lookups: int) -> Iterator[pytest.ExceptionInfo[KeyboardInterrupt]]:
    """Interrupt this thread, as a kernel is interrupted, once so many look-ups have come in."""

    def watch() -> None:
        wait_for(lambda: len(simulator.lookups) >= lookups)
        os.kill(os.getpid(), signal.SIGINT)

    watching = threading.Thread(target=watch)
    watching.start()
    with pytest.raises(KeyboardInterrupt) as caught:
        yield caught
    watching.join()


def test_an_interrupt_ends_get_at_once_and_shows_no_key(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.slow(5))
    started = time.monotonic()

    with interrupted_after(simulator, 1) as caught:
        client.get(FINISHED)

    assert time.monotonic() - started < 3
    assert KEY not in all_shown(caught.value)
    assert caught.value.__context__ is None


def test_an_interrupt_ends_get_many_and_sends_no_more(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.slow(0.6), **FOREVER)

    with interrupted_after(simulator, WORKERS):
        client.get_many([f"walk-{number}" for number in range(100)])

    assert len(threads_of_the_pool()) == WORKERS  # what is under way was not waited for
    wait_for(lambda: not threads_of_the_pool())
    assert len(simulator.lookups) == WORKERS


def test_threads_share_a_client(client: RunwayClient):
    found: list[Task] = []
    threads = [threading.Thread(target=lambda: found.append(client.get(FINISHED))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 20
    assert {task.task_id for task in found} == {FINISHED}


@pytest.mark.parametrize(
    "fault",
    [
        Fault.http(401, "Invalid key: Bearer sk-echoed-12345"),
        Fault.html(403, "Bearer sk-echoed-12345 is blocked"),
        Fault.redirect("https://elsewhere.example/?key=sk-echoed-12345"),
    ],
)
def test_an_answer_that_quotes_the_key_is_told_without_it(simulator: Simulator, fault: Fault):
    simulator.faults.add(fault)
    with RunwayClient("sk-echoed-12345", simulator.base_url) as client, pytest.raises(RunwayError) as caught:
        client.look("quoted")
    assert "[key]" in str(caught.value)
    assert "sk-echoed" not in str(caught.value)

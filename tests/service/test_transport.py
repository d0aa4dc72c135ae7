"""Faults, limits and proxies over real HTTP."""

import gzip
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from service.recording import FOREVER, KEY, RECORD, RecordingHandler, error_of, recording
from support.demo import FINISHED
from support.errors import ERRORS_BY_CODE

from runway_nb.model.errors import (
    ApiError,
    AuthenticationError,
    BadResponseError,
    ConnectionFailedError,
    RunwayError,
    ServerError,
    TaskNotFoundError,
)
from runway_nb.model.task import TaskState
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Fault, Simulator


@pytest.mark.parametrize("answer", [RecordingHandler.reply, RecordingHandler.reply_in_chunks])
def test_connections_are_pooled(answer: Callable[[RecordingHandler], None]):
    with recording(answer) as server, RunwayClient(KEY, server.url) as client:
        for _ in range(5):
            client.get("t")

    assert len(server.seen) == 5
    assert len({connection for connection, *_ in server.seen}) == 1


@pytest.mark.parametrize("form", [Fault.code, Fault.http])
@pytest.mark.parametrize(("code", "kind"), ERRORS_BY_CODE.items())
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
        (Fault.truncated(), BadResponseError, "not a valid API response"),
        (Fault.oversized(), BadResponseError, "larger than 1 MiB"),
        (Fault.dropped(), ConnectionFailedError, "was lost"),
        (Fault.cut_off(), ConnectionFailedError, "was lost"),
        (
            Fault.redirect("http://127.0.0.1:9/elsewhere"),
            BadResponseError,
            "redirected to http://127.0.0.1:9/elsewhere",
        ),
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
    assert client.get(FINISHED).state is TaskState.SUCCESS  # the connection is usable again


def test_wrong_key_is_refused(simulator: Simulator):
    with RunwayClient("invalid-key", simulator.base_url) as client:
        assert type(error_of(lambda: client.get(FINISHED))) is AuthenticationError


def test_no_answer_in_time(simulator: Simulator):
    simulator.faults.add(Fault.slow(5))
    with RunwayClient(KEY, simulator.base_url, timeout=(1, 0.05), retries=0) as client:
        error = error_of(lambda: client.get(FINISHED))

    assert type(error) is ConnectionFailedError
    assert error.reason == "no answer in time"
    assert error.host == simulator.base_url.removeprefix("http://")


def test_stalled_answer_times_out():
    def stall(handler: RecordingHandler) -> None:
        handler.reply(RECORD[:10], Content_Length="500")
        released.wait(60)

    released = threading.Event()
    with recording(stall) as server, RunwayClient(KEY, server.url, timeout=(1, 0.05), retries=0) as client:
        error = error_of(lambda: client.get("t"))
        released.set()

    assert type(error) is ConnectionFailedError
    assert error.reason == "no answer in time"


@pytest.mark.usefixtures("pauses")
def test_unreachable_service(simulator: Simulator):
    simulator.stop()
    with RunwayClient(KEY, simulator.base_url) as client:
        error = error_of(lambda: client.get(FINISHED))

    assert type(error) is ConnectionFailedError
    assert "could not be reached" in str(error)


def test_untrusted_https():
    def answer_unencrypted() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer_unencrypted)
        thread.start()
        with RunwayClient(KEY, f"https://127.0.0.1:{server.getsockname()[1]}", retries=0) as client:
            error = error_of(lambda: client.get(FINISHED))
        thread.join()

    assert type(error) is ConnectionFailedError
    assert "certificate or encryption" in error.reason


def test_missing_certificates(simulator: Simulator, tmp_path: Path):
    session = requests.Session()
    session.trust_env = False  # otherwise this machine's own certificates are used
    session.verify = str(tmp_path / "none.pem")
    with RunwayClient(KEY, simulator.base_url.replace("http:", "https:"), session, retries=0) as client:
        error = error_of(lambda: client.get(FINISHED))

    assert type(error) is ConnectionFailedError
    assert "none.pem" in error.reason


def test_refusing_proxy(simulator: Simulator):
    session = requests.Session()
    session.proxies["http"] = "http://127.0.0.1:9"
    with RunwayClient(KEY, simulator.base_url, session, retries=0) as client:
        assert error_of(lambda: client.get(FINISHED)).reason == "the proxy refused the connection"


def test_no_proxy_on_this_machine(simulator: Simulator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    with RunwayClient(KEY, simulator.base_url) as client:
        assert client.get(FINISHED).state is TaskState.SUCCESS


@pytest.mark.parametrize("size", [1024 * 1024 - 1000, 20_000_000])
def test_limit_counts_the_uncompressed_size(size: int):
    body = gzip.compress(b'{"code":200,"data":{"state":"wait","failMsg":"' + b"x" * size + b'"}}', compresslevel=1)

    def reply(handler: RecordingHandler) -> None:
        handler.reply(body, Content_Encoding="gzip")

    with recording(reply) as server, RunwayClient(KEY, server.url) as client:
        if size < 1024 * 1024:
            assert len(client.get("t").fail_msg) == size
        else:
            assert str(error_of(lambda: client.get("t"))) == (
                "The answer is larger than 1 MiB, far more than any task's record. Check the base URL."
            )


def test_endless_answer_is_not_read_whole():
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
        assert over.wait(60)

    assert sent < 20_000_000


def test_cache_in_requests_does_not_freeze_looks(monkeypatch: pytest.MonkeyPatch):
    class Frozen(requests.Session):
        def send(self, *_: object, **__: object) -> requests.Response:
            raise AssertionError

    monkeypatch.setattr(requests, "Session", Frozen)
    monkeypatch.setattr(requests.sessions, "Session", Frozen)
    with recording() as server, RunwayClient(KEY, server.url) as client:
        client.get("t")

    assert server.headers["Cache-Control"] == "no-cache"

"""A look ends in time, however slowly its answer arrives."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from service.recording import KEY, error_of, recording
from support.raw import HEAD, RawServer, answering, dripping, silent
from support.waiting import wait_until

from runway_nb.model.defaults import LOOK_TIMEOUT
from runway_nb.model.errors import ConnectionFailedError, RunwayError, ServerError
from runway_nb.model.task import TaskState
from runway_nb.service import client as client_module
from runway_nb.service import connections
from runway_nb.service.client import RunwayClient
from runway_nb.service.deadline import run_within
from runway_nb.simulator import Fault, Simulator

SOON = 0.3
"""Seconds for a look that does not have to get anywhere."""
ENOUGH = 3.0
"""Seconds in which a request is sent also on a busy machine."""
TIMED_OUT = ("the connection timed out", "no answer in time")
CERTIFICATE = Path(__file__).with_name("loopback.pem")

SLOW_ANSWERS = {
    "nothing": silent,
    "status line": dripping(b"HTTP/1.1 ", b"2"),
    "interim answers": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "header": dripping(HEAD + b"X-Slow: ", b"x"),
    "headers of an interim answer": dripping(b"HTTP/1.1 100 Continue\r\n", b"X-Slow: x\r\n"),
    "body": dripping(HEAD + b"Content-Length: 1000000\r\n\r\n", b" "),
    "body without a length": dripping(HEAD + b"\r\n", b" "),
    "compressed body": dripping(HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\0", b"name"),
    "chunk": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n", b" "),
    "chunks": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "chunk size": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailers": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"X-Slow: x\r\n"),
    "body of a redirect": dripping(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 99999\r\n\r\n", b" "),
    "body of an error": dripping(b"HTTP/1.1 500 Error\r\nContent-Length: 99999\r\n\r\n", b" "),
}


def test_slow_answers_are_given_up(session: requests.Session | None):
    """All at once, because each takes the whole time."""

    def outcome(answer: Callable[[socket.socket, RawServer], None]) -> tuple[type[RunwayError], str, int]:
        with answering(answer) as server, RunwayClient(KEY, server.url, session) as client:
            error = error_of(lambda: client.look("t", within=ENOUGH))
            assert isinstance(error, ConnectionFailedError)
            return type(error), error.reason, server.requests

    with ThreadPoolExecutor(len(SLOW_ANSWERS)) as pool:
        outcomes = dict(zip(SLOW_ANSWERS, pool.map(outcome, SLOW_ANSWERS.values()), strict=True))

    assert outcomes == dict.fromkeys(SLOW_ANSWERS, (ConnectionFailedError, "no answer in time", 1))


@pytest.mark.parametrize("answer", ["nothing", "chunk size"])
def test_slow_encrypted_answer_is_given_up(answer: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    encryption = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    encryption.load_cert_chain(CERTIFICATE)
    with answering(SLOW_ANSWERS[answer], encryption) as server, RunwayClient(KEY, server.url) as client:
        error = error_of(lambda: client.look("t", within=ENOUGH))

        assert error.reason == "no answer in time"
        assert server.requests == 1


def test_slow_handshake_is_given_up():
    with answering(silent) as server, RunwayClient(KEY, server.url.replace("http:", "https:")) as client:
        assert error_of(lambda: client.look("t", within=SOON)).reason in TIMED_OUT


@pytest.mark.parametrize("answer", ["nothing", "header"])
def test_slow_proxy_is_given_up(answer: str, monkeypatch: pytest.MonkeyPatch):
    with answering(SLOW_ANSWERS[answer]) as proxy, RunwayClient(KEY, "https://service.example") as client:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("https_proxy", proxy.url)
        assert type(error_of(lambda: client.look("t", within=ENOUGH))) is ConnectionFailedError

        assert proxy.requests == 1


def test_no_thread_is_left_with_the_own_session():
    with answering(SLOW_ANSWERS["header"]) as server, RunwayClient(KEY, server.url) as client:
        error_of(lambda: client.look("t", within=SOON))

        wait_until(lambda: not request_threads())


def test_thread_of_a_lent_session_ends_with_the_body():
    with answering(SLOW_ANSWERS["body"]) as server, requests.Session() as lent:
        error_of(lambda: RunwayClient(KEY, server.url, lent).look("t", within=SOON))

        wait_until(lambda: not request_threads())


def request_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "runway_nb-request"]


def test_client_works_after_a_slow_answer(session: requests.Session | None, simulator: Simulator):
    with answering(silent) as server, RunwayClient(KEY, server.url, session) as client:
        error_of(lambda: client.look("t", within=SOON))
    with RunwayClient(KEY, simulator.base_url, session) as client:
        simulator.put("t", {"state": "wait"})
        assert client.look("t").state is TaskState.WAIT


def test_slow_resolver_is_given_up(session: requests.Session | None, monkeypatch: pytest.MonkeyPatch):
    answered = threading.Event()
    resolve = socket.getaddrinfo

    def wait(*arguments: object, **named: object) -> object:
        answered.wait(60)
        return resolve(*arguments, **named)

    with recording() as server, RunwayClient(KEY, server.url, session) as client:
        monkeypatch.setattr(socket, "getaddrinfo", wait)
        error = error_of(lambda: client.look("t", within=SOON))
        answered.set()
        wait_until(lambda: not request_threads())

    assert error.reason in TIMED_OUT
    assert not server.seen or session is not None  # nothing is sent after the time through the own session


def test_connection_that_opens_just_too_late_is_closed(monkeypatch: pytest.MonkeyPatch):
    opened = []

    def late(_: float, call: Callable[[], socket.socket], give_up: Callable[[], object]) -> socket.socket:
        opened.append(call())
        give_up()
        raise TimeoutError

    monkeypatch.setattr(connections, "run_within", late)
    with recording() as server, RunwayClient(KEY, server.url) as client:
        assert error_of(lambda: client.look("t")).reason in TIMED_OUT
    assert [each.fileno() for each in opened] == [-1]


def test_many_addresses_are_given_up(session: requests.Session | None, monkeypatch: pytest.MonkeyPatch):
    """Each address may take the time to connect: together they must not take longer than the look."""
    tried = []

    def connect(_: socket.socket, address: object) -> None:
        tried.append(address)
        time.sleep(0.1)
        raise TimeoutError

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] * 10
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        monkeypatch.setattr(socket.socket, "connect", connect)
        with RunwayClient(KEY, f"http://127.0.0.1:{port}", session) as client:
            error = error_of(lambda: client.look("t", within=SOON))
            assert len(tried) < 10
            wait_until(lambda: not request_threads())

    assert error.reason in TIMED_OUT


def test_get_ends_in_time_with_all_its_retries(simulator: Simulator):
    simulator.faults.add(Fault.http(503, retry_after=9), times=None)
    with RunwayClient(KEY, simulator.base_url) as client:
        error = error_of(lambda: client.get("t", within=5))

    assert type(error) is ServerError  # and not after pauses of nine seconds
    assert len(simulator.lookups) == 1


def test_slow_answer_leaves_no_time_for_retries():
    with answering(silent) as server, RunwayClient(KEY, server.url) as client:
        assert error_of(lambda: client.get("t", within=SOON)).reason == "no answer in time"

        assert server.requests == 1


def test_slow_task_among_many_is_not_asked_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client_module, "LOOK_TIMEOUT", SOON)

    with answering(SLOW_ANSWERS["body"]) as server, RunwayClient(KEY, server.url) as client:
        (error,) = client.get_many(["t"])

    assert error.reason in TIMED_OUT
    assert server.requests <= 1


@pytest.mark.parametrize("within", [0, -1])
def test_nothing_is_sent_without_time(within: float, session: requests.Session | None):
    with recording() as server, RunwayClient(KEY, server.url, session) as client:
        assert error_of(lambda: client.look("t", within=within)).reason == "no answer in time"

    assert not server.seen


def test_a_look_has_half_a_minute(monkeypatch: pytest.MonkeyPatch):
    given: list[float] = []

    def noted(_: object, __: str, within: float) -> object:
        given.append(within)
        return answer

    with recording() as server, RunwayClient(KEY, server.url) as client:
        answer = client._route._transport.ask("t")
        monkeypatch.setattr(client_module.Transport, "ask", noted)
        client.look("t")
        client.get("t")

    assert LOOK_TIMEOUT == 30
    assert given[0] == 30
    assert 0 < given[1] <= 30


def test_shorter_timeouts_of_the_client_still_count(session: requests.Session | None):
    with answering(silent) as server, RunwayClient(KEY, server.url, session, timeout=(1, 0.05)) as client:
        assert error_of(lambda: client.look("t")).reason == "no answer in time"


def test_call_runs_here_if_no_thread_can_start(monkeypatch: pytest.MonkeyPatch):
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        assert run_within(1, threading.get_ident, lambda: None) == threading.get_ident()

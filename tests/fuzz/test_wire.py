"""Any bytes as an answer are a task or an error of this package, in time, and the client stays usable."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from service.recording import KEY
from support.fuzz import trying
from support.raw import RawServer, answering
from support.tasks import finished_record
from support.waiting import wait_until

from runway_nb.model.errors import RunwayError
from runway_nb.model.task import Task
from runway_nb.service.client import RunwayClient

TASK = "task-1"
RECORD = json.dumps({"code": 200, "msg": "success", "data": finished_record(taskId=TASK)}).encode()
LINE = b"HTTP/1.1 200 OK\r\n"
CHUNKED = LINE + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(RECORD), RECORD)
USUAL = [
    LINE + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(RECORD), RECORD),
    LINE + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + gzip.compress(RECORD),
    CHUNKED,
    b"HTTP/1.1 100 Continue\r\n\r\n" + CHUNKED,
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/x\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 429 Slow down\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.0 200 OK\r\nSet-Cookie: a=b; Max-Age=9; Path=/\r\n\r\n" + RECORD,
]
PIECES = [
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"\0",
        b" ",
        b":",
        b",",
        b";",
        b"\xff",
        b"\xc3",
        b"-",
        b"-1",
        b"0",
        b"ffffffff",
    ),
    *(
        b"HTTP/1.1 ",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/9.9",
        b"HTTP/1.1 204 No\r\n",
    ),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n", b"Content-Length: -1\r\n"),
    *(b"Content-Length: 5, 6\r\n", b"Content-Length: 99999999999999999999\r\n", b"Content-Length: 1_0\r\n"),
    *(
        b"Content-Encoding: gzip\r\n",
        b"Content-Encoding: deflate, br\r\n",
        b"Location: \xff://[::1\r\n",
        b"Location: //\r\n",
    ),
    *(b"Retry-After: Thu, 31 Feb 99999\r\n", b"Retry-After: 1e9\r\n", b"Set-Cookie: \0=;;=\xff; expires=\x01\r\n"),
    *(
        b"X: x\r\n" * 150,
        b" folded\r\n",
        b": none\r\n",
        b"X-Long: " + b"x" * 70_000 + b"\r\n",
        b"Connection: close\r\n",
    ),
    *(b"-5\r\n", b"zz\r\n", b"\x1f\x8b\x08\x00", b"{", b'"', b"\\ud800", b"NaN", b"[" * 2000),
]
SOON = 0.5  # seconds


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Give an answer that is harmed in a few places, or bytes of no kind."""
    answer = bytearray(draw(st.sampled_from(USUAL) | st.binary(max_size=200)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, min(len(answer), 300)) | st.integers(0, len(answer)))
        harm = draw(st.sampled_from(["insert", "replace", "delete", "repeat", "cut", "bytes"]))
        if harm == "insert":
            answer[place:place] = draw(st.sampled_from(PIECES))
        elif harm == "replace":
            piece = draw(st.sampled_from(PIECES))
            answer[place : place + len(piece)] = piece
        elif harm == "delete":
            del answer[place : place + draw(st.integers(1, 20))]
        elif harm == "repeat":
            answer[place:place] = answer[place : place + 40] * draw(st.integers(1, 5))
        elif harm == "cut":
            del answer[place:]
        else:
            answer[place:place] = draw(st.binary(max_size=8))
    return bytes(answer)


class FuzzedServer:
    """Sends the next answer in two parts, and then closes the connection, keeps it open, or falls silent."""

    def __init__(self) -> None:
        self.answer = b""
        self.split = 0
        self.ends = True

    def __call__(self, connection: socket.socket, server: RawServer) -> None:
        connection.sendall(self.answer[: self.split])
        connection.sendall(self.answer[self.split :])
        if not self.ends:
            server.stopped.wait(SOON * 2)


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[tuple[FuzzedServer, RunwayClient, RunwayClient]]:
    """Run the server, with a client of its own session and one of a caller's."""
    answer = FuzzedServer()
    with (
        answering(answer) as server,
        requests.Session() as lent,
        RunwayClient(KEY, server.url) as own,
        RunwayClient(KEY, server.url, lent) as other,
    ):
        lent.trust_env = False
        yield answer, own, other


@given(answers(), st.integers(0, 400), st.sampled_from([True] * 9 + [False]), st.booleans())
@trying(150)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # urllib3 leaves some connections open
def test_any_answer_is_a_task_or_an_error_in_time(
    fuzzed: tuple[FuzzedServer, RunwayClient, RunwayClient], answer: bytes, split: int, ends: bool, owns: bool
):
    server, own, other = fuzzed
    server.answer, server.split, server.ends = answer, split, ends
    client = own if owns else other
    assert isinstance(outcome_of(client), (Task, RunwayError))
    server.answer, server.split, server.ends = USUAL[0], 0, True
    wait_until(lambda: isinstance(outcome_of(client), Task))  # the first look may meet the end of the connection


def outcome_of(client: RunwayClient) -> Task | RunwayError:
    try:
        return client.look(TASK, within=SOON)
    except RunwayError as error:
        return error

"""What the client's tests share: an HTTP server that records its requests, and ways to wait and interrupt."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from traceback import TracebackException
from typing import Any

import pytest
from support.waiting import wait_until

from runway_nb.model.errors import RunwayError
from runway_nb.simulator import Simulator

KEY = "k-3f9a77-never-shown"
RECORD = b'{"code":200,"msg":"success","data":{"taskId":"t","state":"wait"}}'
FOREVER = {"times": None}


class Recorder(ThreadingHTTPServer):
    """Records each request: its connection, path and headers."""

    daemon_threads = True

    def __init__(self, answer: Callable[["RecordingHandler"], None]) -> None:
        super().__init__(("127.0.0.1", 0), RecordingHandler)
        self.answer = answer
        self.seen: list[tuple[Any, str, dict[str, str]]] = []
        self.disconnected = threading.Event()  # set when a client closes its connection

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

    def finish(self) -> None:
        super().finish()
        self.server.disconnected.set()

    def log_message(self, *_: Any) -> None:
        """Log nothing."""

    def reply(self, body: bytes = RECORD, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        with suppress(ConnectionError):  # the client may have hung up
            self.wfile.write(body)

    def reply_in_chunks(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(RECORD), RECORD))


@contextmanager
def recording(answer: Callable[[RecordingHandler], None] = RecordingHandler.reply) -> Iterator[Recorder]:
    """Run a `Recorder` on a free port of this machine."""
    with Recorder(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def error_of(call: Callable[[], object]) -> RunwayError:
    """Return the error that a call raises."""
    with pytest.raises(RunwayError) as caught:
        call()
    return caught.value


def all_shown(error: BaseException) -> str:
    """Return everything that a debugger, a crash reporter or a verbose traceback would show of an error."""
    formatted = TracebackException(type(error), error, error.__traceback__, capture_locals=True).format(chain=True)
    return "".join(formatted) + repr(error) + str(error) + repr(vars(error)) + repr(error.args)


def threads_of_the_pool() -> list[threading.Thread]:
    """Return the threads that `get_many` has started and that still run."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("runway_nb-get")]


@contextmanager
def interrupted_after(simulator: Simulator, lookups: int) -> Iterator[pytest.ExceptionInfo[KeyboardInterrupt]]:
    """Interrupt this thread, as a kernel is interrupted, after this many look-ups."""

    def watch() -> None:
        wait_until(lambda: len(simulator.lookups) >= lookups)
        os.kill(os.getpid(), signal.SIGINT)

    watching = threading.Thread(target=watch)
    watching.start()
    with pytest.raises(KeyboardInterrupt) as caught:
        yield caught
    watching.join()

"""A server that sends bytes as they are, however wrong they are as HTTP."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from support.waiting import wait_until

HEAD = b"HTTP/1.1 200 OK\r\n"


class RawServer:
    """Answers each request with what `answer` sends on the connection, and closes it.

    Attributes:
        url: Its base URL.
        requests: How many requests were received.
        stopped: Set when the server stops; an endless answer must end then.
    """

    def __init__(
        self, answer: Callable[[socket.socket, "RawServer"], object], encryption: ssl.SSLContext | None = None
    ) -> None:
        self._answer = answer
        self._encryption = encryption
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if encryption else 'http'}://127.0.0.1:{self._listening.getsockname()[1]}"
        self.requests = 0
        self.stopped = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = self._listening.accept()
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, accepted: socket.socket) -> None:
        with accepted, suppress(OSError), self._encrypted(accepted) as connection:  # the client may hang up at any time
            received = b""
            while b"\r\n\r\n" not in received:
                received += (piece := connection.recv(65536))
                if not piece:
                    return
            self.requests += 1
            self._answer(connection, self)
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(0.05)
            while not self.stopped.is_set():  # closing at once would reset what the client has not read yet
                with suppress(TimeoutError):
                    if not connection.recv(65536):
                        return

    def _encrypted(self, connection: socket.socket) -> socket.socket:
        connection.settimeout(60)
        return self._encryption.wrap_socket(connection, server_side=True) if self._encryption else connection

    def stop(self) -> None:
        self.stopped.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        wait_until(lambda: not any(thread.is_alive() for thread in self._threads))


@contextmanager
def answering(
    answer: bytes | Callable[[socket.socket, RawServer], object], encryption: ssl.SSLContext | None = None
) -> Iterator[RawServer]:
    """Run a `RawServer` that sends these bytes, or what this function sends."""
    send = (lambda connection, _: connection.sendall(answer)) if isinstance(answer, bytes) else answer
    server = RawServer(send, encryption)
    try:
        yield server
    finally:
        server.stop()


def dripping(start: bytes, drop: bytes) -> Callable[[socket.socket, RawServer], None]:
    """Return an answer that sends its start, and then a drop at a time without end."""

    def answer(connection: socket.socket, server: RawServer) -> None:
        connection.sendall(start)
        while not server.stopped.wait(0.05):
            connection.sendall(drop)

    return answer


def silent(_: socket.socket, server: RawServer) -> None:
    """Send nothing at all."""
    server.stopped.wait(60)

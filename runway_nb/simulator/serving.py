"""`Serving`: one run of the simulator's server, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from ..model.errors import RunwayError

if TYPE_CHECKING:
    from tornado.httpserver import HTTPServer


class Serving:
    """Serves from a socket that is bound at once, until `stop`, which can be called at any time.

    Args:
        server: Answers the requests.
        host: The address to serve on.
        port: The port; 0 picks a free one.
        name: The name of the thread.

    Attributes:
        port: The port.

    Raises:
        OSError: If the address is not available.
    """

    def __init__(self, server: HTTPServer, host: str, port: int, name: str) -> None:
        # Bound in the caller's thread, so that a port in use raises here and the address is known at once.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=128)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._server = server
        self._stopped = False
        self._stopping: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name=name, daemon=True)

    @property
    def is_running(self) -> bool:
        """Whether it serves."""
        return self._thread.is_alive() and not self._stopped

    def start(self) -> None:
        """Serve from now on. Requests that came since the socket was bound are answered, too.

        Raises:
            RunwayError: If the system refuses to start a thread.
        """
        try:
            self._thread.start()
        except (RuntimeError, MemoryError):
            self._listener.close()
            raise RunwayError(
                "The simulator cannot start: the system refuses to start another thread. Restart the kernel, or end "
                "what uses so many threads or so much memory."
            ) from None

    def stop(self) -> None:
        """Stop serving and wait for the thread to end. A second call does nothing."""
        self._stopped = True  # first: the thread checks it once its loop is running
        if self._loop is not None and self._stopping is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread.ident is None:
            self._listener.close()
        else:
            self._thread.join()

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._server.add_socket(self._listener)
        if not self._stopped:
            await self._stopping.wait()
        self._server.stop()
        await self._server.close_all_connections()

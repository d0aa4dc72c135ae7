"""`Simulator`: the API in one thread of this process, started, stopped and steered by its owner."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .faults import Faults
from .record import Record
from .tasks import Tasks

if TYPE_CHECKING:
    from types import TracebackType

    from tornado.httpserver import HTTPServer
    from typing_extensions import Self

    from .app import LookUp

THREAD_NAME = "runway_nb-simulator"
KEPT_LOOKUPS = 20_000


class Simulator:
    """Apikley's Runway API, played on this machine.

    Args:
        host: The address to serve on.
        port: The port; 0 takes a free one.
        latency: Seconds before each answer of a look-up.
        pace: How many times as fast as in life walking tasks walk.

    Attributes:
        faults: What is to go wrong; see `Faults`.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, latency: float = 0.0, pace: float = 1.0) -> None:
        self._host = host
        self._port = port
        self._latency = latency
        self._tasks = Tasks(pace)
        self._lookups: deque[LookUp] = deque(maxlen=KEPT_LOOKUPS)
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self.faults = Faults()

    @property
    def base_url(self) -> str:
        """Where it serves, without a slash at the end.

        Raises:
            RuntimeError: It was never started with a free port to take, so there is no address yet.
        """
        if not self._port:
            raise RuntimeError("The simulator has no address before start().")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def lookups(self) -> tuple[LookUp, ...]:
        """The look-ups so far, oldest first (the last 20,000)."""
        with self._lock:
            return tuple(self._lookups)

    def put(self, task_id: str, data: Record | Mapping[str, object] | None) -> None:
        """Set what the service knows of a task from now on.

        Args:
            task_id: The task, of any shape.
            data: A `Record`, or the ``data`` of its answer as it is to be sent; None makes the task unknown.
        """
        self._tasks.put(task_id, data)

    def start(self) -> Self:
        """Serve from a daemon thread; return self. Does nothing if it serves already.

        Started again after `stop`, it serves at the same address.

        Raises:
            OSError: The address cannot be had.
        """
        # Imported here, so that `import runway_nb.simulator` stays cheap.
        from tornado.httpserver import HTTPServer

        from .app import make_app

        with self._lock:
            if self._thread is None:
                # Bound here, so that a port in use is the caller's error and the address is known at once.
                family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
                listener = socket.create_server((self._host, self._port), family=family, backlog=128)
                listener.setblocking(False)
                self._port = listener.getsockname()[1]
                server = HTTPServer(make_app(self._tasks, self.faults, self._note, self._latency))
                ready = threading.Event()
                self._thread = threading.Thread(
                    target=lambda: asyncio.run(self._serve(server, listener, ready)), name=THREAD_NAME, daemon=True
                )
                self._thread.start()
                ready.wait()
        return self

    def stop(self) -> None:
        """Stop serving and wait for the thread to end. Does nothing if it does not serve."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is None or self._loop is None or self._stopping is None:
                return
            self._loop.call_soon_threadsafe(self._stopping.set)
        thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _serve(self, server: HTTPServer, listener: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        server.add_socket(listener)
        ready.set()
        await self._stopping.wait()
        server.stop()
        await server.close_all_connections()

    def _note(self, lookup: LookUp) -> None:
        with self._lock:
            self._lookups.append(lookup)

"""`Simulator`: serves the API from a thread of this process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..model.errors import RunwayError
from .faults import Faults
from .record import Record
from .serving import Serving
from .tasks import Tasks

if TYPE_CHECKING:
    from types import TracebackType

    from .app import LookUp

THREAD_NAME = "runway_nb-simulator"
KEPT_LOOKUPS = 20_000


class MissingTornadoError(RunwayError):
    """The package tornado, which serves the API, is not installed."""

    def __str__(self) -> str:
        return "The simulator needs the package tornado. Install it with pip install 'runway_nb[demo]'."


class Simulator:
    """A local server that simulates Apikley's Runway API.

    Args:
        host: The address to serve on.
        port: The port; 0 picks a free one.
        latency: Seconds before the answer to each look-up.
        pace: The speed of walking tasks; at 2.0 they take half as long.

    Attributes:
        faults: The errors to cause; see `Faults`.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, latency: float = 0.0, pace: float = 1.0) -> None:
        self._host = host
        self._port = port
        self._latency = latency
        self._tasks = Tasks(pace)
        self._lookups: deque[LookUp] = deque(maxlen=KEPT_LOOKUPS)
        self._lock = threading.RLock()
        self._serving: Serving | None = None
        self.faults = Faults()

    @property
    def base_url(self) -> str:
        """The server's URL, without a slash at the end.

        Raises:
            RuntimeError: If the port is 0 and the simulator was never started, so its address is not known yet.
        """
        if not self._port:
            raise RuntimeError("The simulator has no address yet. Call start() first.")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def lookups(self) -> tuple[LookUp, ...]:
        """The last 20,000 look-ups, oldest first."""
        with self._lock:
            return tuple(self._lookups)

    def put(self, task_id: str, data: Record | Mapping[str, object] | None) -> None:
        """Set the answer for a task from now on.

        Args:
            task_id: The task's id, in any form.
            data: A `Record`, or the ``data`` of the answer, sent unchanged; None makes the task unknown.
        """
        self._tasks.put(task_id, data)

    def start(self) -> Simulator:
        """Start serving from a daemon thread and return self. Does nothing if the simulator is running.

        After `stop`, it starts again at the same address.

        Raises:
            OSError: If the address is not available.
            MissingTornadoError: If tornado is not installed.
            RunwayError: If the system refuses to start a thread.
        """
        try:  # imported here, so that `import runway_nb.simulator` stays cheap
            from tornado.httpserver import HTTPServer

            from .app import make_app
        except ModuleNotFoundError:
            raise MissingTornadoError from None

        with self._lock:
            if self._serving is None or not self._serving.is_running:
                self.stop()  # what an interrupt of an earlier start or stop left
                app = make_app(self._tasks, self.faults, self._note, self._latency)
                self._serving = Serving(HTTPServer(app), self._host, self._port, THREAD_NAME)
                self._port = self._serving.port
                self._serving.start()
        return self

    def stop(self) -> None:
        """Stop serving and wait for the thread to end. Does nothing if the simulator is not running."""
        serving = self._serving
        if serving is not None:
            serving.stop()
            self._serving = None

    def __enter__(self) -> Simulator:  # noqa: PYI034  # typing.Self is newer than Python 3.10
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _note(self, lookup: LookUp) -> None:
        with self._lock:
            self._lookups.append(lookup)

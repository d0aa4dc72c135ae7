"""Handing sightings to whoever listens: in order, one at a time, and never under a lock of the watcher's."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections import deque
from collections.abc import Callable

from .sighting import Sighting

Deliver = Callable[[Callable[[], None]], object]
"""Runs a function somewhere: ``queue.put``, ``loop.call_soon_threadsafe``, a kernel's ``io_loop.add_callback``."""


class Listener:
    """Someone to be told of sightings. Keep one per card: order holds for everything sent through it.

    The callback runs in a copy of the context that the listener was made in, as asyncio's callbacks do.
    ipykernel keeps the cell that a message belongs to in that context: 7.0.0 and 7.0.1 raise `LookupError`
    when a thread without it touches a widget.

    Args:
        callback: Gets each sighting.
        on_error: Gets what the callback raised, so that a card can show it. Without one it is logged.
        deliver: Where the callback runs; None for the thread that has the news. Give one where threads
            cannot draw.
    """

    def __init__(
        self,
        callback: Callable[[Sighting], object],
        *,
        on_error: Callable[[Exception], object] | None = None,
        deliver: Deliver | None = None,
    ) -> None:
        self._callback = callback
        self._on_error = on_error or _log
        self._deliver = deliver or _at_once
        self._context = contextvars.copy_context()
        self._waiting: deque[Sighting] = deque()
        self._busy = threading.Lock()

    def post(self, sighting: Sighting) -> None:
        """Put a sighting in line. Runs nothing, so it may be called under a lock; that decides the order."""
        self._waiting.append(sighting)

    def send(self) -> None:
        """Have the callback called with what is in line. Never raises what the callback raised."""
        try:
            self._deliver(self._hand_over)
        except Exception as error:  # noqa: BLE001  # such as a closed event loop: whoever gave it is told
            self._failed(error)

    def _hand_over(self) -> None:
        # Whoever holds the lock sees what came in meanwhile, so giving up here loses nothing.
        while self._waiting and self._busy.acquire(blocking=False):
            try:
                while self._waiting:
                    self._call(self._waiting.popleft())
            finally:
                self._busy.release()

    def _call(self, sighting: Sighting) -> None:
        try:
            self._context.run(self._callback, sighting)
        except Exception as error:  # noqa: BLE001  # one listener's fault stops neither the others nor the watcher
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        try:
            self._context.copy().run(self._on_error, error)
        except Exception:  # noqa: BLE001  # showing it can fail as the callback did
            _log(error)


def _at_once(call: Callable[[], None]) -> None:
    call()


def _log(error: Exception) -> None:
    logging.getLogger(__name__).error("A listener raised %s", type(error).__name__, exc_info=error)

"""`Listener`: passes sightings to a callback in order, one at a time, and never under a lock of the watcher."""

from __future__ import annotations

import contextvars
import logging
from collections import deque
from collections.abc import Callable

from ..model.forking import renew_in_child
from ..model.sighting import Sighting

Deliver = Callable[[Callable[[], None]], object]
"""Runs a function somewhere: ``queue.put``, ``loop.call_soon_threadsafe``, a kernel's ``io_loop.add_callback``."""


class Listener:
    """Calls a callback with sightings. Keep one per card: everything sent through it stays in order.

    The callback runs in a copy of the context that the listener was created in, as asyncio's callbacks do. ipykernel
    keeps the cell that a message belongs to in that context: 7.0.0 and 7.0.1 raise `LookupError` when a thread without
    it touches a widget.

    Args:
        callback: Gets each sighting.
        on_error: Gets an exception of the callback, so that a card can show it; None to log it.
        deliver: Where the callback runs; None for the thread that calls `send`. Give one where threads cannot draw.
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
        self.renew()
        renew_in_child(self)

    def renew(self) -> None:
        """Forget the callers: the threads of a parent do not go on in its forked child."""
        self._callers: dict[object, None] = {}

    def post(self, sighting: Sighting) -> None:
        """Queue a sighting. Runs nothing, so it may be called under a lock, which then decides the order."""
        self._waiting.append(sighting)

    def send(self) -> None:
        """Call the callback with each queued sighting. Never raises an exception of the callback."""
        try:
            self._deliver(self._run)
        except Exception as error:  # noqa: BLE001  # such as a closed event loop: `on_error` gets it
            self._failed(error)

    def _run(self) -> None:
        # The first caller checks the queue again after it has removed itself, so no sighting is lost if another one
        # returns early. Not a lock: an interrupt between acquiring it and ``try`` would leave it held for ever. Each
        # step here is atomic.
        while self._waiting and not self._callers:
            caller = object()
            try:
                try:
                    self._callers[caller] = None
                    while self._waiting and list(self._callers)[0] is caller:  # noqa: RUF015  # `iter` is not atomic
                        self._call(self._waiting.popleft())
                finally:
                    self._callers.pop(caller, None)
            except BaseException:  # an interrupt may come before ``finally`` has removed the caller
                self._callers.pop(caller, None)
                raise

    def _call(self, sighting: Sighting) -> None:
        try:
            self._context.run(self._callback, sighting)
        except SystemExit as error:  # in a thread, it would end nothing but the thread
            _log(error)
        except Exception as error:  # noqa: BLE001  # a fault in one listener must not stop the others or the watcher
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        try:
            self._context.copy().run(self._on_error, error)
        except Exception:  # noqa: BLE001  # showing it can fail like the callback
            _log(error)


def _at_once(call: Callable[[], None]) -> None:
    call()


def _log(error: BaseException) -> None:
    logging.getLogger(__name__).error("A listener raised %s", type(error).__name__, exc_info=error)

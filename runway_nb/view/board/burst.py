"""`Burst`: answers many requests in quick succession with a few runs."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import RLock, Timer
from time import monotonic


class Burst:
    """Runs a function on request from any thread, never twice at the same time.

    The first request after a quiet time runs it at once, in the caller's thread. Requests that follow within the
    pause share one run at the end of the pause. Requests during a run share one more run.

    Args:
        run: The function. Each run has to cover every request made before it begins.
        pause: Seconds between two runs.
    """

    def __init__(self, run: Callable[[], None], pause: float) -> None:
        self._run = run
        self._pause = pause
        self._lock = RLock()
        self._running = self._again = self._ended = False
        self._timer: Timer | None = None
        self._error: Exception | None = None
        self._last = -pause

    def ask(self) -> None:
        """Run soon.

        Raises:
            Exception: What the function raised, now or in an earlier delayed run.
        """
        with self._lock:
            error, self._error = self._error, None
            if error is not None:
                raise error
            if self._timer is not None or self._ended:
                return
            wait = self._last + self._pause - monotonic()
            if wait > 0 and self._is_timed(wait):
                return
        self.now()

    def now(self) -> None:
        """Run at once or, if a run is under way in another thread, right after it.

        Raises:
            Exception: What the function raised.
        """
        mine = False
        try:
            with self._lock:
                self._forget_timer()
                self._again = True
                if self._running:
                    return
                mine = self._running = True
            while self._begins():
                self._run()
        except BaseException:
            with self._lock:
                self._running = self._running and not mine
            raise

    def end(self) -> None:
        """Stop: no further run begins."""
        with self._lock:
            self._ended = True
            self._forget_timer()

    def _is_timed(self, wait: float) -> bool:
        """Start the timer; return False if the system refuses to start another thread."""
        timer = Timer(wait, copy_context().run, (self._due,))
        timer.daemon = True
        try:
            timer.start()
        except (RuntimeError, MemoryError):
            return False
        self._timer = timer
        return True

    def _due(self) -> None:
        try:
            self.now()
        except Exception as error:  # noqa: BLE001  # a timer's thread cannot report it; the next `ask` raises it
            self._error = error

    def _begins(self) -> bool:
        """Take the requests so far for a run; False if there are none."""
        with self._lock:
            self._last = monotonic()
            self._running = self._again and not self._ended
            self._again = False
            return self._running

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

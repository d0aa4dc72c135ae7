"""`Burst`: many requests in quick succession become few runs."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Lock, Timer
from time import monotonic


class Burst:
    """Runs a function for requests that come from any thread, never twice at once.

    The first request after a quiet time is answered at once, in its own thread; those that follow within the
    pause are answered together at its end. What comes during a run is answered by one more.

    Args:
        run: The function. It has to answer everything asked for until it begins.
        pause: Seconds between two runs.
    """

    def __init__(self, run: Callable[[], None], pause: float) -> None:
        self._run = run
        self._pause = pause
        self._lock = Lock()
        self._running = self._again = self._ended = False
        self._timer: Timer | None = None
        self._error: Exception | None = None
        self._last = -pause

    def ask(self) -> None:
        """Run soon.

        Raises:
            Exception: What the function raised, now or for a request before that nobody waited for.
        """
        with self._lock:
            error, self._error = self._error, None
            if error is not None:
                raise error
            if self._timer is not None or self._ended:
                return
            wait = self._last + self._pause - monotonic()
            if wait > 0:
                self._timer = Timer(wait, copy_context().run, (self._due,))
                self._timer.daemon = True
                self._timer.start()
                return
        self.now()

    def now(self) -> None:
        """Run at once or, if a run is under way in another thread, right after it.

        Raises:
            Exception: What the function raised.
        """
        with self._lock:
            self._forget_timer()
            self._again = True
            if self._running:
                return
            self._running = True
        try:
            while self._begins():
                self._run()
        except BaseException:
            with self._lock:
                self._running = False
            raise

    def end(self) -> None:
        """Run no more."""
        with self._lock:
            self._ended = True
            self._forget_timer()

    def _due(self) -> None:
        try:
            self.now()
        except Exception as error:  # noqa: BLE001  # whatever it is, the next request's thread can tell somebody
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

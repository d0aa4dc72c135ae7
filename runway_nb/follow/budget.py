"""`RateBudget`: the rate limit that all look-ups share, a token bucket that backs off after a 429. No I/O.

The service does not document its limit, so the budget finds it the way TCP finds a bandwidth: a 429 pauses all
look-ups and halves the rate, and good looks let it grow back over minutes.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from ..model.defaults import DEFAULT_MAX_RATE

FIRST_PAUSE = 2.0
"""Seconds of the pause after a 429 without ``Retry-After``; each further 429 doubles it."""
LONGEST_PAUSE = 60.0
"""Longest such pause, in seconds."""
LONGEST_RETRY_AFTER = 300.0
"""Longest ``Retry-After`` that is obeyed, in seconds: one wrong header must not stop a notebook for a day."""
RECOVERY = 240.0
"""Seconds in which good looks bring the rate from nothing back to full; from half, it takes half of that."""

_MIN_SHARE = 1 / 32  # of the rate, after any number of 429s
_MIN_WAIT = 0.001  # seconds; a wait shorter than the clock's resolution would be a busy loop
_SLICE = 0.25  # seconds of one sleep: Windows notices an interrupt only between two


class RateBudget:
    """Limits the look-ups of all tasks together. Thread-safe.

    Args:
        rate: Look-ups per second.
        burst: Look-ups that may be sent at once after a quiet time.
        clock: Seconds, monotonic.
        rng: Uniform in [0, 1), for the jitter.
        sleep: What `acquire` waits with; gets seconds.

    Raises:
        ValueError: If the rate is not above 0, here or when it is set.
    """

    def __init__(
        self,
        rate: float = DEFAULT_MAX_RATE,
        burst: int = 20,
        *,
        clock: Callable[[], float] = time.monotonic,
        rng: Callable[[], float] = random.random,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._rng = rng
        self._sleep = sleep
        self._lock = threading.RLock()
        self._max_rate = _positive(rate)
        self._burst = float(burst)
        self._tokens = self._burst
        self._filled_at = clock()
        self._share = 1.0  # of max_rate; less than 1 after a 429
        self._strikes = 0  # 429s since the last good look
        self._paused_until = self._recovering_since = self._filled_at

    @property
    def max_rate(self) -> float:
        """Look-ups per second as long as no 429 arrives. Can be set at any time."""
        return self._max_rate

    @max_rate.setter
    def max_rate(self, rate: float) -> None:
        with self._lock:
            self._fill()
            self._max_rate = _positive(rate)

    @property
    def rate(self) -> float:
        """Look-ups per second now: `max_rate`, or less after a 429."""
        return self._max_rate * self._share

    @property
    def paused_until(self) -> float:
        """When the pause after a 429 ends, by the clock; in the past if there is no pause."""
        return self._paused_until

    def take(self) -> float:
        """Take a token if there is one.

        Returns:
            0.0 if one was taken, else the seconds until one may be there.
        """
        with self._lock:
            paused = self._paused_until - self._clock()
            if paused > 0:
                return max(paused, _MIN_WAIT)
            self._fill()
            if self._tokens < 1:
                return max((1 - self._tokens) / self.rate, _MIN_WAIT)
            self._tokens -= 1
            return 0.0

    def acquire(self, sleep: Callable[[float], None] | None = None) -> None:
        """Wait for a token and take it. Interrupting the main thread ends the wait without taking one.

        Args:
            sleep: What this waits with, in seconds, if not with what all wait with; it can end the wait by raising.
        """
        while wait := self.take():
            (sleep or self._sleep)(min(wait, _SLICE))

    def rate_limited(self, retry_after: float | None = None) -> float:
        """Note a 429: pause all look-ups, then go on at half the rate.

        Several looks may be under way when the service sends the first 429. So one that arrives during the pause may
        lengthen it, but does not halve the rate again.

        Args:
            retry_after: Seconds that the service asked the client to wait, or None if it did not say.

        Returns:
            Seconds until the pause ends.
        """
        with self._lock:
            now = self._clock()
            if now >= self._paused_until:
                self._share = max(self._share / 2, _MIN_SHARE)
                self._strikes += 1
                self._pause_until(now + (self._asked(retry_after) or self._own_pause()))
            else:
                self._pause_until(now + self._asked(retry_after))
            return self._paused_until - now

    def succeeded(self) -> None:
        """Note a good look. It lets the rate grow back in proportion to the time since the previous one."""
        with self._lock:
            quiet = self._clock() - self._recovering_since
            if self._share < 1 and quiet > 0:
                self._fill()
                self._share = min(1.0, self._share + quiet / RECOVERY)
                self._recovering_since += quiet
                self._strikes = 0

    def reset(self) -> None:
        """Forget all 429s: the look-ups go to another service from now on."""
        with self._lock:
            self._share, self._strikes, self._tokens = 1.0, 0, self._burst
            self._filled_at = self._paused_until = self._recovering_since = self._clock()

    def _asked(self, retry_after: float | None) -> float:
        return min(retry_after, LONGEST_RETRY_AFTER) if retry_after and retry_after > 0 else 0.0

    def _own_pause(self) -> float:
        doubled = min(FIRST_PAUSE * 2.0 ** min(self._strikes - 1, 10), LONGEST_PAUSE)
        return doubled * (0.75 + self._rng() / 4)

    def _pause_until(self, moment: float) -> None:
        if moment > self._paused_until:
            self._paused_until = self._recovering_since = self._filled_at = moment
            self._tokens = 0.0  # a burst right after the pause would lead to the next 429

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + max(now - self._filled_at, 0.0) * self.rate)
        self._filled_at = max(now, self._filled_at)


def _positive(rate: float) -> float:
    if not rate > 0:
        raise ValueError(f"The rate must be above 0 look-ups per second, not {rate}.")
    return rate

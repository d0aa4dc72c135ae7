"""The rate budget that every look-up shares: a token bucket that steps back when the service says 429. No I/O.

The service's limit is not documented, so it is found as TCP finds a line's: a 429 pauses everyone
and halves the rate, and healthy looks let it grow back over minutes.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

FIRST_PAUSE = 2.0
"""Seconds of the pause after a 429 that names none; each further 429 doubles it."""
LONGEST_PAUSE = 60.0
"""Seconds such a pause grows to."""
LONGEST_RETRY_AFTER = 300.0
"""Seconds that a ``Retry-After`` is obeyed for at most: one mistaken header must not silence a notebook for a day."""
RECOVERY = 240.0
"""Seconds in which healthy looks bring the rate from nothing back to full; from half, half of that."""

_LEAST_SHARE = 1 / 32  # of the rate, however many 429s come
_LEAST_WAIT = 0.001  # seconds; waiting less than the clock's grain would be a busy loop
_SLICE = 0.25  # seconds asleep at once: on Windows an interrupt is seen only in between


class RateBudget:
    """How many look-ups may be sent, all tasks together. Safe to share between threads.

    Args:
        rate: Look-ups per second.
        burst: How many may be sent at once after a quiet time.
        clock: Seconds, monotonic.
        rng: Uniform in [0, 1), for the jitter.
        sleep: How `acquire` waits, seconds.

    Raises:
        ValueError: If the rate is not above 0, here or when it is set.
    """

    def __init__(
        self,
        rate: float = 10.0,
        burst: int = 20,
        *,
        clock: Callable[[], float] = time.monotonic,
        rng: Callable[[], float] = random.random,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._rng = rng
        self._sleep = sleep
        self._lock = threading.Lock()
        self._max_rate = _positive(rate)
        self._burst = float(burst)
        self._tokens = self._burst
        self._filled_at = clock()
        self._share = 1.0  # of max_rate, less than 1 after a 429
        self._strikes = 0  # 429s since the last healthy look
        self._paused_until = self._healthy_since = self._filled_at

    @property
    def max_rate(self) -> float:
        """Look-ups per second when the service is content. May be set at any time."""
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
        """When the pause that a 429 brought ends, by the clock; in the past if there is none."""
        return self._paused_until

    def take(self) -> float:
        """Take a token if there is one.

        Returns:
            0.0 if it was taken, else the seconds until one may be there.
        """
        with self._lock:
            paused = self._paused_until - self._clock()
            if paused > 0:
                return max(paused, _LEAST_WAIT)
            self._fill()
            if self._tokens < 1:
                return max((1 - self._tokens) / self.rate, _LEAST_WAIT)
            self._tokens -= 1
            return 0.0

    def acquire(self) -> None:
        """Wait until a token was taken. An interrupt of the main thread ends the wait, with none taken."""
        while wait := self.take():
            self._sleep(min(wait, _SLICE))

    def rate_limited(self, retry_after: float | None = None) -> float:
        """Note a 429: pause everyone, then go on at half the rate.

        Several looks may be under way when the service has had enough, so a 429 that arrives during the
        pause is the same complaint: it may lengthen the pause, but does not halve the rate again.

        Args:
            retry_after: Seconds the service asked for, or None if it did not say.

        Returns:
            The seconds of pause from now.
        """
        with self._lock:
            now = self._clock()
            if now >= self._paused_until:
                self._share = max(self._share / 2, _LEAST_SHARE)
                self._strikes += 1
                self._pause_until(now + (self._asked(retry_after) or self._own_pause()))
            else:
                self._pause_until(now + self._asked(retry_after))
            return self._paused_until - now

    def succeeded(self) -> None:
        """Note a healthy look, which lets the rate grow back with the time since the last one."""
        with self._lock:
            quiet = self._clock() - self._healthy_since
            if self._share < 1 and quiet > 0:
                self._fill()
                self._share = min(1.0, self._share + quiet / RECOVERY)
                self._healthy_since += quiet
                self._strikes = 0

    def _asked(self, retry_after: float | None) -> float:
        return min(retry_after, LONGEST_RETRY_AFTER) if retry_after and retry_after > 0 else 0.0

    def _own_pause(self) -> float:
        doubled = min(FIRST_PAUSE * 2.0 ** min(self._strikes - 1, 10), LONGEST_PAUSE)
        return doubled * (0.75 + self._rng() / 4)

    def _pause_until(self, moment: float) -> None:
        if moment > self._paused_until:
            self._paused_until = self._healthy_since = self._filled_at = moment
            self._tokens = 0.0  # a burst right after the pause would only bring the next

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + max(now - self._filled_at, 0.0) * self.rate)
        self._filled_at = max(now, self._filled_at)


def _positive(rate: float) -> float:
    if not rate > 0:
        raise ValueError(f"A rate of {rate} look-ups per second would never look. Give one above 0.")
    return rate

"""`RateBudget`: the rate limit that all look-ups share, a token bucket that backs off after a 429. No I/O.

A 429 pauses all look-ups, as long as its ``Retry-After`` says (RFC 9110, section 10.2.3). `Share` decides whether it
also lowers the rate. While every look is refused, the pauses double and one look at a time tries whether that is over.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable

from ..model.defaults import DEFAULT_MAX_RATE, MAX_RATE, WAIT_SLICE
from ..model.forking import renew_in_child
from .share import Share

SHORT_PAUSE = 0.5
"""Seconds of the pause after a 429 that is not held against the rate."""
FIRST_PAUSE = 2.0
"""Seconds of the pause after another 429; each further one without a good look in between doubles it."""
LONGEST_PAUSE = 30.0
"""Longest such pause, in seconds."""
LONGEST_RETRY_AFTER = 300.0
"""Longest ``Retry-After`` that is obeyed, in seconds: one wrong header must not stop a notebook for a day."""
TRIAL_RATE = 1.0
"""Look-ups per second while each one is refused."""

_LONGEST_CATCH_UP = 2.0  # seconds of a pause whose looks are made up for
_ENOUGH = 15  # good looks to measure a rate with
_MIN_WAIT = 0.001  # seconds; a wait shorter than the clock's resolution would be a busy loop


class RateBudget:
    """Limits the look-ups of all tasks together. Thread-safe.

    Args:
        rate: Look-ups per second.
        burst: Look-ups that may be sent at once after a quiet time.
        clock: Seconds, monotonic.
        rng: Uniform in [0, 1), for the jitter.
        sleep: What `acquire` waits with; gets seconds.

    Raises:
        NumberError: If the rate is not above 0, here or when it is set.
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
        self.renew()
        renew_in_child(self)
        self._max_rate = _positive(rate)
        self._burst = float(burst)
        self._tokens = self._burst
        self._filled_at = clock()
        self._share = Share()
        self._paused_until = self._grown_at = self._filled_at
        self._complained_at = -math.inf  # when the latest complaint began: a 429, with those of looks under way then
        self._is_answered = True  # whether there was a good look since
        self._is_excused = False  # whether the complaint has not lowered the rate
        self._strikes = 0  # complaints since the last good look that lowered the rate
        self._begin_measuring()

    def renew(self) -> None:
        """Make a new lock: in a forked child, a thread that does not exist there may hold the old one."""
        self._lock = threading.RLock()

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
        rate = self._max_rate * self._share.value
        return min(rate, TRIAL_RATE) if self._strikes > 1 else rate

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

    def acquire(self, sleep: Callable[[float], None] | None = None) -> float:
        """Wait for a token and take it. Interrupting the main thread ends the wait without taking one.

        Args:
            sleep: What this waits with, in seconds, if not with what all wait with; it can end the wait by raising.

        Returns:
            When the token was taken, by the clock, for `rate_limited` and `succeeded`.
        """
        while wait := self.take():
            (sleep or self._sleep)(min(wait, WAIT_SLICE))
        return self._clock()

    def rate_limited(self, retry_after: float | None = None, sent_at: float | None = None) -> float:
        """Note a 429: pause all look-ups, and go on at a lower rate if the rate is the likely reason.

        Several looks may be under way when the service sends the first 429. Their 429s belong to the same complaint:
        they may lengthen its pause, and lower the rate at most once.

        Args:
            retry_after: Seconds that the service asked the client to wait, or None if it did not say.
            sent_at: When the look was sent, by the clock; None for a moment ago.

        Returns:
            Seconds until the pause ends, or 0.0 if it is over.
        """
        with self._lock:
            now = self._clock()
            again = self._is_under_complaint(now, sent_at)
            excused = self._share.excuses(again=again)
            if not again:
                excused, self._is_answered = excused and self._is_answered, False
                self._complained_at, self._is_excused = now, True
            pause = self._asked(retry_after)
            if not self._is_excused or not excused:
                pause = self._lower(pause)
            elif not again:
                pause = self._excuse(pause)
            self._pause_until(now + pause)
            return max(self._paused_until - now, 0.0)

    def succeeded(self, sent_at: float | None = None) -> None:
        """Note a good look. It lets the rate grow back in proportion to the time since the previous one.

        Args:
            sent_at: When it was sent, by the clock; None for a moment ago.
        """
        with self._lock:
            now = self._clock()
            self._share.earn()
            self._good += 1
            if self._is_under_complaint(now, sent_at):
                return
            self._fill()
            if self._strikes:
                self._measure(now)
            self._is_answered, self._strikes = True, 0
            self._share.grow(max(now - self._grown_at, 0.0))
            self._grown_at = now

    def reset(self) -> None:
        """Forget all 429s: the look-ups go to another service from now on."""
        with self._lock:
            self._share, self._strikes, self._tokens = Share(), 0, self._burst
            self._filled_at = self._paused_until = self._grown_at = self._clock()
            self._complained_at, self._is_answered = -math.inf, True
            self._begin_measuring()

    def _measure(self, now: float) -> None:
        """Measure the rate of a quota: until now, all looks were refused, such as for the rest of its minute."""
        if self._strikes > 1 and self._good >= _ENOUGH:  # refusals among few good looks are no quota's
            self._share.measure(self._good / (now - self._measured_since) / self._max_rate)
        self._begin_measuring(now)

    def _begin_measuring(self, now: float = -math.inf) -> None:
        """Count the good looks from now on; from no moment if none is given."""
        self._good, self._measured_since = 0, now

    def _is_under_complaint(self, now: float, sent_at: float | None) -> bool:
        return now < self._paused_until or (sent_at is not None and sent_at <= self._complained_at)

    def _excuse(self, asked: float) -> float:
        """Return the pause after a complaint that chance explains. What it holds up is made up for, if that is safe."""
        pause = asked or SHORT_PAUSE * self._jitter()
        self._fill()
        if self._share.limit_is_known:
            self._tokens = 0.0
        else:
            self._tokens += min(pause, _LONGEST_CATCH_UP) * self.rate
        return pause

    def _lower(self, asked: float) -> float:
        """Lower the rate, once for each complaint, and return the pause."""
        self._tokens = 0.0  # a burst right after the pause would lead to the next 429
        if not self._is_excused:
            return asked
        self._is_excused = False
        self._strikes += 1
        if self._strikes == 1:
            self._share.cut(self._max_rate)
            return asked or FIRST_PAUSE * self._jitter()
        self._share.halve()
        doubled = min(FIRST_PAUSE * 2.0 ** min(self._strikes - 1, 10), LONGEST_PAUSE)
        return max(asked, doubled * self._jitter())

    def _jitter(self) -> float:
        return 0.75 + self._rng() / 4

    def _asked(self, retry_after: float | None) -> float:
        return min(retry_after, LONGEST_RETRY_AFTER) if retry_after and retry_after > 0 else 0.0

    def _pause_until(self, moment: float) -> None:
        if moment > self._paused_until:
            self._paused_until = self._grown_at = self._filled_at = moment

    def _fill(self) -> None:
        now = self._clock()
        most = max(self._burst * self._share.value, 1.0, self._tokens)  # after a pause, it may hold more than a burst
        self._tokens = min(most, self._tokens + max(now - self._filled_at, 0.0) * self.rate)
        self._filled_at = max(now, self._filled_at)


def _positive(rate: float) -> float:
    MAX_RATE.check(rate)
    return float(rate)

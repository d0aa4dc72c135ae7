"""A client that always has looks to send, and services that refuse some of them, in simulated time."""

from __future__ import annotations

import heapq
import math
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from runway_nb.follow.budget import RateBudget

from .watching import FakeClock, seeded

LATENCY = 0.08
"""Seconds from sending a look to its answer, on average."""
WORKERS = 8
"""Most looks under way at once."""


class Limiter(Protocol):
    """Decides which looks a service refuses."""

    def __call__(self, now: float) -> bool:
        """Whether a look that arrives now gets an answer, not a 429."""


class AtRandom:
    """Refuses a share of all looks, however fast they come."""

    def __init__(self, share: float, seed: int = 0) -> None:
        self._share = share
        self._random = seeded(seed)

    def __call__(self, now: float) -> bool:  # noqa: ARG002  # chance knows no time
        return self._random() >= self._share


class TokenBucket:
    """Admits a rate, and a burst after a quiet time."""

    def __init__(self, rate: float, burst: float | None = None) -> None:
        self._rate = rate
        self._most = self._tokens = max(rate if burst is None else burst, 1.0)
        self._at = -math.inf

    def __call__(self, now: float) -> bool:
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate)
        self._at = now
        admits = self._tokens >= 1
        self._tokens -= admits
        return admits


class FixedWindow:
    """Admits a number of looks in each window of so many seconds, which begins by the clock."""

    def __init__(self, rate: float, seconds: float = 1.0) -> None:
        self._most = rate * seconds
        self._seconds = seconds
        self._window = -1.0
        self._count = 0

    def __call__(self, now: float) -> bool:
        window = now // self._seconds
        if window != self._window:
            self._window, self._count = window, 0
        admits = self._count + 1 <= self._most
        self._count += admits
        return admits


class SlidingWindow:
    """Admits a number of looks within any so many seconds."""

    def __init__(self, rate: float, seconds: float = 1.0) -> None:
        self._most = rate * seconds
        self._seconds = seconds
        self._admitted: deque[float] = deque()

    def __call__(self, now: float) -> bool:
        while self._admitted and self._admitted[0] <= now - self._seconds:
            self._admitted.popleft()
        admits = len(self._admitted) + 1 <= self._most
        if admits:
            self._admitted.append(now)
        return admits


class Storm:
    """Refuses looks between two moments, in seconds since the start: all of them, or a share."""

    def __init__(self, begins: float, ends: float, share: float = 1.0) -> None:
        self._begins, self._ends = begins, ends
        self._admits_some = AtRandom(share)

    def __call__(self, now: float) -> bool:
        return not self._begins <= now < self._ends or self._admits_some(now)


@dataclass(frozen=True)
class Traffic:
    """What a client sent, and what came of it.

    Attributes:
        good: When each look that was answered had been sent, in seconds since the start.
        refused: The same for each look that was refused.
    """

    good: list[float]
    refused: list[float]

    def rate(self, begin: float, end: float) -> float:
        """Return the good looks per second between two moments."""
        return _between(self.good, begin, end) / (end - begin)

    def sent(self, begin: float, end: float) -> int:
        """Return how many looks were sent between two moments."""
        return _between(self.good, begin, end) + _between(self.refused, begin, end)

    def refused_share(self, begin: float, end: float) -> float:
        """Return the share of refused looks between two moments."""
        return _between(self.refused, begin, end) / max(self.sent(begin, end), 1)


def simulate(
    admits: Limiter,
    *,
    max_rate: float,
    seconds: float,
    retry_after: float | None = None,
    lost: float = 0.0,
    workers: int = WORKERS,
    seed: int = 1,
) -> Traffic:
    """Send as many looks as a budget allows.

    Args:
        admits: The service's limit.
        max_rate: The budget's rate, per second.
        seconds: How long to send.
        retry_after: What a refusal asks for, in seconds; None for nothing.
        lost: The share of looks that fail for another reason, which the budget does not hear of.
        workers: Most looks under way at once.
        seed: For the latency and the jitter.
    """
    clock, chance = FakeClock(), seeded(seed)
    began = clock.time
    budget = RateBudget(max_rate, clock=clock, rng=seeded(seed + 1))
    traffic = Traffic([], [])
    under_way: list[tuple[float, float, bool]] = []  # when the answer comes, when the look was sent, whether it is good
    while clock.time - began < seconds:
        wait = budget.take() if len(under_way) < workers else math.inf
        if not wait:
            latency = LATENCY * (0.5 + chance())
            good = admits(clock.time - began)
            (traffic.good if good else traffic.refused).append(clock.time - began)
            heapq.heappush(under_way, (clock.time + latency, clock.time, good))
            continue
        answer_at = under_way[0][0] if under_way else math.inf
        clock.time = min(clock.time + wait, answer_at)
        if clock.time < answer_at:
            continue
        _, sent_at, good = heapq.heappop(under_way)
        if chance() < lost:
            continue
        if good:
            budget.succeeded(sent_at)
        else:
            budget.rate_limited(retry_after, sent_at)
    return traffic


def _between(moments: list[float], begin: float, end: float) -> int:
    return sum(begin <= each < end for each in moments)

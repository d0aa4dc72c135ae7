"""`Timers`: actions that are due at a moment of the caller's clock. No clock, no threads."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from itertools import count


class Timers:
    """Actions, each with the moment when it is due."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._tickets = count()  # those of the same moment go off in the order they were set

    @property
    def due(self) -> float:
        """When the next one is due."""
        return self._waiting[0][0] if self._waiting else math.inf

    def set(self, moment: float, action: Callable[[], None]) -> None:
        """Run an action at a moment; never at infinity."""
        if moment < math.inf:
            heapq.heappush(self._waiting, (moment, next(self._tickets), action))

    def run(self, now: float) -> None:
        """Run those that are due."""
        while self.due <= now:
            heapq.heappop(self._waiting)[2]()

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()

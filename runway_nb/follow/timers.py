"""`Timers`: actions that are due at a moment of the caller's clock. No clock, no threads."""

from __future__ import annotations

import heapq
import math
import weakref
from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

_Owner = TypeVar("_Owner")

_FEW = 64  # actions; up to this many, looking for those without an owner is not worth it


class Timers:
    """Actions, each with the moment when it is due, and the object that it is about.

    The object is not kept alive for its action: it may be closed hours before its deadline.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, weakref.ref[Any], Callable[[Any], None]]] = []
        self._tickets = count()  # actions of the same moment run in the order they were set
        self._most = _FEW  # actions, before those without an owner are dropped

    @property
    def due(self) -> float:
        """When the next one is due."""
        return self._waiting[0][0] if self._waiting else math.inf

    def set(self, moment: float, owner: _Owner, action: Callable[[_Owner], None]) -> None:
        """Run an action with its owner at a moment, if the owner still exists then; never at infinity."""
        if moment == math.inf:
            return
        if len(self._waiting) >= self._most:
            self._waiting = [each for each in self._waiting if each[2]() is not None]
            heapq.heapify(self._waiting)
            self._most = 2 * len(self._waiting) + _FEW
        heapq.heappush(self._waiting, (moment, next(self._tickets), weakref.ref(owner), action))

    def run(self, now: float) -> None:
        """Run those that are due."""
        while self.due <= now:
            _, _, owner, action = heapq.heappop(self._waiting)
            if (present := owner()) is not None:
                action(present)

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()

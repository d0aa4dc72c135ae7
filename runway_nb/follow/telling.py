"""`Telling`: the listeners that have something to be told, and the threads that tell them. No clock, no locks.

A callback may take long. So a thread that tells one keeps the others waiting for a moment only, and then another thread
takes them over.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from .listener import Listener

STUCK = 0.05
"""Seconds after which a callback counts as slow."""
MOST_TELLERS = 64
"""Threads that tell listeners at once. All but one of them are in a slow callback."""


class Telling:
    """Who is to be told, in order, each once, and since when each teller tells the same listener."""

    def __init__(self) -> None:
        self._waiting: dict[Listener, None] = {}
        self._tellers: dict[object, float] = {}

    @property
    def pending(self) -> bool:
        """Whether listeners wait."""
        return bool(self._waiting)

    @property
    def due(self) -> float:
        """When another teller is needed; -inf if there is none yet."""
        if not self._waiting or len(self._tellers) >= MOST_TELLERS:
            return math.inf
        return max(self._tellers.values(), default=-math.inf) + STUCK

    def add(self, listeners: Iterable[Listener]) -> None:
        """Have listeners told."""
        self._waiting.update(dict.fromkeys(listeners))

    def take(self, listener: Listener | None) -> list[Listener]:
        """Leave a listener that waits to the caller; None for all of them."""
        taken = [each for each in self._waiting if listener in (None, each)]
        for each in taken:
            del self._waiting[each]
        return taken

    def begin(self, teller: object, now: float) -> None:
        """Note a teller, before its thread runs."""
        self._tellers[teller] = now

    def next(self, teller: object, now: float) -> Listener | None:
        """Return the next listener for a teller; None if none waits, or others tell enough of them."""
        if not self._waiting or (teller not in self._tellers and len(self._tellers) >= MOST_TELLERS):
            self.end(teller)
            return None
        self._tellers[teller] = now
        listener = next(iter(self._waiting))
        del self._waiting[listener]
        return listener

    def end(self, teller: object) -> None:
        """Note that a teller has ended."""
        self._tellers.pop(teller, None)

"""`Outbox`: the listeners with sightings to send, and the threads that send them. No clock, no locks.

A callback may take long. The other listeners wait for it only a moment: then another thread continues with them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from .listener import Listener

STUCK = 0.05
"""Seconds after which a callback counts as slow."""
MOST_SENDERS = 64
"""Threads that send at once. All but one of them are in a slow callback."""


class Outbox:
    """The listeners with sightings to send, in order, each once; and when each sender began with its listener."""

    def __init__(self) -> None:
        self._waiting: dict[Listener, None] = {}
        self._senders: dict[object, float] = {}

    @property
    def pending(self) -> bool:
        """Whether listeners wait."""
        return bool(self._waiting)

    @property
    def due(self) -> float:
        """When another sender is needed; -inf if there is none yet."""
        if not self._waiting or len(self._senders) >= MOST_SENDERS:
            return math.inf
        return max(self._senders.values(), default=-math.inf) + STUCK

    def add(self, listeners: Iterable[Listener]) -> None:
        """Add listeners that have sightings to send."""
        self._waiting.update(dict.fromkeys(listeners))

    def take(self, listener: Listener | None) -> list[Listener]:
        """Remove a listener that waits, or all for None, and return what was removed: the caller sends it."""
        taken = [each for each in self._waiting if listener in (None, each)]
        for each in taken:
            del self._waiting[each]
        return taken

    def begin(self, sender: object, now: float) -> None:
        """Note a sender, before its thread runs."""
        self._senders[sender] = now

    def next(self, sender: object, now: float) -> Listener | None:
        """Return the next listener for a sender; None if none waits, or there are enough senders."""
        if not self._waiting or (sender not in self._senders and len(self._senders) >= MOST_SENDERS):
            self.end(sender)
            return None
        self._senders[sender] = now
        listener = next(iter(self._waiting))
        del self._waiting[listener]
        return listener

    def end(self, sender: object) -> None:
        """Note that a sender has ended."""
        self._senders.pop(sender, None)

"""`Turns`: the looks that wait, in the order they are sent. No clock, no threads, no I/O."""

from __future__ import annotations

import math
from collections import OrderedDict

from .entry import Entry

_STAGGER = 0.01
"""Seconds. Where answers come at once, one thread does the looks of many: threads that wake together compete for the
interpreter with each other and with the user's cells (they took a sixth more CPU time for 500 tasks)."""


class Turns:
    """The tasks whose look waits to be sent, each once.

    Args:
        capacity: Looks under way at once.

    Attributes:
        ordinary: The queued tasks, each with the time when it was queued.
        last: The tasks that go after all queued ones, including those queued later.
    """

    def __init__(self, capacity: int) -> None:
        self.ordinary: OrderedDict[Entry, float] = OrderedDict()
        self.last: OrderedDict[Entry, float] = OrderedDict()
        self._capacity = capacity
        self._under_way = 0

    @property
    def due(self) -> float:
        """When the next look may be sent: one at once, and another beside it for each `_STAGGER` of waiting.

        The last looks leave half the capacity free, so that a look that becomes due does not have to wait for them.
        """
        waiting, capacity = self.ordinary, self._capacity
        if not waiting:
            waiting, capacity = self.last, max(capacity // 2, 1)
        if not waiting or self._under_way >= capacity:
            return math.inf
        return waiting[next(iter(waiting))] + _STAGGER * self._under_way

    def take(self) -> Entry:
        """Remove the next task and return it; its look counts as under way until `done`."""
        self._under_way += 1
        return (self.ordinary or self.last).popitem(last=False)[0]

    def done(self) -> None:
        """Note that a look under way has ended."""
        self._under_way -= 1

    def add(self, entry: Entry, since: float) -> None:
        """Put a task at the end of the queue. One that is queued already keeps its place."""
        self.last.pop(entry, None)
        self.ordinary.setdefault(entry, since)

    def add_first(self, entry: Entry) -> None:
        """Put a task at the front of the queue. Its look is sent as soon as there is capacity."""
        self.last.pop(entry, None)
        self.ordinary[entry] = -math.inf
        self.ordinary.move_to_end(entry, last=False)

    def add_last(self, entry: Entry, since: float) -> None:
        """Put a task behind all queued ones, including those queued later. One that waits already keeps its place."""
        if entry not in self.ordinary:
            self.last.setdefault(entry, since)

    def remove(self, entry: Entry) -> None:
        """Remove a task, if it waits."""
        self.ordinary.pop(entry, None)
        self.last.pop(entry, None)

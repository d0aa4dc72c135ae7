"""`Turns`: the looks that wait, in the order they are sent. No clock, no threads, no I/O."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import NamedTuple

from .entry import Entry

SLOW = 2.0
"""Seconds after which a look under way leaves its place to another, since it may take as long as its deadline. The
more looks are slow, the sooner: a task behind 60 of them waits for seconds, not for a minute."""
MOST_LOOKS = 64
"""Looks under way at once, with the slow ones."""

_STAGGER = 0.01
"""Seconds. Where answers come at once, one thread does the looks of many: threads that wake together compete for the
interpreter with each other and with the user's cells (they took a sixth more CPU time for 500 tasks)."""


class Due(NamedTuple):
    """What to do now: send these looks, and come back in `wait` seconds, or when something happens."""

    looks: list[Entry]
    wait: float


class Turns:
    """The tasks whose look waits to be sent, each once.

    Args:
        capacity: Looks under way at once; slow ones do not count.

    Attributes:
        ordinary: The queued tasks, each with the time when it was queued.
        last: The tasks that go after all queued ones, including those queued later.
    """

    def __init__(self, capacity: int) -> None:
        self.ordinary: OrderedDict[Entry, float] = OrderedDict()
        self.last: OrderedDict[Entry, float] = OrderedDict()
        self._capacity = capacity
        self._under_way: set[Entry] = set()
        self._places: dict[object, float] = {}  # who takes the place of a look, and until when at most

    def due(self, now: float) -> float:
        """Return when the next look may be sent: one at once, and another beside it for each `_STAGGER` of waiting.

        The last looks leave half the capacity free, so that a look that becomes due does not have to wait for them.

        Args:
            now: The time, on the clock that everything here uses.
        """
        waiting, capacity = self.ordinary, self._capacity
        if not waiting:
            waiting, capacity = self.last, max(capacity // 2, 1)
        if not waiting or len(self._under_way) >= MOST_LOOKS:
            return math.inf
        taken = sorted(until for until in self._places.values() if until > now)
        if len(taken) >= capacity:
            return taken[len(taken) - capacity]
        return waiting[next(iter(waiting))] + _STAGGER * len(taken)

    def take(self, now: float) -> Entry:
        """Remove the next task and return it; its look counts as under way until `done`."""
        entry = (self.ordinary or self.last).popitem(last=False)[0]
        slow = sum(1 for each in self._under_way if self._places[each] <= now)
        self._under_way.add(entry)
        self._places[entry] = now + SLOW / (1 + slow / self._capacity)
        return entry

    def done(self, entry: Entry) -> None:
        """Note that a look under way has ended."""
        self._under_way.discard(entry)
        self._places.pop(entry, None)

    def hold(self, holder: object, until: float) -> None:
        """Take the place of a look for a thread that will make the next one soon, until then at most."""
        self._places[holder] = until

    def release(self, holder: object) -> None:
        """Release a held place."""
        self._places.pop(holder, None)

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

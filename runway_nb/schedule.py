"""Which task is looked at when, in fair turns and within the budget. No threads, no locks, no network.

Whoever drives a `Schedule` lets one thread at a time into it, sends the looks that `step` names, brings
back what they found, and sends out the `mail` once it holds no lock.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

from .budget import RateBudget
from .entry import Entry, Follower, Letter
from .errors import RateLimitError, RunwayError
from .listener import Listener
from .sighting import Following, Sighting
from .task import Task

_STAGGER = 0.01
"""Seconds. Where answers come at once, one thread does the looks of many: threads that wake together compete for the
interpreter with each other and with the user's cells (they took a sixth more CPU time for 500 tasks)."""


class Step(NamedTuple):
    """What to do now: send these looks, and come back in `wait` seconds, or when something happens."""

    looks: list[Entry]
    wait: float


class Schedule:
    """The looks at every task.

    Args:
        budget: What every look costs a token of.
        capacity: Looks under way at once.
        recorder: Makes the listener that is told of every look at one task.
        clock: Seconds, monotonic, and the budget's.
        now: The time of day, aware.
        rng: Uniform in [0, 1), for the jitter.
    """

    def __init__(
        self,
        budget: RateBudget,
        *,
        capacity: int,
        recorder: Callable[[], Listener],
        clock: Callable[[], float],
        now: Callable[[], datetime],
        rng: Callable[[], float],
    ) -> None:
        self._budget = budget
        self._capacity = capacity
        self._recorder = recorder
        self._clock = clock
        self._now = now
        self._rng = rng
        self._entries: dict[str, Entry] = {}
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._tickets = count()  # timers of the same moment ring in the order they were set
        self._ready: deque[Entry] = deque()
        self._under_way = 0
        self._shown_pause = budget.paused_until
        self._mail: dict[Listener, None] = {}

    @property
    def idle(self) -> bool:
        """Whether there is nothing to look at."""
        return not self._entries

    @property
    def due(self) -> float:
        """When `step` will next have something to do, by the clock; -inf if it has already."""
        if self._budget.paused_until > self._shown_pause:
            return -math.inf
        return min(self._next_turn(), self._timers[0][0] if self._timers else math.inf)

    def mail(self) -> list[Listener]:
        """Take the listeners that have something in line."""
        mail, self._mail = list(self._mail), {}
        return mail

    def follow(self, known: Sighting, listener: Listener, interval: float, timeout: float) -> Follower:
        """Begin to follow a task, or join those who do. The listener is told at once where it stands."""
        now = self._clock()
        follower = Follower(known.task_id, listener, interval, now, now + timeout)
        if known.settled:
            self._post([follower.end(known, Following.ENDED, now)])
            return follower
        entry = self._entry(known)
        for earlier in [each for each in entry.followers if each.listener is listener]:
            earlier.active = False  # the same card starts anew
            entry.followers.remove(earlier)
        entry.askers.pop(listener, None)
        sooner = interval < entry.interval
        entry.followers.append(follower)
        self._at(follower.deadline, lambda: self._deadline(entry, follower))
        outcome = known.error or known.task
        if outcome and entry.is_news(known):  # a look made elsewhere counts as one
            entry.asked_at = now
            self._take_in(entry, outcome, known.looked_at or self._now())
            return follower
        if sooner and not (entry.ready or entry.looking or entry.pace.failures):
            self._plan(entry, now + self._rest(entry))
        self._post([(listener, entry.sighting.due(self._next_at(entry)))])
        return follower

    def look(self, known: Sighting, listener: Listener) -> None:
        """Have a task looked at next, or join the look under way. The listener is told what came of it."""
        entry = self._entry(known)
        if all(follower.listener is not listener for follower in entry.followers):
            entry.askers[listener] = known
        if not entry.looking:
            entry.ready_since = -math.inf
            self._ready.appendleft(entry)  # a place further back in the line comes to nothing

    def stop(self, follower: Follower, following: Following) -> None:
        """Stop following for one listener, and tell it; the others go on."""
        entry = self._entries.get(follower.task_id)
        if entry and follower in entry.followers:
            entry.followers.remove(follower)
            self._post([follower.end(entry.sighting, following, self._clock())])
            self._drop_unwanted(entry)

    def close(self) -> None:
        """Stop all following and tell every listener. Looks under way come to nothing."""
        for entry in list(self._entries.values()):
            self._post(entry.answers())
            entry.looking = False
            for follower in list(entry.followers):
                self.stop(follower, Following.OFF)
            self._drop_unwanted(entry)

    def step(self) -> Step:
        """Name the looks to send now, and how long to wait afterwards."""
        now = self._clock()
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()
        self._show_pause()
        wait = self._timers[0][0] - now if self._timers else math.inf
        looks: list[Entry] = []
        while (turn := self._next_turn()) <= now:
            entry = self._ready[0]
            if entry.ready and entry.wanted and self._is_current(entry):
                if token_in := self._budget.take():
                    return Step(looks, min(wait, token_in))
                entry.ready_since, entry.looking, entry.asked_at = None, True, now
                self._under_way += 1
                looks.append(entry)
            self._ready.popleft()
        return Step(looks, min(wait, turn - now))

    def found(self, entry: Entry, outcome: Task | RunwayError) -> None:
        """Take in what a look brought."""
        self._under_way -= 1
        entry.looking = False
        if isinstance(outcome, RateLimitError):
            self._budget.rate_limited(outcome.retry_after)
        elif isinstance(outcome, Task):
            self._budget.succeeded()
        if self._is_current(entry):
            self._take_in(entry, outcome, self._now())

    def _take_in(self, entry: Entry, outcome: Task | RunwayError, at: datetime) -> None:
        now = self._clock()
        entry.take_in(outcome, at, now)
        self._post([(entry.recorder, entry.sighting)])
        self._post(entry.answers())
        self._post(entry.last_words(now))
        if entry.followers:
            asked_at = now if entry.pace.failures else entry.asked_at
            self._plan(entry, max(now, asked_at + entry.pace.delay(entry.interval, self._rng())))
            self._post(entry.news(self._next_at(entry)))
        self._drop_unwanted(entry)

    def _next_turn(self) -> float:
        """When the first in line may be sent: one look at once, and another beside it for each moment of waiting."""
        if not self._ready or self._under_way >= self._capacity:
            return math.inf
        since = self._ready[0].ready_since
        return -math.inf if since is None else since + _STAGGER * self._under_way

    def _deadline(self, entry: Entry, follower: Follower) -> None:
        if follower.active and not entry.looking:  # a look under way is heard first
            self._post(entry.last_words(follower.deadline))
            self._drop_unwanted(entry)

    def _show_pause(self) -> None:
        """Tell every follower who expects a look during a pause when it will be."""
        until = self._budget.paused_until
        if until > self._shown_pause:
            self._shown_pause = until
            for entry in self._entries.values():
                if entry.shown_due < until and not entry.looking:
                    self._post(entry.news(self._next_at(entry)))

    def _entry(self, known: Sighting) -> Entry:
        if known.task_id not in self._entries:
            self._entries[known.task_id] = Entry(known.stopped(Following.OFF), self._recorder())
        return self._entries[known.task_id]

    def _is_current(self, entry: Entry) -> bool:
        return self._entries.get(entry.sighting.task_id) is entry

    def _drop_unwanted(self, entry: Entry) -> None:
        if not (entry.wanted or entry.looking) and self._is_current(entry):
            del self._entries[entry.sighting.task_id]
        if self.idle:
            self._timers.clear()
            self._ready.clear()

    def _rest(self, entry: Entry) -> float:
        """Seconds until the interval since the latest look is over."""
        looked_at = entry.sighting.looked_at
        if looked_at is None:
            return 0.0
        age = max((self._now() - looked_at).total_seconds(), 0.0)  # the time of day may have been set back
        return max(entry.pace.delay(entry.interval, self._rng()) - age, 0.0)

    def _plan(self, entry: Entry, due: float) -> None:
        entry.due = due
        self._at(due, lambda: self._queue(entry, due))

    def _queue(self, entry: Entry, due: float) -> None:
        if entry.due == due and entry.followers and not (entry.ready or entry.looking):
            entry.ready_since = due
            self._ready.append(entry)

    def _next_at(self, entry: Entry) -> datetime | None:
        """When the next look is likely: when it is due and no pause is on, behind those who wait in line."""
        if entry.looking:
            return None
        now = self._clock()
        in_line = len(self._ready) / self._budget.rate
        entry.shown_due = max(entry.due, self._budget.paused_until, now) + in_line
        return self._now() + timedelta(seconds=entry.shown_due - now)

    def _at(self, moment: float, action: Callable[[], None]) -> None:
        if moment < math.inf:
            heapq.heappush(self._timers, (moment, next(self._tickets), action))

    def _post(self, letters: Iterable[Letter]) -> None:
        for listener, sighting in letters:
            listener.post(sighting)
            self._mail[listener] = None

"""`Schedule`: which task is looked at when, in fair turns and within the budget. No threads, no locks, no network.

The caller lets one thread at a time use a `Schedule`, sends the looks that `step` returns, passes each outcome to
`found`, and then sends what waits in the listeners that `take_notified` returns, without holding a lock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from ..model.errors import RateLimitError, RunwayError
from ..model.sighting import Following, Sighting
from ..model.task import Task
from .budget import RateBudget
from .entry import LAST_LOOK_REPEATS, REPEAT_DELAY, Entry, Follower, Notification
from .listener import Listener
from .timers import Timers
from .turns import Due, Turns


class Schedule:
    """Plans the looks at every task.

    Args:
        budget: Each look takes a token from it.
        capacity: Looks under way at once.
        recorder: Makes a listener that gets every look at one task.
        clock: Seconds, monotonic; the budget must use the same clock.
        now: Returns the current time, with a time zone.
        rng: Uniform in [0, 1), for the jitter.
        stop: What `Follower.stop` calls; None for `Schedule.stop`. A caller with threads gives one that takes a lock.

    Attributes:
        turns: The looks that wait, and those under way.
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
        stop: Callable[[Follower, Following], None] | None = None,
    ) -> None:
        self._budget = budget
        self._recorder = recorder
        self._clock = clock
        self._now = now
        self._rng = rng
        self._stop_with = stop or self.stop
        self._entries: dict[str, Entry] = {}
        self._timers = Timers()
        self.turns = Turns(capacity)
        self._shown_pause = budget.paused_until
        self._notified: dict[Listener, None] = {}

    @property
    def idle(self) -> bool:
        """Whether there is nothing to look at."""
        return not self._entries

    @property
    def due(self) -> float:
        """When `step` will next have something to do, by the clock; -inf if it has already."""
        if self._budget.paused_until != self._shown_pause:
            return -math.inf
        return min(self.turns.due(self._clock()), self._timers.due)

    def take_notified(self) -> list[Listener]:
        """Return the listeners that have sightings to send, each once."""
        notified, self._notified = list(self._notified), {}
        return notified

    def follow(
        self, known: Sighting, listener: Listener, interval: float, timeout: float, elapsed: float = 0.0
    ) -> Follower:
        """Begin to follow a task, or join its other followers. The listener gets a first sighting at once."""
        now = self._clock()
        since = now - elapsed
        follower = Follower(known.task_id, listener, interval, since, since + timeout, self._stop_with)
        if known.settled:
            self._notify([follower.end(known, Following.ENDED, now)])
            return follower
        entry = self._entry(known)
        entry.leave(listener)  # the same card starts again
        sooner = interval < entry.interval
        entry.followers.append(follower)
        self._timers.set(follower.deadline, follower, self._deadline)
        if (outcome := known.error or known.task) and entry.is_newer(known):  # a look made elsewhere counts as one
            entry.asked_at = now
            self._update(entry, outcome, known.looked_at or self._now())
            return follower
        if sooner and not (entry in self.turns.ordinary or entry.looking or entry.pace.failures):
            self._plan(entry, now + self._rest(entry))
        self._notify([(listener, entry.sighting.due(self._next_at(entry)))])
        return follower

    def look(self, known: Sighting, listener: Listener, *, last: bool = False) -> None:
        """Look at a task next, or join the look under way. The listener gets the result.

        Args:
            known: What is known about the task.
            listener: Gets the result, unless it follows the task and gets it as a follower.
            last: Look after everything else, including what becomes due later.
        """
        entry = self._entry(known)
        if all(follower.listener is not listener for follower in entry.followers):
            entry.askers[listener] = known
        entry.repeats = LAST_LOOK_REPEATS if last else 0
        if last:
            self._look_last(entry)
        elif not entry.looking:
            self.turns.add_first(entry)

    def forget(self, listener: Listener) -> None:
        """Cancel the looks that a listener asked for. It gets no result from one under way."""
        for entry in list(self._entries.values()):
            entry.askers.pop(listener, None)
            if not entry.askers:
                self.turns.last.pop(entry, None)
            self._drop_unwanted(entry)

    def leave(self, listener: Listener, following: Following, task_id: str | None = None) -> None:
        """Stop following one task or all for one listener, and cancel the looks that it asked for."""
        for entry in [each for each in self._entries.values() if task_id in (None, each.sighting.task_id)]:
            for follower in [each for each in entry.followers if each.listener is listener]:
                self.stop(follower, following)
        self.forget(listener)

    def stop(self, follower: Follower, following: Following) -> None:
        """Stop following for one listener, which gets a last sighting; the others go on."""
        entry = self._entries.get(follower.task_id)
        if entry and follower in entry.followers:
            self._notify([follower.end(entry.sighting, following, self._clock())])
            entry.followers.remove(follower)
        if entry:
            self._drop_unwanted(entry)

    def close(self) -> None:
        """Stop all following and notify every listener. Outcomes of looks under way are ignored."""
        for entry in list(self._entries.values()):
            self._notify(entry.answer_askers())
            entry.looking = False
            for follower in list(entry.followers):
                self.stop(follower, Following.OFF)
            self._drop_unwanted(entry)

    def step(self) -> Due:
        """Return the looks to send now, and how long to wait afterwards."""
        now = self._clock()
        self._timers.run(now)
        self._show_pause()
        wait = self._timers.due - now
        looks: list[Entry] = []
        while (turn := self.turns.due(now)) <= now:
            if token_in := self._budget.take():
                return Due(looks, min(wait, token_in))
            entry = self.turns.take(now)
            entry.looking, entry.asked_at = True, now
            looks.append(entry)
        return Due(looks, min(wait, turn - now))

    def found(self, entry: Entry, outcome: Task | RunwayError) -> None:
        """Take the outcome of a look."""
        self.turns.done(entry)
        entry.looking = False
        if isinstance(outcome, RateLimitError):
            self._budget.rate_limited(outcome.retry_after, entry.asked_at)
        elif isinstance(outcome, Task):
            self._budget.succeeded(entry.asked_at)
        if self._is_current(entry):
            self._update(entry, outcome, self._now())

    def _update(self, entry: Entry, outcome: Task | RunwayError, at: datetime) -> None:
        now = self._clock()
        entry.update(outcome, at, now)
        self._notify([(entry.recorder, entry.sighting)])
        if entry.repeats_after(outcome):
            self._timers.set(now + entry.pace.delay(REPEAT_DELAY, self._rng()), entry, self._look_last)
        else:
            self._notify(entry.answer_askers())
        self._notify(entry.end_followers(now))
        if entry.followers:
            asked_at = now if entry.pace.failures else entry.asked_at
            self._plan(entry, max(now, asked_at + entry.pace.delay(entry.interval, self._rng())))
            self._notify(entry.notify_followers(self._next_at(entry)))
        self._drop_unwanted(entry)

    def _look_last(self, entry: Entry) -> None:
        if entry.wanted and not entry.looking:
            self.turns.add_last(entry, self._clock())

    def _deadline(self, follower: Follower) -> None:
        if follower.active and (entry := self._entries.get(follower.task_id)):  # a look under way may take longer
            self._notify(entry.end_followers(follower.deadline))
            self._drop_unwanted(entry)

    def _show_pause(self) -> None:
        """Send the new time of the next look to every follower whose look a pause delays, or delays no longer."""
        until = self._budget.paused_until
        if until != self._shown_pause:
            over, self._shown_pause = until < self._shown_pause, until
            for entry in self._entries.values():
                if (over or entry.shown_due < until) and not entry.looking:
                    self._notify(entry.notify_followers(self._next_at(entry)))

    def _entry(self, known: Sighting) -> Entry:
        if known.task_id not in self._entries:
            self._entries[known.task_id] = Entry(known.stopped(Following.OFF), self._recorder())
        return self._entries[known.task_id]

    def _is_current(self, entry: Entry) -> bool:
        return self._entries.get(entry.sighting.task_id) is entry

    def _drop_unwanted(self, entry: Entry) -> None:
        if not (entry.wanted or entry.looking) and self._is_current(entry):
            del self._entries[entry.sighting.task_id]
            self.turns.remove(entry)
        if self.idle:
            self._timers.clear()

    def _rest(self, entry: Entry) -> float:
        """Return the seconds until the interval since the latest look is over; a look in the record does not count."""
        looked_at = entry.sighting.looked_at
        if looked_at is None or entry.sighting.from_record:
            return 0.0
        age = max((self._now() - looked_at).total_seconds(), 0.0)  # the system clock may have been set back
        return max(entry.pace.delay(entry.interval, self._rng()) - age, 0.0)

    def _plan(self, entry: Entry, due: float) -> None:
        entry.due = due
        self._timers.set(due, entry, self._queue)

    def _queue(self, entry: Entry) -> None:
        if entry.due <= self._clock() and entry.followers and not entry.looking:
            self.turns.add(entry, entry.due)

    def _next_at(self, entry: Entry) -> datetime | None:
        """When the next look is likely: when it is due and any pause is over, behind the looks that wait already."""
        if entry.looking:
            return None
        now = self._clock()
        in_line = len(self.turns.ordinary) / self._budget.rate
        entry.shown_due = max(entry.due, self._budget.paused_until, now) + in_line
        return self._now() + timedelta(seconds=entry.shown_due - now)

    def _notify(self, notifications: Iterable[Notification]) -> None:
        for listener, sighting in notifications:
            self._notified[listener] = None
            listener.post(sighting)

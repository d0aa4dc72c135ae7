"""What is known about a task now: the last good look, the steps seen so far, and whether it is followed.

One frozen value goes from the watcher to the record and to every view, so that a card, a row of the
board and a line in a terminal all show the same thing. No I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from .errors import RunwayError
from .task import Task, TaskState
from .wait_errors import WaitTimeoutError

UNWATCHED = timedelta(seconds=90)
"""After a longer gap between two looks, it is unknown when a state began."""

MOST_STEPS = 200
"""Of a task with more steps, the first ones are forgotten."""

TICK = timedelta(microseconds=1)
"""The least time between two steps."""


@dataclass(frozen=True)
class Step:
    """A state that the task was seen in.

    Attributes:
        state: The state.
        text: The state in words; the service's own word for an unknown state.
        since: When the task was first seen in it (UTC). The state may have begun earlier.
        watched_from_start: Whether a look shortly before saw another state, so that `since` is when this one began.
    """

    state: TaskState
    text: str
    since: datetime
    watched_from_start: bool = False


def rising(steps: Sequence[Step], until: datetime) -> tuple[Step, ...]:
    """Return steps in the same order, none after `until`.

    A clock that was set back leaves steps that seem to begin after later ones. They get the latest time that is
    possible, and do not count as watched.
    """
    kept: list[Step] = []
    for step in reversed(steps):
        fits = step.since <= until
        kept.append(step if fits else replace(step, since=until, watched_from_start=False))
        until = kept[-1].since - TICK
    return tuple(reversed(kept))


class Following(Enum):
    """Whether a task is followed and, if no longer, why not."""

    OFF = "off"  # not followed, or the user stopped it
    ON = "on"
    ENDED = "ended"  # the task ended
    DEADLINE = "deadline"  # the timeout passed; the task goes on
    REFUSED = "refused"  # no further look can work, such as with a wrong key
    LOST = "lost"  # the service still does not know the task
    INTERRUPTED = "interrupted"  # the user interrupted a wait; the task goes on
    ELSEWHERE = "elsewhere"  # the cell was run again in another window; the task goes on

    @property
    def gave_up(self) -> bool:
        """Whether following stopped before the task's end, and not because the user switched it off."""
        return self not in (Following.OFF, Following.ON, Following.ENDED)


@dataclass(frozen=True)
class Sighting:
    """What is known about a task.

    Attributes:
        task_id: The id it is looked up by.
        task: The task at the last good look; None before the first one.
        seen_at: When the last good look was (UTC).
        steps: The states seen, in order.
        error: The error of the latest look; None after a good look.
        looked_at: When the latest look was (UTC), whether good or failed.
        following: Whether it is followed.
        next_at: When the next look is due (UTC), while it is followed.
        followed_for: How long it was followed, in seconds, once following has stopped.
        usual: How long tasks usually stay in its current state; None if unknown.
        from_record: Whether it was read from the record and not looked up since.
        whole: Whether `task` is all of the service's answer; False if the record kept only the facts about the task.
    """

    task_id: str
    task: Task | None = None
    seen_at: datetime | None = None
    steps: tuple[Step, ...] = ()
    error: RunwayError | None = None
    looked_at: datetime | None = None
    following: Following = Following.OFF
    next_at: datetime | None = None
    followed_for: float | None = None
    usual: timedelta | None = None
    from_record: bool = False
    whole: bool = True

    @property
    def settled(self) -> bool:
        """Whether the task has ended, as far as we know."""
        return self.task is not None and self.task.state.is_terminal

    @property
    def fetched(self) -> bool:
        """Whether the service was asked, with or without success, and this is not only from the record."""
        return self.looked_at is not None and not self.from_record

    def saw(self, task: Task, at: datetime) -> Sighting:
        """Return this with a good look added."""
        steps = self._stepped(task, at)
        return replace(
            self, task=task, seen_at=at, looked_at=at, error=None, steps=steps, from_record=False, whole=True
        )

    def failed(self, error: RunwayError, at: datetime) -> Sighting:
        """Return this with a failed look added; the last good state stays."""
        return replace(self, error=error, looked_at=at, from_record=False)

    def due(self, next_at: datetime | None) -> Sighting:
        """Return this as followed, with the time of its next look (None while a look is under way)."""
        return replace(self, following=Following.ON, next_at=next_at, followed_for=None)

    def stopped(self, following: Following, followed_for: float | None = None) -> Sighting:
        """Return this as no longer followed, with the reason."""
        return replace(self, following=following, next_at=None, followed_for=followed_for)

    def seen_task(self) -> Task:
        """Return the task.

        Raises:
            RunwayError: If it was not seen yet: why the look failed.
        """
        if self.task is None:
            raise self.error or RunwayError(f"Task {self.task_id} could not be looked up.")
        return self.task

    def terminal_task(self) -> Task:
        """Return the task that was waited for.

        Raises:
            WaitTimeoutError: If the deadline came first; the task goes on.
            RunwayError: If another error ended the wait, such as a key that was not accepted.
        """
        if self.task is not None and self.settled:
            return self.task
        if self.following is Following.DEADLINE and (self.task is not None or self.error is None):
            raise WaitTimeoutError(self.task, self.followed_for or 0.0, self.task_id)
        raise self.error or RunwayError(f"Stopped following task {self.task_id}; the task goes on.")

    def _stepped(self, task: Task, at: datetime) -> tuple[Step, ...]:
        ended_before = bool(self.steps) and self.steps[-1].state.is_terminal and not task.state.is_terminal
        steps = () if ended_before else self.steps
        if steps and steps[-1].text == task.state_text:
            return steps if steps[-1].since <= at else rising(steps, at)
        watched = bool(steps) and self.seen_at is not None and timedelta(0) <= at - self.seen_at <= UNWATCHED
        return (*rising(steps, at - TICK), Step(task.state, task.state_text, at, watched))[-MOST_STEPS:]

    def dwell(self, index: int, now: datetime) -> timedelta:
        """Return how long the task was seen in a step: until the next step, or until `now` for the last one."""
        end = self.steps[index + 1].since if index + 1 < len(self.steps) else now
        return max(end - self.steps[index].since, timedelta(0))

"""What is known of a task right now: the last good look, the steps seen so far, and how following it stands.

One frozen value goes from the watcher to history and to every view, so that a card, a row of the
board and a line in a terminal all show the same thing. No I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from .errors import RunwayError, WaitTimeoutError
from .task import Task, TaskState

UNWATCHED = timedelta(seconds=90)
"""After a longer gap between two looks, when a state began is not known."""


@dataclass(frozen=True)
class Step:
    """A state that the task was seen in.

    Attributes:
        state: The state.
        text: Its words, the service's own for an unknown state.
        since: When it was first seen in it (UTC). It may have begun earlier.
        watched_from_start: Whether a look shortly before saw another state, so that `since` is when this one began.
    """

    state: TaskState
    text: str
    since: datetime
    watched_from_start: bool = False


class Following(Enum):
    """How following a task stands."""

    OFF = "off"  # not followed, or the user stopped it
    ON = "on"
    ENDED = "ended"  # the task ended
    DEADLINE = "deadline"  # the watch's deadline passed; the task goes on
    REFUSED = "refused"  # the key was not accepted
    LOST = "lost"  # the service went on not knowing the task
    INTERRUPTED = "interrupted"  # the user interrupted a wait; the task goes on


@dataclass(frozen=True)
class Sighting:
    """What is known of a task.

    Attributes:
        task_id: The id it is looked up by.
        task: The task at the last good look, or None if there was none.
        seen_at: When that was (UTC).
        steps: The states seen, in order.
        error: What the latest look failed with; None after a good one.
        looked_at: When the latest look was, good or bad (UTC).
        following: How following it stands.
        next_at: When the next look is due (UTC), while followed.
        followed_for: How long it was followed when following stopped, seconds.
        usual: How long tasks usually stay in the state it is in, if the record tells.
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

    @property
    def settled(self) -> bool:
        """Whether the task has ended, as far as is known."""
        return self.task is not None and self.task.state.is_terminal

    def saw(self, task: Task, at: datetime) -> Sighting:
        """Return this with a good look added."""
        return replace(self, task=task, seen_at=at, looked_at=at, error=None, steps=self._stepped(task, at))

    def failed(self, error: RunwayError, at: datetime) -> Sighting:
        """Return this with a failed look added; the last good state stays."""
        return replace(self, error=error, looked_at=at)

    def due(self, next_at: datetime | None) -> Sighting:
        """Return this as followed, with its next look due at a time (None while one is under way)."""
        return replace(self, following=Following.ON, next_at=next_at, followed_for=None)

    def stopped(self, following: Following, followed_for: float | None = None) -> Sighting:
        """Return this as no longer followed, and why."""
        return replace(self, following=following, next_at=None, followed_for=followed_for)

    def terminal_task(self) -> Task:
        """The task, for who waited until it is no longer followed.

        Raises:
            WaitTimeoutError: If the deadline came first; the task goes on.
            RunwayError: What else ended the following, such as a key that is not accepted.
        """
        if self.task is not None and self.settled:
            return self.task
        if self.following is Following.DEADLINE and self.task is not None:
            raise WaitTimeoutError(self.task, self.followed_for or 0.0)
        raise self.error or RunwayError(f"Watching task {self.task_id} was stopped; the task goes on.")

    def _stepped(self, task: Task, at: datetime) -> tuple[Step, ...]:
        ended_before = bool(self.steps) and self.steps[-1].state.is_terminal and not task.state.is_terminal
        steps = () if ended_before else self.steps
        if steps and steps[-1].text == task.state_text:
            return steps
        watched = bool(steps) and self.seen_at is not None and at - self.seen_at <= UNWATCHED
        return (*steps, Step(task.state, task.state_text, at, watched))

    def dwell(self, index: int, now: datetime) -> timedelta:
        """How long the task was seen in a step: until the next one, or until `now` for the last."""
        end = self.steps[index + 1].since if index + 1 < len(self.steps) else now
        return max(end - self.steps[index].since, timedelta(0))

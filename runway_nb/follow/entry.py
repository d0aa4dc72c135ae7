"""`Entry`: one task that is looked at, with what is known about it and who gets the sightings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ..model.errors import RunwayError
from ..model.sighting import Following, Sighting
from ..model.task import Task
from .listener import Listener
from .pace import Pace

Notification = tuple[Listener, Sighting]
"""A sighting for a listener."""

LAST_LOOK_REPEATS = 2
"""How often a last look is repeated if its failure may pass: no follower looks again."""
REPEAT_DELAY = 1.0
"""Seconds before the first repetition, about; the second waits longer."""

_NO_LISTENER = Listener(lambda _: None)


@dataclass(eq=False)
class Follower:
    """One listener that follows one task.

    Attributes:
        task_id: The task.
        listener: Gets each sighting while it follows.
        interval: Seconds between looks.
        since: When following began, in seconds on the schedule's clock.
        deadline: When following stops, on the same clock.
        stop_with: What `stop` calls.
        active: Whether it still follows.
    """

    task_id: str
    listener: Listener = field(repr=False)
    interval: float
    since: float = field(repr=False)
    deadline: float = field(repr=False)
    stop_with: Callable[[Follower, Following], None] = field(repr=False)
    active: bool = True

    def stop(self, following: Following = Following.OFF) -> None:
        """Stop following; other listeners go on. The listener gets one last sighting. A second call does nothing.

        Args:
            following: What that sighting says: OFF, or INTERRUPTED.
        """
        self.stop_with(self, following)

    def end(self, sighting: Sighting, following: Following, now: float) -> Notification:
        """End following, and return the last sighting for the listener."""
        return self.release(), sighting.stopped(following, now - self.since)

    def release(self) -> Listener:
        """End following without a last sighting, and return the listener. It is dropped, since it may refer to this."""
        self.active = False
        listener, self.listener = self.listener, _NO_LISTENER
        return listener


@dataclass(eq=False)
class Entry:
    """A task that is looked at: once for its askers, or until it has no followers.

    Attributes:
        sighting: What is known about the task. It says OFF: followers of one task differ in how they follow it.
        recorder: Gets the sighting of every look.
        followers: The followers of the task.
        askers: The listeners that want the next look only, with what each knew before.
        pace: How the looks went.
        due: When the next look is due, on the schedule's clock.
        shown_due: When the next look is due according to what the followers show.
        asked_at: When the latest look was sent.
        looking: Whether a look is under way.
        repeats: How many more times a look is repeated if its failure may pass, before the askers get an answer.
    """

    sighting: Sighting
    recorder: Listener
    followers: list[Follower] = field(default_factory=list)
    askers: dict[Listener, Sighting] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    due: float = math.inf
    shown_due: float = math.inf
    asked_at: float = -math.inf
    looking: bool = False
    repeats: int = 0

    @property
    def wanted(self) -> bool:
        """Whether any listener wants a look."""
        return bool(self.followers or self.askers)

    @property
    def interval(self) -> float:
        """Seconds between looks: the shortest interval of a follower."""
        return min((follower.interval for follower in self.followers), default=math.inf)

    def leave(self, listener: Listener) -> None:
        """Drop what a listener follows or asked for. It gets no further sighting."""
        for follower in [each for each in self.followers if each.listener is listener]:
            self.followers.remove(follower)
            follower.release()
        self.askers.pop(listener, None)

    def is_newer(self, known: Sighting) -> bool:
        """Whether a sighting from elsewhere is of a later look than the latest one here."""
        mine = self.sighting.looked_at
        return known.looked_at is not None and (mine is None or known.looked_at > mine)

    def update(self, outcome: Task | RunwayError, at: datetime, now: float) -> None:
        """Add a look's outcome to what is known."""
        if isinstance(outcome, Task):
            self.sighting = self.sighting.saw(outcome, at)
        else:
            self.sighting = self.sighting.failed(outcome, at)
        self.pace = self.pace.after(outcome, now)

    def repeats_after(self, outcome: Task | RunwayError) -> bool:
        """Whether the look is repeated because its failure may pass; this uses up one of the `repeats`."""
        if not (self.repeats and isinstance(outcome, RunwayError) and outcome.passes):
            return False
        self.repeats -= 1
        return True

    def answer_askers(self) -> Iterator[Notification]:
        """Answer the askers and drop them."""
        askers, self.askers = self.askers, {}
        for listener, known in askers.items():
            yield listener, self.sighting.stopped(self._following_of(known), known.followed_for)

    def end_followers(self, now: float) -> Iterator[Notification]:
        """End following for those whose deadline has passed, or for all if there is no next look."""
        over = self.pace.following is not Following.ON
        for follower in [each for each in self.followers if over or each.deadline <= now]:
            self.followers.remove(follower)
            yield follower.end(self.sighting, self.pace.following if over else Following.DEADLINE, now)

    def notify_followers(self, next_at: datetime | None) -> Iterator[Notification]:
        """Send what is known, and when the next look is due, to the followers."""
        for follower in self.followers:
            yield follower.listener, self.sighting.due(next_at)

    def _following_of(self, known: Sighting) -> Following:
        """Return what an asker's sighting says about following: the same as before, unless this look refutes it."""
        if self.sighting.settled:
            return Following.ENDED
        refuted = (Following.REFUSED, Following.LOST) if self.sighting.error is None else ()
        return Following.OFF if known.following in (Following.ON, *refuted) else known.following

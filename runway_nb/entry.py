"""One task that is looked at: what is known of it, who follows it, and what each of them is told."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from .errors import RunwayError
from .listener import Listener
from .pace import Pace
from .sighting import Following, Sighting
from .task import Task

Letter = tuple[Listener, Sighting]


@dataclass(eq=False)
class Follower:
    """One listener's wish to follow one task.

    Attributes:
        task_id: The task.
        listener: Who is told.
        interval: Seconds between looks.
        since: When following began, in seconds on the schedule's clock.
        deadline: When it is to stop, on the same.
        active: Whether it goes on.
    """

    task_id: str
    listener: Listener
    interval: float
    since: float
    deadline: float
    active: bool = True

    def end(self, sighting: Sighting, following: Following, now: float) -> Letter:
        """End following, and return the last that the listener is told."""
        self.active = False
        return self.listener, sighting.stopped(following, now - self.since)


@dataclass(eq=False)
class Entry:
    """A task that is looked at: once for its askers, or until its followers are gone.

    Attributes:
        sighting: What is known of it. It says OFF: how it is followed differs between followers.
        recorder: Who is told of every look.
        followers: Who follows it.
        askers: Who waits for the next look alone, with what each knew before.
        pace: How the looks went.
        due: When the next look is due, on the schedule's clock.
        shown_due: When the followers were told that it will be.
        asked_at: When the latest look was sent.
        ready_since: Since when a look waits for its turn, on the schedule's clock; None if none does.
        looking: Whether a look is under way.
    """

    sighting: Sighting
    recorder: Listener
    followers: list[Follower] = field(default_factory=list)
    askers: dict[Listener, Sighting] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    due: float = math.inf
    shown_due: float = math.inf
    asked_at: float = -math.inf
    ready_since: float | None = None
    looking: bool = False

    @property
    def wanted(self) -> bool:
        """Whether anyone waits for a look."""
        return bool(self.followers or self.askers)

    @property
    def ready(self) -> bool:
        """Whether a look waits for its turn."""
        return self.ready_since is not None

    @property
    def interval(self) -> float:
        """Seconds between looks: the fewest that a follower wants."""
        return min((follower.interval for follower in self.followers), default=math.inf)

    def is_news(self, known: Sighting) -> bool:
        """Whether a sighting from elsewhere is of a later look than the latest here."""
        mine = self.sighting.looked_at
        return known.looked_at is not None and (mine is None or known.looked_at > mine)

    def take_in(self, outcome: Task | RunwayError, at: datetime, now: float) -> None:
        """Add a look's outcome to what is known."""
        if isinstance(outcome, Task):
            self.sighting = self.sighting.saw(outcome, at)
        else:
            self.sighting = self.sighting.failed(outcome, at)
        self.pace = self.pace.after(outcome, now)

    def answers(self) -> Iterator[Letter]:
        """Answer those who asked for this look, and be done with them."""
        askers, self.askers = self.askers, {}
        for listener, known in askers.items():
            yield listener, self.sighting.stopped(self._standing(known), known.followed_for)

    def last_words(self, now: float) -> Iterator[Letter]:
        """End following for those whose deadline has passed, or for all if there is no next look."""
        over = self.pace.following is not Following.ON
        for follower in [each for each in self.followers if over or each.deadline <= now]:
            self.followers.remove(follower)
            yield follower.end(self.sighting, self.pace.following if over else Following.DEADLINE, now)

    def news(self, next_at: datetime | None) -> Iterator[Letter]:
        """Tell those who go on following."""
        for follower in self.followers:
            yield follower.listener, self.sighting.due(next_at)

    def _standing(self, known: Sighting) -> Following:
        """How following stands for someone who does not follow: as before, unless this look says otherwise."""
        if self.sighting.settled:
            return Following.ENDED
        refuted = (Following.REFUSED, Following.LOST) if self.sighting.error is None else ()
        return Following.OFF if known.following in (Following.ON, *refuted) else known.following

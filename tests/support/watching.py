"""A clock that stands still, a service made of functions, and a schedule or watcher around them."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from runway_nb.budget import RateBudget
from runway_nb.entry import Entry, Follower
from runway_nb.errors import RunwayError
from runway_nb.listener import Listener
from runway_nb.schedule import Schedule
from runway_nb.sighting import Following, Sighting
from runway_nb.task import Task, TaskState

Outcome = Task | RunwayError
PATIENCE = 10.0
"""Seconds a test waits for what should happen at once, before it fails."""


class FakeClock:
    """A clock that moves only when it is told to; its time of day moves with it."""

    start = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)

    def __init__(self) -> None:
        self.time = 1000.0
        self._began = self.time

    def __call__(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.time - self._began)

    def later(self, seconds: float) -> datetime:
        """Return the time of day so many seconds from now."""
        return self.now() + timedelta(seconds=seconds)


def middle() -> float:
    """Be an `rng` without jitter."""
    return 0.5


def seeded(seed: int) -> Callable[[], float]:
    """Make an `rng` that gives the same numbers in every run."""
    return random.Random(seed).random  # noqa: S311  # jitter, no secret


def task(task_id: str = "t", state: TaskState = TaskState.GENERATING) -> Task:
    """Make a Task in a state."""
    return Task(task_id, state, raw={"taskId": task_id, "state": state.value})


class Heard:
    """Remembers the sightings it is told of."""

    def __init__(self) -> None:
        self.sightings: list[Sighting] = []
        self._changed = threading.Condition()

    def __call__(self, sighting: Sighting) -> None:
        with self._changed:
            self.sightings.append(sighting)
            self._changed.notify_all()

    @property
    def last(self) -> Sighting:
        return self.sightings[-1]

    @property
    def following(self) -> list[Following]:
        return [sighting.following for sighting in self.sightings]

    def wait_for(self, condition: Callable[[Sighting], object]) -> Sighting:
        """Wait until a sighting fulfils the condition, and return it."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(condition, self.sightings)), PATIENCE), self.sightings
            return next(filter(condition, self.sightings))


def is_over(sighting: Sighting) -> bool:
    """Whether following is over."""
    return sighting.following is not Following.ON


class ScheduleRun:
    """Drives a `Schedule` by hand: the looks it sends are answered at once, or when the test says so."""

    def __init__(
        self, *, rate: float = 100.0, burst: int = 100, capacity: int = 8, rng: Callable[[], float] = middle
    ) -> None:
        self.clock = FakeClock()
        self.budget = RateBudget(rate, burst, clock=self.clock, rng=middle)
        self.recorded = Heard()
        self.looks: list[tuple[float, str]] = []  # seconds since the start, id
        self.under_way: list[Entry] = []
        self.schedule = Schedule(
            self.budget,
            capacity=capacity,
            recorder=lambda: Listener(self.recorded),
            clock=self.clock,
            now=self.clock.now,
            rng=rng,
        )

    def follow(
        self, known: Sighting | str, heard: Heard | Listener, interval: float = 5.0, timeout: float = 1200.0
    ) -> Follower:
        known = Sighting(known) if isinstance(known, str) else known
        listener = heard if isinstance(heard, Listener) else Listener(heard)
        follower = self.schedule.follow(known, listener, interval, timeout)
        self.send()
        return follower

    def send(self) -> None:
        for listener in self.schedule.mail():
            listener.send()

    def step(self) -> float:
        """Do what is due now; return how long the schedule would wait."""
        step = self.schedule.step()
        for entry in step.looks:
            self.looks.append((self.clock.time - 1000.0, entry.sighting.task_id))
        self.under_way += step.looks
        self.send()
        return step.wait

    def answer(self, outcome: Outcome | Callable[[str], Outcome]) -> None:
        """Answer the oldest look under way."""
        entry = self.under_way.pop(0)
        self.schedule.found(entry, outcome(entry.sighting.task_id) if callable(outcome) else outcome)
        self.send()

    def run(self, seconds: float, outcome: Outcome | Callable[[str], Outcome]) -> None:
        """Let time pass; each look is answered at once."""
        end = self.clock.time + seconds
        while True:
            wait = self.step()
            while self.under_way:
                self.answer(outcome)
                wait = 0.0
            if self.clock.time + wait > end:
                self.clock.time = end
                return
            self.clock.advance(wait)


@contextmanager
def no_thread_left() -> Iterator[None]:
    """Assert that every thread that was started within has ended."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + PATIENCE
    for thread in set(threading.enumerate()) - before:
        thread.join(max(deadline - time.monotonic(), 0.0))
        assert not thread.is_alive(), thread.name


def wait_until_inside(function: Callable[..., object], thread: int) -> None:
    """Wait until a thread runs a function."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        frame = sys._current_frames().get(thread)
        while frame is not None:
            if frame.f_code is function.__code__:
                return
            frame = frame.f_back
        time.sleep(0.005)
    raise AssertionError(f"{function.__qualname__} was not reached")

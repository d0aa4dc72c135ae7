"""A clock that tests move by hand, listeners that remember sightings, and a schedule that runs on such a clock."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from runway_nb.follow.budget import RateBudget
from runway_nb.follow.entry import Entry, Follower
from runway_nb.follow.listener import Listener
from runway_nb.follow.schedule import Schedule
from runway_nb.model.errors import RunwayError
from runway_nb.model.sighting import Following, Sighting
from runway_nb.model.task import Task, TaskState

from .tasks import NOW
from .waiting import PATIENCE

Outcome = Task | RunwayError


class FakeClock:
    """A monotonic clock that moves only when a test advances it. Its time of day begins at `NOW`."""

    def __init__(self) -> None:
        self.time = 1000.0
        self._began = self.time

    def __call__(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.time - self._began)

    def later(self, seconds: float) -> datetime:
        """Return the time of day in this many seconds."""
        return self.now() + timedelta(seconds=seconds)


def middle() -> float:
    """Return the `rng` value that means no jitter."""
    return 0.5


def seeded(seed: int) -> Callable[[], float]:
    """Return an `rng` with the same numbers in every run."""
    return random.Random(seed).random  # noqa: S311  # jitter, not a secret


def task(task_id: str = "t", state: TaskState = TaskState.GENERATING) -> Task:
    """Return a Task in a state."""
    return Task(task_id, state, raw={"taskId": task_id, "state": state.value})


class Heard:
    """A listener that remembers its sightings."""

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


class FakeService:
    """Answers looks. A test sets which tasks have ended, which raise an error, and whether answers come."""

    def __init__(self) -> None:
        self.looks: list[str] = []
        self.ended: set[str] = set()
        self.errors: dict[str, Exception] = {}
        self.at_once = 0
        self.most_at_once = 0
        self.open = threading.Event()
        self.open.set()
        self._changed = threading.Condition()

    def wait_for_looks_at_once(self, number: int) -> None:
        """Wait until at least this many looks are under way."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.at_once >= number, PATIENCE)

    def __call__(self, task_id: str) -> Task:
        with self._changed:
            self.looks.append(task_id)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self._changed.notify_all()
        try:
            assert self.open.wait(PATIENCE)
            if task_id in self.errors:
                raise self.errors[task_id]
            return task(task_id, TaskState.SUCCESS if task_id in self.ended else TaskState.GENERATING)
        finally:
            with self._changed:
                self.at_once -= 1


def is_over(sighting: Sighting) -> bool:
    """Whether following is over."""
    return sighting.following is not Following.ON


class ScheduleRun:
    """Drives a `Schedule` by hand: looks are answered at once, or when the test calls `answer`."""

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
        for listener in self.schedule.take_notified():
            listener.send()

    def step(self) -> float:
        """Do what is due now; return how long the schedule would wait."""
        due = self.schedule.step()
        for entry in due.looks:
            self.looks.append((self.clock.time - 1000.0, entry.sighting.task_id))
        self.under_way += due.looks
        self.send()
        return due.wait

    def times(self, task_id: str = "t") -> list[float]:
        """Return when a task was looked at, in seconds since the start."""
        return [round(at, 2) for at, looked in self.looks if looked == task_id]

    def look(self, known: Sighting | str, heard: Heard | Listener, *, last: bool = False) -> Listener:
        """Ask for a look, and return the listener that gets it."""
        listener = heard if isinstance(heard, Listener) else Listener(heard)
        self.schedule.look(Sighting(known) if isinstance(known, str) else known, listener, last=last)
        return listener

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
    """Assert that every thread started within has ended."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + PATIENCE
    while started := set(threading.enumerate()) - before:  # a thread may have started another one meanwhile
        for thread in started:
            with suppress(RuntimeError):  # it has not begun to run yet
                thread.join(max(deadline - time.monotonic(), 0.0))
            assert not thread.is_alive(), thread.name


def own_threads() -> list[threading.Thread]:
    """Return the threads of the package that run now."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("runway_nb")]


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

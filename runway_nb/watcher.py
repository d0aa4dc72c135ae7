"""`Watcher`: follows any number of tasks with one scheduling thread and a few workers.

The schedule says what to do and when; this adds the threads. Outcomes are taken in under one lock, and
listeners are told outside it.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from traceback import extract_tb

from .budget import RateBudget
from .entry import Entry, Follower
from .errors import RunwayError
from .listener import Listener
from .pool import DaemonPool
from .schedule import Schedule
from .settings import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, check_pace
from .sighting import Following, Sighting
from .task import Task

_LONGEST_SLEEP = 3600.0  # seconds; a condition cannot wait for ever with a number
_GRAIN = 0.05  # seconds; looks that are due so close together are sent together: each waking has its cost
_PATIENCE = 0.2  # seconds that closing waits for looks under way: it is part of how quickly an interrupt ends a wait


def utc_now() -> datetime:
    """Return the time of day, aware."""
    return datetime.now(timezone.utc)


class Subscription:
    """One listener's following of one task, as `Watcher.follow` returns it."""

    def __init__(self, watcher: Watcher, follower: Follower) -> None:
        self._watcher = watcher
        self._follower = follower

    def __repr__(self) -> str:
        return f"<Subscription to {self.task_id}, {'active' if self.active else 'ended'}>"

    @property
    def task_id(self) -> str:
        """The task that is followed."""
        return self._follower.task_id

    @property
    def active(self) -> bool:
        """Whether it is still followed."""
        return self._follower.active

    def stop(self, following: Following = Following.OFF) -> None:
        """Stop following; other listeners go on. The listener is told once more. A second call does nothing.

        Args:
            following: What it is told: OFF, or INTERRUPTED.
        """
        self._watcher.stop(self._follower, following)


class Watcher:
    """Looks at tasks again and again, and tells listeners what it sees.

    There is one entry for each task, however many listen, and no thread while nothing is followed. A listener
    gets a sighting at once when it begins to follow, one for each look, one when a 429 puts its next look off,
    and a last one that says why following is over.

    Args:
        fetch: One look at a task. What it raises is shown, never the end of the watcher.
        budget: What every look is paid from.
        workers: Looks under way at once.
        on_sighting: Called with what every look brought, whoever asked for it, in order for each task.
        clock: Seconds, monotonic, and the budget's.
        now: The time of day, aware.
        rng: Uniform in [0, 1), for the jitter.
    """

    def __init__(
        self,
        fetch: Callable[[str], Task],
        budget: RateBudget,
        *,
        workers: int = 8,
        on_sighting: Callable[[Sighting], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        rng: Callable[[], float] = random.random,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        recorder = partial(Listener, on_sighting or _ignore)
        self._schedule = Schedule(budget, capacity=workers, recorder=recorder, clock=clock, now=now, rng=rng)
        self._changed = threading.Condition()
        self._pool = DaemonPool(workers, "runway_nb-look")
        self._thread: threading.Thread | None = None
        self._running = False
        self._wakes_at = -math.inf  # by the clock; when the thread goes on by itself
        self._closed = False

    def follow(
        self,
        task: Sighting | str,
        listener: Listener | Callable[[Sighting], object],
        *,
        interval: float = DEFAULT_INTERVAL,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Subscription:
        """Follow a task until it ends, joining those who already do.

        Args:
            task: What is known of it, to go on from, or its id.
            listener: Who is told. The same `Listener` again starts its following anew. It may be called
                before this returns.
            interval: Seconds between two looks; of several listeners' the shortest counts.
            timeout: Seconds after which following stops for this listener.

        Raises:
            RuntimeError: If the watcher is closed.
            ValueError: If the interval or the timeout is not above 0, or the interval longer than a day.
        """
        check_pace(interval, timeout)
        with self._turn() as schedule:
            self._refuse_if_closed()
            follower = schedule.follow(_known(task), _listener(listener), interval, timeout)
        return Subscription(self, follower)

    def look(self, task: Sighting | str, listener: Listener | Callable[[Sighting], object]) -> None:
        """Look at a task before its turn, or join a look under way, and tell the listener what came of it.

        Whoever follows the task is told too. A `Listener` that itself follows it is told once.

        Args:
            task: What is known of it, or its id.
            listener: Who is told.

        Raises:
            RuntimeError: If the watcher is closed.
        """
        with self._turn() as schedule:
            self._refuse_if_closed()
            schedule.look(_known(task), _listener(listener))

    def stop(self, follower: Follower, following: Following) -> None:
        """Stop following for one listener; what `Subscription.stop` calls."""
        with self._turn() as schedule:
            schedule.stop(follower, following)

    def close(self) -> None:
        """Stop following everything, tell every listener, and end the threads. A second call does nothing.

        A look under way is waited for, but not for long: its thread ends with the answer, which nobody hears.
        """
        with self._turn() as schedule:
            self._closed = True
            schedule.close()
            threads = [self._thread, *self._pool.close()]
        patience = time.monotonic() + _PATIENCE
        for thread in threads:
            if thread and thread is not threading.current_thread():  # a listener may close what calls it
                thread.join(max(patience - time.monotonic(), 0.0))

    @contextmanager
    def _turn(self) -> Iterator[Schedule]:
        """Have the schedule to oneself; afterwards its thread goes by what changed, and the mail is sent."""
        with self._changed:
            yield self._schedule
            if not self._running and not self._schedule.idle:
                self._running = True
                self._thread = threading.Thread(target=self._run, name="runway_nb-schedule", daemon=True)
                self._thread.start()
            if self._schedule.idle or self._schedule.due < self._wakes_at - _GRAIN:
                self._changed.notify()
            mail = self._schedule.mail()
        _send(mail)

    def _run(self) -> None:
        """Send the looks that are due until there is nothing to look at."""
        with self._changed:  # let go of while it waits
            while not self._schedule.idle:
                step = self._schedule.step()
                for entry in step.looks:
                    self._pool.submit(partial(self._look, entry))
                if mail := self._schedule.mail():
                    self._pool.submit(partial(_send, mail))
                if not self._schedule.idle:
                    sleep = min(max(step.wait, _GRAIN), _LONGEST_SLEEP)
                    self._wakes_at = self._clock() + sleep
                    self._changed.wait(sleep)
            self._pool.close()
            self._running = False

    def _look(self, entry: Entry) -> None:
        """Look at a task, and then at one that waits for its turn: going on is cheaper than waking another thread."""
        looks = [entry]
        while looks:
            entry, *others = looks
            for other in others:
                self._pool.submit(partial(self._look, other))
            outcome = self._outcome(entry)
            with self._turn() as schedule:
                schedule.found(entry, outcome)
                looks = schedule.step().looks

    def _outcome(self, entry: Entry) -> Task | RunwayError:
        try:
            return self._fetch(entry.sighting.task_id)
        except RunwayError as error:
            return error.with_traceback(None)  # kept for as long as it is shown: its frames hold the key
        except Exception as error:  # noqa: BLE001  # one task's trouble, whatever it is
            return _unforeseen(error)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("This watcher is closed. Show the task again to follow it.")


def _known(task: Sighting | str) -> Sighting:
    return Sighting(task) if isinstance(task, str) else task


def _listener(listener: Listener | Callable[[Sighting], object]) -> Listener:
    return listener if isinstance(listener, Listener) else Listener(listener)


def _send(mail: Iterable[Listener]) -> None:
    for listener in mail:
        listener.send()


def _ignore(sighting: Sighting) -> None:
    """Be the listener of a watcher that was given none."""


def _unforeseen(error: Exception) -> RunwayError:
    """Say where something went wrong, but not in its own words, which may quote the request and its key."""
    frames = extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return RunwayError(
        f"The look failed in a way that is not foreseen ({type(error).__name__}{place}). The task goes on, and is "
        "looked at again; if it stays, report it to the makers of runway_nb."
    )

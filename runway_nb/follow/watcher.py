"""`Watcher`: follows any number of tasks with one scheduling thread and a few workers.

The schedule decides what to do and when; this module adds the threads. Outcomes are processed under one lock, and
listeners are called outside it.
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

from ..model.defaults import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, check_pace
from ..model.errors import RunwayError
from ..model.sighting import Following, Sighting
from ..model.task import Task
from .budget import RateBudget
from .entry import Entry, Follower
from .listener import Listener
from .pool import DaemonPool
from .schedule import Schedule

_LONGEST_SLEEP = 3600.0  # seconds; a condition cannot wait for infinity
_GRAIN = 0.05  # seconds; looks that are due this close together are sent together: each wake-up costs CPU time
_CLOSE_TIMEOUT = 0.2  # seconds that closing waits for looks under way; an interrupt that ends a wait takes as long


def utc_now() -> datetime:
    """Return the current time, aware (UTC)."""
    return datetime.now(timezone.utc)


class Watcher:
    """Looks at tasks again and again, and passes the sightings to listeners.

    Listeners of one task share its looks, and no thread runs while nothing is followed. A listener gets a sighting at
    once when it begins to follow, one after each look, one when a 429 delays its next look, and a last one that says
    why following is over.

    Args:
        fetch: Makes one look at a task. An exception is shown, and does not stop the watcher.
        budget: Each look takes a token from it.
        workers: Looks under way at once.
        on_sighting: Called with the sighting of every look, for one task in order.
        clock: Seconds, monotonic; the budget must use the same clock.
        now: Returns the current time, with a time zone.
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
        self._schedule = Schedule(
            budget, capacity=workers, recorder=recorder, clock=clock, now=now, rng=rng, stop=self._stop
        )
        self._changed = threading.Condition()
        self._pool = DaemonPool(workers, "runway_nb-look")
        self._thread: threading.Thread | None = None
        self._running = False
        self._wakes_at = -math.inf  # when the schedule thread wakes up without a notification, by the clock
        self._closed = False

    def follow(
        self,
        task: Sighting | str,
        listener: Listener | Callable[[Sighting], object],
        *,
        interval: float = DEFAULT_INTERVAL,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Follower:
        """Follow a task until it ends.

        Args:
            task: What is known about it, to continue from, or its id.
            listener: Gets the sightings, the first possibly before this returns. If the same `Listener` already
                follows the task, it starts again.
            interval: Seconds between two looks; the shortest interval of all followers counts.
            timeout: Seconds after which following stops for this listener.

        Raises:
            RuntimeError: If the watcher is closed.
            ValueError: If the interval or the timeout is not above 0, or the interval is longer than a day.
        """
        check_pace(interval, timeout)
        with self._turn() as schedule:
            self._refuse_if_closed()
            return schedule.follow(_known(task), _listener(listener), interval, timeout)

    def look(
        self, task: Sighting | str, listener: Listener | Callable[[Sighting], object], *, last: bool = False
    ) -> None:
        """Look at a task before all others, or join a look under way.

        The listener gets the result, and so do the followers of the task. A `Listener` that also follows it gets the
        result once.

        Args:
            task: What is known about it, or its id.
            listener: Gets the result.
            last: Look after everything else instead, including what becomes due later. Another look at the task that
                comes first answers this one too.

        Raises:
            RuntimeError: If the watcher is closed.
        """
        with self._turn() as schedule:
            self._refuse_if_closed()
            schedule.look(_known(task), _listener(listener), last=last)

    def forget(self, listener: Listener) -> None:
        """Cancel the looks that a listener asked for; following goes on. It gets no result from one under way."""
        with self._turn() as schedule:
            schedule.forget(listener)

    def wake(self) -> None:
        """Plan again: the budget was changed, so looks that waited for it may be due."""
        with self._turn():
            pass

    def close(self) -> None:
        """Stop all following, notify every listener, and end the threads. A second call does nothing.

        Waits only briefly for looks under way. The thread of a slower one ends with its answer, which is ignored.
        """
        with self._turn() as schedule:
            self._closed = True
            schedule.close()
            threads = [self._thread, *self._pool.close()]
        give_up = time.monotonic() + _CLOSE_TIMEOUT
        for thread in threads:
            if thread and thread is not threading.current_thread():  # a listener may close its watcher
                thread.join(max(give_up - time.monotonic(), 0.0))

    def _stop(self, follower: Follower, following: Following) -> None:
        with self._turn() as schedule:
            schedule.stop(follower, following)

    @contextmanager
    def _turn(self) -> Iterator[Schedule]:
        """Hold the lock on the schedule; afterwards wake its thread if needed, and call the listeners."""
        with self._changed:
            yield self._schedule
            if not self._running and not self._schedule.idle:
                self._running = True
                self._thread = threading.Thread(target=self._run, name="runway_nb-schedule", daemon=True)
                self._thread.start()
            if self._schedule.idle or self._schedule.due < self._wakes_at - _GRAIN:
                self._changed.notify()
            notified = self._schedule.take_notified()
        _send(notified)

    def _run(self) -> None:
        """Send the looks that are due until there is nothing to look at."""
        with self._changed:  # released while it waits
            while not self._schedule.idle:
                due = self._schedule.step()
                for entry in due.looks:
                    self._pool.submit(partial(self._look, entry))
                if notified := self._schedule.take_notified():
                    self._pool.submit(partial(_send, notified))
                if not self._schedule.idle:
                    sleep = min(max(due.wait, _GRAIN), _LONGEST_SLEEP)
                    self._wakes_at = self._clock() + sleep
                    self._changed.wait(sleep)
            self._pool.close()
            self._running = False

    def _look(self, entry: Entry) -> None:
        """Look at a task, and then at those that wait: that is cheaper than waking another thread."""
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
            return error.with_traceback(None)  # kept while it is shown: its frames hold the key
        except Exception as error:  # noqa: BLE001  # a fault in one look must not stop the others
            return _unexpected(error)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("This watcher is closed. Show the task again to follow it.")


def _known(task: Sighting | str) -> Sighting:
    return Sighting(task) if isinstance(task, str) else task


def _listener(listener: Listener | Callable[[Sighting], object]) -> Listener:
    return listener if isinstance(listener, Listener) else Listener(listener)


def _send(listeners: Iterable[Listener]) -> None:
    for listener in listeners:
        listener.send()


def _ignore(sighting: Sighting) -> None:
    """Do nothing: the default `on_sighting`."""


def _unexpected(error: Exception) -> RunwayError:
    """Return an error that says where, without the exception's message, which may quote the request and its key."""
    frames = extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return RunwayError(
        f"The check failed with an unexpected {type(error).__name__}{place}. The task goes on and will be checked "
        "again. If this keeps happening, report it to the authors of runway_nb."
    )

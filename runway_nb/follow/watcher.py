"""`Watcher`: follows any number of tasks with one scheduling thread and a few workers.

The schedule decides what to do and when; this module adds the threads. Outcomes are processed under one lock, and
listeners are called outside it. An interrupt may come at any line of the user's thread: the call that it
interrupts is then undone, or repeated.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from traceback import extract_tb
from typing import TypeVar

from ..model.defaults import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, check_pace
from ..model.errors import RunwayError
from ..model.sighting import Following, Sighting
from ..model.task import Task
from .budget import RateBudget
from .entry import Entry, Follower
from .listener import Listener
from .runner import Runner
from .schedule import Schedule

_T = TypeVar("_T")


def utc_now() -> datetime:
    """Return the current time, aware (UTC)."""
    return datetime.now(timezone.utc)


class Watcher:
    """Looks at tasks again and again, and passes the sightings to listeners.

    Listeners of one task share its looks, and no thread runs while nothing is followed. A listener gets a sighting at
    once when it begins to follow, one after each look, one when a 429 delays its next look, and a last one that says
    why following is over. A slow look or callback delays no other task.

    Args:
        fetch: Makes one look at a task. An exception is shown, and does not stop the watcher.
        budget: Each look takes a token from it.
        workers: Looks under way at once; those that take long do not count.
        on_sighting: Called with the sighting of every look, in order.
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
        recorder = Listener(on_sighting or _ignore)  # one for all tasks: a record that hangs blocks one thread only
        schedule = partial(
            Schedule,
            budget,
            capacity=workers,
            recorder=lambda: recorder,
            clock=clock,
            now=now,
            rng=rng,
            stop=self._stop,
        )
        self._runner = Runner(schedule, partial(_outcome, fetch), clock, kept=workers)
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def follow(
        self,
        task: Sighting | str,
        listener: Listener | Callable[[Sighting], object],
        *,
        interval: float = DEFAULT_INTERVAL,
        timeout: float = DEFAULT_TIMEOUT,
        elapsed: float = 0.0,
    ) -> Follower:
        """Follow a task until it ends. If this raises, or is interrupted, the listener does not follow it.

        Args:
            task: What is known about it, to continue from, or its id.
            listener: Gets the sightings, the first possibly before this returns. If the same `Listener` already
                follows the task, it starts again.
            interval: Seconds between two looks; the shortest interval of all followers counts.
            timeout: Seconds after which following stops for this listener.
            elapsed: Seconds of the timeout that are over already.

        Raises:
            RuntimeError: If the watcher is closed.
            NoThreadError: If the system refuses to start a thread.
            NumberError: If the interval or the timeout is not above 0, or the interval is longer than a day.
        """
        check_pace(interval, timeout)
        heard, known = _listener(listener), _known(task)

        def undo(schedule: Schedule) -> None:
            schedule.leave(heard, Following.OFF, known.task_id)

        return self._do(lambda schedule: schedule.follow(known, heard, interval, timeout, elapsed), heard, undo)

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
            NoThreadError: If the system refuses to start a thread.
        """
        heard, known = _listener(listener), _known(task)
        self._do(
            lambda schedule: schedule.look(known, heard, last=last), heard, lambda schedule: schedule.forget(heard)
        )

    def forget(self, listener: Listener) -> None:
        """Cancel the looks that a listener asked for; following goes on. It gets no result from one under way."""
        self._runner.do(lambda schedule: schedule.forget(listener))

    def leave(self, listener: Listener, following: Following = Following.OFF) -> None:
        """Stop everything for a listener: it follows nothing, and the looks that it asked for are canceled.

        Args:
            listener: It gets a last sighting of each task that it followed.
            following: What that sighting says: OFF, or INTERRUPTED.
        """
        self._runner.do(lambda schedule: schedule.leave(listener, following), notifies=listener)

    def wake(self) -> None:
        """Plan again: the budget was changed, so looks that waited for it may be due."""
        self._runner.do(_nothing)

    def close(self) -> None:
        """Stop all following, notify every listener, and end the threads. A second call does nothing.

        Waits only briefly for looks under way. The thread of a slower one ends with its answer, which is ignored.
        """
        self._closed = True
        self._runner.do(Schedule.close, notifies_all=True)
        self._runner.join()

    def _do(self, work: Callable[[Schedule], _T], listener: Listener, undo: Callable[[Schedule], object]) -> _T:
        def unless_closed(schedule: Schedule) -> _T:
            if self._closed:
                raise RuntimeError("This watcher is closed. Show the task again to follow it.")
            return work(schedule)

        return self._runner.do(unless_closed, listener, undo)

    def _stop(self, follower: Follower, following: Following) -> None:
        self._runner.do(lambda schedule: schedule.stop(follower, following), follower.listener)


def _known(task: Sighting | str) -> Sighting:
    return Sighting(task) if isinstance(task, str) else task


def _listener(listener: Listener | Callable[[Sighting], object]) -> Listener:
    return listener if isinstance(listener, Listener) else Listener(listener)


def _ignore(sighting: Sighting) -> None:
    """Do nothing: the default `on_sighting`."""


def _nothing(schedule: Schedule) -> None:
    """Change nothing: `Runner.do` plans again."""


def _outcome(fetch: Callable[[str], Task], entry: Entry) -> Task | RunwayError:
    try:
        return fetch(entry.sighting.task_id)
    except RunwayError as error:
        return error.with_traceback(None)  # kept while it is shown: its frames hold the key
    except BaseException as error:  # noqa: BLE001  # a fault in one look must not stop the others
        return _unexpected(error)


def _unexpected(error: BaseException) -> RunwayError:
    """Return an error that says where, without the exception's message, which may quote the request and its key."""
    frames = extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return RunwayError(
        f"The check failed with an unexpected {type(error).__name__}{place}. The task goes on and will be checked "
        "again. If this keeps happening, report it to the authors of runway_nb."
    )

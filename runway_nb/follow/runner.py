"""`Runner`: the threads of a watcher. One plans; the others look at tasks and send the sightings to the listeners.

Everything happens under one lock, except the looks and the callbacks. Each ``with`` statement holds the lock itself: no
interrupt can come between taking and holding it. A context manager in Python, such as a `Condition`, can be interrupted
on its way in or out, and its lock then stays taken.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from ..model.errors import RunwayError
from ..model.forking import renew_in_child
from ..model.task import Task
from .entry import Entry
from .listener import Listener
from .outbox import MOST_SENDERS, STUCK, Outbox
from .pool import DaemonPool, Job, started
from .schedule import Schedule
from .turns import MOST_LOOKS

_LONGEST_SLEEP = 3600.0  # seconds; a condition cannot wait for infinity
_GRAIN = 0.05  # seconds; looks that are due this close together are sent together: each wake-up costs CPU time
_CLOSE_TIMEOUT = 0.2  # seconds that closing waits for looks under way; an interrupt that ends a wait takes as long

_T = TypeVar("_T")


class NoThreadError(RunwayError):
    """The system refused to start the thread that would follow a task."""

    title = "Not followed"

    def _message(self) -> str:
        return (
            "The task is not followed: the system refuses to start another thread. Restart the kernel, or end what "
            "uses so many threads or so much memory, and follow the task again."
        )


class Runner:
    """Runs a schedule, in threads that exist only while there is something to do.

    Args:
        make_schedule: Makes the schedule.
        look: Looks at a task. Never raises.
        clock: The clock of the schedule.
        kept: Workers that stay while nothing is due.
    """

    def __init__(
        self,
        make_schedule: Callable[[], Schedule],
        look: Callable[[Entry], Task | RunwayError],
        clock: Callable[[], float],
        *,
        kept: int,
    ) -> None:
        self._make_schedule = make_schedule
        self._look_at = look
        self._clock = clock
        self._pool = DaemonPool(MOST_LOOKS + MOST_SENDERS, "runway_nb-look", kept=kept)
        self.renew()
        renew_in_child(self)

    def renew(self) -> None:
        """Start with nothing to do and no threads: a forked child does not follow what its parent follows."""
        self._schedule = self._make_schedule()
        self._outbox = Outbox()
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._planner: threading.Thread | None = None
        self._wakes_at = -math.inf  # when the planner wakes up without a notification, by the clock

    def do(
        self,
        work: Callable[[Schedule], _T],
        notifies: Listener | None = None,
        undo: Callable[[Schedule], object] | None = None,
        *,
        notifies_all: bool = False,
    ) -> _T:
        """Change the schedule, and have the threads do what is due then.

        Args:
            work: Changes the schedule.
            notifies: The listener that gets its sightings in this thread, before this returns.
            undo: Undoes the work if it fails or is interrupted. None to repeat the work, where that is safe, such as
                stopping something.
            notifies_all: Whether every listener gets its sightings in this thread.

        Raises:
            NoThreadError: If the system refuses to start a thread, and there is a way to undo the work.
        """
        mine: list[Listener] = []
        try:
            with self._lock:
                result = work(self._schedule)
                self._outbox.add(self._schedule.take_notified())
                mine = self._outbox.take(None if notifies_all else notifies)
                if not self._plan() and undo is not None:
                    raise NoThreadError  # noqa: TRY301  # undone below, like any failure
            for listener in mine:
                listener.send()
            return result  # noqa: TRY300  # an interrupt in this line undoes the work, too
        except BaseException:
            with self._lock:
                (undo or work)(self._schedule)
                self._outbox.add(mine)
                has_threads = self._plan()
            if not has_threads:
                self._send(object())
            raise

    def join(self) -> None:
        """Wait briefly for the threads, which end when there is nothing to do."""
        give_up = time.monotonic() + _CLOSE_TIMEOUT
        planner = self._planner
        for thread in (planner, *self._pool.close()):
            if thread is not None and thread is not threading.current_thread():  # a listener may close its watcher
                thread.join(max(give_up - time.monotonic(), 0.0))

    @property
    def _idle(self) -> bool:
        return self._schedule.idle and not self._outbox.pending

    def _plan(self) -> bool:
        """Wake the planner if there is something to do before it wakes by itself. Needs the lock.

        Returns:
            Whether it runs, if it is needed.
        """
        self._outbox.add(self._schedule.take_notified())
        if self._planner is None or not self._planner.is_alive():
            self._planner = None if self._idle else started(self._run, "runway_nb-schedule")
        elif self._idle or min(self._schedule.due, self._outbox.due) < self._wakes_at - _GRAIN:
            self._changed.notify_all()
        return self._idle or self._planner is not None

    def _run(self) -> None:
        """Run what is due until there is nothing left to do."""
        while jobs := self._jobs():
            self._dispatch(jobs)

    def _dispatch(self, jobs: Iterable[Job]) -> None:
        """Run jobs in other threads, or in this one if no thread can be started."""
        for job in jobs:
            if not self._pool.submit(job):
                job()

    def _jobs(self) -> list[Job]:
        """Wait for something to do; an empty list means that there is nothing left, or that another thread plans."""
        me = threading.current_thread()
        with self._lock:  # released while it waits
            if self._planner is not me and self._planner is not None and self._planner.is_alive():
                return []  # an interrupt came between starting this one and noting it, so another one was started
            self._planner = me
            while not self._idle:
                due = self._schedule.step()
                self._outbox.add(self._schedule.take_notified())
                jobs: list[Job] = [partial(self._look, entry) for entry in due.looks]
                now = self._clock()
                if self._outbox.due <= now:
                    sender = object()
                    self._outbox.begin(sender, now)
                    jobs.append(partial(self._send, sender))
                if jobs:
                    return jobs
                if self._idle:
                    break
                sleep = min(max(min(due.wait, self._outbox.due - now), _GRAIN), _LONGEST_SLEEP)
                self._wakes_at = self._clock() + sleep
                self._changed.wait(sleep)
            self._pool.close()
            self._planner = None
            return []

    def _look(self, entry: Entry) -> None:
        """Look at a task, then at those that wait: cheaper than waking another thread for each."""
        looks = [entry]
        while looks:
            entry, *others = looks
            self._dispatch(partial(self._look, other) for other in others)
            outcome = self._look_at(entry)
            with self._lock:
                self._schedule.found(entry, outcome)
                self._schedule.turns.hold(entry, self._clock() + STUCK)
                self._outbox.add(self._schedule.take_notified())
                listener = self._next(entry)
            self._send(entry, listener)
            with self._lock:
                looks = self._schedule.step().looks
                self._plan()

    def _send(self, sender: object, listener: Listener | None = None) -> None:
        """Send to listeners until none waits, this one first. If a callback is slow, another thread takes over."""
        try:
            while True:
                if listener is not None:
                    listener.send()
                with self._lock:
                    listener = self._next(sender)
                    if listener is None:
                        return
        finally:
            with self._lock:
                self._outbox.end(sender)
                self._schedule.turns.release(sender)
                if self._idle or self._outbox.pending:
                    self._plan()

    def _next(self, sender: object) -> Listener | None:
        """Return the next listener to send to, and make sure that another thread takes over if it is slow."""
        listener = self._outbox.next(sender, self._clock())
        if self._outbox.pending:
            self._plan()
        return listener

"""`WatchHandle`: follows several tasks together, and waits for their end. Works without Jupyter."""

from __future__ import annotations

import math
import os
import queue
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from ..model.defaults import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, PATIENCE, WAIT_SLICE, check_pace
from ..model.sighting import Following, Sighting
from ..model.task import Task
from ..model.wait_errors import WaitInterruptedError
from .entry import Follower
from .listener import Listener
from .watcher import Watcher


class WatchHandle:
    """Follows several tasks, and waits for their end.

    Args:
        watcher: Makes the looks.
        tasks: What is known about each, or their ids. One that is listed twice is followed once.
        interval: Seconds between two looks.
        timeout: Seconds after which following stops; the tasks go on.
        on_change: Called with a task after its first look and after each look that finds it changed, in the watcher's
            threads; for one task in order. `wait` raises its first exception when all tasks are over.

    Attributes:
        sightings: The latest sighting of each task, by id.
    """

    def __init__(
        self,
        watcher: Watcher,
        tasks: Iterable[Sighting | str],
        *,
        interval: float = DEFAULT_INTERVAL,
        timeout: float = DEFAULT_TIMEOUT,
        on_change: Callable[[Task], object] | None = None,
    ) -> None:
        check_pace(interval, timeout)
        given = [Sighting(task) if isinstance(task, str) else task for task in tasks]
        self.sightings = {sighting.task_id: sighting for sighting in given}
        self._on_change = on_change
        self._pid = os.getpid()
        self._errors: list[Exception | SystemExit] = []
        self._open = dict.fromkeys(self.sightings)
        self._over: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._followers: list[Follower] = []
        listeners = {task_id: Listener(self._update) for task_id in self._open}
        try:
            for task_id, listener in listeners.items():
                known = self.sightings[task_id]
                self._followers.append(watcher.follow(known, listener, interval=interval, timeout=timeout))
        except BaseException:  # an interrupt, too: there is no handle that could stop what is followed
            for listener in listeners.values():
                watcher.leave(listener)
            raise

    def __repr__(self) -> str:
        count = len(self.sightings)
        return f"<WatchHandle on {count} {'task' if count == 1 else 'tasks'}, {len(self._open)} followed>"

    @property
    def tasks(self) -> dict[str, Task]:
        """The latest Task of each id; a task that was never seen is missing."""
        return {task_id: sighting.task for task_id, sighting in self.sightings.items() if sighting.task}

    def stop(self, following: Following = Following.OFF) -> None:
        """Stop following; the tasks go on. A second call does nothing.

        Args:
            following: What the last sightings say: OFF, or INTERRUPTED.
        """
        for follower in self._followers:
            follower.stop(following)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until no task is followed any more: each has ended, or its last sighting says why following stopped.

        Args:
            timeout: Longest time to block, in seconds; None for no limit.

        Returns:
            Whether all are over; False if `timeout` passed first, and following goes on.

        Raises:
            WaitInterruptedError: If the user interrupted, which stops following. The tasks go on.
            RuntimeError: If this is a forked child of the process that follows the tasks.
            Exception: The first exception of `on_change`.
        """
        if os.getpid() != self._pid:
            raise RuntimeError("These tasks are followed by the parent process. Call watch() again in this one.")
        if timeout is not None:
            PATIENCE.check(timeout)
        limit = math.inf if timeout is None else time.monotonic() + timeout
        try:
            while self._open and (left := limit - time.monotonic()) > 0:
                with suppress(queue.Empty):  # not an Event: an interrupt of its wait can leave its lock held
                    self._over.get(timeout=min(left, WAIT_SLICE))
        except KeyboardInterrupt:
            unfinished = tuple(self._open)
            self.stop(Following.INTERRUPTED)
            raise WaitInterruptedError(unfinished) from None
        if not self._open and self._errors:
            raise self._errors[0]
        return not self._open

    def _update(self, sighting: Sighting) -> None:
        task_id, task = sighting.task_id, sighting.task
        before, self.sightings[task_id] = self.sightings[task_id], sighting
        if self._on_change is not None and task is not None and task != before.task:
            try:
                self._on_change(task)
            except (Exception, SystemExit) as error:  # noqa: BLE001  # `wait` raises it, so it is stored before `wait` can return
                self._errors.append(error)
        if sighting.following is not Following.ON:
            self._open.pop(task_id, None)
            if not self._open:
                self._over.put(None)

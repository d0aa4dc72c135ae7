"""`WatchHandle`: several tasks followed together, and a wait for their end. Needs no Jupyter."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable

from .errors import WaitInterruptedError
from .listener import Listener
from .settings import DEFAULT_INTERVAL, DEFAULT_TIMEOUT
from .sighting import Following, Sighting
from .task import Task
from .watcher import Watcher

_SLICE = 0.25  # seconds waited at once: on Windows an interrupt is seen only in between


class WatchHandle:
    """Follows several tasks.

    Args:
        watcher: Who looks.
        tasks: What is known of each, or their ids. One that stands twice is followed once.
        interval: Seconds between two looks.
        timeout: Seconds after which following stops; the tasks go on.
        on_change: Called with a task at its first look and whenever a look finds it changed: in the watcher's threads,
            for one task in order. The first thing that it raises, `wait` raises when all have ended.

    Attributes:
        sightings: The latest of each task, by id.
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
        known = [Sighting(task) if isinstance(task, str) else task for task in tasks]
        self.sightings = {sighting.task_id: sighting for sighting in known}
        self._on_change = on_change
        self._errors: list[Exception] = []
        self._open = dict.fromkeys(self.sightings)
        self._over = threading.Event()
        if not self._open:
            self._over.set()
        self._subscriptions = [
            watcher.follow(
                sighting, Listener(self._heard, on_error=self._errors.append), interval=interval, timeout=timeout
            )
            for sighting in list(self.sightings.values())
        ]

    def __repr__(self) -> str:
        return f"<WatchHandle on {len(self.sightings)} tasks, {len(self._open)} followed>"

    @property
    def tasks(self) -> dict[str, Task]:
        """The latest Task of each id; one that was never seen is missing."""
        return {task_id: sighting.task for task_id, sighting in self.sightings.items() if sighting.task}

    def stop(self, following: Following = Following.OFF) -> None:
        """Stop following; the tasks go on. A second call does nothing.

        Args:
            following: What the last sightings say: OFF, or INTERRUPTED.
        """
        for subscription in self._subscriptions:
            subscription.stop(following)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until no task is followed any more: each has ended, or its last sighting says why not.

        Args:
            timeout: Seconds to block at most; None for as long as it takes.

        Returns:
            Whether all are over; False if `timeout` came first, and following goes on.

        Raises:
            WaitInterruptedError: If the user interrupted, which stops following. The tasks go on.
            Exception: The first that `on_change` raised.
        """
        limit = math.inf if timeout is None else time.monotonic() + timeout
        try:
            while not self._over.is_set() and (left := limit - time.monotonic()) > 0:
                self._over.wait(min(left, _SLICE))
        except KeyboardInterrupt:
            unfinished = tuple(self._open)
            self.stop(Following.INTERRUPTED)
            raise WaitInterruptedError(unfinished) from None
        if self._over.is_set() and self._errors:
            raise self._errors[0]
        return self._over.is_set()

    def _heard(self, sighting: Sighting) -> None:
        task_id, task = sighting.task_id, sighting.task
        before, self.sightings[task_id] = self.sightings[task_id], sighting
        try:
            if self._on_change is not None and task is not None and task != before.task:
                self._on_change(task)
        finally:
            if sighting.following is not Following.ON:
                self._open.pop(task_id, None)
                if not self._open:
                    self._over.set()

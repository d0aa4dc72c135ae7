"""`WatchHandle`: several tasks followed together, and a wait for their end. Needs no Jupyter."""

from __future__ import annotations

import math
import queue
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from .errors import WaitInterruptedError
from .listener import Listener
from .settings import DEFAULT_INTERVAL, DEFAULT_TIMEOUT
from .sighting import Following, Sighting
from .task import Task
from .watcher import Watcher

_SLICE = 0.25  # seconds waited at once: on Windows an interrupt is seen only in between


class WatchHandle:
    """Follows several tasks.

    Callbacks run in the watcher's threads, for one task in order. Where threads cannot draw (Colab's stock
    kernel) make it ``foreground``: then they run inside `wait`, in the thread that waits, and only there.

    Args:
        watcher: Who looks.
        tasks: What is known of each, or their ids. One that stands twice is followed once.
        interval: Seconds between two looks.
        timeout: Seconds after which following stops; the tasks go on.
        on_change: Called with a task at its first look and whenever a look finds it changed.
        on_sighting: Called with every sighting.
        on_error: Called with the id and what a callback raised for that task; without it, `wait` raises the
            first when all have ended.
        foreground: Whether the callbacks run inside `wait`.

    Attributes:
        sightings: The latest of each task, by id.
    """

    def __init__(  # noqa: PLR0913  # options by keyword, each with a default
        self,
        watcher: Watcher,
        tasks: Iterable[Sighting | str],
        *,
        interval: float = DEFAULT_INTERVAL,
        timeout: float = DEFAULT_TIMEOUT,
        on_change: Callable[[Task], object] | None = None,
        on_sighting: Callable[[Sighting], object] | None = None,
        on_error: Callable[[str, Exception], object] | None = None,
        foreground: bool = False,
    ) -> None:
        known = [Sighting(task) if isinstance(task, str) else task for task in tasks]
        self.sightings = {sighting.task_id: sighting for sighting in known}
        self._on_change = on_change
        self._on_sighting = on_sighting
        self._on_error = on_error
        self._errors: list[Exception] = []
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()  # for `wait` to run
        self._open = dict.fromkeys(self.sightings)
        deliver = self._calls.put if foreground else None
        self._subscriptions = [
            watcher.follow(
                sighting,
                Listener(self._heard, on_error=partial(self._failed, sighting.task_id), deliver=deliver),
                interval=interval,
                timeout=timeout,
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
            Exception: The first that a callback raised, if nobody was given to tell.
        """
        limit = math.inf if timeout is None else time.monotonic() + timeout
        try:
            while self._open and (left := limit - time.monotonic()) > 0:
                self._run_calls(min(left, _SLICE))
            self._run_calls(0)
        except KeyboardInterrupt:
            unfinished = tuple(self._open)
            self.stop(Following.INTERRUPTED)
            self._run_calls(0)
            raise WaitInterruptedError(unfinished) from None
        if not self._open and self._errors:
            raise self._errors[0]
        return not self._open

    def _run_calls(self, patience: float) -> None:
        """Run what is to run in this thread, waiting for the first."""
        with suppress(queue.Empty):
            self._calls.get(timeout=patience)()
            while True:
                self._calls.get_nowait()()

    def _heard(self, sighting: Sighting) -> None:
        task_id, task = sighting.task_id, sighting.task
        before, self.sightings[task_id] = self.sightings[task_id], sighting
        try:
            if self._on_sighting is not None:
                self._on_sighting(sighting)
            if self._on_change is not None and task is not None and task != before.task:
                self._on_change(task)
        finally:
            if sighting.following is not Following.ON:
                self._open.pop(task_id, None)
                self._calls.put(_wake)

    def _failed(self, task_id: str, error: Exception) -> None:
        if self._on_error is None:
            self._errors.append(error)
        else:
            self._on_error(task_id, error)


def _wake() -> None:
    """Be what `wait` runs to see that a task is over."""

"""`Batch`: many look-ups at once, in threads that end with the call that needs them. No HTTP."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ..follow.pool import started
from ..follow.turns import MOST_LOOKS, SLOW
from ..model.defaults import WAIT_SLICE
from ..model.errors import RunwayError
from ..model.task import Task
from .closing import run_then_close

Sleep = Callable[[float], None]
"""Sleeps for some seconds; raises an exception if the batch is stopped."""


class _StoppedError(Exception):
    """The batch was stopped, so no result is needed any more."""


class Batch:
    """Looks tasks up, several at once.

    There are no locks and no conditions in it, so an interrupt of the caller can leave none taken.

    Args:
        look: Looks one task up, and waits between attempts with the function that it gets.
        task_ids: The ids, each once.
        size: Look-ups under way at once; slow ones do not count.
    """

    def __init__(self, look: Callable[[str, Sleep], Task], task_ids: Iterable[str], size: int) -> None:
        self._look = look
        self._left = deque(task_ids)
        self._count = len(self._left)
        self._size = size
        self._outcomes: queue.SimpleQueue[tuple[str, Task | BaseException]] = queue.SimpleQueue()
        self._workers: dict[object, float] = {}  # each with the time when its present look began
        self._stopped = False

    def run(self, report: Callable[[str, Task | RunwayError], object], within: float) -> None:
        """Look all tasks up. Once this has returned or raised, no further look begins.

        Args:
            report: Called in this thread with each id and its Task or error, as they come.
            within: Seconds after which this returns; what has not come by then is not reported.

        Raises:
            Exception: What a look raised, if it is not a RunwayError.
        """

        def report_all() -> None:
            for task_id, result in self._results_until(time.monotonic() + within):
                report(task_id, result)

        run_then_close(report_all, self._stop)

    def _stop(self) -> None:
        self._stopped = True

    def _results_until(self, until: float) -> Iterator[tuple[str, Task | RunwayError]]:
        for _ in range(self._count):
            came = self._next(until)
            if came is None:
                return
            task_id, result = came
            if not isinstance(result, (Task, RunwayError)):
                raise result
            yield task_id, result

    def _next(self, until: float) -> tuple[str, Task | BaseException] | None:
        while True:
            self._start_workers()
            if self._left and not self._workers:
                self._look_at_next()  # no thread could be started
            try:
                return self._outcomes.get(timeout=max(min(WAIT_SLICE, until - time.monotonic()), 0.0))
            except queue.Empty:
                if time.monotonic() >= until:
                    return None

    def _start_workers(self) -> None:
        while self._left and len(self._workers) < MOST_LOOKS:
            now = time.monotonic()
            if sum(since > now - SLOW for since in list(self._workers.values())) >= self._size:
                return
            worker = object()
            self._workers[worker] = now
            if started(partial(self._work, worker), f"runway_nb-get-{len(self._workers)}") is None:
                self._workers.pop(worker, None)
                return

    def _work(self, worker: object) -> None:
        try:
            while self._look_at_next():
                self._workers[worker] = time.monotonic()
        finally:
            self._workers.pop(worker)

    def _look_at_next(self) -> bool:
        """Look the next task up; return whether there was one."""
        try:
            task_id = self._left.popleft()
        except IndexError:
            return False
        if self._stopped:
            return False
        try:
            self._outcomes.put((task_id, self._look(task_id, self._sleep)))
        except BaseException as error:  # noqa: BLE001  # raised in the caller's thread if it is not a RunwayError
            self._outcomes.put((task_id, error))
        return True

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._stopped:
            time.sleep(min(left, WAIT_SLICE))
        if self._stopped:
            raise _StoppedError

"""`DaemonPool`: daemon threads that run jobs, and `started`, which starts a thread if the system allows it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from ..model.forking import renew_in_child

Job = Callable[[], object]

_ATTEMPTS = 3  # to start a thread: the system may be out of threads for a moment only


def started(work: Job, name: str) -> threading.Thread | None:
    """Start a daemon thread.

    Returns:
        The thread, or None if the system refuses to start one: too many threads, or too little memory.
    """
    for _ in range(_ATTEMPTS):
        thread = threading.Thread(target=work, name=name, daemon=True)
        try:
            thread.start()
        except (RuntimeError, MemoryError):
            continue
        return thread
    return None


class DaemonPool:
    """Starts threads as needed, at most `size`, and ends them when it is closed.

    The threads of `concurrent.futures` are not daemons: a look that hangs would keep the interpreter from exiting.

    Args:
        size: Maximum number of threads.
        name: Prefix of their names.
        kept: Threads that stay when there is nothing to do; None for all.
    """

    def __init__(self, size: int, name: str, *, kept: int | None = None) -> None:
        self._size = size
        self._name = name
        self._kept = size if kept is None else kept
        self.renew()
        renew_in_child(self)

    def renew(self) -> None:
        """Forget all jobs and threads."""
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._unfinished = 0
        self._threads: list[threading.Thread] = []
        self._ending: list[threading.Thread] = []

    def submit(self, job: Job) -> bool:
        """Run a job as soon as a thread is free.

        Returns:
            Whether a thread will run it; False if none could be started.
        """
        with self._lock:
            if self._unfinished >= len(self._threads) < self._size:
                jobs = self._jobs
                thread = started(lambda: self._work(jobs), f"{self._name}-{len(self._threads) + 1}")
                self._threads += [thread] if thread else []
            if not self._threads:
                return False
            self._unfinished += 1
            self._jobs.put(job)
            return True

    def close(self) -> list[threading.Thread]:
        """End the threads after the queued jobs. A later job starts new ones.

        Returns:
            The threads that are ending, to wait for.
        """
        with self._lock:
            for _ in self._threads:
                self._jobs.put(None)
            self._jobs, self._unfinished = queue.SimpleQueue(), 0  # a queue for new threads only
            self._ending = [thread for thread in self._ending + self._threads if thread.is_alive()]
            self._threads = []
            return list(self._ending)

    def _work(self, jobs: queue.SimpleQueue[Job | None]) -> None:
        while (job := jobs.get()) is not None:
            try:
                job()
            except BaseException:  # a callback that calls sys.exit must not end the thread either
                logging.getLogger(__name__).exception("A job of %s failed", self._name)
            del job  # so that what it refers to is freed while this waits
            if self._is_surplus(jobs):
                return

    def _is_surplus(self, jobs: queue.SimpleQueue[Job | None]) -> bool:
        """Note that a job is done, and return whether its thread ends, since others wait with nothing to do."""
        with self._lock:
            if jobs is not self._jobs:
                return False
            self._unfinished -= 1
            surplus = len(self._threads) > max(self._kept, self._unfinished)
            if surplus:
                self._threads.remove(threading.current_thread())
            return surplus

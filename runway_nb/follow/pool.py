"""`DaemonPool`: a few daemon threads that run jobs."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable


class DaemonPool:
    """Starts threads as needed, at most `size`, and ends them when it is closed.

    The threads of `concurrent.futures` are not daemons: a look that hangs would keep the interpreter from exiting.

    Args:
        size: Maximum number of threads.
        name: Prefix of their names.
    """

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._unfinished = 0
        self._threads: list[threading.Thread] = []
        self._ending: list[threading.Thread] = []

    def submit(self, job: Callable[[], None]) -> None:
        """Run a job as soon as a thread is free."""
        with self._lock:
            self._unfinished += 1
            self._jobs.put(job)
            if len(self._threads) < min(self._unfinished, self._size):
                name = f"{self._name}-{len(self._threads) + 1}"
                self._threads.append(threading.Thread(target=self._work, args=(self._jobs,), name=name, daemon=True))
                self._threads[-1].start()

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

    def _work(self, jobs: queue.SimpleQueue[Callable[[], None] | None]) -> None:
        while (job := jobs.get()) is not None:
            try:
                job()
            except Exception:
                logging.getLogger(__name__).exception("A job of %s failed", self._name)
            with self._lock:
                self._unfinished -= jobs is self._jobs

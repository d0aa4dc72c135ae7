"""A few daemon threads that run what they are given."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable


class DaemonPool:
    """Threads made as they are needed, at most `size` of them, and let go when the pool is closed.

    Those of `concurrent.futures` are no daemons: a look that hangs would keep the interpreter from ending.

    Args:
        size: Threads at most.
        name: What their names begin with.
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
        """Let the threads end after what is in line. A later job makes new ones.

        Returns:
            Those that are ending, to wait for.
        """
        with self._lock:
            for _ in self._threads:
                self._jobs.put(None)
            self._jobs, self._unfinished = queue.SimpleQueue(), 0  # new threads share no line with those that end
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

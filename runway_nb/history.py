"""The local record of tasks seen: `TaskHistory`, an SQLite file that several kernels share.

Only changes are written, so an unchanged poll costs a comparison in memory. A file that cannot be
used costs one warning, after which the record behaves as an empty one: looking at tasks never fails
because of it. The API key is no part of a task and never comes here.
"""

from __future__ import annotations

import math
import os
import sqlite3
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from . import history_file
from .failure import Cause
from .history_file import Remembered
from .sighting import Sighting
from .task import TaskState
from .usual import Usual

_PAUSE = 30.0  # seconds to leave a locked file alone, so that polls do not wait for it each time

_T = TypeVar("_T")


class TaskHistory:
    """The record of tasks seen. Any thread may use it, and several kernels at once.

    Args:
        path: The SQLite file; made at first use, for its owner alone (mode 0600).
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._rests_until = -math.inf
        self._warned = False
        self._usual: Usual | None = None
        self._last: dict[str, Sighting] = {}
        self._changed: dict[str, Sighting] = {}  # to be written
        self._seen_again: set[str] = set()  # nothing new but the time, which is written with the next question

    def note(self, sighting: Sighting) -> None:
        """Record a sighting; one that tells nothing new costs nothing."""
        if sighting.task is None or sighting.seen_at is None:
            return
        with self._lock:
            before = self._last.get(sighting.task_id)
            self._last[sighting.task_id] = sighting
            if before is None or _facts(sighting) != _facts(before):
                self._changed[sighting.task_id] = sighting
            else:
                self._seen_again.add(sighting.task_id)
            if self._changed:
                self._try(self._save_changed, None)

    def recent(
        self,
        *,
        state: TaskState | None = None,
        cause: Cause | None = None,
        text: str | None = None,
        since: datetime | None = None,
        limit: int = 20,
    ) -> list[Remembered]:
        """List tasks, the last seen first.

        Args:
            state: Only tasks last seen in this state.
            cause: Only failures of this cause.
            text: Only tasks with this in their id, prompt or failure message, in any case.
            since: Only tasks seen since then.
            limit: At most so many.
        """
        wanted = {
            "state": state and state.value,
            "cause": cause and cause.name,
            "text": text,
            "since": since,
            "limit": limit,
        }
        return self._ask(partial(history_file.recent, wanted=wanted), [])

    def get(self, task_id: str) -> Sighting | None:
        """Return the last known sighting of a task, with the states seen in earlier sessions; None if there is none."""
        found = self._ask(partial(history_file.get, task_id=task_id), None)
        return found.sighting if found else None

    def ids(self, prefix: str = "", limit: int = 50) -> list[str]:
        """List the ids that begin with a prefix, in any case, the last seen first."""
        return self._ask(partial(history_file.ids, prefix=prefix, limit=limit), [])

    def usual(self, state: TaskState) -> timedelta | None:
        """Return how long tasks usually stay in a state; None if too few were watched to tell."""
        return self.usual_durations().dwell.get(state)

    def usual_durations(self) -> Usual:
        """Return how long tasks usually take. Cheap: measured anew only after another task has ended."""
        with self._lock:
            if self._usual is None:
                self._usual = self._ask(history_file.usual, Usual({}))
            return self._usual

    def clear(self) -> bool:
        """Forget every task, and leave no text of it in the file.

        Returns:
            Whether the file was emptied; it is not while another program holds it.
        """
        with self._lock:
            self._forget()
            return self._try(_emptied, empty=False)

    def close(self) -> None:
        """Write what is left and close the file. A closed record behaves as an empty one."""
        with self._lock:
            if self._changed or self._seen_again:
                self._try(self._save, None)
            self._rest(math.inf)
            self._forget()

    def _forget(self) -> None:
        self._usual = None
        for kept in (self._last, self._changed, self._seen_again):
            kept.clear()

    def _ask(self, question: Callable[[sqlite3.Connection], _T], empty: _T) -> _T:
        def ask(connection: sqlite3.Connection) -> _T:
            self._save(connection)
            return question(connection)

        return self._try(ask, empty)

    def _save(self, connection: sqlite3.Connection) -> None:
        """Write all that is not written yet, the times of unchanged looks too."""
        if self._changed:
            self._save_changed(connection)
        if self._seen_again:
            history_file.save_times(connection, [self._last[task_id] for task_id in self._seen_again])
            self._seen_again.clear()

    def _save_changed(self, connection: sqlite3.Connection) -> None:
        history_file.save(connection, self._changed.values())
        if any(sighting.settled for sighting in self._changed.values()):
            self._usual = None
        self._changed.clear()

    def _try(self, work: Callable[[sqlite3.Connection], _T], empty: _T) -> _T:
        """Do something with the file; without a usable one, do nothing and return what an empty one would give."""
        with self._lock:
            if time.monotonic() < self._rests_until:
                return empty
            try:
                if self._connection is None:
                    self._connection = history_file.connect(self._path)
                return work(self._connection)
            except (sqlite3.Error, OSError, ValueError) as error:  # ValueError: a damaged row
                self._give_up(error)
                return empty

    def _give_up(self, error: Exception) -> None:
        locked = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
        self._rest(time.monotonic() + _PAUSE if locked else math.inf)
        if self._warned:
            return
        self._warned = True
        advice = "close the program that holds it" if locked else "delete the file, or make it and its folder writable"
        warnings.warn(
            f"The task history {self._path} cannot be used ({error}): {advice}, "
            "or switch it off with %config RunwayMagics.history = False",
            stacklevel=2,
        )

    def _rest(self, until: float) -> None:
        self._rests_until = until
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _emptied(connection: sqlite3.Connection) -> bool:
    history_file.empty(connection)
    return True


def _facts(sighting: Sighting) -> tuple[object, ...]:
    """What makes a sighting worth writing. Not `raw`, which a service may vary with every answer."""
    return sighting.steps, sighting.task and replace(sighting.task, raw={})

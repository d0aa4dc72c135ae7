"""`TaskHistory`: the record of tasks seen in this session and, with a local file, in earlier ones.

Only changes are written, so an unchanged poll costs a comparison in memory. A look never fails because of the file:
if the file cannot be used, there is one warning, and then it counts as empty. The API key is not part of a task and is
never recorded.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from ..model.failure import Cause
from ..model.sighting import Sighting
from ..model.task import TaskState
from . import file
from .guard import GuardedFile
from .usual import Usual

FILE_NAME = "runway_history.sqlite"

_T = TypeVar("_T")


class TaskHistory:
    """The record of tasks seen. Thread-safe.

    Args:
        folder: Returns the folder of the file; None for no file.
        make_file: Makes the file for its path.
    """

    def __init__(
        self, folder: Callable[[], Path | None], *, make_file: Callable[[Path], GuardedFile] = GuardedFile
    ) -> None:
        self._folder = folder
        self._make_file = make_file
        self._keeps_file = True
        self._lock = threading.RLock()
        self._file: GuardedFile | None = None
        self._usual: Usual | None = None
        self._seen: dict[str, Sighting] = {}  # in this session, the most recently seen at the end
        self._seen_lock = threading.RLock()  # never held while the file is used, which may be slow
        self._recorded: dict[str, Sighting] = {}  # what the file has, or is about to get
        self._changed: dict[str, Sighting] = {}  # to be written
        self._seen_again: set[str] = set()  # only the time is new, which is written before the next question

    def keep_file(self, keep: bool) -> None:
        """Switch the file on or off. What this session has seen stays known."""
        with self._lock:
            self._keeps_file = keep
            if not keep:
                self.close()

    @property
    def has_file(self) -> bool:
        """Whether there is a record of earlier sessions."""
        return self._opened() is not None

    def note(self, sighting: Sighting) -> None:
        """Record a sighting. One without news is not written at once."""
        if sighting.task is None or sighting.seen_at is None:
            return
        with self._seen_lock:
            self._seen.pop(sighting.task_id, None)  # moves it to the end
            self._seen[sighting.task_id] = sighting
        with self._lock:
            if self._opened() is None:
                return
            before = self._recorded.get(sighting.task_id)
            self._recorded[sighting.task_id] = sighting
            if before is None or _facts(sighting) != _facts(before):
                self._changed[sighting.task_id] = sighting
            else:
                self._seen_again.add(sighting.task_id)
            if self._changed:
                self._ask(self._save_changed, None)

    def known(self, task_id: str) -> Sighting:
        """Return what is known about a task without a look, including the states seen in earlier sessions."""
        with self._seen_lock:
            known = self._seen.get(task_id)
        known = known or self._ask_saved(partial(file.get, task_id=task_id), None)
        return replace(known, from_record=True) if known else Sighting(task_id)

    def recent(
        self,
        *,
        state: TaskState | None = None,
        cause: Cause | None = None,
        text: str | None = None,
        since: datetime | None = None,
        limit: int = 20,
    ) -> list[Sighting]:
        """Return tasks of the file, the most recently seen first.

        Args:
            state: Only tasks last seen in this state.
            cause: Only failures of this cause.
            text: Only tasks with this in their id, prompt or failure message, ignoring case.
            since: Only tasks seen since then.
            limit: At most this many.
        """
        wanted = {
            "state": state and state.value,
            "cause": cause and cause.name,
            "text": text,
            "since": since,
            "limit": limit,
        }
        return self._ask_saved(partial(file.recent, wanted=wanted), [])

    def ids(self, prefix: str = "", limit: int = 50) -> list[str]:
        """Return the ids that begin with a prefix, ignoring case, the most recently seen first."""
        nothing: list[str] = []
        recorded = self._ask_saved(partial(file.ids, prefix=prefix, limit=limit), nothing)
        with self._seen_lock:
            seen = list(reversed(self._seen))
        matching = [task_id for task_id in seen if task_id.casefold().startswith(prefix.casefold())]
        return list(dict.fromkeys([*matching, *recorded]))[:limit]

    def usual(self, state: TaskState) -> timedelta | None:
        """Return how long tasks usually stay in a state; None if too few were watched."""
        return self.usual_durations().dwell.get(state)

    def usual_durations(self) -> Usual:
        """Return how long tasks usually take. Cheap: measured again only after another task has ended."""
        with self._lock:
            if self._usual is None:
                self._usual = self._ask_saved(file.usual, None)
            return self._usual or Usual({})

    def clear(self) -> bool:
        """Forget every task, and leave none of its text in the file.

        Returns:
            Whether the file is now empty; False if it cannot be used, such as while another program locks it.
        """
        with self._lock:
            self._forget_seen()
            self._forget()
            return self._opened() is None or self._ask(_emptied, empty=False)

    def reset(self) -> None:
        """Forget what this session has seen, and close the file; the next one may be in another folder."""
        self._forget_seen()
        self.close()

    def close(self) -> None:
        """Write what is left, and close the file. The next use opens it again."""
        with self._lock:
            if self._changed or self._seen_again:
                self._ask(self._save, None)
            opened, self._file = self._file, None
            self._forget()
        if opened is not None:
            opened.close()

    def _opened(self) -> GuardedFile | None:
        with self._lock:
            if self._file is None and self._keeps_file and (folder := self._folder()) is not None:
                self._file = self._make_file(folder / FILE_NAME)
            return self._file

    def _forget_seen(self) -> None:
        with self._seen_lock:
            self._seen.clear()

    def _forget(self) -> None:
        self._usual = None
        for kept in (self._recorded, self._changed, self._seen_again):
            kept.clear()

    def _ask(self, question: Callable[[sqlite3.Connection], _T], empty: _T) -> _T:
        opened = self._opened()
        return empty if opened is None else opened.ask(question, empty)

    def _ask_saved(self, question: Callable[[sqlite3.Connection], _T], empty: _T) -> _T:
        """Ask the file after writing everything seen."""

        def ask(connection: sqlite3.Connection) -> _T:
            self._save(connection)
            return question(connection)

        with self._lock:
            return self._ask(ask, empty)

    def _save(self, connection: sqlite3.Connection) -> None:
        """Write all that is not written yet, including the times of unchanged looks."""
        if self._changed:
            self._save_changed(connection)
        if self._seen_again:
            file.save_times(connection, [self._recorded[task_id] for task_id in self._seen_again])
            self._seen_again.clear()

    def _save_changed(self, connection: sqlite3.Connection) -> None:
        file.save(connection, self._changed.values())
        if any(sighting.settled for sighting in self._changed.values()):
            self._usual = None
        self._changed.clear()


def _emptied(connection: sqlite3.Connection) -> bool:
    file.empty(connection)
    return True


def _facts(sighting: Sighting) -> tuple[object, ...]:
    """Return what makes a sighting worth writing. Not `raw`, which may differ in every answer of the service."""
    return sighting.steps, sighting.task and replace(sighting.task, raw={})

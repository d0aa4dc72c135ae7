"""`TaskHistory`: the record of tasks seen in this session and, with a local file, in earlier ones.

Only changes are written, so an unchanged poll costs a comparison in memory. A look never fails because of the file:
if it cannot be used, there is one warning, and the session goes on with what it has seen itself. The API key is not
part of a task and is never recorded.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import TypeVar

from ..model.failure import Cause
from ..model.forking import suspend_while_forking
from ..model.sighting import Sighting
from ..model.task import TaskState
from . import queries, saving
from .guard import Cleared, GuardedFile
from .limits import Limits
from .memory import Memory, News, look_of
from .queries import Dropped
from .rows import Found
from .selection import Selection
from .trouble import Trouble
from .usual import Usual

FILE_NAME = "runway_history.sqlite"

_T = TypeVar("_T")


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class TaskHistory:
    """The record of tasks seen. Thread-safe.

    Args:
        folder: Returns the folder of the file; None for no file.
        make_file: Makes the file for its path; None for a `GuardedFile` with these limits.
        limits: How much a session keeps in memory, and a file on disk.
        now: Returns the current time, with a time zone.
    """

    def __init__(
        self,
        folder: Callable[[], Path | None],
        *,
        make_file: Callable[[Path], GuardedFile] | None = None,
        limits: Limits | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.limits = limits or Limits()
        self._folder = folder
        self._make_file = make_file or partial(GuardedFile, limits=self.limits)
        self._now = now
        self._keeps_file = True
        self._lock = threading.RLock()
        self._file: GuardedFile | None = None
        self._usual: Usual | None = None
        self._memory = Memory(self.limits)  # its lock is never held while the file is used, which may be slow
        self._has_warned_of_damage = False
        suspend_while_forking(self)

    def keep_file(self, keep: bool) -> None:
        """Switch the file on or off. What this session has seen stays known."""
        with self._lock:
            self._keeps_file = keep
            if not keep:
                self._close_file()

    @property
    def has_file(self) -> bool:
        """Whether there is a record of earlier sessions."""
        return self._opened() is not None

    @property
    def trouble(self) -> Trouble | None:
        """Why the file could not be used the last time; None if it could, or if there is none."""
        with self._lock:
            return None if self._file is None else self._file.trouble

    def note(self, sighting: Sighting) -> None:
        """Record a sighting. One without news is not written at once."""
        if sighting.task is None or sighting.seen_at is None:
            return
        self._memory.note(sighting, recorded=self._file is not None or self.has_file)
        if self._memory.changed:
            self._save(News.ALL)

    def known(self, task_id: str) -> Sighting:
        """Return what is known about a task without a look, including the states seen in earlier sessions."""
        entry = self._memory.get(task_id)
        if entry is not None and entry.whole:
            return replace(entry.sighting, from_record=True)
        saved = next(iter(self._found(partial(queries.get, task_id=task_id)) or ()), None)
        if entry is not None and (saved is None or saved.seen_at != entry.sighting.seen_at):
            return replace(entry.sighting, from_record=True)
        return replace(saved, task_id=task_id) if saved else Sighting(task_id)

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

        Returns:
            The tasks with the facts about them, without their answers.
        """
        selection = Selection(state, cause, text, since, limit)
        if not self.has_file:
            return []
        with self._lock:
            self._save(News.TIME)
            found = self._found(partial(queries.recent, selection=selection))
            own = self._memory.entries(News.NONE if found is None else News.ALL)  # without the file, all of them
        return selection.merged(found or [], [replace(entry.sighting, from_record=True) for entry in own.values()])

    def dropped(self) -> Dropped:
        """Return what was dropped to keep the file within its size."""
        return self._ask(queries.dropped, Dropped())

    def ids(self, prefix: str = "", limit: int = 50) -> list[str]:
        """Return the ids that begin with a prefix, ignoring case, the most recently seen first."""
        nothing: list[str] = []
        recorded = self._ask(partial(queries.ids, prefix=prefix, limit=limit), nothing)
        matching = [task_id for task_id in self._memory.ids() if task_id.casefold().startswith(prefix.casefold())]
        return list(dict.fromkeys([*matching, *recorded]))[:limit]

    def usual(self, state: TaskState) -> timedelta | None:
        """Return how long tasks usually stay in a state; None if too few were watched."""
        return self.usual_durations().dwell.get(state)

    def usual_durations(self) -> Usual:
        """Return how long tasks usually take. Cheap: measured again only after another task has ended."""
        with self._lock:
            if self._usual is None:
                self._usual = self._ask(queries.usual, None)
            return self._usual or Usual({})

    def clear(self) -> Cleared:
        """Forget every task, and leave none of its text in the file.

        Returns:
            What was deleted from the file, and what was not.
        """
        with self._lock:
            self._memory.forget()
            self._usual = None
            opened = self._opened()
            return Cleared(None) if opened is None else opened.clear()

    def reset(self) -> None:
        """Forget what this session has seen, and close the file; the next one may be in another folder."""
        self.close()
        self._memory.forget()

    def close(self) -> None:
        """Write what is left, and close the file. The next use opens it again, and writes what could not be written."""
        with self._lock:
            opened = self._close_file()
            lost = self._memory.lost + len(self._memory.changed)
            if opened is not None and opened.promised and lost:
                opened.warn(f"lacks {lost} of the tasks that this session has seen: they could not be written.")
                self._memory.lost = 0

    def suspend(self) -> None:
        """Close the file, and let no thread use the record until `resume`, while the process forks."""
        self._lock.acquire()
        if self._file is not None:
            self._file.suspend()
        self._memory.lock.acquire()

    def resume(self) -> None:
        """Let the record be used again, after `suspend`."""
        self._memory.lock.release()
        if self._file is not None:
            self._file.resume()
        self._lock.release()

    def _opened(self) -> GuardedFile | None:
        with self._lock:
            if self._file is None and self._keeps_file and (folder := self._folder()) is not None:
                self._file = self._make_file(folder / FILE_NAME)
            return self._file

    def _ask(self, query: Callable[[sqlite3.Connection], _T], empty: _T) -> _T:
        opened = self._opened()
        return empty if opened is None else opened.ask(query, empty)

    def _found(self, query: Callable[[sqlite3.Connection], Found]) -> list[Sighting] | None:
        """Return the tasks that a query finds; None if the file cannot be used."""
        found = self._ask(query, None)
        if found is None:
            return None
        if found.damaged and not self._has_warned_of_damage and self._file is not None:
            self._has_warned_of_damage = True
            self._file.warn(
                f"is damaged in {found.damaged} of its tasks. What cannot be read of them is left out; "
                "%runway_history --clear empties the record."
            )
        return found.sightings

    def _save(self, least: News, *, at_once: bool = False) -> None:
        """Write what is not written yet, if the file can be used.

        Args:
            least: Leave out tasks with less news.
            at_once: Whether to try even if writing failed a short time ago.
        """

        def save(connection: sqlite3.Connection) -> None:
            entries = self._memory.entries(least)
            looks = [look_of(entry) for entry in entries.values()]
            self._memory.written(entries, saving.save(connection, looks, self.limits, self._now()))
            if any(look.news and look.sighting.settled for look in looks):
                self._usual = None

        with self._lock:
            opened = self._opened()
            if opened is not None:
                opened.write(save, at_once=at_once)

    def _close_file(self) -> GuardedFile | None:
        """Write what is left, and close the file; return it if it was open."""
        if self._file is not None and self._memory.entries(News.TIME):
            self._save(News.TIME, at_once=True)
        opened, self._file, self._usual = self._file, None, None
        if opened is not None:
            opened.close()
        self._memory.forget_written()
        return opened

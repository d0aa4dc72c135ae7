"""The queries of the record's file. Any failure is raised."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from ..model.failure import read_message
from .rows import Found, decoded, iso, read, storable
from .selection import Selection
from .usual import Usual, measured

_RUNS = 200  # usual durations are measured from this many of the latest tasks
_MOST = 2**31  # a limit that every SQLite can count to
_CACHED = 1000  # characters: a longer message is read again rather than kept

_GET = "SELECT task_id, state, prompt, fail_msg, last_seen, raw FROM tasks WHERE task_id = ?"
# The functions get bytes: SQLite would fail for the whole query if one text was not valid.
# A listing shows no answer, so it reads none: they are most of the file.
_RECENT = """SELECT task_id, state, prompt, fail_msg, last_seen, '' FROM tasks
    WHERE (:state IS NULL OR state = :state) AND (:since IS NULL OR last_seen >= :since)
    AND (:cause IS NULL OR (state = 'fail' AND cause_of(CAST(fail_msg AS BLOB)) = :cause))
    AND (:text IS NULL OR holds(CAST(task_id AS BLOB), :text) OR holds(CAST(prompt AS BLOB), :text)
        OR holds(CAST(fail_msg AS BLOB), :text))
    ORDER BY last_seen DESC, task_id LIMIT :limit"""
_STEPS = "SELECT state, text, since, watched FROM steps WHERE task_id = ? ORDER BY since"
_IDS = """SELECT task_id FROM tasks WHERE substr(task_id, 1, length(:prefix)) = :prefix COLLATE NOCASE
    AND typeof(task_id) = 'text' ORDER BY last_seen DESC, task_id LIMIT :limit"""
_WATCHED = """SELECT task_id, state, since, watched FROM steps WHERE task_id IN (
    SELECT task_id FROM tasks WHERE state = 'success' AND EXISTS (
        SELECT 1 FROM steps WHERE steps.task_id = tasks.task_id AND watched)
    ORDER BY last_seen DESC LIMIT :runs) ORDER BY task_id, since"""
_HAS_DROPPED = "SELECT 1 FROM sqlite_master WHERE name = 'dropped'"
_DROPPED = """SELECT (SELECT count(*) FROM tasks) - (SELECT count(*) FROM tasks WHERE raw != ''),
    (SELECT sum(tasks) FROM dropped)"""

_T = TypeVar("_T")

_interrupts: list[KeyboardInterrupt] = []  # of a function under way


class Dropped(NamedTuple):
    """What the file does not hold because of its size.

    Attributes:
        answers: How many tasks are in it without their answer.
        tasks: How many tasks are no longer in it.
    """

    answers: int = 0
    tasks: int = 0


def add_functions(connection: sqlite3.Connection) -> None:
    """Add the functions that the queries use."""
    connection.create_function("cause_of", 1, _passing(_cause_of))
    connection.create_function("holds", 2, _passing(_holds))


def get(connection: sqlite3.Connection, task_id: str) -> Found:
    """Return what is known about a task; none if it is not in the file."""
    return _read(connection, _GET, (storable(task_id),))


def recent(connection: sqlite3.Connection, selection: Selection) -> Found:
    """Return the tasks that match, the most recently seen first, with the facts only and without their answers."""
    text, since = selection.text, selection.since
    values = {
        "state": selection.state and selection.state.value,
        "cause": selection.cause and selection.cause.name,
        "text": text and storable(text).casefold(),
        "since": since and iso(since),
        "limit": min(selection.limit, _MOST),
    }
    try:
        return _read(connection, _RECENT, values)
    except sqlite3.OperationalError:
        if _interrupts:
            raise _interrupts.pop() from None
        raise


def ids(connection: sqlite3.Connection, prefix: str, limit: int) -> list[str]:
    """Return the ids that begin with a prefix, the most recently seen first."""
    return [row[0] for row in connection.execute(_IDS, {"prefix": storable(prefix), "limit": min(limit, _MOST)})]


def usual(connection: sqlite3.Connection) -> Usual:
    """Return how long tasks usually take."""
    return measured(connection.execute(_WATCHED, {"runs": _RUNS}).fetchall())


def dropped(connection: sqlite3.Connection) -> Dropped:
    """Return what was dropped to keep the file within its size."""
    if not connection.execute(_HAS_DROPPED).fetchone():
        return Dropped()  # of version 1, and it cannot be written now
    answers, tasks = connection.execute(_DROPPED).fetchone()
    return Dropped(answers, tasks or 0)


def steps_of(connection: sqlite3.Connection, task_id: str) -> list[tuple[object, ...]]:
    """Return the rows of a task's steps, as `rows.read_steps` reads them."""
    return connection.execute(_STEPS, (task_id,)).fetchall()


def _read(connection: sqlite3.Connection, sql: str, values: Any) -> Found:
    found = [read(row, steps_of(connection, row[0])) for row in connection.execute(sql, values).fetchall()]
    sightings = [sighting for sighting, _ in found if sighting is not None]
    return Found(sightings, sum(damaged for _, damaged in found))


def _passing(function: Callable[..., _T]) -> Callable[..., _T]:
    """Let interrupts pass: SQLite turns every exception of a function into an error of the file."""

    def call(*values: Any) -> _T:
        try:
            return function(*values)
        except KeyboardInterrupt as error:
            _interrupts.append(error)
            raise

    return call


def _cause_of(message: bytes | None) -> str:
    text = decoded(message or b"")
    return _short_cause_of(text) if len(text) <= _CACHED else read_message(text).cause.name


@lru_cache(1000)
def _short_cause_of(message: str) -> str:
    return read_message(message).cause.name


def _holds(text: bytes | None, part: str) -> bool:
    return part in decoded(text or b"").casefold()

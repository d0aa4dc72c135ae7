"""Writes looks into the record's file, and deletes them. Any failure is raised."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from ..model.sighting import Sighting
from ..model.task import TaskState
from . import bounds, rows
from .limits import Limits
from .merge import AHEAD, counts, merged
from .queries import steps_of
from .transaction import writing

_LONGEST_ID = 4096  # bytes; a task with a longer id is not recorded

_KNOWN = "SELECT state, last_seen FROM tasks WHERE task_id = ?"
_SAVE = """INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (task_id) DO UPDATE SET state = excluded.state,
    prompt = excluded.prompt, fail_msg = excluded.fail_msg, last_seen = excluded.last_seen, raw = excluded.raw"""
_SEEN_AGAIN = "UPDATE tasks SET last_seen = ? WHERE task_id = ?"
_DELETE_STEPS = "DELETE FROM steps WHERE task_id = ?"
_SAVE_STEP = "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?)"


class Look(NamedTuple):
    """A look to write.

    Attributes:
        sighting: What was seen; it has a task and a time.
        news: Whether more than the time is new.
        written_at: The time that this kernel last wrote for the task; None if it has not.
    """

    sighting: Sighting
    news: bool
    written_at: datetime | None


def save(connection: sqlite3.Connection, looks: Iterable[Look], limits: Limits, now: datetime) -> dict[str, datetime]:
    """Write looks, then drop the oldest data beyond the limits.

    Args:
        connection: The file.
        looks: What to write.
        limits: How much the file keeps.
        now: The current time.

    Returns:
        The time written for each task, by its id.
    """
    times: dict[str, datetime] = {}
    left = deque(looks)
    while left:
        size = 0
        bounds.check_log(connection, limits)
        with writing(connection):
            while left and size <= limits.log:  # or one transaction makes the log too long
                look = left.popleft()
                answer = rows.written_answer(look.sighting.seen_task(), limits.task) if look.news else ""
                size += len(answer)
                if (at := _write(connection, look, answer, limits, now)) is not None:
                    times[look.sighting.task_id] = at
        bounds.trim(connection, limits)
    return times


def clear(connection: sqlite3.Connection) -> None:
    """Delete every task. Their text may still be in the write-ahead log."""
    with writing(connection):
        connection.execute("DELETE FROM steps")
        connection.execute("DELETE FROM tasks")
        connection.execute("UPDATE dropped SET tasks = 0")
    with suppress(sqlite3.OperationalError):  # such as locked: the deleted text is overwritten without it, too
        connection.execute("VACUUM")


def _write(connection: sqlite3.Connection, look: Look, answer: str, limits: Limits, now: datetime) -> datetime | None:
    """Write a look, and return the time written; None if the file has a later look, or cannot hold it."""
    sighting, task_id = look.sighting, rows.storable(look.sighting.task_id)
    if len(task_id.encode()) > _LONGEST_ID or sighting.seen_at is None:
        return None
    known = connection.execute(_KNOWN, (task_id,)).fetchone()
    at = _time(look, sighting.seen_at, known, now)
    if at is None:
        return None
    if not look.news:
        connection.execute(_SEEN_AGAIN, (rows.iso(at), task_id))
        return at
    _write_steps(connection, task_id, sighting, at)
    task = sighting.seen_task()
    first = rows.iso(min([at, *(step.since for step in sighting.steps)]))
    texts = (rows.storable(task.prompt, limits.text), rows.storable(task.fail_msg, limits.text))
    connection.execute(_SAVE, (task_id, task.state.value, *texts, first, rows.iso(at), answer))
    return at


def _time(look: Look, at: datetime, known: tuple[object, object] | None, now: datetime) -> datetime | None:
    """Return the time to write; None if the look does not count, because the file has a later one."""
    known_at = rows.moment(known[1]) if known else None
    if known is None or known_at is None:
        return at
    trusted = known_at != look.written_at and known_at <= now + AHEAD  # this kernel's clock was not set back
    known_ended = TaskState.read(known[0]).is_terminal
    if not counts(at=at, ended=look.sighting.settled, known_at=known_at, known_ended=known_ended, trusted=trusted):
        return None
    return max(at, known_at) if trusted else at


def _write_steps(connection: sqlite3.Connection, task_id: str, sighting: Sighting, at: datetime) -> None:
    """Continue the steps in the file, where other kernels may have written too."""
    step_rows = steps_of(connection, task_id)
    known = rows.read_steps(step_rows)
    steps = merged(known, rows.written_steps(sighting.steps), at)
    if len(known) == len(step_rows) and steps[: len(known)] == known:
        steps = steps[len(known) :]
    else:
        connection.execute(_DELETE_STEPS, (task_id,))
    written = [(task_id, rows.iso(step.since), step.text, step.state.value, step.watched_from_start) for step in steps]
    connection.executemany(_SAVE_STEP, written)

"""The record's SQLite file: its tables and queries. Any failure is raised."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..model.failure import read_message
from ..model.sighting import Sighting, Step
from ..model.task import Task, TaskState
from .locks import can_lock
from .usual import Usual, measured

_RUNS = 200  # usual durations are measured from this many of the latest tasks

# Each entry upgrades the file from the version of its index to the next. Times are UTC in ISO 8601: they sort as text.
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE tasks (task_id TEXT PRIMARY KEY, state TEXT NOT NULL, prompt TEXT NOT NULL,
            fail_msg TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, raw TEXT NOT NULL)""",
        "CREATE INDEX tasks_by_last_seen ON tasks (last_seen)",
        """CREATE TABLE steps (task_id TEXT NOT NULL, since TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL,
            watched INTEGER NOT NULL, PRIMARY KEY (task_id, since))""",
    ),
)
_SAVE = """INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (task_id) DO UPDATE SET state = excluded.state,
    prompt = excluded.prompt, fail_msg = excluded.fail_msg, last_seen = excluded.last_seen, raw = excluded.raw
    WHERE excluded.last_seen >= last_seen"""
_SEEN_AGAIN = "UPDATE tasks SET last_seen = ?1 WHERE task_id = ?2 AND last_seen < ?1"
_LAST_STEP = "SELECT since, text, state FROM steps WHERE task_id = ? ORDER BY since DESC LIMIT 1"
_GET = "SELECT task_id, raw, last_seen FROM tasks WHERE task_id = :task_id"
_RECENT = """SELECT task_id, raw, last_seen FROM tasks
    WHERE (:state IS NULL OR state = :state) AND (:since IS NULL OR last_seen >= :since)
    AND (:cause IS NULL OR (state = 'fail' AND cause_of(fail_msg) = :cause))
    AND (:text IS NULL OR holds(task_id, :text) OR holds(prompt, :text) OR holds(fail_msg, :text))
    ORDER BY last_seen DESC, task_id LIMIT :limit"""
_STEPS = "SELECT state, text, since, watched FROM steps WHERE task_id = ? ORDER BY since"
_IDS = """SELECT task_id FROM tasks WHERE substr(task_id, 1, length(:prefix)) = :prefix COLLATE NOCASE
    ORDER BY last_seen DESC, task_id LIMIT :limit"""
_WATCHED = """SELECT task_id, state, since, watched FROM steps WHERE task_id IN (
    SELECT task_id FROM tasks WHERE state = 'success' AND EXISTS (
        SELECT 1 FROM steps WHERE steps.task_id = tasks.task_id AND watched)
    ORDER BY last_seen DESC LIMIT :runs) ORDER BY task_id, since"""


class NoLocksError(sqlite3.OperationalError):
    """The file system has no locks, as some network file systems: SQLite cannot use a file there."""


def connect(path: Path, busy: float, patience: float) -> sqlite3.Connection:
    """Open the file, and upgrade its tables. A missing file is created, for its owner only.

    Args:
        path: The file.
        busy: Seconds that each later query waits for another program that writes to it.
        patience: The same for opening it.

    Raises:
        sqlite3.Error: If it is locked, damaged, or of a newer version.
        NoLocksError: If the file system has no locks.
        OSError: If it cannot be created or read.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():  # or SQLite creates it with the umask's mode; its companion files get the same mode
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    elif path.stat().st_mode & 0o077:
        path.chmod(path.stat().st_mode & 0o700)
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path.parent, busy, patience)
    except BaseException:
        connection.close()
        raise
    return connection


def save(connection: sqlite3.Connection, sightings: Iterable[Sighting]) -> None:
    """Write sightings. Each must have a task."""
    with _writing(connection):
        for sighting in sightings:
            _write(connection, sighting)


def save_times(connection: sqlite3.Connection, sightings: Iterable[Sighting]) -> None:
    """Write only when these tasks were last seen: nothing else has changed."""
    times = [(_iso(sighting.seen_at), _storable(sighting.task_id)) for sighting in sightings]
    with _writing(connection):
        connection.executemany(_SEEN_AGAIN, times)


def get(connection: sqlite3.Connection, task_id: str) -> Sighting | None:
    """Return what is known about a task; None if it is not in the file."""
    return next(iter(_read(connection, _GET, {"task_id": _storable(task_id)})), None)


def recent(connection: sqlite3.Connection, wanted: Mapping[str, Any]) -> list[Sighting]:
    """Return the tasks that match, the most recently seen first.

    Args:
        connection: The file.
        wanted: ``state``, ``cause`` (by name), ``text`` (in any case), ``since``, each possibly None, and ``limit``.
    """
    text, since = wanted["text"], wanted["since"]
    values = {**wanted, "text": text and _storable(text).casefold(), "since": since and _iso(since)}
    return _read(connection, _RECENT, values)


def ids(connection: sqlite3.Connection, prefix: str, limit: int) -> list[str]:
    """Return the ids that begin with a prefix, the most recently seen first."""
    return [row[0] for row in connection.execute(_IDS, {"prefix": _storable(prefix), "limit": limit})]


def usual(connection: sqlite3.Connection) -> Usual:
    """Return how long tasks usually take."""
    return measured(connection.execute(_WATCHED, {"runs": _RUNS}).fetchall())


def empty(connection: sqlite3.Connection) -> None:
    """Delete every task, and leave none of its text in the file."""
    with _writing(connection):
        connection.execute("DELETE FROM steps")
        connection.execute("DELETE FROM tasks")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _read(connection: sqlite3.Connection, sql: str, values: Mapping[str, Any]) -> list[Sighting]:
    rows = connection.execute(sql, values).fetchall()
    return [_sighting(row, connection.execute(_STEPS, row[:1]).fetchall()) for row in rows]


def _write(connection: sqlite3.Connection, sighting: Sighting) -> None:
    """Write a sighting, and append its later steps to those in the file, where other kernels may have written too."""
    task: Task = sighting.task  # type: ignore[assignment]  # `note` skips sightings without a task
    task_id, seen = _storable(sighting.task_id), _iso(sighting.seen_at)
    first = min([seen, *(_iso(step.since) for step in sighting.steps)])
    raw = json.dumps(dict(task.raw), default=str)
    texts = (_storable(task.prompt), _storable(task.fail_msg))
    connection.execute(_SAVE, (task_id, task.state.value, *texts, first, seen, raw))
    last = connection.execute(_LAST_STEP, (task_id,)).fetchone() or ("", None, None)
    for step in sighting.steps:
        row = (_iso(step.since), _storable(step.text), step.state.value)
        if row[0] <= last[0] or row[1] == last[1]:
            continue
        if last[2] and TaskState(last[2]).is_terminal and not step.state.is_terminal:
            connection.execute("DELETE FROM steps WHERE task_id = ?", (task_id,))  # a new run, as in the demo
        connection.execute("INSERT INTO steps VALUES (?, ?, ?, ?, ?)", (task_id, *row, step.watched_from_start))
        last = row


def _sighting(row: tuple[str, str, str], steps: list[Any]) -> Sighting:
    task_id, raw, last_seen = row
    seen = datetime.fromisoformat(last_seen)
    known = tuple(
        Step(TaskState.read(state), text, datetime.fromisoformat(since), bool(watched))
        for state, text, since, watched in steps
    )
    return Sighting(task_id, Task.from_data(json.loads(raw), task_id), seen, known, looked_at=seen, from_record=True)


def _prepare(connection: sqlite3.Connection, folder: Path, busy: float, patience: float) -> None:
    connection.create_function("cause_of", 1, lru_cache(1000)(lambda msg: read_message(msg).cause.name))
    connection.create_function("holds", 2, lambda text, part: part in text.casefold())
    connection.execute("PRAGMA secure_delete = ON")  # deleted text is overwritten
    _switch_to_wal(connection, folder, patience)
    connection.execute(f"PRAGMA busy_timeout = {round(busy * 1000)}")
    connection.execute("PRAGMA synchronous = NORMAL")
    with _writing(connection):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(_MIGRATIONS):
            raise sqlite3.DatabaseError("a newer version of runway_nb wrote it")
        for statement in (statement for migration in _MIGRATIONS[version:] for statement in migration):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def _switch_to_wal(connection: sqlite3.Connection, folder: Path, patience: float) -> None:
    """Let several kernels read and write. SQLite does not wait for this while another kernel opens the file."""
    give_up = time.monotonic() + patience
    failure = _wal_failure(connection)
    if failure is not None and not can_lock(folder):
        raise NoLocksError(str(failure))
    while failure is not None and time.monotonic() < give_up:
        time.sleep(0.01)
        failure = _wal_failure(connection)
    if failure is not None:
        raise failure


def _wal_failure(connection: sqlite3.Connection) -> sqlite3.OperationalError | None:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        return error
    return None


def _writing(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Begin a transaction. Use the connection with ``with``, which ends it."""
    connection.execute("BEGIN IMMEDIATE")
    return connection


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds") if moment else ""


def _storable(text: str) -> str:
    """Replace what UTF-8 cannot hold: half a surrogate pair is valid in JSON."""
    return text.encode("utf-8", "replace").decode()

"""Keeps the record's file within its size: drops the oldest answers first, then the oldest tasks."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence

from .limits import Limits
from .transaction import checkpoint, writing

_BATCH = 200  # tasks dropped in one transaction, at most
_MOST_TRIES = 4  # to cut the log: kernels that write a lot are in each other's way for a moment, too

_OLDEST_ANSWERS = "SELECT task_id, length(raw) FROM tasks WHERE raw != '' ORDER BY last_seen"
_OLDEST_TASKS = "SELECT task_id, length(prompt) + length(fail_msg) FROM tasks ORDER BY last_seen"


class LongLogError(sqlite3.OperationalError):
    """The log has become too long, and cannot be cut because another program still reads from it."""


def check_log(connection: sqlite3.Connection, limits: Limits) -> None:
    """Cut the write-ahead log if it is too long for another transaction.

    Raises:
        LongLogError: If another program has read from it for so long that it cannot be cut.
    """
    _, _, path = connection.execute("PRAGMA database_list").fetchone()
    try:
        size = os.stat(f"{path}-wal").st_size  # noqa: PTH116  # a third of Path.stat's time, before every write
    except FileNotFoundError:
        return
    tries = 0 if size <= 2 * limits.log else 1 if size <= 3 * limits.log else _MOST_TRIES
    is_cut = any(checkpoint(connection, wait=True) for _ in range(tries))
    if tries == _MOST_TRIES and not is_cut:
        raise LongLogError("another program has been reading it for too long")


def trim(connection: sqlite3.Connection, limits: Limits) -> None:
    """Drop the oldest data beyond the limits. The space in the file is used again.

    Raises:
        sqlite3.Error: If the file cannot be written.
    """
    if _used(connection) <= limits.pages:
        return
    enough = limits.pages - limits.log  # so that not every write drops something
    for oldest, drop in ((_OLDEST_ANSWERS, _drop_answers), (_OLDEST_TASKS, _drop_tasks)):
        while (excess := _used(connection) - enough) > 0:
            if not _drop_batch(connection, limits, oldest, drop, min(excess, limits.log)):
                break


def keep_within(connection: sqlite3.Connection, limits: Limits) -> None:
    """Limit the size of a file that was just opened, and shrink one that grew before there was a limit.

    Raises:
        sqlite3.Error: If it should be smaller, and cannot be written.
    """
    page = _number(connection, "page_size")
    connection.execute(f"PRAGMA journal_size_limit = {limits.log}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {max(1, limits.log // page)}")
    trim(connection, limits)
    if _number(connection, "page_count") * page > limits.file:
        connection.execute("VACUUM")
        checkpoint(connection, wait=False)


def _used(connection: sqlite3.Connection) -> int:
    pages = _number(connection, "page_count") - _number(connection, "freelist_count")
    return pages * _number(connection, "page_size")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)


def _drop_batch(
    connection: sqlite3.Connection,
    limits: Limits,
    oldest: str,
    drop: Callable[[sqlite3.Connection, Sequence[tuple[str]]], None],
    excess: int,
) -> bool:
    """Drop from the oldest tasks until this many bytes are free; return whether anything was dropped."""
    check_log(connection, limits)
    with writing(connection):
        chosen: list[tuple[str]] = []
        for task_id, size in connection.execute(oldest):
            chosen.append((task_id,))
            excess -= size or 0
            if excess <= 0 or len(chosen) == _BATCH:
                break
        drop(connection, chosen)
    return bool(chosen)


def _drop_answers(connection: sqlite3.Connection, task_ids: Sequence[tuple[str]]) -> None:
    connection.executemany("UPDATE tasks SET raw = '' WHERE task_id IS ?", task_ids)


def _drop_tasks(connection: sqlite3.Connection, task_ids: Sequence[tuple[str]]) -> None:
    connection.executemany("DELETE FROM steps WHERE task_id IS ?", task_ids)
    connection.executemany("DELETE FROM tasks WHERE task_id IS ?", task_ids)
    connection.execute("UPDATE dropped SET tasks = tasks + ?", (len(task_ids),))

"""Transactions of the record's file, and its write-ahead log."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Write in one transaction: all of it, or nothing."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def checkpoint(connection: sqlite3.Connection, *, wait: bool) -> bool:
    """Move what is in the write-ahead log into the file, and empty the log.

    Args:
        connection: The file.
        wait: Whether to wait for other programs that read it.

    Returns:
        Whether the log is empty; False if another program still reads from it.
    """
    (timeout,) = connection.execute("PRAGMA busy_timeout").fetchone()
    try:
        if not wait:
            connection.execute("PRAGMA busy_timeout = 0")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {timeout}")
    return not busy

"""`GuardedFile`: the record's file, opened when needed. If it cannot be used, it warns once and counts as empty."""

from __future__ import annotations

import math
import sqlite3
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from . import file

_T = TypeVar("_T")


class GuardedFile:
    """The SQLite file of the record. Thread-safe, and several kernels may use the same file.

    Args:
        path: The file; created when first needed, for its owner only (mode 0600).
        busy: Seconds to wait for another kernel's write, which takes about a millisecond. A file that was locked for
            longer is opened again without waiting.
        pause: Seconds before a locked file is tried again, so that not every poll waits for it.
    """

    def __init__(self, path: Path, *, busy: float = 0.5, pause: float = 30.0) -> None:
        self._path = path
        self._busy = busy
        self._pause = pause
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._unused_until = -math.inf
        self._warned = False

    def ask(self, question: Callable[[sqlite3.Connection], _T], empty: _T) -> _T:
        """Query the file, or write to it.

        Args:
            question: Gets the connection.
            empty: Returned if the file cannot be used: the answer of an empty file.
        """
        with self._lock:
            if time.monotonic() < self._unused_until:
                return empty
            try:
                if self._connection is None:
                    self._connection = file.connect(self._path, self._busy, 0.0 if self._warned else self._busy)
                return question(self._connection)
            except (sqlite3.Error, OSError, ValueError) as error:  # ValueError: a damaged row
                self._give_up(error)
                return empty

    def close(self) -> None:
        """Close the file permanently."""
        with self._lock:
            self._leave_alone(math.inf)

    def _give_up(self, error: Exception) -> None:
        no_locks = isinstance(error, file.NoLocksError)
        locked = isinstance(error, sqlite3.OperationalError) and "locked" in str(error) and not no_locks
        self._leave_alone(time.monotonic() + self._pause if locked else math.inf)
        if self._warned:
            return
        self._warned = True
        advice = "Delete the file, or make it and its folder writable"
        if no_locks:
            advice = "Its file system has no locks: keep IPython's profile on a local disk"
        elif locked:
            advice = "Close the program that locks it"
        _warn(
            f"The task record {self._path} cannot be used ({error}). {advice}, "
            "or switch the record off with %config RunwayMagics.history = False."
        )

    def _leave_alone(self, until: float) -> None:
        self._unused_until = until
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _warn(message: str) -> None:
    """Warn, or print the message where warnings are errors: a look never fails because of the record."""
    try:
        warnings.warn(message, stacklevel=4)
    except UserWarning:
        print(f"UserWarning: {message}", file=sys.stderr)  # noqa: T201  # where warnings are printed

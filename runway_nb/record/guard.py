"""`GuardedFile`: the record's file, opened when needed. What goes wrong with it leads to one warning.

A file that cannot be written is still read, and writing is tried again after a pause.
"""

from __future__ import annotations

import math
import sqlite3
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import NamedTuple, TypeVar

from . import bounds, file, saving
from .limits import Limits
from .transaction import checkpoint
from .trouble import FAULTS, Kind, Trouble, diagnose

_T = TypeVar("_T")


@dataclass(frozen=True)
class Cleared:
    """The result of emptying the record. True if nothing of it is left in its files.

    Attributes:
        path: The file; None if there is none.
        deleted: Whether every task was deleted.
        left: The files that still hold text of deleted tasks, because another program reads them.
        trouble: What went wrong; None if nothing did, or if `left` is the whole explanation.
    """

    path: Path | None
    deleted: bool = True
    left: tuple[Path, ...] = ()
    trouble: Trouble | None = None

    def __bool__(self) -> bool:
        return self.deleted and not self.left


class _Opened(NamedTuple):
    connection: sqlite3.Connection
    identity: tuple[tuple[int, int] | None, ...]  # of the files at the path then
    writable: bool


class GuardedFile:
    """The SQLite file of the record. Thread-safe, and several kernels may use the same file.

    Args:
        path: The file; created when first needed, for its owner only (mode 0600).
        busy: Seconds to wait for another kernel's write, which takes about a millisecond. A file that was locked for
            longer is opened again without waiting.
        pause: Seconds before what failed is tried again, so that not every look waits for it.
        limits: How large the file may get.
    """

    def __init__(self, path: Path, *, busy: float = 0.5, pause: float = 30.0, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._path = path
        self._busy = busy
        self._pause = pause
        self._lock = RLock()
        self._opened: _Opened | None = None
        self._open_again = -math.inf  # at this time of the monotonic clock or later
        self._write_again = -math.inf
        self._troubles: dict[bool, Trouble] = {}  # of reading, and of writing (True)
        self._warned: set[Kind] = set()
        self._holds_deleted_text = False
        self.promised = False
        """Whether a warning said that what is not written will be written later."""

    @property
    def trouble(self) -> Trouble | None:
        """Why the file could not be used the last time; None if it could."""
        return self._troubles.get(True) or self._troubles.get(False)

    def ask(self, query: Callable[[sqlite3.Connection], _T], empty: _T) -> _T:
        """Query the file.

        Args:
            query: Gets the connection.
            empty: Returned if the file cannot be used: the answer of an empty file.
        """
        with self._lock:
            return self._ask(query, empty)

    def write(self, change: Callable[[sqlite3.Connection], object], *, at_once: bool = False) -> bool:
        """Write to the file.

        Args:
            change: Gets the connection.
            at_once: Whether to try even if writing failed a short time ago.

        Returns:
            Whether it was written; False if the file cannot be used.
        """
        with self._lock:
            if at_once:
                self._wait_for_locks(self._busy)
                self._open_again = self._write_again = -math.inf
            return self._write(change)

    def clear(self) -> Cleared:
        """Delete every task, and leave none of its text in the file or its companions."""
        with self._lock:
            if not self.write(saving.clear, at_once=True):
                return Cleared(self._path, deleted=False, trouble=self.trouble)
            self._holds_deleted_text = True
            self._wipe(wait=True)
            left = [self._path, Path(f"{self._path}-wal")] if self._holds_deleted_text else []
            return Cleared(self._path, left=tuple(each for each in left if each.exists()), trouble=self.trouble)

    def warn(self, message: str) -> None:
        """Warn about the file.

        Args:
            message: What is the matter, to follow the words "The task record … ".
        """
        _warn(f"The task record {self._path} {message}")

    def suspend(self) -> None:
        """Close the file, and let no thread use it until `resume`: a connection must not be in two processes."""
        self._lock.acquire()
        self._close()

    def resume(self) -> None:
        """Let the file be used again, after `suspend`."""
        self._lock.release()

    def close(self) -> None:
        """Close the file permanently."""
        with self._lock:
            if self._opened is not None:
                self._wipe(wait=True)
            self._close()
            self._open_again = math.inf

    def _ask(self, query: Callable[[sqlite3.Connection], _T], empty: _T) -> _T:
        opened = self._usable()
        if opened is None:
            return empty
        try:
            answer = query(opened.connection)
        except FAULTS as error:
            self._failed(error, writing=False)
            return empty
        self._troubles.pop(False, None)
        return answer

    def _write(self, change: Callable[[sqlite3.Connection], object]) -> bool:
        opened = self._usable()
        if opened is None or not opened.writable or time.monotonic() < self._write_again:
            return False
        try:
            change(opened.connection)
        except FAULTS as error:
            self._failed(error, writing=True)
            return False
        self._troubles.clear()
        self._wait_for_locks(self._busy)
        self._wipe(wait=False)
        return True

    def _usable(self) -> _Opened | None:
        """Return the open file, which is opened if needed and possible."""
        now = time.monotonic()
        if self._opened is not None:
            stale = not self._opened.writable and now >= self._write_again
            if stale or file.identity(self._path) != self._opened.identity:  # moved, deleted or replaced
                self._close()
        if self._opened is None and now >= self._open_again:
            self._open()
        if self._opened is not None and self._opened.connection.in_transaction:  # of a write that was interrupted
            try:
                self._opened.connection.rollback()
            except sqlite3.Error:
                self._close()
        return self._opened

    def _open(self) -> None:
        patience = 0.0 if Kind.LOCKED in self._warned else self._busy
        try:
            connection = file.connect(self._path, self._busy, patience)
            self._opened = _Opened(connection, file.identity(self._path), writable=True)
            with suppress(sqlite3.OperationalError):  # without it, the space in the file is still used again
                bounds.keep_within(connection, self._limits)
        except FAULTS as error:
            self._write_again = self._open_again = time.monotonic() + self._pause
            trouble = self._troubles[True] = diagnose(error, self._path)
            if trouble.kind.lets_read:
                with suppress(*FAULTS):
                    connection = file.connect_read_only(self._path)
                    self._opened = _Opened(connection, file.identity(self._path), writable=False)
            self._warn_once(trouble)

    def _failed(self, error: BaseException, *, writing: bool) -> None:
        trouble = self._troubles[writing] = diagnose(error, self._path)
        if writing:
            self._write_again = time.monotonic() + self._pause
        elif trouble.kind is Kind.LOCKED:  # each further query would wait, too
            self._open_again = time.monotonic() + self._pause
            self._close()
        if not trouble.kind.passes:
            self._close()
        elif trouble.kind is Kind.LOCKED:
            self._wait_for_locks(0.0)  # one wait was enough
        self._warn_once(trouble)

    def _wait_for_locks(self, seconds: float) -> None:
        if self._opened is not None:
            self._opened.connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")

    def _wipe(self, *, wait: bool) -> None:
        """Remove deleted text from the log and the file, as soon as no other program reads it."""
        if self._holds_deleted_text and self._opened is not None:
            try:
                self._holds_deleted_text = not checkpoint(self._opened.connection, wait=wait)
            except FAULTS as error:
                self._troubles[True] = diagnose(error, self._path)

    def _warn_once(self, trouble: Trouble) -> None:
        if trouble.kind in self._warned:
            return
        self._warned.add(trouble.kind)
        readable = self._opened is not None
        what = "cannot be written" if readable else "cannot be used"
        self.promised = self.promised or readable or trouble.kind.passes
        meanwhile = " What you see is kept in memory until it can be written." if self.promised else ""
        self.warn(
            f"{what} ({trouble.reason}). {trouble.advice}, "
            f"or switch the record off with %config RunwayMagics.history = False.{meanwhile}"
        )

    def _close(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            with suppress(sqlite3.Error):
                opened.connection.close()


def _warn(message: str) -> None:
    """Warn, or print the message where warnings are errors: a look never fails because of the record."""
    try:
        warnings.warn(message, stacklevel=5)
    except UserWarning:
        print(f"UserWarning: {message}", file=sys.stderr)  # noqa: T201  # where warnings are printed

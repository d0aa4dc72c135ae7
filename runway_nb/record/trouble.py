"""`Trouble`: why the record's file cannot be used, and what to do. Diagnosed from the failure and from the file."""

from __future__ import annotations

import errno
import os
import sqlite3
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from tempfile import TemporaryFile

from . import bounds, file

FAULTS = (sqlite3.Error, sqlite3.Warning, OSError, ValueError, OverflowError, RecursionError, MemoryError)
"""What using a file may raise. A look never fails because of them."""

_PROBE = 64 * 1024  # bytes


class Kind(Enum):
    """A kind of trouble, with what to do about it."""

    FULL = "Free space on its disk"
    TOO_LARGE = "Raise the limit on the size of files (ulimit -f)"
    READ_ONLY = "Its file system is read-only: keep IPython's profile in a folder that can be written (IPYTHONDIR)"
    FORBIDDEN = "Make the file and its folder writable"
    LOCKED = "Close the program that locks it"
    READ = "Close the program that reads it"
    NO_LOCKS = "Its file system has no locks: keep IPython's profile on a local disk"
    NEWER = "Upgrade runway_nb in this environment"
    FOREIGN = "Move it away"
    DAMAGED = "Delete the file"
    OTHER = "Check the file and its folder"

    @property
    def lets_read(self) -> bool:
        """Whether a file that cannot be opened for writing may still be read."""
        return self in (Kind.FULL, Kind.TOO_LARGE, Kind.READ_ONLY, Kind.FORBIDDEN, Kind.LOCKED, Kind.OTHER)

    @property
    def passes(self) -> bool:
        """Whether an open file stays usable."""
        return self in (Kind.FULL, Kind.TOO_LARGE, Kind.LOCKED, Kind.READ)


@dataclass(frozen=True)
class Trouble:
    """Why the file cannot be used.

    Attributes:
        kind: The kind of trouble.
        reason: The failure's own words.
    """

    kind: Kind
    reason: str

    @property
    def advice(self) -> str:
        """What to do, without a full stop."""
        return self.kind.value


def diagnose(error: BaseException, path: Path) -> Trouble:
    """Return why a file could not be used.

    Args:
        error: The failure.
        path: The file.
    """
    return Trouble(_kind_of_error(error) or _kind_of_place(error, path), " ".join(str(error).split()))


_TYPES = (
    (file.NoLocksError, Kind.NO_LOCKS),
    (file.NewerError, Kind.NEWER),
    (file.ForeignError, Kind.FOREIGN),
    (bounds.LongLogError, Kind.READ),
)
_WORDS = (  # SQLite's, which has no codes before Python 3.11
    ("locked", Kind.LOCKED),
    ("locking protocol", Kind.LOCKED),
    ("is full", Kind.FULL),
    ("malformed", Kind.DAMAGED),
    ("not a database", Kind.DAMAGED),
    ("no such table", Kind.FOREIGN),
    ("no such column", Kind.FOREIGN),
)
_NUMBERS = {
    errno.ENOSPC: Kind.FULL,
    errno.EDQUOT: Kind.FULL,
    errno.EFBIG: Kind.TOO_LARGE,
    errno.EROFS: Kind.READ_ONLY,
    errno.EACCES: Kind.FORBIDDEN,
    errno.EPERM: Kind.FORBIDDEN,
}


def _kind_of_error(error: BaseException) -> Kind | None:
    for type_, kind in _TYPES:
        if isinstance(error, type_):
            return kind
    if isinstance(error, sqlite3.Error):
        return next((kind for words, kind in _WORDS if words in str(error)), None)
    return None


def _kind_of_place(error: BaseException, path: Path) -> Kind:
    """Try to write beside the file: SQLite's "disk I/O error" and "unable to open" have many causes."""
    if isinstance(error, OSError) and error.errno in _NUMBERS:
        return _NUMBERS[error.errno]
    try:
        with TemporaryFile(dir=path.parent, buffering=0) as probe:
            probe.seek(max((each.stat().st_size for each in path.parent.glob(f"{path.name}*")), default=0))
            probe.write(bytes(_PROBE))
    except OSError as found:
        return _NUMBERS.get(found.errno or 0, Kind.OTHER)
    readonly = "readonly" in str(error) or (path.exists() and not os.access(path, os.R_OK | os.W_OK))
    return Kind.FORBIDDEN if readonly else Kind.OTHER

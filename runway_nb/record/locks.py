"""Whether a folder's file system has the locks that SQLite needs."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryFile


def can_lock(folder: Path) -> bool:
    """Lock a new file in a folder. Another program cannot hold that lock, so only a file system without locks refuses.

    A folder in which no file can be created, such as on a full disk, says nothing about locks.

    Args:
        folder: The folder of the record. The record itself is not opened: closing it would release SQLite's locks.
    """
    if sys.platform == "win32":
        return True
    try:
        with TemporaryFile(dir=folder) as probe:
            return _locks(probe.fileno())
    except OSError:
        return folder.exists()


def _locks(descriptor: int) -> bool:
    import fcntl  # not on Windows

    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

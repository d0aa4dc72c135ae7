"""Opens the record's SQLite file: its tables, their versions, and a way to read a file that cannot be written."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .locks import can_lock
from .queries import add_functions
from .rows import decoded
from .transaction import checkpoint, writing

# Each entry upgrades the file from the version of its index to the next. Times are UTC in ISO 8601: they sort as text.
# An upgrade only adds: a file that cannot be written, and so cannot be upgraded, is read as it is.
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE tasks (task_id TEXT PRIMARY KEY, state TEXT NOT NULL, prompt TEXT NOT NULL,
            fail_msg TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, raw TEXT NOT NULL)""",
        "CREATE INDEX tasks_by_last_seen ON tasks (last_seen)",
        """CREATE TABLE steps (task_id TEXT NOT NULL, since TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL,
            watched INTEGER NOT NULL, PRIMARY KEY (task_id, since))""",
    ),
    (
        "CREATE INDEX answers_by_last_seen ON tasks (last_seen) WHERE raw != ''",  # raw is '' once it was dropped
        "CREATE TABLE dropped (tasks INTEGER NOT NULL)",
        "INSERT INTO dropped VALUES (0)",
    ),
)


class NoLocksError(sqlite3.OperationalError):
    """The file system has no locks, as some network file systems: SQLite cannot use a file there."""


class NewerError(sqlite3.DatabaseError):
    """A newer version of runway_nb wrote the file."""


class ForeignError(sqlite3.DatabaseError):
    """The file is not a record: it is no regular file, or another program's database."""


def connect(path: Path, busy: float, patience: float) -> sqlite3.Connection:
    """Open the file, and upgrade its tables. A missing file is created, for its owner only.

    Args:
        path: The file.
        busy: Seconds that each later query waits for another program that writes to it.
        patience: The same for opening it.

    Raises:
        sqlite3.Error: If it is locked, damaged, not a record, or of a newer version.
        NoLocksError: If the file system has no locks.
        OSError: If it cannot be created or read.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():  # or SQLite creates it with the umask's mode; its companion files get the same mode
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    _check_kind(path)
    if path.stat().st_mode & 0o077:
        path.chmod(path.stat().st_mode & 0o700)
    with _opened(path) as connection:
        _switch_to_wal(connection, path.parent, patience)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA busy_timeout = {round(busy * 1000)}")
        _upgrade(connection)
        with suppress(sqlite3.OperationalError):  # another kernel does it, or a later opening
            checkpoint(connection, wait=False)  # what an earlier kernel had to leave in the log
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a file that cannot be written, such as on a full disk, or while another program writes for long.

    Raises:
        sqlite3.Error: If it cannot be read.
        OSError: If it is not there.
    """
    _check_kind(path)
    uri = path.resolve().as_uri()
    try:
        return _readable(f"{uri}?mode=ro")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise  # another program may change it while it is read
        # no companion files, and no room for them: read the main file alone
        return _readable(f"{uri}?mode=ro&immutable=1")


def identity(path: Path) -> tuple[tuple[int, int] | None, ...]:
    """Return which files are at the path now: the file, and the log that goes with it."""
    return _at(str(path)), _at(f"{path}-wal")


def _at(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # a third of Path.stat's time, before every query
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def _opened(path: Path | str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(
        path, uri=isinstance(path, str), timeout=0, isolation_level=None, check_same_thread=False
    )
    try:
        connection.text_factory = decoded
        add_functions(connection)
        connection.execute("PRAGMA secure_delete = ON")  # deleted text is overwritten
        _check_owner(connection)
        yield connection
    except BaseException:
        connection.close()
        raise


def _readable(uri: str) -> sqlite3.Connection:
    with _opened(uri) as connection:
        connection.execute("SELECT 1 FROM tasks LIMIT 1").fetchone()
    return connection


def _check_kind(path: Path) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise ForeignError("it is not a regular file")


def _check_owner(connection: sqlite3.Connection) -> None:
    """Change nothing in a file that is not ours."""
    with suppress(sqlite3.OperationalError):  # locked: this is checked again while upgrading
        version, tables = _version(connection)
        if version > len(_MIGRATIONS):
            raise NewerError("a newer version of runway_nb wrote it")
        if tables and not version:
            raise ForeignError("it is another program's database")


def _version(connection: sqlite3.Connection) -> tuple[int, int]:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return version, tables


def _upgrade(connection: sqlite3.Connection) -> None:
    if _version(connection)[0] == len(_MIGRATIONS):
        return  # no lock is needed
    with writing(connection):
        _check_owner(connection)  # another kernel may have upgraded it meanwhile
        for statement in (each for migration in _MIGRATIONS[_version(connection)[0] :] for each in migration):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def _switch_to_wal(connection: sqlite3.Connection, folder: Path, patience: float) -> None:
    """Let several kernels read and write. SQLite does not wait for this while another kernel opens the file."""
    give_up = time.monotonic() + patience
    failure = _wal_failure(connection)
    if failure is not None and not can_lock(folder):
        raise NoLocksError(str(failure))
    while failure is not None and "locked" in str(failure) and time.monotonic() < give_up:
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

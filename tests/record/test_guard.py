"""Files that cannot be used: damaged, locked, or in the wrong place. They lead to one warning and stop nothing."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
import warnings
from contextlib import closing, contextmanager
from functools import partial

import pytest
from support.recording import history_in, impatient, note, note_in, seconds
from support.tasks import NOW
from support.waiting import PATIENCE

from runway_nb.model.task import TaskState
from runway_nb.record.guard import GuardedFile
from runway_nb.record.history import TaskHistory
from runway_nb.record.trouble import Kind

CANNOT_BE_USED = "^The task record .* cannot be used"


def corrupt(path):
    path.write_bytes(b"not a database " * 1000)


def damaged(path):
    with closing(history_in(path)) as history:
        for number in range(200):
            note(history, (0, "wait"), task_id=f"t{number}")
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 20000)


def folder(path):
    path.mkdir()


def fifo(path):
    os.mkfifo(path)


def read_only(path):
    """Make a file that SQLite must not write, even as root: its header has a later write version."""
    note_in(path, (0, "wait"))
    data = bytearray(path.read_bytes())
    data[18] = 3
    path.write_bytes(data)


def newer(path):
    note_in(path, (0, "wait"))
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")


def foreign(path):
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE tasks (something TEXT)")


def other_tables(path):
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE mine (something TEXT)")


def use(history):
    """Use every method, and return the answers that an empty file would not give, and the seconds it took."""
    start = time.monotonic()
    answers = [history.ids(), history.known("t1").task]
    sighting = note(history, (0, "wait"), (5, "success"))
    sighting = note(history, (10, "success"), known=sighting)
    assert history.known("t1").task == sighting.task  # the session goes on without the file
    assert history.ids() == ["t1"]
    assert [sighting.task for sighting in history.recent()] == [sighting.task]
    answers += [history.usual(TaskState.WAIT), history.usual_durations().dwell, history.clear()]
    history.close()
    return [answer for answer in answers if answer], time.monotonic() - start


@pytest.mark.parametrize(
    ("spoil", "advice"),
    [
        (corrupt, "Delete the file"),
        (folder, "Move it away"),
        (fifo, "Move it away"),
        (newer, "Upgrade runway_nb in this environment"),
        (foreign, "Move it away"),
        (other_tables, "Move it away"),
    ],
)
def test_unusable_file_warns_once(path, spoil, advice):
    path.parent.mkdir(parents=True)
    spoil(path)
    with pytest.warns(UserWarning, match=CANNOT_BE_USED) as warned:
        answers, _ = use(history_in(path))
    assert answers == []
    (warning,) = warned
    message = str(warning.message)
    assert message.startswith(f"The task record {path} cannot be used (")
    assert message.endswith(f"). {advice}, or switch the record off with %config RunwayMagics.history = False.")
    assert "\n" not in message


def test_unusable_file_is_left_alone_for_a_while(path):
    path.parent.mkdir(parents=True)
    corrupt(path)
    with closing(history_in(path)) as history:
        with pytest.warns(UserWarning, match=CANNOT_BE_USED):
            history.ids()
        path.unlink()
        note(history, (0, "wait"))
        assert not path.exists()
    assert path.exists()  # tried again when it was closed


def test_unwritable_folder_warns_once(tmp_path):
    (tmp_path / "file").touch()
    history = TaskHistory(lambda: tmp_path / "file" / "folder")
    with pytest.warns(UserWarning, match=CANNOT_BE_USED) as warned:
        answers, _ = use(history)
    assert answers == []
    assert len(warned) == 1


# --- locked files -----------------------------------------------------------------------------------------------------

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA locking_mode = EXCLUSIVE")
connection.execute("PRAGMA journal_mode = " + sys.argv[2])
connection.execute("BEGIN EXCLUSIVE")
connection.execute("CREATE TABLE IF NOT EXISTS held (x)")
print("held", flush=True)
sys.stdin.readline()
connection.rollback()
connection.close()
"""


@contextmanager
def held(path, mode="WAL"):
    """Have another process lock the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    holder = subprocess.Popen(  # noqa: S603  # our own script
        [sys.executable, "-c", HOLD, str(path), mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        yield
    finally:
        holder.communicate("\n", timeout=PATIENCE)
        assert holder.returncode == 0


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_locked_file_warns_once_without_delay(path, mode):
    with held(path, mode), pytest.warns(UserWarning, match=CANNOT_BE_USED) as warned:
        answers, took = use(history_in(path))
    assert answers == []
    assert took < 2  # one wait, not one for each question
    (warning,) = warned
    message = str(warning.message)
    assert "locked). Close the program that locks it, or switch the record off with %config" in message


def test_locked_file_is_not_cleared(path):
    note_in(path, (0, "wait"))
    with closing(history_in(path, make_file=partial(GuardedFile, busy=0.05))) as history:
        with held(path), pytest.warns(UserWarning, match="locked"):
            cleared = history.clear()
        assert not cleared
        assert (cleared.deleted, cleared.left, cleared.trouble.kind) == (False, (), Kind.LOCKED)
        assert history.clear()  # tried at once
        assert history.ids() == []


def test_looks_at_a_locked_file_are_written_later(path):
    with closing(history_in(path, make_file=impatient)) as history:
        with held(path), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            note(history, (0, "wait"), (5, "generating"), (10, "generating"))
            first = note(history, (0, "wait"), task_id="t2")
        assert ["locked" in str(warning.message) for warning in warned] == [True]
        note(history, (5, "wait"), known=first)
        assert sorted(sighting.task_id for sighting in history.recent()) == ["t1", "t2"]
        with closing(history_in(path)) as other:
            known = other.known("t1")
    assert [(step.text, step.since - NOW, step.watched_from_start) for step in known.steps] == [
        ("wait", seconds(0), False),
        ("generating", seconds(5), True),
    ]
    assert known.seen_at == NOW + seconds(10)


def test_locked_file_is_not_used_for_durations(path):
    note_in(path, *((5 * number, state) for number, state in enumerate(["wait", "success"])))
    with closing(history_in(path, make_file=impatient)) as history:
        with held(path), pytest.warns(UserWarning, match="locked"):
            assert history.usual_durations().runs == 0
        assert history.usual_durations().runs == 1  # not remembered as empty


def test_slow_file_does_not_delay_known(path):
    asked, go_on = threading.Event(), threading.Event()

    class SlowFile(GuardedFile):
        def write(self, change, *, at_once=False):
            asked.set()
            assert go_on.wait(PATIENCE)
            return super().write(change, at_once=at_once)

    history, known = history_in(path, make_file=SlowFile), []
    noting = threading.Thread(target=note, args=(history, (0, "wait")))
    reading = threading.Thread(target=lambda: known.append(history.known("t1")))
    noting.start()
    assert asked.wait(PATIENCE)
    reading.start()
    reading.join(PATIENCE)
    known_meanwhile = list(known)
    go_on.set()
    noting.join(PATIENCE)
    history.close()
    assert [sighting.task.state for sighting in known_meanwhile] == [TaskState.WAIT]

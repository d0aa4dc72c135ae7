"""The record's file: who may read it, what is in it, and its versions."""

import os
import sqlite3
from contextlib import closing

import pytest
from support.recording import history_in, impatient, note, note_in, record, seconds, warned_once
from support.tasks import NOW

from runway_nb.model.errors import ApiError
from runway_nb.model.sighting import Sighting
from runway_nb.record import file as history_file


def contents(path):
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_file_is_for_its_owner_only(path):
    before = os.umask(0)
    try:
        with closing(history_in(path)) as history:
            note(history, (0, "wait"))
            files = list(path.parent.iterdir())
            assert len(files) == 3  # with the write-ahead log and its index
            assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o600"] * 3
    finally:
        os.umask(before)


def test_readable_file_is_made_private(path):
    path.parent.mkdir(parents=True)
    path.touch(0o644)
    path.chmod(0o644)
    note_in(path, (0, "wait"))
    assert path.stat().st_mode & 0o777 == 0o600


def test_key_is_never_in_file(history, path, monkeypatch):
    monkeypatch.setenv("APIKLEY_API_KEY", "the-key-itself")
    sighting = note(history, (0, "wait"), prompt="a prompt to find")
    failed = sighting.failed(ApiError(401, "the-key-itself is not accepted", "t1"), NOW + seconds(5))
    history.note(failed)
    history.note(failed.saw(record(state="fail", prompt="a prompt to find"), NOW + seconds(10)))
    assert b"a prompt to find" in contents(path)
    assert b"the-key-itself" not in contents(path)


def test_clear_leaves_no_text_in_file(history, path):
    for number in range(100):
        note(history, (0, "wait"), (5, "fail"), task_id=f"id-{number}", prompt=f"secret plan {number} " * 100)
    assert b"secret plan" in contents(path)
    history.clear()
    assert (history.recent(), history.ids(), history.known("id-1")) == ([], [], Sighting("id-1"))
    assert b"secret plan" not in contents(path)
    assert b"id-1" not in contents(path)


@pytest.fixture
def first_version(path):
    """A file of version 1, with two tasks."""
    note_in(path, (0, "wait"))
    note_in(path, (5, "fail"), task_id="t2")
    with closing(sqlite3.connect(path)) as other:
        other.executescript("DROP INDEX answers_by_last_seen; DROP TABLE dropped; PRAGMA user_version = 1")
    return path


def test_first_version_is_read_while_it_cannot_be_upgraded(first_version):
    with (
        closing(sqlite3.connect(first_version)) as upgrading,
        closing(history_in(first_version, make_file=impatient)) as history,
    ):
        upgrading.execute("BEGIN IMMEDIATE")  # such as another kernel that upgrades a large file
        with warned_once(r"cannot be written \(database is locked\)"):
            assert [each.task_id for each in history.recent()] == ["t2", "t1"]
            assert history.known("t1").seen_task().prompt == "a cat"
            assert history.dropped() == (0, 0)
            note(history, (10, "success"))
        upgrading.rollback()
        assert [each.task_id for each in history.recent()] == ["t1", "t2"]
        assert history.trouble is None
    with closing(sqlite3.connect(first_version)) as other:
        assert other.execute("SELECT state FROM tasks ORDER BY task_id").fetchall() == [("success",), ("fail",)]


def test_older_file_is_upgraded_with_its_tasks(path, monkeypatch):
    note_in(path, (0, "wait"))
    later = (*history_file._MIGRATIONS, ("ALTER TABLE tasks ADD COLUMN note TEXT", "DROP INDEX tasks_by_last_seen"))
    monkeypatch.setattr(history_file, "_MIGRATIONS", later)  # there is only one version so far
    with closing(history_in(path)) as again:
        assert again.ids() == ["t1"]
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (len(later),)

"""Emptying the record: what is deleted at once, and when the rest is."""

import sqlite3
from contextlib import closing, contextmanager

import pytest
from support.recording import history_in, impatient, note

from runway_nb.record.trouble import Kind

SECRET = b"secret plan"


def holding(path, words=SECRET):
    """Return the names of the files that hold some words."""
    return sorted(each.name for each in path.parent.iterdir() if words in each.read_bytes())


def fill(history, number=30):
    for index in range(number):
        note(history, (0, "wait"), (5, "fail"), task_id=f"id-{index}", prompt=f"secret plan {index} " * 100)


@contextmanager
def locked(path):
    """Write to the file in another program, which ends without a change."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def reading(path):
    """Read the file in another program, which sees it as it is now until it stops."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM tasks").fetchall()
        yield


@pytest.fixture
def history(path):
    with closing(history_in(path, make_file=impatient)) as history:
        fill(history)
        yield history


def test_nothing_is_left(history, path):
    assert history.clear()
    assert (history.ids(), history.recent(), history.known("id-1").task) == ([], [], None)
    assert holding(path) == []
    assert path.stat().st_size < 100_000


def test_reader_keeps_the_text(history, path):
    with reading(path):
        cleared = history.clear()
        assert (bool(cleared), cleared.deleted, cleared.trouble) == (False, True, None)
        assert set(holding(path)) <= {each.name for each in cleared.left}
        assert history.recent() == []
    assert history.clear()
    assert holding(path) == []


def test_text_goes_with_the_next_write(history, path):
    with reading(path):
        assert not history.clear()
        note(history, (0, "wait"), task_id="later", prompt="harmless")
        assert holding(path)
    note(history, (0, "wait"), task_id="latest", prompt="harmless")
    assert holding(path) == []
    assert history.ids() == ["latest", "later"]


def test_text_goes_when_the_kernel_ends(history, path):
    with reading(path):
        assert not history.clear()
    history.close()
    assert holding(path) == []


def test_text_that_a_kernel_had_to_leave_goes_with_the_next_kernel(history, path):
    with reading(path):
        assert not history.clear()
        history.close()
        with closing(history_in(path, make_file=impatient)) as early:
            early.ids()
        assert holding(path)
        keeps_open = sqlite3.connect(path)  # so that it is not the last connection that cleans up
        keeps_open.execute("SELECT count(*) FROM tasks").fetchall()
    with closing(keeps_open), closing(history_in(path, make_file=impatient)) as later:
        later.ids()
        assert holding(path) == []


def test_another_kernel_in_between_uses_of_the_file_is_no_reader(history, path):
    with closing(history_in(path)) as other:
        assert len(other.recent(limit=100)) == 30
        assert other.known("id-1").task is not None
        assert history.clear()
        assert other.recent() == []
        assert holding(path) == []


def test_what_was_not_written_yet_is_forgotten(history, path):
    with locked(path), pytest.warns(UserWarning, match="locked"):
        note(history, (0, "wait"), task_id="held back", prompt="secret plan")
    assert history.clear()
    history.close()
    with closing(history_in(path)) as again:
        assert again.ids() == []
    assert holding(path) == []


def test_locked_file_is_said_to_be_as_it_was(history, path):
    with locked(path):
        with pytest.warns(UserWarning, match="cannot be written .*locked"):
            cleared = history.clear()
        assert (cleared.path, cleared.deleted, cleared.left, cleared.trouble.kind) == (path, False, (), Kind.LOCKED)
        assert len(history.recent(limit=100)) == 30
    assert history.clear()

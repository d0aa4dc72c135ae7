"""A record whose file is switched off, closed, or in another folder."""

import sqlite3
from contextlib import closing

from support.recording import history_in, note, seconds
from support.tasks import NOW

from runway_nb.model.sighting import Sighting
from runway_nb.model.task import TaskState
from runway_nb.record.history import TaskHistory


def test_without_folder_only_the_session_is_known():
    history = TaskHistory(lambda: None)
    assert not history.has_file
    sighting = note(history, (0, "wait"))
    assert history.known("t1").task == sighting.task
    assert history.ids() == ["t1"]
    assert history.recent() == []
    assert history.usual(TaskState.WAIT) is None
    assert history.clear()
    assert history.ids() == []


def test_file_switched_off_and_on_again(history, path):
    sighting = note(history, (0, "wait"), (5, "wait"))
    history.keep_file(False)
    assert not history.has_file
    assert history.recent() == []
    sighting = note(history, (10, "queueing"), known=sighting)
    note(history, (10, "wait"), task_id="private")
    assert history.known("t1").task == sighting.task
    with closing(history_in(path)) as other:
        assert [seen.seen_at for seen in other.recent()] == [NOW + seconds(5)]

    history.keep_file(True)
    assert history.has_file
    assert [seen.task_id for seen in history.recent()] == ["t1"]
    note(history, (15, "queueing"), known=sighting)
    history.close()
    with closing(history_in(path)) as other:
        known = other.known("t1")
        assert [(step.text, step.since - NOW) for step in known.steps] == [
            ("wait", seconds(0)),
            ("queueing", seconds(10)),
        ]
        assert known.steps[1].watched_from_start
        assert other.ids() == ["t1"]


def test_looks_while_the_file_is_off_are_not_waiting(history):
    sighting = note(history, (0, "wait"))
    history.keep_file(False)
    note(history, (5, "generating"), known=sighting)
    assert not history._memory.changed


def test_closed_file_is_opened_again(history, path):
    note(history, (0, "wait"), (5, "wait"))
    history.close()
    with closing(sqlite3.connect(path)) as other:
        rows = other.execute("SELECT task_id, last_seen, json_extract(raw, '$.state') FROM tasks").fetchall()
    assert rows == [("t1", "2026-11-24T12:00:05.000000+00:00", "wait")]
    note(history, (10, "queueing"), task_id="t2")
    assert [sighting.task_id for sighting in history.recent()] == ["t2", "t1"]


def test_reset_forgets_the_session_and_may_move(tmp_path):
    folders = [tmp_path / "one"]
    with closing(TaskHistory(lambda: folders[-1])) as history:
        note(history, (0, "wait"), task_id="here")
        folders.append(tmp_path / "two")
        assert [sighting.task_id for sighting in history.recent()] == ["here"]
        history.reset()
        assert history.ids() == []
        assert history.known("here") == Sighting("here")
        note(history, (0, "wait"), task_id="there")
        folders.pop()
        history.reset()
        assert history.ids() == ["here"]

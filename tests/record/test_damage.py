"""Damaged rows and pages: only what they held is lost."""

import sqlite3
import warnings
from contextlib import closing

import pytest
from support.recording import history_in, impatient, note, warned_once
from support.tasks import NOW

from runway_nb.model.failure import Cause
from runway_nb.model.task import TaskState

DEEP = "[" * 100_000 + "]" * 100_000
DEEP_OBJECT = '{"a":' * 100_000 + "1" + "}" * 100_000
VALUES = {
    "raw": ["[1]", "1", "null", '"text"', "{", DEEP, DEEP_OBJECT, '{"state": ' + "9" * 6000 + "}", b"{}", 5, "\x00"],
    "state": [b"\xff", 7, 1.5, "", "Upscaling", "null", "x" * 100_000],
    "prompt": [b"\xff\x00", 10**15, 2.5, "", "y" * 5_000_000],
    "fail_msg": [b"\xff", 5, "z" * 100_000],
    "first_seen": [b"\xff", 5, "soon", ""],
    "last_seen": [
        *("soon", "", 5, b"\xff", "2026-11-24", "2026-11-24T12:00:00", "0001-01-01T00:00:00+14:00"),
        *("9999-12-31T23:59:59-14:00", "2026-13-45T99:00:00+00:00", "١٩٩٩-01-01"),
    ],
    "task_id": [b"\xff", 5, ""],
}
STEP_VALUES = {
    "since": ["soon", "", 5, b"\xff", "9999-12-31T23:59:59-14:00", "2026-11-24T12:00:00"],
    "text": [b"\xff", 5, "", "x" * 100_000],
    "state": [b"\xff", 5, "Upscaling", ""],
    "watched": ["yes", b"\xff", 2.5, -(2**63)],
}


def use(history):
    """Ask everything, and write."""
    history.ids()
    history.ids("t")
    found = history.recent(limit=100)
    for wanted in ({"text": "cat"}, {"state": TaskState.FAIL}, {"cause": Cause.UNKNOWN}, {"since": NOW}):
        history.recent(**wanted)
    history.usual_durations()
    history.dropped()
    for number in range(3):
        history.known(f"t{number}")
    return found


def spoil(path, sql, *values):
    """Change a file past what its tables demand."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA writable_schema = ON")
        other.execute(
            "UPDATE sqlite_master SET sql = replace(replace(sql, ' NOT NULL', ''), 'TEXT PRIMARY', 'PRIMARY')"
        )
        other.execute("UPDATE sqlite_master SET sql = replace(sql, ' TEXT', '')")
        other.commit()
    with closing(sqlite3.connect(path)) as other:
        other.execute(sql, values)
        other.commit()


@pytest.fixture
def filled(path):
    with closing(history_in(path)) as history:
        for number in range(3):
            note(history, (0, "wait"), (5 + number, "fail"), task_id=f"t{number}", failMsg="something new")
    return path


CHANGES = [
    *(
        (f"UPDATE tasks SET {column} = ? WHERE task_id = 't1'", value)  # noqa: S608  # our own words
        for column in VALUES
        for value in (*VALUES[column], None)
    ),
    *(
        (f"UPDATE steps SET {column} = ? WHERE task_id = 't1' AND state = 'wait'", value)  # noqa: S608  # our own words
        for column in STEP_VALUES
        for value in (*STEP_VALUES[column], None)
    ),
    ("UPDATE tasks SET prompt = CAST(? AS TEXT) WHERE task_id = 't1'", b"\xff\xfea"),
    ("UPDATE tasks SET task_id = CAST(? AS TEXT) WHERE task_id = 't1'", b"\xff\xfea"),
    ("UPDATE steps SET text = CAST(? AS TEXT) WHERE task_id = 't1'", b"\xff\xfea"),
    ("UPDATE tasks SET raw = CAST(? AS TEXT) WHERE task_id = 't1'", b'{"state": "\xff"}'),
    ("UPDATE dropped SET tasks = ?", "many"),
    ("DELETE FROM dropped WHERE tasks != ?", "none"),
]


@pytest.mark.parametrize(("sql", "value"), CHANGES, ids=range(len(CHANGES)))
def test_damaged_value_costs_its_row_only(filled, sql, value):
    spoil(filled, sql, value)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with closing(history_in(filled)) as history:
            found = use(history)
            assert {"t0", "t2"} <= {each.task_id for each in found}
            assert [each.task.fail_msg for each in found if each.task_id != "t1"][:2] == ["something new"] * 2
            assert history.known("t2").steps[0].text == "wait"
            note(history, (0, "wait"), (50, "success"), task_id="t1")
            note(history, (50, "success"), task_id="t9")
            use(history)
        with closing(history_in(filled)) as again:
            assert [step.text for step in again.known("t1").steps][-1] == "success"
            assert again.known("t9").settled
            assert again.clear()
            assert again.recent() == []
    assert [str(each.message) for each in warned if "damaged in 1 of its tasks" not in str(each.message)] == []
    assert len(warned) <= 2  # one in each session


def test_damaged_rows_are_counted_once(filled):
    spoil(filled, "UPDATE tasks SET raw = '[1]', prompt = 5 WHERE task_id != 't0'")
    told = "is damaged in 2 of its tasks. What cannot be read of them is left out; %runway_history --clear empties"
    with closing(history_in(filled)) as history, warned_once(told):
        found = history.recent()
        use(history)
    assert [each.task.prompt for each in found] == ["", "", "a cat"]
    assert [each.task.state for each in found] == [TaskState.FAIL] * 3


def test_damaged_answer_leaves_the_facts(filled):
    spoil(filled, "UPDATE tasks SET raw = '[1]' WHERE task_id = 't1'")
    with closing(history_in(filled)) as history, pytest.warns(UserWarning, match="damaged in 1"):
        known = history.known("t1")
    assert (known.task.prompt, known.task.fail_msg, known.task.state) == ("a cat", "something new", TaskState.FAIL)
    assert [step.text for step in known.steps] == ["wait", "fail"]


@pytest.mark.parametrize("missing", ["tasks", "steps", "dropped"])
def test_missing_table_warns_once(filled, missing):
    with closing(sqlite3.connect(filled)) as other:
        other.execute(f"DROP TABLE {missing}")
    with closing(history_in(filled, make_file=impatient)) as history, warned_once("no such table"):
        use(history)
        note(history, (0, "wait"), task_id="t9")
        assert history.known("t9").task is not None
        history.clear()


@pytest.mark.parametrize("page", range(1, 9))
def test_damaged_page_stops_nothing(filled, page):
    with filled.open("r+b") as opened:
        opened.seek((page - 1) * 4096 + 100 * (page == 1))
        opened.write(b"\xa5" * 3000)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with closing(history_in(filled, make_file=impatient)) as history:
            use(history)
            note(history, (0, "wait"), (50, "success"), task_id="t9")
            assert history.known("t9").settled
            use(history)
            cleared = history.clear()
            assert cleared or cleared.trouble is not None
            history.recent()
    assert len(warned) <= 3
    assert all("The task record" in str(each.message) for each in warned)

"""Random damage to the record, and random interleavings of kernels. ``RUNWAY_FUZZ=100`` runs longer."""

import sqlite3
import warnings
from contextlib import closing, suppress
from random import Random

import pytest
from support.fuzz import scale
from support.recording import history_in, impatient, note
from support.tasks import NOW

from runway_nb.model.failure import Cause
from runway_nb.model.task import TaskState
from runway_nb.record.history import FILE_NAME

STATES = ["wait", "queueing", "generating", "success", "fail", "Upscaling"]


def use(history, random):
    """Ask and write; nothing may be raised."""

    def some_id():
        return f"t{random.randrange(30)}"

    for _ in range(6):
        random.choice(
            [
                history.ids,
                lambda: history.recent(limit=random.randrange(40)),
                lambda: history.recent(text=random.choice(["cat", "\x00", "%"]), cause=random.choice([None, *Cause])),
                lambda: history.recent(state=random.choice(list(TaskState)), since=NOW),
                lambda: history.known(some_id()),
                history.usual_durations,
                history.dropped,
                lambda: note(history, (random.randrange(100), random.choice(STATES)), task_id=some_id()),
                history.close,
            ]
        )()
    note(history, (200, "wait"), (201, "success"), task_id="last")
    assert history.known("last").settled
    assert "last" in history.ids(limit=100)
    cleared = history.clear()
    assert cleared or cleared.trouble is not None or cleared.left
    assert cleared.deleted or cleared.trouble is not None
    if cleared:
        assert [each.name for each in cleared.path.parent.glob("*.sqlite*") if b"a cat" in each.read_bytes()] == []


@pytest.fixture
def filled(tmp_path):
    """The bytes of a file with tasks."""
    path = tmp_path / "filled" / FILE_NAME
    with closing(history_in(path)) as history:
        for number in range(30):
            states = STATES[number % 3 :: 2]
            note(history, *enumerate(states), task_id=f"t{number}", failMsg="new", extra="x" * (number * 400))
    return path.read_bytes()


@pytest.mark.parametrize("seed", range(scale(25)))
def test_damaged_pages(tmp_path, filled, seed):
    random, data = Random(seed), bytearray(filled)  # noqa: S311  # a test
    for _ in range(random.choice([1, 1, 3, 30])):
        place, length = random.randrange(len(data)), random.choice([1, 1, 4, 100, 4096])
        data[place : place + length] = random.choice([random.randbytes(length), bytes(length), data[:length]])
    path = tmp_path / FILE_NAME
    path.write_bytes(data[: random.choice([len(data), len(data), random.randrange(len(data))])])
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with closing(history_in(path, make_file=impatient)) as history:
            use(history, random)
    assert all("The task record" in str(each.message) for each in warned)
    assert len(warned) <= 5  # each kind of trouble once


def some_value(random):
    texts = ["", "[1]", "{}", "null", '{"state": [], "failMsg": {"a": 1}}', "[" * 9999, "2026-11-24T12:00:00+00:00"]
    times = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-24", "t1", "\x00"]
    numbers = [0, -1, 2**63 - 1, 1.5, float("inf"), None, b"", b"\xff\xfe", random.randbytes(20)]
    return random.choice([*texts, *times, *numbers, str(random.random()), "é" * random.randrange(2000)])


@pytest.mark.parametrize("seed", range(scale(25)))
def test_damaged_rows(tmp_path, filled, seed):
    random, path = Random(seed), tmp_path / FILE_NAME  # noqa: S311  # a test
    path.write_bytes(filled)
    columns = {
        "tasks": ["task_id", "state", "prompt", "fail_msg", "first_seen", "last_seen", "raw"],
        "steps": ["task_id", "since", "text", "state", "watched"],
    }
    with closing(sqlite3.connect(path)) as other:
        for _ in range(random.randrange(1, 40)):
            table = random.choice(list(columns))
            with suppress(sqlite3.IntegrityError):  # NULL, and values that are there already
                other.execute(
                    f"UPDATE {table} SET {random.choice(columns[table])} = ? WHERE rowid = ?",  # noqa: S608  # our names
                    (some_value(random), random.randrange(1, 40)),
                )
        other.commit()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with closing(history_in(path)) as history:
            use(history, random)
            assert history.clear()
            assert history.recent() == []
    assert all("damaged in" in str(each.message) for each in warned)
    assert len(warned) <= 1


@pytest.mark.parametrize("seed", range(scale(15)))
def test_two_kernels_with_different_clocks(tmp_path, seed):
    """After every write, the file has the steps of each task in order, and the end of a task is not lost."""
    random, path = Random(seed), tmp_path / FILE_NAME  # noqa: S311  # a test
    offsets = [0, random.choice([0, -3, 3, 3600, -3600])]
    with (
        closing(history_in(path, now=lambda: NOW)) as one,
        closing(history_in(path, now=lambda: NOW)) as other,
    ):
        progress = {f"t{number}": 0 for number in range(4)}
        for moment in range(60):
            kernel = random.randrange(2)
            history, task_id = (one, other)[kernel], random.choice(list(progress))
            progress[task_id] = min(progress[task_id] + random.randrange(2), 3)
            look = (moment + offsets[kernel], STATES[progress[task_id]])
            note(history, look, known=history.known(task_id), task_id=task_id)
            if random.random() < 0.1:
                history.close()
            if random.random() < 0.1:
                history.recent()
        listed = {each.task_id: each for each in one.recent()}
        assert listed.keys() == {each.task_id for each in other.recent()}
    with closing(history_in(path)) as last:
        for task_id, sighting in listed.items():
            known = last.known(task_id)
            since = [step.since for step in known.steps]
            assert since == sorted(set(since))
            assert known.task.state_text == known.steps[-1].text == sighting.task.state_text
            assert known.settled == (progress[task_id] == 3)

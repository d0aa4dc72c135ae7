"""How much the record keeps: in the file, of one task, and in memory."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
from support.recording import history_in, impatient, note, record, warned_once
from support.tasks import NOW

from runway_nb.model.sighting import Sighting
from runway_nb.record import file
from runway_nb.record.limits import Limits, weight
from runway_nb.record.memory import Memory, News
from runway_nb.record.queries import Dropped

KIB = 1024
SMALL = Limits(file=2048 * KIB, task=64 * KIB, memory=512 * KIB, text=8 * KIB)


def size_of(path):
    return sum(each.stat().st_size for each in path.parent.iterdir() if not each.name.endswith("-shm"))


@pytest.fixture
def small(path):
    with closing(history_in(path, limits=SMALL)) as history:
        yield history


def note_large(history, number, size=30 * KIB, **fields):
    return note(history, (number, "success"), task_id=f"t{number}", answer="x" * size, **fields)


def test_oldest_answers_are_dropped_first(small, path):
    for number in range(150):
        note_large(small, number)
        assert size_of(path) <= SMALL.file
    dropped = small.dropped()
    assert dropped.tasks == 0
    assert 60 <= dropped.answers <= 130
    small.close()
    with closing(history_in(path, limits=SMALL)) as again:
        assert len(again.recent(limit=1000)) == len(again.ids(limit=1000)) == 150
        whole = [again.known(f"t{number}").whole for number in range(150)]
        assert whole == ["answer" in again.known(f"t{number}").task.raw for number in range(150)]
        assert whole == [False] * dropped.answers + [True] * (150 - dropped.answers)
        oldest = again.known("t0")
        assert (oldest.task.prompt, oldest.task.state_text, len(oldest.steps)) == ("a cat", "success", 1)
        assert oldest.task.raw["state"] == "success"
        assert oldest.seen_at == NOW


def test_then_the_oldest_tasks_are_dropped(small, path):
    for number in range(600):
        note(small, (number, "Upscaling"), task_id=f"t{number}", prompt="p" * 8 * KIB)
        assert size_of(path) <= SMALL.file
    dropped = small.dropped()
    small.close()
    with closing(history_in(path, limits=SMALL)) as again:
        ids = again.ids(limit=1000)
        assert ids == [f"t{number}" for number in range(599, dropped.tasks - 1, -1)]
        assert 200 <= dropped.tasks <= 500
        assert again.dropped().tasks == dropped.tasks
        assert again.known(ids[0]).task.state_text == "Upscaling"
        assert again.clear()
        assert again.dropped() == Dropped()


def test_log_stays_short_while_another_program_reads_for_long(path):
    impatient_file = partial(impatient, limits=SMALL)
    with closing(history_in(path, limits=SMALL, make_file=impatient_file)) as history:
        note(history, (0, "wait"), task_id="first")
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            assert reader.execute("SELECT count(*) FROM tasks").fetchone() == (1,)
            with warned_once("cannot be written .*reading it for too long.*Close the program that reads it.*in memory"):
                for number in range(60):
                    note_large(history, number, size=10 * KIB)
                    assert size_of(path) <= SMALL.file // 4
            assert len(history.recent(limit=100)) == 61
        note(history, (100, "wait"), task_id="last")
        assert history.trouble is None
    with closing(history_in(path, limits=SMALL)) as again:
        assert len(again.ids(limit=100)) == 62


def test_large_answer_is_left_out(small, path):
    note_large(small, 0, 100 * KIB, prompt="p" * 100 * KIB, failMsg="f" * 100 * KIB)
    note_large(small, 1)
    small.close()
    with closing(history_in(path, limits=SMALL)) as again:
        assert again.dropped() == Dropped(answers=1)
        task = again.known("t0").task
        assert (len(task.prompt), len(task.fail_msg), "answer" in task.raw) == (8 * KIB, 8 * KIB, False)
        assert "answer" in again.known("t1").task.raw


def test_words_of_a_hostile_service_are_bounded(small, path):
    sighting = Sighting("t1")
    for number in range(250):
        sighting = note(small, (number, f"state {number} " + "s" * 20_000), known=sighting)
    note(small, (0, "wait"), task_id="i" * 100_000)
    assert size_of(path) <= SMALL.file
    assert small.recent()[0].task_id == "t1"
    assert len(small.recent()[0].task.state_text) <= 200


def test_listing_reads_no_answer(small, path):
    for number in range(5):
        note_large(small, number)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE tasks SET raw = 'not JSON'")
        other.commit()
    assert [each.task.prompt for each in small.recent()] == ["a cat"] * 5
    assert small.recent()[0].task.raw["state"] == "success"


# --- memory -----------------------------------------------------------------------------------------------------------


def kept(memory):
    return sum(entry.size for entry in memory.entries(News.NONE).values())


def test_session_keeps_so_many_bytes():
    with closing(history_in(None, limits=SMALL)) as history:
        history.keep_file(False)
        for number in range(200):
            note_large(history, number, 20 * KIB)
            assert kept(history._memory) <= SMALL.memory
        assert "answer" in history.known("t199").task.raw
        assert history.known("t150").task.prompt == "a cat"
        assert "answer" not in history.known("t150").task.raw
        for number in range(1000):
            note(history, (number, "wait"), task_id=f"p{number}", prompt="p" * 8 * KIB)
        assert kept(history._memory) <= SMALL.memory
        assert 10 < len(history.ids(limit=2000)) < 100


def test_answer_that_memory_dropped_is_read_from_the_file(small):
    for number in range(40):
        note_large(small, number)
    assert not small._memory.get("t10").whole
    known = small.known("t10")
    assert "answer" in known.task.raw
    assert known.from_record


def test_unchanged_task_whose_answer_memory_dropped_is_not_written_again(small):
    sightings = [note_large(small, number) for number in range(40)]
    assert not small._memory.get("t0").whole
    small.note(sightings[0].saw(sightings[0].task, NOW))
    assert small._memory.get("t0").news is News.TIME


def test_key_names_count_too():
    names = {f"{number}" + "k" * 100_000: None for number in range(9)}
    assert weight(names, 10**9) > 900_000
    assert weight([{} for _ in range(10_000)], 10**9) > 600_000
    assert weight([[[]] * 10] * 10**6, 1000) < 10**8 * 2  # counting stops


def test_lost_tasks_are_counted():
    memory = Memory(replace(SMALL, memory=64 * KIB))
    for number in range(100):
        memory.note(Sighting(f"t{number}").saw(record(f"t{number}", prompt="p" * 9000), NOW), recorded=True)
    assert memory.lost + len(memory.changed) == 100
    assert memory.lost > 90


# --- files of the first version ---------------------------------------------------------------------------------------


def first_version(path, tasks=20, size=100):
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as other:
        for statement in file._MIGRATIONS[0]:
            other.execute(statement)
        other.execute("PRAGMA user_version = 1")
        for number in range(tasks):
            at = f"2026-11-24T12:00:{number % 60:02}.{number:06}+00:00"
            raw = f'{{"state": "success", "answer": "{"x" * size}"}}'
            other.execute("INSERT INTO tasks VALUES (?, 'success', 'a cat', '', ?, ?, ?)", (f"t{number}", at, at, raw))
            other.execute("INSERT INTO steps VALUES (?, ?, 'success', 'success', 0)", (f"t{number}", at))
        other.commit()


def version_of(path):
    with closing(sqlite3.connect(path)) as other:
        return other.execute("PRAGMA user_version").fetchone()[0]


def test_file_of_the_first_version_is_upgraded(path):
    first_version(path)
    with closing(history_in(path)) as history:
        assert len(history.recent(limit=100)) == 20
        assert "answer" in history.known("t3").task.raw
        assert history.dropped() == Dropped()
        note(history, (100, "wait"), task_id="new")
    assert version_of(path) == len(file._MIGRATIONS)


def test_large_file_of_the_first_version_gets_smaller(path):
    first_version(path, tasks=60, size=90 * KIB)
    assert size_of(path) > 2 * SMALL.file
    with closing(history_in(path, limits=SMALL)) as history:
        assert len(history.ids(limit=100)) == 60
        assert 35 <= history.dropped().answers < 60
        assert size_of(path) <= SMALL.file


def test_upgrade_that_was_interrupted_is_made_again(path):
    first_version(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        other.execute(file._MIGRATIONS[1][0])
    assert version_of(path) == 1
    with closing(history_in(path)) as history:
        assert len(history.ids()) == 20


def test_kernels_that_upgrade_at_once(path):
    first_version(path)
    histories = [history_in(path) for _ in range(6)]
    start, found = threading.Barrier(6), []

    def use(history):
        start.wait()
        found.append(len(history.ids()))
        history.close()

    threads = [threading.Thread(target=use, args=(history,)) for history in histories]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [20] * 6
    assert version_of(path) == len(file._MIGRATIONS)


def test_file_of_a_newer_version_is_not_changed(path):
    first_version(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with warned_once("a newer version of runway_nb wrote it.*Upgrade runway_nb"), closing(history_in(path)) as history:
        assert history.ids() == []
        assert not history.clear()
    assert path.read_bytes() == before

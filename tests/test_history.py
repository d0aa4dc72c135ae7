"""The record of tasks: what it keeps, who may share it, and that a broken file stops nothing."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import warnings
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import runway_nb
from runway_nb import history as history_module
from runway_nb import history_file
from runway_nb.errors import ApiError
from runway_nb.failure import Cause
from runway_nb.history import TaskHistory
from runway_nb.sighting import Sighting
from runway_nb.since import parse_since
from runway_nb.task import Task, TaskState
from runway_nb.usual import ENOUGH, Usual

T0 = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
ROOT = Path(runway_nb.__file__).parents[1]


def seconds(number):
    return timedelta(seconds=number)


def task(task_id="t1", state="wait", prompt="a cat", **fields):
    return Task.from_data({"taskId": task_id, "state": state, "generateParam": {"prompt": prompt}, **fields})


def follow(history, *looks, sighting=None, **fields):
    """Note a sighting after each look, as a watcher does."""
    sighting = sighting or Sighting(fields.get("task_id", "t1"))
    for after, state in looks:
        start = fields.get("start", T0)
        rest = {name: value for name, value in fields.items() if name not in ("task_id", "start")}
        sighting = sighting.saw(task(sighting.task_id, state, **rest), start + seconds(after))
        history.note(sighting)
    return sighting


def run(history, task_id, *, end="success", start=T0):
    """Note a run that is watched every 5 s: 5 s in wait, 10 s in queueing, 20 s in generating."""
    states = ["wait"] + ["queueing"] * 2 + ["generating"] * 4 + [end]
    follow(history, *((5 * index, state) for index, state in enumerate(states)), task_id=task_id, start=start)


def states(sighting):
    return [(step.text, step.since - T0, step.watched_from_start) for step in sighting.steps]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ipython" / "profile_default" / "runway.sqlite"


@pytest.fixture
def history(path):
    history = TaskHistory(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield history
    history.close()


# --- what it keeps ----------------------------------------------------------------------------------------------------


def test_the_last_card_of_a_task_survives_a_restart(history, path):
    video = {"videoId": "v", "videoUrl": "https://example.com/v.mp4", "imageUrl": "https://example.com/v.png"}
    sighting = follow(history, (0, "wait"), (5, "generating"), (9.000001, "success"), videoInfo=video, extra=[1, None])
    history.close()

    with closing(TaskHistory(path)) as again:
        known = again.get("t1")
        (remembered,) = again.recent()

    assert known.task == sighting.task
    assert known.task.raw == sighting.task.raw
    assert known.steps == sighting.steps
    assert known.seen_at == known.looked_at == T0 + seconds(9.000001)
    assert known == remembered.sighting
    assert remembered.first_seen == T0
    assert remembered.last_seen == T0 + seconds(9.000001)
    assert [known.dwell(index, T0) for index in (0, 1)] == [seconds(5), seconds(4.000001)]


def test_what_was_never_seen_is_not_kept(history, path):
    history.note(Sighting("t1").failed(ApiError(404, "", "t1"), T0))
    assert not path.exists()
    assert history.recent() == []
    assert history.get("t1") is None
    assert history.ids() == []


def test_a_failed_look_keeps_the_last_good_one(history):
    sighting = follow(history, (0, "wait"))
    history.note(sighting.failed(ApiError(500), T0 + seconds(5)))
    assert history.get("t1").task.state is TaskState.WAIT
    assert history.recent()[0].last_seen == T0


def test_states_the_reference_does_not_list_keep_their_name(history):
    follow(history, (0, "wait"), (5, "Upscaling"))
    known = history.get("t1")
    assert known.task.state is TaskState.UNKNOWN
    assert [step.text for step in known.steps] == ["wait", "Upscaling"]


@pytest.mark.parametrize(
    "prompt", ["half a pair \ud83d here", "nothing\x00behind", "a \u2028 \U0001f600", "'; DROP TABLE tasks; --"]
)
def test_any_prompt_can_be_kept(history, path, prompt):
    follow(history, (0, "fail"), task_id="t\ud800", prompt=prompt, failMsg=prompt)
    history.close()
    with closing(TaskHistory(path)) as again:
        assert again.recent(text=prompt)[0].sighting.task.prompt == prompt
        assert again.get("t\ud800").task.fail_msg == prompt


# --- unchanged polls --------------------------------------------------------------------------------------------------


@contextmanager
def writes(path):
    """Tell through another connection whether anything was committed to the file."""
    with closing(sqlite3.connect(path)) as other:
        (before,) = other.execute("PRAGMA data_version").fetchone()
        yield lambda: other.execute("PRAGMA data_version").fetchone()[0] != before


def test_unchanged_polls_write_nothing_and_are_counted_all_the_same(history, path):
    sighting = follow(history, (0, "generating"))
    with writes(path) as written:
        for after in range(1, 50):
            sighting = sighting.saw(task(state="generating"), T0 + seconds(after))
            history.note(sighting)
        assert not written()
        assert history.recent()[0].last_seen == T0 + seconds(49)
        assert written()


def test_a_response_that_varies_without_saying_anything_new_is_not_written(history, path):
    sighting = follow(history, (0, "generating"))
    with writes(path) as written:
        follow(history, (5, "generating"), sighting=sighting, requestTime=12345)
        assert not written()


def test_each_kind_of_news_is_written(history, path):
    sighting = follow(history, (0, "success"))
    for news in ({"prompt": "a dog"}, {"expireFlag": 1}, {"videoInfo": {"videoUrl": "https://example.com/v.mp4"}}):
        with writes(path) as written:
            sighting = follow(history, (5, "success"), sighting=sighting, **news)
            assert written(), news


def test_500_followed_tasks_cost_next_to_nothing_while_unchanged(history):
    sightings = [follow(history, (0, "generating"), task_id=f"t{number}") for number in range(500)]
    looks = [sighting.saw(sighting.task, T0 + seconds(5)) for sighting in sightings]
    start = time.process_time()
    for look in looks:
        history.note(look)
    assert time.process_time() - start < 0.25  # of the 5 s between polls


# --- questions --------------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(history):
    follow(history, (10, "fail"), task_id="aa-1", prompt="Die Straße", failMsg="Caught by our AI moderator.")
    follow(history, (20, "fail"), task_id="aa-2", prompt="a cat", failMsg="Incorrect image format")
    follow(history, (30, "fail"), task_id="ab-3", prompt="a dog", failMsg="something new")
    follow(history, (40, "success"), task_id="AA-4", prompt="100% cat_food", failMsg="Incorrect image format")
    follow(history, (50, "generating"), task_id="b-5", prompt="a moderator")
    return history


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, ["b-5", "AA-4", "ab-3", "aa-2", "aa-1"]),
        ({"limit": 2}, ["b-5", "AA-4"]),
        ({"limit": 0}, []),
        ({"state": TaskState.FAIL}, ["ab-3", "aa-2", "aa-1"]),
        ({"state": TaskState.WAIT}, []),
        ({"cause": Cause.IMAGE_FORMAT}, ["aa-2"]),  # not the leftover of a task that succeeded
        ({"cause": Cause.MODERATION_PROMPT}, ["aa-1"]),
        ({"cause": Cause.UNKNOWN}, ["ab-3"]),
        ({"text": "MODERATOR"}, ["b-5", "aa-1"]),
        ({"text": "STRASSE"}, ["aa-1"]),
        ({"text": "%"}, ["AA-4"]),
        ({"text": "t_f"}, ["AA-4"]),
        ({"text": "ab-"}, ["ab-3"]),
        ({"text": "nowhere"}, []),
        ({"since": T0 + seconds(40)}, ["b-5", "AA-4"]),
        ({"since": (T0 + seconds(40)).astimezone(timezone(timedelta(hours=-8)))}, ["b-5", "AA-4"]),
        ({"state": TaskState.FAIL, "text": "a ", "since": T0 + seconds(25)}, ["ab-3"]),
    ],
)
def test_recent(filled, wanted, ids):
    assert [remembered.sighting.task_id for remembered in filled.recent(**wanted)] == ids


@pytest.mark.parametrize(
    ("prefix", "limit", "ids"),
    [
        ("", 50, ["b-5", "AA-4", "ab-3", "aa-2", "aa-1"]),
        ("aa", 50, ["AA-4", "aa-2", "aa-1"]),
        ("a", 2, ["AA-4", "ab-3"]),
        ("%", 50, []),
        ("b-5", 50, ["b-5"]),
        ("b-5x", 50, []),
    ],
)
def test_ids_by_prefix(filled, prefix, limit, ids):
    assert filled.ids(prefix, limit) == ids


# --- steps and durations ----------------------------------------------------------------------------------------------


def test_steps_go_on_after_a_restart(history, path):
    follow(history, (0, "wait"), (5, "queueing"))
    history.close()
    with closing(TaskHistory(path)) as again:
        follow(again, (30, "queueing"), (35, "generating"), sighting=again.get("t1"))
        known = again.get("t1")
    assert states(known) == [
        ("wait", seconds(0), False),
        ("queueing", seconds(5), True),
        ("generating", seconds(35), True),
    ]


def test_after_a_gap_it_is_not_known_when_a_state_began(history, path):
    follow(history, (0, "wait"), (5, "queueing"))
    history.close()
    with closing(TaskHistory(path)) as again:
        follow(again, (3600, "success"), sighting=again.get("t1"))
        assert states(again.get("t1"))[-1] == ("success", seconds(3600), False)


def test_two_kernels_tell_one_story(path):
    with closing(TaskHistory(path)) as one, closing(TaskHistory(path)) as two:
        first = follow(one, (0, "wait"), (5, "queueing"))
        second = follow(two, (6, "queueing"), (10, "generating"))
        follow(one, (12, "generating"), (15, "success"), sighting=first)
        follow(two, (16, "success"), sighting=second)
        for history in (one, two):
            known = history.get("t1")
            assert [(text, since) for text, since, _ in states(known)] == [
                ("wait", seconds(0)),
                ("queueing", seconds(5)),
                ("generating", seconds(10)),
                ("success", seconds(15)),
            ]
            assert known.seen_at == T0 + seconds(16)


def test_a_task_that_runs_again_is_told_from_its_new_start(history):
    sighting = follow(history, (0, "wait"), (5, "success"))
    follow(history, (60, "wait"), (65, "generating"), sighting=sighting)
    assert states(history.get("t1")) == [("wait", seconds(60), False), ("generating", seconds(65), True)]
    assert history.recent()[0].first_seen == T0


def test_an_older_sighting_does_not_undo_a_newer_one(path):
    with closing(TaskHistory(path)) as one, closing(TaskHistory(path)) as two:
        follow(one, (10, "success"))
        follow(two, (5, "generating"))
        assert one.get("t1").task.state is TaskState.SUCCESS


def test_usual_durations_speak_once_enough_was_watched(history):
    for number in range(ENOUGH - 1):
        run(history, f"t{number}")
    assert history.usual(TaskState.GENERATING) is None
    assert history.usual_durations() == Usual({}, None, ENOUGH - 1)

    run(history, "last")
    assert history.usual(TaskState.QUEUEING) == seconds(10)
    assert history.usual(TaskState.SUCCESS) is None
    assert history.usual_durations() == Usual(
        {TaskState.WAIT: seconds(5), TaskState.QUEUEING: seconds(10), TaskState.GENERATING: seconds(20)},
        seconds(35),
        ENOUGH,
    )


def test_usual_durations_are_medians_and_survive_a_restart(history, path):
    for number, length in enumerate([10, 20, 30, 40, 80]):
        looks = ((5 * index, "generating") for index in range(1, length // 5 + 1))
        follow(history, (0, "queueing"), *looks, (length + 5, "success"), task_id=f"t{number}")
    history.close()
    with closing(TaskHistory(path)) as again:
        assert again.usual_durations() == Usual({TaskState.GENERATING: seconds(30)}, None, 0)


def test_failures_gaps_and_ends_seen_alone_say_nothing_of_usual_durations(history):
    for number in range(ENOUGH):
        run(history, f"failed{number}", end="fail")
        follow(history, (0, "wait"), (4000, "generating"), (8000, "success"), task_id=f"gaps{number}")
        follow(history, (0, "queueing"), (5, "generating"), (8000, "success"), task_id=f"gap{number}")
        follow(history, (0, "success"), task_id=f"end{number}")
    assert history.usual_durations() == Usual({}, None, 0)


# --- privacy ----------------------------------------------------------------------------------------------------------


def contents(path):
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_the_file_is_for_its_owner_alone(path):
    before = os.umask(0)
    try:
        with closing(TaskHistory(path)) as history:
            follow(history, (0, "wait"))
            files = list(path.parent.iterdir())
            assert len(files) == 3  # with the write-ahead log and its index
            assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o600"] * 3
    finally:
        os.umask(before)


def test_a_file_that_others_may_read_is_closed_to_them(path):
    path.parent.mkdir(parents=True)
    path.touch(0o644)
    path.chmod(0o644)
    with closing(TaskHistory(path)) as history:
        follow(history, (0, "wait"))
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_key_is_never_in_it(history, path, monkeypatch):
    monkeypatch.setenv("APIKLEY_API_KEY", "the-key-itself")
    sighting = follow(history, (0, "wait"), prompt="a prompt to find")
    failed = sighting.failed(ApiError(401, "the-key-itself is not accepted", "t1"), T0 + seconds(5))
    history.note(failed)
    history.note(failed.saw(task(state="fail", prompt="a prompt to find"), T0 + seconds(10)))
    assert b"a prompt to find" in contents(path)
    assert b"the-key-itself" not in contents(path)


def test_clear_leaves_nothing_of_the_tasks_in_the_file(history, path):
    for number in range(100):
        follow(history, (0, "wait"), (5, "fail"), task_id=f"id-{number}", prompt=f"secret plan {number} " * 100)
    assert b"secret plan" in contents(path)
    history.clear()
    assert (history.recent(), history.ids(), history.get("id-1")) == ([], [], None)
    assert b"secret plan" not in contents(path)
    assert b"id-1" not in contents(path)


def test_a_task_seen_after_clear_is_recorded_again(history):
    sighting = follow(history, (0, "wait"))
    history.clear()
    history.note(sighting.saw(sighting.task, T0 + seconds(5)))
    assert history.ids() == ["t1"]


# --- files that cannot be used ----------------------------------------------------------------------------------------


def corrupt(path):
    path.write_bytes(b"not a database " * 1000)


def damaged(path):
    with closing(TaskHistory(path)) as history:
        for number in range(200):
            follow(history, (0, "wait"), task_id=f"t{number}")
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 20000)


def folder(path):
    path.mkdir()


def read_only(path):
    """Make a file that SQLite must not write, whoever asks: its header names a later write version."""
    with closing(TaskHistory(path)) as history:
        follow(history, (0, "wait"))
    data = bytearray(path.read_bytes())
    data[18] = 3
    path.write_bytes(data)


def newer(path):
    with closing(TaskHistory(path)) as history:
        follow(history, (0, "wait"))
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")


def foreign(path):
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE tasks (something TEXT)")


def use(history):
    """Use every method and return what an empty history would not give."""
    sighting = follow(history, (0, "wait"), (5, "success"))
    history.note(sighting.saw(sighting.task, T0 + seconds(10)))
    found = [history.recent(), history.get("t1"), history.ids(), history.usual(TaskState.WAIT)]
    history.clear()
    history.close()
    return [value for value in found if value] or history.usual_durations().dwell


@pytest.mark.parametrize("spoil", [corrupt, damaged, folder, read_only, newer, foreign])
def test_a_file_that_cannot_be_used_costs_one_warning(path, spoil):
    path.parent.mkdir(parents=True)
    spoil(path)
    with pytest.warns(UserWarning, match="^The task history") as warned:
        assert not use(TaskHistory(path))
    (warning,) = warned
    message = str(warning.message)
    assert str(path) in message
    assert "delete the file" in message
    assert "RunwayMagics.history = False" in message
    assert "\n" not in message


def test_a_spoilt_file_is_left_alone_for_the_rest_of_the_session(path):
    path.parent.mkdir(parents=True)
    corrupt(path)
    with closing(TaskHistory(path)) as history:
        with pytest.warns(UserWarning, match="cannot be used"):
            history.ids()
        path.unlink()
        follow(history, (0, "wait"))
        assert not path.exists()


def test_a_place_that_cannot_be_written_costs_one_warning(tmp_path):
    (tmp_path / "file").touch()
    with pytest.warns(UserWarning, match="cannot be used") as warned:
        assert not use(TaskHistory(tmp_path / "file" / "runway.sqlite"))
    assert len(warned) == 1


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
    """Have another process hold the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    holder = subprocess.Popen(  # noqa: S603  # our own script
        [sys.executable, "-c", HOLD, str(path), mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        yield
    finally:
        holder.communicate("\n", timeout=10)
        assert holder.returncode == 0


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_locked_file_costs_one_warning_and_holds_nobody_up(path, mode):
    def timed():
        start = time.monotonic()
        return use(TaskHistory(path)), time.monotonic() - start

    with held(path, mode), pytest.warns(UserWarning, match="locked.*close the program") as warned:
        found, elapsed = timed()
    assert not found
    assert elapsed < 2  # one wait, not one for each question
    assert len(warned) == 1


def test_a_locked_file_is_not_called_emptied(path, monkeypatch):
    monkeypatch.setattr(history_file, "_BUSY", 0.05)
    with closing(TaskHistory(path)) as before:
        follow(before, (0, "wait"))
    with closing(TaskHistory(path)) as history:
        with held(path), pytest.warns(UserWarning, match="locked"):
            assert history.clear() is False
        assert history.clear() is False  # left alone for a while
    with closing(TaskHistory(path)) as again:
        assert again.ids() == ["t1"]
        assert again.clear() is True
        assert again.ids() == []


def test_what_was_seen_while_the_file_was_locked_is_written_afterwards(path, monkeypatch):
    monkeypatch.setattr(history_file, "_BUSY", 0.05)
    monkeypatch.setattr(history_module, "_PAUSE", 0.0)
    with closing(TaskHistory(path)) as history:
        with held(path), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            follow(history, (0, "wait"), (5, "generating"), (10, "generating"))
            first = follow(history, (0, "wait"), task_id="t2")
        assert ["locked" in str(warning.message) for warning in warned] == [True]
        follow(history, (5, "wait"), sighting=first)
        assert sorted(history.ids()) == ["t1", "t2"]
        assert states(history.get("t1")) == [("wait", seconds(0), False), ("generating", seconds(5), True)]
        assert history.get("t1").seen_at == T0 + seconds(10)


# --- versions ---------------------------------------------------------------------------------------------------------


def test_an_older_file_is_brought_up_to_date_and_keeps_its_tasks(history, path, monkeypatch):
    follow(history, (0, "wait"))
    history.close()
    later = (*history_file._MIGRATIONS, ("ALTER TABLE tasks ADD COLUMN note TEXT", "DROP INDEX tasks_by_last_seen"))
    monkeypatch.setattr(history_file, "_MIGRATIONS", later)
    with closing(TaskHistory(path)) as again:
        assert again.ids() == ["t1"]
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (len(later),)


# --- threads and processes --------------------------------------------------------------------------------------------


def test_many_threads_share_one_history(history):
    errors = []

    def work(name):
        try:
            for number in range(20):
                sighting = follow(history, (0, "wait"), (5, "generating"), task_id=f"{name}-{number}")
                history.get(sighting.task_id)
                history.recent(text=name)
                history.usual(TaskState.WAIT)
                follow(history, (10, "success"), sighting=sighting)
        except Exception as error:  # noqa: BLE001  # a thread's error would be lost
            errors.append(error)

    threads = [threading.Thread(target=work, args=(f"thread{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(history.ids(limit=1000)) == 120
    assert all(len(item.sighting.steps) == 3 for item in history.recent(limit=1000))
    assert history.usual_durations().runs == 120


KERNEL = """
import sys
from datetime import datetime, timedelta, timezone
from runway_nb.history import TaskHistory
from runway_nb.sighting import Sighting
from runway_nb.task import Task
path, name = sys.argv[1:]
history = TaskHistory(path)
print("ready", flush=True)
sys.stdin.readline()
start = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
for number in range(60):
    for task_id in (f"{name}-{number}", f"shared-{number}"):
        sighting = Sighting(task_id)
        for after, state in enumerate(("wait", "queueing", "generating", "success")):
            task = Task.from_data({"taskId": task_id, "state": state})
            sighting = sighting.saw(task, start + timedelta(seconds=after))
            history.note(sighting)
assert len(history.get(f"{name}-59").steps) == 4
history.close()
"""


def test_several_kernels_start_at_once_on_a_new_file_and_share_it(path):
    kernels = [
        subprocess.Popen(  # noqa: S603  # our own script
            [sys.executable, "-W", "error", "-c", KERNEL, str(path), f"kernel{number}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    assert [kernel.stdout.readline() for kernel in kernels] == ["ready\n"] * 3
    for kernel in kernels:
        kernel.stdin.write("\n")
        kernel.stdin.flush()
    assert [kernel.communicate(timeout=60)[1] for kernel in kernels] == [""] * 3
    assert [kernel.returncode for kernel in kernels] == [0] * 3

    with closing(TaskHistory(path)) as history:
        remembered = history.recent(limit=1000)
        assert len(remembered) == 4 * 60
        for item in remembered:
            assert [step.text for step in item.sighting.steps] == ["wait", "queueing", "generating", "success"]


def test_a_closed_history_is_an_empty_one_and_says_nothing(history, path):
    follow(history, (0, "wait"), (5, "wait"))
    history.close()
    assert not use(history)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT task_id, last_seen FROM tasks").fetchall() == [
            ("t1", "2026-11-01T12:00:05.000000+00:00")
        ]
        assert json.loads(other.execute("SELECT raw FROM tasks").fetchone()[0])["state"] == "wait"


# --- times as people type them ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30s", T0 - seconds(30)),
        ("45 min", T0 - timedelta(minutes=45)),
        ("5m", T0 - timedelta(minutes=5)),
        ("2h", T0 - timedelta(hours=2)),
        (" 1.5 Hours ago ", T0 - timedelta(hours=1.5)),
        ("3 days", T0 - timedelta(days=3)),
        ("1w", T0 - timedelta(weeks=1)),
        ("2026-11-01T10:00Z", T0 - timedelta(hours=2)),
        ("2026-11-01 14:00+02:00", T0),
    ],
)
def test_parse_since(text, moment):
    assert parse_since(text, T0) == moment
    assert parse_since(text, T0).tzinfo is timezone.utc


@pytest.fixture
def berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("today", datetime(2026, 10, 31, 23, tzinfo=timezone.utc)),
        ("Yesterday", datetime(2026, 10, 30, 23, tzinfo=timezone.utc)),
        ("2026-11-01", datetime(2026, 10, 31, 23, tzinfo=timezone.utc)),
        ("2026-07-01 14:30", datetime(2026, 7, 1, 12, 30, tzinfo=timezone.utc)),
    ],
)
def test_days_and_times_without_a_zone_are_local(text, moment):
    assert parse_since(text, datetime(2026, 11, 1, 8, tzinfo=timezone.utc)) == moment


def test_since_counts_from_now():
    before = datetime.now(timezone.utc)
    assert before <= parse_since("2h") + timedelta(hours=2) <= datetime.now(timezone.utc)


@pytest.mark.parametrize("text", ["", "soon", "h", "2 fortnights", "-2h", "5 ms", "2026-13-01", "9" * 30 + " days"])
def test_a_time_that_cannot_be_read_says_what_can(text):
    with pytest.raises(ValueError, match=r"cannot be read as a time; write 2h, 45 min, 3 days"):
        parse_since(text)

"""One record used by several threads and by several kernels."""

import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from support.recording import history_in, note, seconds
from support.tasks import NOW

import runway_nb
from runway_nb.model.task import TaskState

ROOT = Path(runway_nb.__file__).parents[1]


@pytest.fixture
def two(path):
    with closing(history_in(path)) as one, closing(history_in(path)) as other:
        yield one, other


def test_two_kernels_record_one_history(two):
    one, other = two
    first = note(one, (0, "wait"), (5, "queueing"))
    second = note(other, (6, "queueing"), (10, "generating"))
    note(one, (12, "generating"), (15, "success"), known=first)
    note(other, (16, "success"), known=second)
    for history in (one, other):
        (recorded,) = history.recent()
        assert [(step.text, step.since - NOW) for step in recorded.steps] == [
            ("wait", seconds(0)),
            ("queueing", seconds(5)),
            ("generating", seconds(10)),
            ("success", seconds(15)),
        ]
        assert recorded.seen_at == NOW + seconds(16)


def test_older_look_does_not_replace_newer(two, path):
    one, other = two
    note(one, (10, "success"))
    note(other, (5, "generating"))
    assert [sighting.task.state for sighting in one.recent()] == [TaskState.SUCCESS]
    with closing(history_in(path)) as third:
        assert third.known("t1").task.state is TaskState.SUCCESS


def test_many_threads_share_one_history(history):
    errors = []

    def work(name):
        try:
            for number in range(20):
                sighting = note(history, (0, "wait"), (5, "generating"), task_id=f"{name}-{number}")
                assert history.known(sighting.task_id).task == sighting.task
                assert sighting.task_id in history.ids(name)
                history.recent(text=name)
                history.usual(TaskState.WAIT)
                note(history, (10, "success"), known=sighting)
        except Exception as error:  # noqa: BLE001  # a thread's error would be lost
            errors.append(error)

    threads = [threading.Thread(target=work, args=(f"thread{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(history.ids(limit=1000)) == 120
    recorded = history.recent(limit=1000)
    assert len(recorded) == 120
    assert all(len(sighting.steps) == 3 for sighting in recorded)
    assert history.usual_durations().runs == 120


def test_known_never_misses_a_seen_task(history):
    sighting, stop, misses = note(history, (0, "wait")), threading.Event(), []

    def read():
        while not stop.is_set():
            if history.known("t1").task is None or history.ids("t1") != ["t1"]:
                misses.append(1)

    history.keep_file(False)  # so that only the session knows it
    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(3000):
        history.note(sighting)
    stop.set()
    thread.join()
    assert misses == []


KERNEL = """
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from runway_nb.record.history import TaskHistory
from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
folder, name = sys.argv[1:]
history = TaskHistory(lambda: Path(folder))
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
history.reset()
assert len(history.known(f"{name}-59").steps) == 4
history.close()
"""


def test_kernels_that_start_together_share_a_new_file(path):
    kernels = [
        subprocess.Popen(  # noqa: S603  # our own script
            [sys.executable, "-W", "error", "-c", KERNEL, str(path.parent), f"kernel{number}"],
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

    with closing(history_in(path)) as history:
        recorded = history.recent(limit=1000)
        assert len(recorded) == 4 * 60
        for sighting in recorded:
            assert [step.text for step in sighting.steps] == ["wait", "queueing", "generating", "success"]

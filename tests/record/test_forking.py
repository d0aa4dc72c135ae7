"""Processes that are forked while the record is in use, as by `multiprocessing` and `joblib`."""

import os
import subprocess
import sys

import pytest
from support.environment import isolated_environment

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

USE = """
import os, sys, threading
from pathlib import Path
from runway_nb.record.history import TaskHistory
from support.recording import note

history = TaskHistory(lambda: Path("folder"))
note(history, (0, "wait"), task_id="before")
stop = threading.Event()

def work():
    number = 0
    while not stop.is_set():
        note(history, (0, "wait"), (5, "success"), task_id=f"thread-{number % 50}")
        history.recent()
        number += 1

def child(name):
    note(history, (0, "wait"), (5, "success"), task_id=f"{name}-task")
    known = history.known("before").task is not None
    listed = {each.task_id for each in history.recent(limit=1000)} >= {f"{name}-task", "before"}
    history.close()
    os._exit(0 if known and listed else 1)

threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
children = []
for number in range(20):
    pid = os.fork()
    if pid == 0:
        child(f"child-{number}")
    children.append(pid)
    note(history, (0, "wait"), task_id=f"parent-{number}")
codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
stop.set()
for thread in threads:
    thread.join()
assert codes == [0] * 20, codes
ids = set(history.ids(limit=1000))
assert ids >= {f"child-{number}-task" for number in range(20)} | {f"parent-{number}" for number in range(20)}
history.close()
"""

OPEN = """
import os
from pathlib import Path
from runway_nb.record.history import TaskHistory
from support.recording import note

def opened():
    links = (os.path.join("/proc/self/fd", each) for each in os.listdir("/proc/self/fd"))
    return [link for link in links if os.path.exists(link) and "runway_history" in os.readlink(link)]

history = TaskHistory(lambda: Path("folder"))
note(history, (0, "wait"))
assert opened()
pid = os.fork()
if pid == 0:
    os._exit(len(opened()))
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
assert history.known("t1").task is not None
note(history, (0, "wait"), task_id="t2")
assert len(history.recent()) == 2
"""


def run(tmp_path, code):
    return subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", code],  # threads and fork: on purpose
        cwd=tmp_path,
        env=isolated_environment(tmp_path) | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_children_and_parent_go_on(tmp_path):
    ran = run(tmp_path, USE)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists a process's open files in a folder")
def test_no_open_file_gets_into_the_child(tmp_path):
    ran = run(tmp_path, OPEN)
    assert (ran.returncode, ran.stderr) == (0, "")

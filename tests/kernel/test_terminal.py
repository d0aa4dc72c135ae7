"""The magics in a real terminal IPython, where a card is text."""

from __future__ import annotations

import re

import pytest
from support.environment import TEST_KEY
from support.following import DONE, FAILED, GENERATING, looks
from support.waiting import wait_until

from runway_nb.simulator import Fault, demo_task

FINISHED = demo_task("finished")
CLOCK = r"\d\d:\d\d:\d\d UTC"


@pytest.fixture
def terminal(terminal, simulator):
    """A terminal with the extension loaded, and a service without faults."""
    simulator.faults.clear()
    assert terminal.run("%load_ext runway_nb") == ""
    return terminal


def test_card_failure_and_json(terminal, simulator):
    shown = terminal.run(f"%runway {FINISHED.task_id} -o task").splitlines()
    assert re.fullmatch(rf"✓  success  {FINISHED.task_id}  \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d", shown[0])
    assert "neon" in "".join(shown[1:4])
    assert any(re.fullmatch(rf"  video +{simulator.base_url}/clips/neon-cat\.mp4", line) for line in shown)
    assert max(map(len, shown)) <= 120
    assert terminal.run("task.state") == "Out[3]: <TaskState.SUCCESS: 'success'>"

    failed = terminal.run(f"%runway {demo_task('fail-moderator').task_id}")
    assert failed.startswith("✕  fail  ")
    assert "“Your prompt was caught by our AI moderator." in failed

    raw = terminal.run(f"%runway {FINISHED.task_id} --json")
    assert raw.startswith("{\n")
    assert f'  "taskId": "{FINISHED.task_id}",' in raw.splitlines()


def test_watch_prints_a_line_per_change(terminal):
    printed = terminal.run("%runway walk-terminal --watch -i 1")
    assert "○  wait  walk-terminal" in printed.splitlines()[0]
    assert "Following in the foreground" in printed
    assert re.findall(rf"^  {CLOCK}  (\w+)$", printed, re.MULTILINE) == ["queueing", "generating"]
    assert len(re.findall(r"^✓  success  walk-terminal", printed, re.MULTILINE)) == 1
    assert printed.index("generating") < printed.index("✓  success")


def test_wait_fails_with_the_task(terminal, simulator):
    simulator.put("task-failing", GENERATING)
    terminal.start("%runway task-failing --wait -i 1")
    terminal.wait_for("◐  generating  task-failing")
    simulator.put("task-failing", FAILED)
    printed = terminal.finish()
    assert "✕  fail  task-failing" in printed
    last = printed.splitlines()[-1]
    assert last.startswith("TaskFailedError: Task task-failing failed: “Incorrect image format.")
    assert "Traceback" not in printed


def test_fault_is_printed_once(terminal, simulator):
    simulator.put("task-troubled", GENERATING)
    terminal.start("%runway task-troubled --wait -i 1")
    terminal.wait_for("run the cell again to update.")
    simulator.faults.add(Fault.code(455), task_id="task-troubled", times=2)
    terminal.wait_for("455")
    simulator.put("task-troubled", DONE)
    printed = terminal.finish()
    assert "455" not in printed
    assert "✓  success  task-troubled" in printed


def test_interrupt_is_one_line(terminal, simulator):
    simulator.put("task-long", GENERATING)
    terminal.start("%runway task-long --wait -i 1")
    terminal.wait_for("◐  generating  task-long")
    wait_until(lambda: looks(simulator, "task-long") >= 3)  # the first look comes before the wait
    terminal.interrupt()
    printed = terminal.finish()
    assert "· Stopped waiting, still " in printed
    assert printed.count("task-long\n") == 1  # the card again
    assert not re.search(CLOCK + "  generating", printed)  # the state has not changed
    assert printed.splitlines()[-1].startswith("WaitInterruptedError: Stopped waiting; task task-long goes on")
    assert "Traceback" not in printed


def test_errors_are_one_line_each(terminal, simulator):
    assert terminal.run("%runway task-nowhere").startswith("TaskNotFoundError: ")
    assert terminal.run("%runway --frobnicate").startswith("UsageError: ")
    simulator.faults.add(Fault.code(401))
    refused = terminal.run(f"%runway {FINISHED.task_id}")
    assert re.fullmatch("AuthenticationError: .*", refused)
    simulator.put("task-troubled", GENERATING)
    terminal.start("%runway task-troubled --wait -i 1")
    terminal.wait_for("run the cell again to update.")
    simulator.faults.add(Fault.code(401))
    printed = terminal.finish()
    assert "AuthenticationError: " in printed.splitlines()[-1]
    assert TEST_KEY not in refused + printed


def test_demo_in_a_terminal(terminal, simulator):
    listed = terminal.run("%runway_demo")
    assert f"%runway {FINISHED.task_id}" in listed
    assert terminal.run(f"%runway {FINISHED.task_id}").startswith("✓  success")
    assert simulator.base_url in terminal.run("%runway_demo off")
    assert terminal.run("%unload_ext runway_nb") == ""
    assert "UsageError: Line magic function `%runway` not found." in terminal.run(f"%runway {FINISHED.task_id}")


def test_several_tasks_are_printed_once(terminal, simulator):
    simulator.put("task-one", GENERATING)
    simulator.put("task-two", DONE)
    printed = terminal.run("%runway task-one task-two")
    assert re.findall(r"^(\S+ \w[\w ]*?) {2,}(task-one|task-two)", printed, re.MULTILINE) == [
        ("◐ generating", "task-one"),
        ("✓ success", "task-two"),
    ]

"""The magics in a real terminal IPython, where a card is text."""

from __future__ import annotations

import re

import pytest
from support.environment import TEST_KEY

from runway_nb.simulator import Fault, Record, demo_task

FINISHED = demo_task("finished")
PROMPT = "A prompt that stays on the card"
CLOCK = r"\d\d:\d\d:\d\d UTC"

pytestmark = pytest.mark.parametrize("simulator", [{"pace": 5}], indirect=True)


@pytest.fixture
def terminal(terminal):
    """A terminal with the extension loaded, which says nothing about it."""
    assert terminal.run("%load_ext runway_nb") == ""
    return terminal


def test_a_card_a_failure_and_json(terminal, simulator):
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


def test_watch_follows_in_the_foreground_and_prints_a_line_for_each_change(terminal):
    printed = terminal.run("%runway walk-terminal --watch -i 1")
    assert "○  wait  walk-terminal" in printed.splitlines()[0]
    assert "Following in the foreground; an interrupt ends the wait, not the task." in printed
    assert re.findall(rf"^  {CLOCK}  (\w+)$", printed, re.MULTILINE) == ["queueing", "generating"]
    assert len(re.findall(r"^✓  success  walk-terminal", printed, re.MULTILINE)) == 1
    assert printed.index("generating") < printed.index("✓  success")


def test_wait_prints_the_same_and_fails_with_the_task(terminal, simulator):
    simulator.put("failing", Record("generating", PROMPT))
    terminal.start("%runway failing --wait -i 1")
    terminal.wait_for("◐  generating  failing")
    simulator.put("failing", Record("fail", PROMPT, fail_msg="the server is busy"))
    printed = terminal.finish()
    assert "✕  fail  failing" in printed
    last = printed.splitlines()[-1]
    assert last.startswith("TaskFailedError: Task failing failed: “the server is busy”.")
    assert "Traceback" not in printed


def test_trouble_in_mid_run_is_told_once_and_passes(terminal, simulator):
    simulator.put("troubled", Record("generating", PROMPT))
    terminal.start("%runway troubled --wait -i 1")
    terminal.wait_for("run the cell again to look.")
    simulator.faults.add(Fault.code(455), task_id="troubled", times=2)
    terminal.wait_for("455 (maintenance)")
    simulator.put("troubled", Record(prompt=PROMPT))
    printed = terminal.finish()
    assert "455" not in printed
    assert "✓  success  troubled" in printed


def test_an_interrupt_ends_a_wait_with_one_line(terminal, simulator):
    simulator.put("long", Record("generating", PROMPT))
    terminal.start("%runway long --wait -i 1")
    terminal.wait_for("◐  generating  long")
    terminal.wait_for("run the cell again to look.")
    terminal.interrupt()
    printed = terminal.finish()
    assert "· Stopped waiting, still " in printed
    assert printed.count("long\n") == 1  # the card, once more
    assert not re.search(CLOCK + "  generating", printed)  # that is no news
    assert printed.splitlines()[-1].startswith("WaitInterruptedError: Stopped waiting; task long goes on.")
    assert "Traceback" not in printed


def test_trouble_is_told_in_one_line_each(terminal, simulator):
    assert terminal.run("%runway nowhere").startswith("TaskNotFoundError: The service answered 404")
    assert terminal.run("%runway --frobnicate").startswith("UsageError: ")
    simulator.faults.add(Fault.code(401))
    refused = terminal.run(f"%runway {FINISHED.task_id}")
    assert re.fullmatch("AuthenticationError: .*", refused)
    simulator.put("troubled", Record("generating", PROMPT))
    terminal.start("%runway troubled --wait -i 1")
    terminal.wait_for("run the cell again to look.")
    simulator.faults.add(Fault.code(401))
    printed = terminal.finish()
    assert "AuthenticationError: " in printed.splitlines()[-1]
    assert TEST_KEY not in refused + printed


def test_the_demo_plays_in_a_terminal(terminal):
    listed = terminal.run("%runway_demo")
    assert f"%runway {FINISHED.task_id}" in listed
    assert terminal.run(f"%runway {FINISHED.task_id}").startswith("✓  success")
    assert "again." in terminal.run("%runway_demo off")
    assert terminal.run("%unload_ext runway_nb") == ""
    assert "UsageError: Line magic function `%runway` not found." in terminal.run(f"%runway {FINISHED.task_id}")

"""Following from Python: an awaited card in a kernel, and a script without Jupyter."""

from __future__ import annotations

import pickle
import subprocess
import sys

from support.cards import Card
from support.environment import isolated_environment
from support.following import DONE, FAILED, QUEUEING, failure
from support.kernel import is_display

from runway_nb.model.task import Task, TaskState


def test_card_is_awaited_and_observed(kernel, simulator, task_id):
    running = kernel.start(
        f"from runway_nb import show\nstates = []\ncard = show('{task_id}', watch=True, interval=1)\n"
        "card.observe(lambda change: states.append(change.new.state.value), 'task')\n"
        "task = await card.finished()\nprint(task is card.task, task.state.value, *states)"
    )
    shown = kernel.wait_for(is_display)
    simulator.put(task_id, QUEUEING)
    Card.of(kernel, shown["content"]).wait_for("◔ queueing")
    simulator.put(task_id, DONE)
    result = kernel.finish(running)
    assert result.error is None
    assert result.stdout == "True success queueing success\n"


def test_unpickled_task_shows_its_card(start_kernel, tmp_path):
    (tmp_path / "task.pickle").write_bytes(pickle.dumps(Task("t1", TaskState.FAIL, prompt="a cat")))
    (value,) = start_kernel().run("import pickle\npickle.load(open('task.pickle', 'rb'))").values
    shown = value["data"]
    assert "a cat" in shown["text/html"]
    assert "✕  fail  t1" in shown["text/plain"]


def test_awaiting_a_card_follows_it(kernel, simulator, task_id):
    running = kernel.start(
        f"from runway_nb import show\ncard = show('{task_id}', interval=1)\nprint((await card.finished()).state.value)"
    )
    kernel.wait_for(is_display)
    simulator.put(task_id, DONE)
    assert kernel.finish(running).stdout == "success\n"
    assert kernel.run("print((await card.finished()).state.value)").stdout == "success\n"  # it has ended already


def test_awaiting_ends_at_the_timeout(kernel, task_id):
    result = kernel.run(
        f"from runway_nb import show\ncard = show('{task_id}', interval=1, timeout=1.2)\nawait card.finished()"
    )
    assert f"task {task_id} is still generating" in failure(result, "WaitTimeoutError").evalue


SCRIPT = """
import sys
from runway_nb import RunwayClient, TaskFailedError, watch

def changed(task):
    sys.stdout.write(f"change: {task.task_id} {task.state.value}\\n")  # in one piece: two threads print

handle = watch(["walk-script-1", "TASK"], interval=0.3, on_change=changed)
with RunwayClient() as client:
    waited = client.wait("walk-script-2", interval=0.3, timeout=60)
    try:
        client.wait("TASK", interval=0.3)
    except TaskFailedError as error:
        failed = error
print("waited:", waited.state.value)
print("failed:", failed.task.fail_msg)
print("all ended:", handle.wait())
print("tasks:", sorted(task.state.value for task in handle.tasks.values()))
print("unwanted:", sorted({"ipykernel", "ipywidgets", "jupyter_client"} & set(sys.modules)))
"""


def test_script_without_jupyter_waits_and_watches(simulator, tmp_path, make_task):
    task_id = make_task(FAILED)
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", SCRIPT.replace("TASK", task_id)],
        env=isolated_environment(tmp_path, simulator.base_url),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert {"waited: success", f"failed: {FAILED.fail_msg}"} <= set(lines)
    changes = [line.split()[1:] for line in lines if line.startswith("change:")]
    assert [task_id, "fail"] in changes
    walked = [state for name, state in changes if name == "walk-script-1"]
    assert walked == ["wait", "queueing", "generating", "success"]
    assert lines[-3:] == ["all ended: True", "tasks: ['fail', 'success']", "unwanted: []"]

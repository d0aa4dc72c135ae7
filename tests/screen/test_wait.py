"""``--wait`` in a real kernel: how a wait ends, and what the card, the cell and an executed notebook then hold."""

from __future__ import annotations

import json
import time

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook
from support.cards import Board, Card
from support.environment import isolated_environment
from support.following import DONE, FAILED, QUEUEING, failure, looks
from support.kernel import is_display
from support.waiting import wait_until

from runway_nb.simulator import Fault

SLOW = 5.0  # seconds that a slow look takes


def test_wait_ends_with_the_task(kernel):
    result = kernel.run("%runway walk-wait --wait -i 1 -o task\nprint(task.state.value, bool(task.video.url))")
    card = Card.shown(kernel, result)
    assert result.stdout == "success True\n"
    assert "✓ success" in card.text
    states = [update["metadata"]["runway_nb"]["state"] for update in result.updates]
    assert states == ["queueing", "generating", "success"]


def test_failed_task_fails_the_cell(kernel, simulator, task_id):
    running = kernel.start(f"%runway {task_id} --wait -i 1 -o failed\nprint('not reached')")
    shown = kernel.wait_for(is_display)
    simulator.put(task_id, FAILED)
    result = kernel.finish(running)
    error = failure(result, "TaskFailedError")
    assert f"Task {task_id} failed" in error.evalue
    assert "Incorrect image format." in error.evalue
    assert result.stdout == ""
    assert kernel.run("print(failed.state.value, failed.fail_code)").stdout == "fail 400\n"
    assert "✕ fail" in Card.of(kernel, shown["content"]).text


def test_wait_ends_with_all_tasks(kernel, simulator, make_task):
    first, second, third = make_task(), make_task(FAILED), make_task()
    running = kernel.start(f"%runway {first} {second} {third} --wait -i 1 -o all_three")
    kernel.wait_for(is_display)
    simulator.put(first, FAILED)
    kernel.wait_for(lambda _: "✕ fail" in json.dumps(kernel.messages[-1]["content"], ensure_ascii=False))
    simulator.put(third, DONE)
    error = failure(kernel.finish(running), "TaskFailedError")
    assert f"Task {first} failed" in error.evalue
    assert "1 more failed" in error.evalue
    assert kernel.run("print([each.state.value for each in all_three])").stdout == "['fail', 'fail', 'success']\n"


def test_timeout_ends_a_wait_until_resume(kernel, simulator, task_id):
    result = kernel.run(f"%runway {task_id} --wait -i 1 -t 1.2 -o late")
    assert f"task {task_id} is still generating" in failure(result, "WaitTimeoutError").evalue
    assert kernel.run("print(late.state.value)").stdout == "generating\n"
    card = Card.of(kernel, result.displays[0])
    assert card.toggle == ("Resume", False)
    assert "Stopped watching after 1 s" in card.text
    simulator.put(task_id, DONE)
    card.set_toggle(True)
    card.wait_for("✓ success")


def test_row_card_works_after_a_wait(kernel, simulator, make_task):
    first, second = make_task(), make_task()
    result = kernel.run(f"%runway {first} {second} --wait -i 1 -t 1.2")
    failure(result, "WaitTimeoutError")
    card = Board.of(kernel, result.displays[0]).open_row(0)
    assert first in card.text
    simulator.put(first, QUEUEING)
    card.press_refresh()
    card.wait_for("◔ queueing")
    simulator.put(first, DONE)
    card.set_toggle(True)
    card.wait_for("✓ success")


@pytest.mark.parametrize("service", ["quick", "slow"])
def test_interrupt_ends_a_wait_until_resume(kernel, simulator, task_id, service):
    running = kernel.start(f"%runway {task_id} --wait -i 1\nprint('not reached')")
    card = Card.of(kernel, kernel.wait_for(is_display)["content"])
    card.wait_for_messages(2)
    if service == "slow":
        before = looks(simulator, task_id)
        simulator.faults.add(Fault.slow(SLOW), task_id=task_id)
        wait_until(lambda: looks(simulator, task_id) > before)
    pressed = time.time()
    kernel.interrupt()
    result = kernel.finish(running)
    assert result.messages[-1]["header"]["date"].timestamp() - pressed < SLOW / 2  # it waits for no answer
    assert f"task {task_id} goes on" in failure(result, "WaitInterruptedError").evalue
    assert (result.stdout, result.stderr) == ("", "")
    assert card.toggle == ("Resume", False)
    assert "Stopped waiting" in card.text
    assert "still generating" in card.text
    simulator.put(task_id, DONE)
    card.set_toggle(True)
    card.wait_for("✓ success")


def test_interrupt_stops_run_all(kernel, task_id):
    """Like any interrupt, it also cancels the cells that are queued after the waiting cell."""
    waiting = kernel.start(f"%runway {task_id} --wait -i 1", cell="cell-1")
    queued = kernel.start("print('not reached')")
    shown = kernel.wait_for(is_display, since=waiting.start)
    Card.of(kernel, shown["content"]).wait_for_messages(2)
    kernel.interrupt()
    failure(kernel.finish(waiting), "WaitInterruptedError")
    result = kernel.finish(queued)
    assert result.reply["status"] in ("aborted", "error")
    assert result.stdout == ""


# --- in an executed notebook ------------------------------------------------------------------------------------------


def execute(cells, simulator, home):
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    client = NotebookClient(notebook, kernel_name="python3", timeout=60)
    return client.execute(env=isolated_environment(home, simulator.base_url), cwd=str(home))


def test_executed_notebook_holds_the_finished_card(simulator, tmp_path):
    notebook = execute(["%load_ext runway_nb", "%runway walk-nbclient --wait -i 1"], simulator, tmp_path)
    (output,) = notebook.cells[1].outputs
    assert output.output_type == "display_data"
    about = output.metadata["runway_nb"]
    assert (about["task_id"], about["state"], about["settled"]) == ("walk-nbclient", "success", True)
    assert "✓ success" in output.data["text/html"]
    assert '<video src="http' in output.data["text/html"]
    assert "✓  success" in output.data["text/plain"]


def test_failed_task_stops_notebook_execution(simulator, tmp_path, make_task):
    cells = ["%load_ext runway_nb", f"%runway {make_task(FAILED)} --wait -i 1", "print('not reached')"]
    with pytest.raises(CellExecutionError) as stopped:
        execute(cells, simulator, tmp_path)
    assert stopped.value.ename == "TaskFailedError"

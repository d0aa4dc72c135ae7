"""jupyter console and qtconsole: they print outputs, replace none, and have no widgets."""

from __future__ import annotations

import pytest
from support.following import DONE, FAILED


def as_console(kernel, code):
    """Run a cell as these front-ends do: without a cell id, and able to answer `input`."""
    return kernel.finish(kernel.start(code, allow_stdin=True))


def printed(message):
    return message["content"].get("text", "") if message["msg_type"] == "stream" else ""


@pytest.mark.parametrize("count", [1, 2])
def test_wait_prints_the_end(kernel, simulator, make_task, count):
    task_ids = [make_task() for _ in range(count)]
    running = kernel.start(f"%runway {' '.join(task_ids)} --wait -i 1", allow_stdin=True)
    first = kernel.wait_for(lambda message: message["msg_type"] == "display_data")
    assert "generating" in first["content"]["data"]["text/plain"]
    for task_id in task_ids:
        simulator.put(task_id, DONE)
    result = kernel.finish(running)
    assert all(f"success  {task_id}" in result.stdout for task_id in task_ids)


def test_board_is_shown_once_known(kernel, make_task):
    result = as_console(kernel, f"%runway {make_task(DONE)} {make_task(FAILED)} --watch")
    (shown,) = result.displays
    assert shown["data"]["text/plain"].startswith("2 tasks, all ended")
    assert "Not checked yet" not in shown["data"]["text/plain"]


def test_watch_prints_each_end(kernel, simulator, make_task):
    first, second = make_task(), make_task()
    since = len(kernel.messages)
    as_console(kernel, f"%runway {first} {second} --watch -i 1")
    simulator.put(first, DONE)
    kernel.wait_for(lambda message: f"{first}  success" in printed(message), since=since)
    simulator.put(second, DONE)
    kernel.wait_for(lambda message: "2 tasks, all ended" in printed(message), since=since)


def test_console_still_gets_the_widget(kernel, simulator, task_id):
    shown = as_console(kernel, f"%runway {task_id} --watch -i 1")
    assert "application/vnd.jupyter.widget-view+json" in shown.displays[0]["data"]
    simulator.put(task_id, DONE)
    kernel.wait_for(lambda message: message["msg_type"] == "update_display_data")


@pytest.mark.parametrize(("cell", "allow_stdin"), [("a-cell", True), (None, False)])
def test_notebook_prints_nothing(kernel, simulator, task_id, cell, allow_stdin):
    running = kernel.start(f"%runway {task_id} --wait -i 1", cell=cell, allow_stdin=allow_stdin)
    kernel.wait_for(lambda message: message["msg_type"] == "display_data")
    simulator.put(task_id, DONE)
    result = kernel.finish(running)
    assert result.stdout == ""
    assert result.updates

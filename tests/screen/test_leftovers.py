"""After a card, a cell or the extension ends, no thread and no widget model is left; after a kernel, no thread."""

from __future__ import annotations

import json

import pytest
from support.cards import Card, models
from support.following import DONE

from runway_nb.simulator import demo_task
from runway_nb.view.disconnected import DISCONNECTED

CENSUS = """
import gc, json, threading, time
from ipywidgets.widgets import widget

def census():
    gc.collect()
    return [len(widget._instances), sorted(each.name for each in threading.enumerate())]

def settled_census(expected):
    until = time.monotonic() + 50
    while (now := census()) != expected and time.monotonic() < until:
        time.sleep(0.01)
    return now
"""
OPEN_AND_CLOSE = "from runway_nb import show\nshow('{task_id}').close()"
"""A cell after which only those models are left that all cards share until the extension is unloaded."""


@pytest.fixture
def kernel(kernel):
    """A kernel that can count its models and threads."""
    kernel.run(CENSUS)
    return kernel


def assert_as_before(kernel):
    """Assert that there are as many models and threads as in the kernel's variable `before`."""
    result = kernel.run("after = settled_census(before)\nprint(after == before, before, after)")
    assert result.stdout.startswith("True"), result.stdout


@pytest.mark.parametrize("ending", ["card.close()", "card.close(); card.close()"])
def test_closed_card_leaves_nothing(kernel, task_id, ending):
    kernel.run(OPEN_AND_CLOSE.format(task_id=task_id))
    kernel.run("before = census()")
    card = Card.shown(kernel, kernel.run(f"card = show('{task_id}', watch=True, interval=1)"))
    assert kernel.run("print(census() != before)").stdout == "True\n"
    assert {content["comm_id"] for content in kernel.run(ending).comm_closes} == card.ids
    kernel.run("del card")
    assert_as_before(kernel)


ENDINGS = {
    "the extension is unloaded": "%unload_ext runway_nb",
    "the extension is reloaded": "%reload_ext runway_nb",
    "the session is closed": "from runway_nb.kernel.session import close_session; close_session()",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_closed_session_leaves_nothing(kernel, task_id, ending):
    kernel.run("before = census()")
    shown = kernel.run(f"from runway_nb import show\ncard = show('{task_id}', watch=True, interval=1)")
    card = Card.shown(kernel, shown)
    assert kernel.run("print(census() != before)").stdout == "True\n"
    closed = {content["comm_id"] for content in kernel.run(ending).comm_closes}
    assert card.ids < closed  # with the models that all cards share
    assert closed == {content["comm_id"] for content in shown.comm_opens}
    kernel.run("del card")
    assert_as_before(kernel)


def test_rerun_cell_leaves_nothing(kernel, task_id):
    kernel.run(OPEN_AND_CLOSE.format(task_id=task_id))
    kernel.run("before = census()")
    for _ in range(3):
        kernel.run(f"%runway {task_id} --watch -i 1", cell="the-cell")
    kernel.run("pass", cell="the-cell")
    assert_as_before(kernel)


def test_ended_tasks_leave_no_thread(kernel, simulator, task_id):
    kernel.run("before = census()")
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    simulator.put(task_id, DONE)
    card.wait_for("✓ success")
    result = kernel.run("after = settled_census([census()[0], before[1]])\nprint(after[1] == before[1], before, after)")
    assert result.stdout.startswith("True"), result.stdout


def test_demo_leaves_nothing(kernel):
    kernel.run("before = census()")
    kernel.run("%runway_demo")
    assert "runway_nb-simulator" in kernel.run("print(census()[1])").stdout
    kernel.run(f"%runway {demo_task('generating').task_id} --watch -i 1")
    kernel.run("%unload_ext runway_nb")
    assert_as_before(kernel)


def test_cards_stay_when_the_kernel_ends(kernel, task_id):
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    kernel.run("exit")
    kernel.wait_for(
        lambda message: DISCONNECTED in message["content"].get("data", {}).get("state", {}).get("_dom_classes", ())
    )
    assert card.ids < set(models(kernel.messages))


def test_kernel_shuts_down_cleanly(start_kernel, tmp_path, task_id):
    kernel = start_kernel()
    kernel.run(CENSUS)
    kernel.run(  # exit handlers run in reverse order: this one runs after the extension's
        "import atexit, pathlib\nbefore = census()\n"
        "atexit.register(lambda: pathlib.Path('ended').write_text(json.dumps([before, census()])))"
    )
    kernel.run("%load_ext runway_nb")
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    card.wait_for_messages(1)
    kernel.shut_down()
    (_, threads_before), (_, threads_after) = json.loads((tmp_path / "ended").read_text())
    assert [name for name in threads_after if name.startswith("runway_nb")] == []
    assert set(threads_after) <= set(threads_before)

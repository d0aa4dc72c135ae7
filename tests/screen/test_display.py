"""What a kernel sends for a card: one bundle, few widget models, and never the key."""

from __future__ import annotations

import json

import pytest
from support.cards import WIDGET_VIEW, Card, plain
from support.demo import FINISHED
from support.environment import TEST_KEY
from support.waiting import wait_until

from runway_nb.simulator import DEMO_TASKS, Fault, Record, demo_task

UNFINISHED = demo_task("generating").task_id
MIMETYPES = {WIDGET_VIEW, "text/html", "text/plain"}
SHOWN = [task for task in DEMO_TASKS if task.record is not None]


@pytest.fixture
def kernel(module_kernel):
    """The module's kernel, with the models open that all cards share."""
    module_kernel.run(f"%runway {FINISHED}\n%runway {UNFINISHED}")
    return module_kernel


@pytest.mark.parametrize("task", SHOWN, ids=lambda task: task.title)
def test_card_is_one_bundle(kernel, task):
    result = kernel.run(f"%runway {task.task_id}")
    assert (result.error, result.stdout, result.stderr) == (None, "", "")
    (display,) = result.displays
    assert set(display["data"]) == MIMETYPES
    assert display["transient"]["display_id"]
    about = display["metadata"]["runway_nb"]
    assert about["task_id"] == task.task_id
    state = {"waiting": "wait", "queuing": "queueing"}.get(task.record.state, task.record.state)
    if task.title != "walking":
        assert about["state"] == state
        assert about["settled"] == (state in ("success", "fail"))
    card = Card.shown(kernel, result)
    assert {opened["comm_id"] for opened in result.comm_opens} == card.ids
    # The box, its layout, four widgets, and the controls that only some cards have.
    assert len(card.ids) == 6 + (not about["settled"]) + bool(task.record.parent)
    for text in (card.text, plain(display["data"]["text/html"]), display["data"]["text/plain"]):
        assert about["state"] in text
        assert task.record.prompt.split(" <")[0][:30] in " ".join(text.split())


def test_every_card_has_its_own_display_id(kernel):
    displays = [*kernel.run(f"%runway {FINISHED}").displays, *kernel.run(f"%runway {FINISHED}").displays]
    assert len({display["transient"]["display_id"] for display in displays}) == 2


def test_bundle_follows_the_card(kernel, simulator):
    simulator.put("task-changing", Record("generating", "The first prompt"))
    result = kernel.run("%runway task-changing")
    card = Card.shown(kernel, result)
    simulator.put("task-changing", Record(prompt="The second prompt"))
    since = len(kernel.messages)
    card.press_refresh()
    update = kernel.wait_for(lambda message: message["msg_type"] == "update_display_data", since=since)["content"]
    assert update["transient"] == result.displays[0]["transient"]
    assert update["data"][WIDGET_VIEW]["model_id"] == card.model_id
    assert "The second prompt" in update["data"]["text/html"]
    assert "The second prompt" in update["data"]["text/plain"]
    assert update["metadata"]["runway_nb"]["settled"] is True


def test_refreshing_a_finished_card_redraws_nothing(kernel):
    """A replaced output is drawn again, and a video that plays in it starts over."""
    card = Card.shown(kernel, kernel.run(f"%runway {FINISHED}"))
    kernel.run("import time; time.sleep(1)")  # so that the time of the look differs
    since = len(kernel.messages)
    card.press_refresh()
    kernel.wait_for(lambda _: card.messages(since), since=since)
    news = [*card.messages(since), *drawn(kernel.listen(0.3))]
    assert [content["data"]["state"].keys() for content in news] == [{"value"}]
    assert "checked" in news[0]["data"]["state"]["value"]


def drawn(result):
    """Everything in a result that changes the screen."""
    return result.contents("comm_msg", "comm_open", "comm_close", "display_data", "update_display_data")


def test_show_as_last_expression_shows_once(kernel):
    result = kernel.run(f"from runway_nb import show\ncard = show('{FINISHED}')\ncard")
    assert len(result.displays) == 1
    assert result.values == []
    result = kernel.run(f"show('{FINISHED}')")
    assert len(result.displays) == 1
    assert result.values == []


def test_card_can_be_shown_again(kernel):
    first = kernel.run(f"from runway_nb import show\nagain = show('{FINISHED}')")
    second = kernel.run("again")
    models = [result.displays[0]["data"][WIDGET_VIEW]["model_id"] for result in (first, second)]
    assert models[0] == models[1]
    assert second.comm_opens == []


def test_loop_of_magics_shows_each_card(kernel):
    result = kernel.run(f"for each in ['{FINISHED}', '{FINISHED}']:\n    %runway {{each}}")
    assert len(result.displays) == 2
    assert result.values == []


def test_task_as_value_is_a_static_card(kernel):
    result = kernel.run(f"%runway {FINISHED} --json -o task\ntask")
    (value,) = result.values
    assert set(value["data"]) == {"text/html", "text/plain"}
    assert "✓ success" in plain(value["data"]["text/html"])
    assert result.comm_opens == []


def test_markup_from_the_service_is_text(kernel):
    result = kernel.run(f"%runway {demo_task('markup').task_id}")
    card = Card.shown(kernel, result)
    for markup in (card.state("runway-content")["value"], result.displays[0]["data"]["text/html"]):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in markup
        assert "<script" not in markup
        assert "onerror=alert" not in markup.replace("&lt;img src=x onerror=alert", "")


# --- the key ----------------------------------------------------------------------------------------------------------

TROUBLE = [
    "%runway task-nowhere",
    "%tb",
    "%runway code-401",
    "%runway http-500",
    "%tb",
    "%runway FINISHED --json --nonsense",
    "from runway_nb import RunwayClient, show, watch\nclient = RunwayClient()\nclient",
    "print(client, vars(client), vars(client._auth))",
    "client.get('code-455')",
    "client.get(5)",
    "client.get_many(7)",
    "client.wait('code-401', interval=1)",
    "with RunwayClient(timeout='soon') as strange: strange.get('FINISHED')",
    "with RunwayClient(session=object()) as strange: strange.get('FINISHED')",
    "RunwayClient(base_url='http://example.org')",
    "RunwayClient(base_url='nonsense')",
    "def fail(*_): raise ValueError('in the callback')\nclient.get_many(['FINISHED'], on_result=fail)",
    "card = show('FINISHED')\ncard.observe(fail)\ncard.set_trait('task', None)",
    "import threading\nhandle = watch(['FINISHED'], on_change=fail)\nhandle.wait()",
    "from runway_nb.kernel.session import current_session\nvars(current_session())",
    "import requests\nclient._session.headers",
    "%config RunwayMagics",
    "%runway_report FINISHED",
    "%runway_history",
    "%who_ls\n%whos",
]
"""Cells that fail inside our code, or show what could hold the key."""
LEAK = "import os\ndef leak(key): raise ValueError\nleak(os.environ['APIKLEY_API_KEY'])"
"""A cell that does show the key: a verbose traceback shows what its frames hold."""


def test_key_is_never_sent_or_written(start_kernel, simulator, tmp_path):
    kernel = start_kernel()
    kernel.run("%load_ext runway_nb\n%xmode Verbose")
    replies = []
    for cell in TROUBLE:
        result = kernel.run(cell.replace("FINISHED", FINISHED))
        replies.append(result.reply)
    for fault in (Fault.dropped(), Fault.cut_off(), Fault.truncated(), Fault.oversized(), Fault.html()):
        simulator.faults.add(fault, times=3)
        replies.append(kernel.run(f"%runway {FINISHED}").reply)
        simulator.faults.clear()
    simulator.put("task-secretive", Record("generating"))
    card = Card.shown(kernel, kernel.run("%runway task-secretive --watch -i 1"))
    for fault in (Fault.http(500), Fault.dropped(), Fault.code(401)):
        simulator.faults.add(fault, task_id="task-secretive")
        card.press_refresh()
    card.wait_until(lambda: card.toggle[0] == "Resume")
    replies += interrupted(kernel, simulator)
    everything = json.dumps([kernel.messages, replies], default=str)
    assert TEST_KEY not in everything
    assert TEST_KEY in json.dumps(kernel.run(LEAK).messages, default=str)
    kernel.shut_down()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "runway_history.sqlite" for path in written)
    assert [path for path in written if TEST_KEY.encode() in path.read_bytes()] == []


def interrupted(kernel, simulator):
    """Interrupt looks while they wait for an answer, in the magic and in Python."""
    for code in (f"%runway {FINISHED}", f"client.get('{FINISHED}')", f"client.get_many(['{FINISHED}'])"):
        simulator.faults.add(Fault.slow(20))
        before = len(simulator.lookups)
        running = kernel.start(code)
        wait_until(lambda: len(simulator.lookups) > before)  # noqa: B023  # it is over before the next one begins
        kernel.interrupt()
        result = kernel.finish(running)
        assert result.reply["status"] == "error"
        yield result.reply

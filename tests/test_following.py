"""Following in a real kernel: what a card is told, what a wait ends in, and that nothing is left of either."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import count

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook
from support.cards import Card, loaded_kernel, run_cell, start_cell
from support.environment import isolated_environment
from support.kernel import Result

from runway_nb.simulator import Fault, Record, Simulator

PROMPT = "A prompt that stays on the card"
GENERATING = Record("generating", PROMPT)
QUEUEING = Record("queueing", PROMPT)
DONE = Record(prompt=PROMPT)
FAILED = Record("fail", PROMPT, fail_msg="Incorrect image format. Please use another file.")

CENSUS = """
import gc, json, threading, time
from ipywidgets.widgets import widget

def census():
    gc.collect()
    return [len(widget._instances), sorted(each.name for each in threading.enumerate())]

def settled_census(expected):
    until = time.monotonic() + 5
    while (now := census()) != expected and time.monotonic() < until:
        time.sleep(0.01)
    return now
"""


@pytest.fixture(scope="module")
def simulator():
    with Simulator(pace=5) as running:
        yield running


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """The working directory of the module's kernel."""
    return tmp_path_factory.mktemp("following")


@pytest.fixture(scope="module")
def module_kernel(simulator, directory):
    with loaded_kernel(directory, simulator.base_url) as kernel:
        yield kernel


@pytest.fixture
def kernel(module_kernel, simulator):
    """The module's kernel, with nothing followed, and a service without faults."""
    simulator.faults.clear()
    assert module_kernel.run("%reload_ext runway_nb").reply["status"] == "ok"
    return module_kernel


@pytest.fixture
def make_task(simulator, numbers=count()):  # noqa: B008  # one count for all tests
    """Make tasks of the test's own."""

    def make(record=GENERATING):
        task_id = f"task-{next(numbers)}"
        simulator.put(task_id, record)
        return task_id

    return make


@pytest.fixture
def task_id(make_task):
    """A task of the test's own, being generated."""
    return make_task()


@pytest.fixture
def watched(kernel, task_id):
    """That task's card, watched."""
    return Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))


def opened_row(kernel, task_id):
    """Open a row of the one board in the kernel, which is then its variable `board`; give the card."""
    opened = kernel.run(
        "from runway_nb.session import current_session\n"
        "(board,) = [each.board for kept in current_session()._shown.values() for each in kept]\n"
        f"board.open_task({task_id!r})\nprint(board.card.model_id)"
    )
    return Card(kernel, opened.stdout.strip())


def looks(simulator, task_id):
    """How often a task was looked up so far."""
    return sum(look.task_id == task_id for look in simulator.lookups)


def wait_for_polls(kernel, card, number):
    """Wait until a watched card was told of so many more looks; give the messages that told it."""
    since = len(kernel.messages)
    kernel.wait_for(lambda _: len(card.messages(since)) >= number, since=since)
    return card.messages(since)


def assert_one_line(result, name):
    """Assert that a cell failed with one line that begins with the error's name; give it."""
    assert result.reply["status"] == "error"
    assert result.error.ename == name
    assert "\n" not in result.error.traceback
    assert result.error.traceback.startswith(f"{name}: ")
    return result.error.traceback


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_a_watched_card_reaches_success_while_another_cell_blocks(kernel, simulator, directory, task_id, watched):
    go_on = directory / "go-on"
    blocking = kernel.start(f"import pathlib, time\nwhile not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.02)")
    kernel.wait_for(lambda message: message["msg_type"] == "execute_input")
    simulator.put(task_id, DONE)
    try:
        watched.wait_for("✓ success")
        watched.wait_until(lambda: "<video" in watched.player)
        states = [each["execution_state"] for each in Result(kernel.messages[blocking.start :]).contents("status")]
        assert states == ["busy"]  # still at it
    finally:
        go_on.touch()
    assert kernel.finish(blocking).error is None


def test_an_unchanged_poll_is_one_small_message(kernel, simulator, task_id, watched):
    before = looks(simulator, task_id)
    since = len(kernel.messages)
    told = wait_for_polls(kernel, watched, 2)
    assert looks(simulator, task_id) - before >= len(told)  # one for each look at most
    assert {message["msg_type"] for message in kernel.messages[since:]} == {"comm_msg"}
    assert all(len(json.dumps(content)) <= 300 for content in told)
    assert all("checked" in content["data"]["state"]["value"] for content in told)


@pytest.mark.parametrize(("record", "badge"), [(QUEUEING, "◔ queueing"), (DONE, "✓ success"), (FAILED, "✕ fail")])
def test_a_changed_poll_is_at_most_four_messages(kernel, simulator, task_id, watched, record, badge):
    since = len(kernel.messages)
    simulator.put(task_id, record)
    watched.wait_for(badge)
    kernel.wait_for(lambda message: message["msg_type"] == "update_display_data", since=since)
    watched.wait_until(lambda: watched.toggle[1] is (record is QUEUEING) and len(watched.messages(since)) > 1)
    news = kernel.messages[since:]
    changed = next(
        index for index, message in enumerate(news) if badge in json.dumps(message["content"], ensure_ascii=False)
    )
    result = Result(news[changed:])
    assert 2 <= len(result.comm_msgs) <= 4
    (update,) = result.updates
    assert update["metadata"]["runway_nb"]["state"] == record.state
    assert badge in update["data"]["text/html"]


def test_nothing_is_asked_or_sent_after_the_end(kernel, simulator, make_task):
    records = {make_task(): DONE, make_task(): FAILED}
    cards = [Card.shown(kernel, run_cell(kernel, each, f"%runway {each} --watch -i 1")) for each in records]
    since = len(kernel.messages)
    for task_id, record in records.items():
        simulator.put(task_id, record)
    for card in cards:
        card.wait_until(lambda card=card: card.state("runway-follow")["disabled"])
    kernel.wait_for(lambda _: len(Result(kernel.messages[since:]).updates) == len(cards), since=since)
    before = len(simulator.lookups)
    assert kernel.listen(1.4).messages == []
    assert len(simulator.lookups) == before
    assert [card.toggle for card in cards] == [("Auto-refresh", False)] * 2


def test_the_steps_tell_how_long_each_state_was_seen(kernel, simulator, make_task):
    task_id = make_task(QUEUEING)
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    card.wait_for("queueing seen ")
    wait_for_polls(kernel, card, 1)
    simulator.put(task_id, GENERATING)
    assert " s or more generating since " in card.wait_for("◐ generating")
    simulator.put(task_id, DONE)
    card.wait_for("✓ success", without="so far")
    assert " s success" in card.text


def test_a_video_comes_once_and_is_not_replaced(kernel, simulator, task_id, watched):
    simulator.put(task_id, DONE)
    watched.wait_for("✓ success")
    watched.wait_until(lambda: "<video" in watched.player)
    kernel.wait_for(lambda message: message["msg_type"] == "update_display_data")
    since = len(kernel.messages)
    simulator.put(task_id, Record(prompt="Another prompt"))
    watched.press_refresh()
    watched.wait_for("Another prompt")
    kernel.wait_for(lambda message: message["msg_type"] == "update_display_data")
    assert not any("<video" in json.dumps(content) for content in watched.messages(since))


# --- one watcher for any number of cards ------------------------------------------------------------------------------


def test_running_a_cell_again_goes_on_with_the_new_card_alone(kernel, simulator, task_id):
    code = f"%runway {task_id} --watch -i 1"
    old = Card.shown(kernel, run_cell(kernel, "the-cell", code))
    again = run_cell(kernel, "the-cell", code)
    new = Card.shown(kernel, again)
    assert {content["comm_id"] for content in again.comm_closes} == old.ids
    before = looks(simulator, task_id)
    since = len(kernel.messages)
    told = wait_for_polls(kernel, new, 2)
    assert looks(simulator, task_id) - before <= len(told) + 1
    assert {content["comm_id"] for content in Result(kernel.messages[since:]).comm_msgs} <= new.ids


def test_two_cards_of_a_task_share_its_polling(kernel, simulator, task_id):
    cards = [
        Card.shown(kernel, run_cell(kernel, cell, f"%runway {task_id} --watch -i 1")) for cell in ("cell-1", "cell-2")
    ]
    before = looks(simulator, task_id)
    told = wait_for_polls(kernel, cards[1], 2)
    assert looks(simulator, task_id) - before <= len(told) + 1
    simulator.put(task_id, DONE)
    for card in cards:
        card.wait_for("✓ success")


def test_the_toggle_follows_and_stops(kernel, simulator, task_id):
    card = Card.shown(kernel, kernel.run(f"%config RunwayMagics.interval = 1\n%runway {task_id}"))
    assert card.toggle == ("Auto-refresh", False)
    since = len(kernel.messages)
    card.set_toggle(True)
    update = kernel.wait_for(lambda message: message["msg_type"] == "update_display_data", since=since)
    assert update["content"]["metadata"]["runway_nb"]["followed"] is True  # what is saved keeps the live widget
    wait_for_polls(kernel, card, 1)
    assert card.toggle == ("Auto-refresh", True)
    card.set_toggle(False)
    card.wait_until(lambda: "next in" not in card.text)
    before = looks(simulator, task_id)
    assert kernel.listen(1.3).comm_msgs == []
    assert looks(simulator, task_id) == before


def test_a_deadline_stops_a_watch_visibly_and_resume_goes_on(kernel, simulator, task_id):
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1 -t 1.2"))
    text = card.wait_for("Stopped watching after 1 s")
    assert "still generating; the task goes on" in text
    assert "Resume, or run the cell again, to go on watching." in text
    card.wait_until(lambda: card.toggle == ("Resume", False))
    simulator.put(task_id, DONE)
    card.set_toggle(True)
    assert "Stopped watching" not in card.wait_for("✓ success")


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_wait_ends_with_the_task_and_o_holds_it(kernel):
    result = kernel.run("%runway walk-wait --wait -i 1 -o task\nprint(task.state.value, bool(task.video.url))")
    card = Card.shown(kernel, result)
    assert result.stdout == "success True\n"
    assert "✓ success" in card.text
    seen = [update["metadata"]["runway_nb"]["state"] for update in result.updates]
    assert seen == ["queueing", "generating", "success"]


def test_wait_for_a_task_that_fails_fails_the_cell(kernel, simulator, task_id):
    running = kernel.start(f"%runway {task_id} --wait -i 1 -o failed\nprint('not reached')")
    shown = kernel.wait_for(lambda message: message["msg_type"] == "display_data")
    simulator.put(task_id, FAILED)
    result = kernel.finish(running)
    line = assert_one_line(result, "TaskFailedError")
    assert f"Task {task_id} failed: “Incorrect image format. Please use another file”." in line
    assert result.stdout == ""
    assert kernel.run("print(failed.state.value, failed.fail_code)").stdout == "fail 400\n"
    assert "✕ fail" in Card.of(kernel, shown["content"]).text


def test_wait_ends_when_all_tasks_have(kernel, simulator, make_task):
    first, second, third = make_task(), make_task(FAILED), make_task()
    running = kernel.start(f"%runway {first} {second} {third} --wait -i 1 -o all_three")
    kernel.wait_for(lambda message: message["msg_type"] == "display_data")
    simulator.put(first, FAILED)
    kernel.wait_for(lambda _: "✕ fail" in json.dumps(kernel.messages[-1]["content"], ensure_ascii=False))
    simulator.put(third, DONE)
    line = assert_one_line(kernel.finish(running), "TaskFailedError")
    assert f"Task {first} failed" in line
    assert "1 more failed." in line
    assert kernel.run("print([each.state.value for each in all_three])").stdout == "['fail', 'fail', 'success']\n"


def test_wait_ends_at_its_deadline_and_the_card_can_resume(kernel, simulator, task_id):
    result = kernel.run(f"%runway {task_id} --wait -i 1 -t 1.2 -o late")
    line = assert_one_line(result, "WaitTimeoutError")
    assert f"task {task_id} is still generating and goes on" in line
    assert f"%runway {task_id} --wait" in line
    assert kernel.run("print(late.state.value)").stdout == "generating\n"
    card = Card.of(kernel, result.displays[0])
    assert card.toggle == ("Resume", False)
    assert "Stopped watching after 1 s" in card.text
    simulator.put(task_id, DONE)
    card.set_toggle(True)
    card.wait_for("✓ success")


def test_after_a_wait_the_card_of_a_boards_row_still_refreshes_and_resumes(kernel, simulator, make_task):
    first, second = make_task(), make_task()
    kernel.run(f"%runway {first} {second} --wait -i 1 -t 1.2")
    card = opened_row(kernel, first)
    simulator.put(first, QUEUEING)
    card.press_refresh()
    card.wait_for("◔ queueing")
    simulator.put(first, DONE)
    card.set_toggle(True)
    card.wait_for("✓ success")


@pytest.mark.parametrize("service", ["quick", "slow"])
def test_an_interrupt_ends_a_wait_at_once_and_the_card_can_resume(kernel, simulator, task_id, service):
    running = kernel.start(f"%runway {task_id} --wait -i 1\nprint('not reached')")
    shown = kernel.wait_for(lambda message: message["msg_type"] == "display_data")
    card = Card.of(kernel, shown["content"])
    wait_for_polls(kernel, card, 2)
    if service == "slow":
        before = looks(simulator, task_id)
        simulator.faults.add(Fault.slow(1.5), task_id=task_id)
        while looks(simulator, task_id) == before:
            kernel.listen(0.05)
    pressed = time.time()
    kernel.interrupt()
    result = kernel.finish(running)
    assert result.messages[-1]["header"]["date"].timestamp() - pressed < 0.5
    line = assert_one_line(result, "WaitInterruptedError")
    assert f"task {task_id} goes on" in line
    assert (result.stdout, result.stderr) == ("", "")
    assert card.toggle == ("Resume", False)
    assert "Stopped waiting , still generating; the task goes on." in card.text
    simulator.put(task_id, DONE)
    card.set_toggle(True)
    card.wait_for("✓ success")


def test_what_stops_a_wait_stops_run_all(kernel, task_id):
    """An interrupt cancels the cells that are queued behind the one that waits, as any interrupt does."""
    waiting = start_cell(kernel, "cell-1", f"%runway {task_id} --wait -i 1")
    behind = kernel.start("print('not reached')")
    shown = kernel.wait_for(lambda message: message["msg_type"] == "display_data", since=waiting.start)
    wait_for_polls(kernel, Card.of(kernel, shown["content"]), 2)
    kernel.interrupt()
    assert_one_line(kernel.finish(waiting), "WaitInterruptedError")
    result = kernel.finish(behind)
    assert result.reply["status"] in ("aborted", "error")
    assert result.stdout == ""


def execute(cells, simulator, home, **options):
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    client = NotebookClient(notebook, kernel_name="python3", timeout=60, **options)
    return client.execute(env=isolated_environment(home, simulator.base_url), cwd=str(home))


def test_the_finished_card_is_in_a_notebook_executed_with_wait(simulator, tmp_path):
    notebook = execute(["%load_ext runway_nb", "%runway walk-nbclient --wait -i 1"], simulator, tmp_path)
    (output,) = notebook.cells[1].outputs
    assert output.output_type == "display_data"
    about = output.metadata["runway_nb"]
    assert (about["task_id"], about["state"], about["settled"]) == ("walk-nbclient", "success", True)
    assert "✓ success" in output.data["text/html"]
    assert '<video src="http' in output.data["text/html"]
    assert "✓  success" in output.data["text/plain"]


def test_a_failed_task_stops_the_execution_of_a_notebook(simulator, tmp_path, task_id):
    simulator.put(task_id, FAILED)
    with pytest.raises(CellExecutionError) as stopped:
        execute(["%load_ext runway_nb", f"%runway {task_id} --wait -i 1", "print('no')"], simulator, tmp_path)
    assert stopped.value.ename == "TaskFailedError"


# --- faults -----------------------------------------------------------------------------------------------------------

KEPT = ("◐ generating", PROMPT, "What is shown is from ")
FAULTS = {
    "429": (Fault.http(429), ["Rate limited", "Wait a moment and look again.", "Every card slows down."]),
    "429 in the body, retry after": (Fault.code(429, retry_after=1), ["Rate limited", "Wait 1 s and look again."]),
    "500": (Fault.http(500), ["The last look failed", "500 (a fault of the service)", "“This field is required”"]),
    "503, no JSON": (Fault.html(503), ["The last look failed", "503 (a fault of the service)"]),
    "455": (Fault.code(455), ["455 (maintenance)", "Nothing is lost; look again in a few minutes."]),
    "451": (Fault.code(451), ["451 (the reference image could not be fetched)"]),
    "402": (Fault.code(402), ["402 (an error)", "“Credits insufficient”"]),
    "dropped": (Fault.dropped(), ["No connection", "could not be reached (the connection failed or broke off)"]),
    "cut off": (Fault.cut_off(), ["No connection", "the connection failed or broke off"]),
    "truncated JSON": (Fault.truncated(), ["The last look failed", "The answer is not the API's (HTTP 200"]),
    "oversized": (Fault.oversized(), ["The last look failed", "larger than 1 MiB"]),
    "HTML page": (Fault.html(), ["The last look failed", "HTTP 403: “403 error code: 1010”", "not about the key"]),
    "redirect": (Fault.redirect("https://elsewhere.test/"), ["redirects to https://elsewhere.test/"]),
    "unknown": (Fault.null(), ["The service no longer knows this task", "Check the id"]),
}


@pytest.mark.parametrize(("fault", "sentences"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_in_the_card_and_passes(simulator, task_id, watched, fault, sentences):
    simulator.faults.add(fault, task_id=task_id)
    watched.press_refresh()  # the next poll, now
    text = watched.wait_for(sentences[0])
    assert [sentence for sentence in (*sentences, *KEPT) if sentence not in text] == []
    assert watched.toggle == ("Auto-refresh", True)
    simulator.put(task_id, DONE)
    assert "What is shown is from" not in watched.wait_for("✓ success", "checked")


def test_a_slow_answer_is_waited_for(simulator, task_id, watched):
    simulator.faults.add(Fault.slow(1.5), task_id=task_id)
    simulator.put(task_id, DONE)
    assert PROMPT in watched.wait_for("✓ success")


def test_a_key_that_is_refused_in_mid_run_stops_the_watch_and_says_why(kernel, simulator, task_id, watched):
    simulator.faults.add(Fault.code(401), task_id=task_id)
    watched.press_refresh()
    watched.wait_until(lambda: watched.toggle == ("Resume", False))
    text = watched.text
    assert [each for each in ("The key was not accepted", "Stopped watching", *KEPT) if each not in text] == []
    before = looks(simulator, task_id)
    assert kernel.listen(1.3).comm_msgs == []
    assert looks(simulator, task_id) == before
    simulator.put(task_id, DONE)
    watched.set_toggle(True)
    assert "The key was not accepted" not in watched.wait_for("✓ success")


def test_a_new_task_that_the_service_does_not_know_yet_is_asked_for_again(kernel, simulator, task_id):
    simulator.faults.add(Fault.null(), task_id=task_id, times=2)
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    assert "not seen yet" in card.text
    assert "The service knows no such task" in card.text
    assert "knows no such task" not in card.wait_for("◐ generating")
    assert looks(simulator, task_id) >= 3


def test_a_fault_at_the_first_look_is_a_beginning(kernel, simulator, task_id):
    simulator.faults.add(Fault.code(455), task_id=task_id)
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    assert "455 (maintenance)" in card.text
    card.wait_for("◐ generating", without="455")


def test_a_fault_on_refresh_keeps_the_last_good_state(kernel, simulator, task_id):
    card = Card.shown(kernel, kernel.run(f"%runway {task_id}"))
    simulator.faults.add(Fault.http(500), task_id=task_id)
    card.press_refresh()
    text = card.wait_for("The last look failed")
    assert [each for each in KEPT if each not in text] == []
    assert card.toggle == ("Auto-refresh", False)
    simulator.put(task_id, DONE)
    card.press_refresh()
    assert "The last look failed" not in card.wait_for("✓ success")


def test_one_cards_fault_leaves_the_others_alone(kernel, simulator, make_task):
    ill, well = make_task(), make_task()
    first = Card.shown(kernel, run_cell(kernel, "cell-1", f"%runway {ill} --watch -i 1"))
    second = Card.shown(kernel, run_cell(kernel, "cell-2", f"%runway {well} --watch -i 1"))
    simulator.faults.add(Fault.http(500), task_id=ill, times=None)
    first.wait_for("The last look failed")
    simulator.put(well, DONE)
    assert "The last look failed" not in second.wait_for("✓ success")


def test_what_an_observer_raises_is_shown_in_its_card_and_stops_no_other(kernel, simulator, make_task):
    first, second = make_task(), make_task()
    result = kernel.run(
        f"from runway_nb import show\nbad = show('{first}', watch=True, interval=1)\n"
        f"def fail(change): raise ValueError('the observer is at fault')\nbad.observe(fail, 'task')\n"
        f"good = show('{second}', watch=True, interval=1)"
    )
    bad, good = (Card.of(kernel, display) for display in result.displays)
    simulator.put(first, QUEUEING)
    simulator.put(second, QUEUEING)
    good.wait_for("◔ queueing")
    bad.wait_for("ValueError: the observer is at fault")
    simulator.put(second, DONE)
    good.wait_for("✓ success")


# --- life and death ---------------------------------------------------------------------------------------------------

ENDINGS = {
    "the card is closed": "card.close()",
    "the card is closed twice": "card.close(); card.close()",
    "the extension is unloaded": "%unload_ext runway_nb",
    "the extension is reloaded": "%reload_ext runway_nb",
    "the session is closed": "from runway_nb.session import close_session; close_session()",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_nothing_is_left_of_a_watched_card(kernel, task_id, ending):
    kernel.run(CENSUS)
    kernel.run("before = census()")
    shown = kernel.run(f"from runway_nb import show\ncard = show('{task_id}', watch=True, interval=1)")
    card = Card.shown(kernel, shown)
    assert kernel.run("print(census() != before)").stdout == "True\n"
    ended = kernel.run(ending)
    assert {content["comm_id"] for content in ended.comm_closes} == card.ids
    result = kernel.run("del card\nafter = settled_census(before)\nprint(after == before, before, after)")
    assert result.stdout.startswith("True"), result.stdout


def test_nothing_is_left_of_a_cell_that_is_run_again(kernel, task_id):
    kernel.run(CENSUS)
    kernel.run("before = census()")
    for _ in range(3):
        run_cell(kernel, "the-cell", f"%runway {task_id} --watch -i 1")
    run_cell(kernel, "the-cell", "pass")
    result = kernel.run("after = settled_census(before)\nprint(after == before, before, after)")
    assert result.stdout.startswith("True"), result.stdout


def test_no_thread_is_left_when_tasks_have_ended(kernel, simulator, task_id):
    kernel.run(CENSUS)
    kernel.run("before = census()")
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    simulator.put(task_id, DONE)
    card.wait_for("✓ success")
    result = kernel.run("after = settled_census([census()[0], before[1]])\nprint(after[1] == before[1], before, after)")
    assert result.stdout.startswith("True"), result.stdout


def test_the_demo_leaves_nothing(kernel):
    kernel.run(CENSUS)
    kernel.run("before = census()")
    kernel.run("%runway_demo")
    assert "runway_nb-simulator" in kernel.run("print(census()[1])").stdout
    kernel.run("%runway 3ab3166f-22b7-4241-9ea4-3ab51a6d6b81 --watch -i 1")
    kernel.run("%unload_ext runway_nb")
    result = kernel.run("after = settled_census(before)\nprint(after == before, before, after)")
    assert result.stdout.startswith("True"), result.stdout


def test_a_kernel_with_a_watched_card_shuts_down_cleanly(start_kernel, tmp_path, task_id):
    kernel = start_kernel()
    kernel.run(CENSUS)
    kernel.run(  # exit handlers run in reverse: this one when ours has run
        "import atexit, pathlib\nbefore = census()\n"
        "atexit.register(lambda: pathlib.Path('ended').write_text(json.dumps([before, census()])))"
    )
    kernel.run("%load_ext runway_nb")
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    wait_for_polls(kernel, card, 1)
    kernel.stop(now=False)
    (models_before, threads_before), (models_after, threads_after) = json.loads((tmp_path / "ended").read_text())
    assert models_after == models_before
    assert [name for name in threads_after if name.startswith("runway_nb")] == []
    assert set(threads_after) <= set(threads_before)


# --- from Python ------------------------------------------------------------------------------------------------------


def test_a_card_is_awaited_and_observed(kernel, simulator, task_id):
    running = kernel.start(
        f"from runway_nb import show\nseen = []\ncard = show('{task_id}', watch=True, interval=1)\n"
        "card.observe(lambda change: seen.append(change.new.state.value), 'task')\n"
        "task = await card.finished()\nprint(task is card.task, task.state.value, *seen)"
    )
    shown = kernel.wait_for(lambda message: message["msg_type"] == "display_data")
    simulator.put(task_id, QUEUEING)
    Card.of(kernel, shown["content"]).wait_for("◔ queueing")
    simulator.put(task_id, DONE)
    result = kernel.finish(running)
    assert result.error is None
    assert result.stdout == "True success queueing success\n"


def test_awaiting_a_card_follows_it(kernel, simulator, task_id):
    running = kernel.start(
        f"from runway_nb import show\ncard = show('{task_id}', interval=1)\nprint((await card.finished()).state.value)"
    )
    kernel.wait_for(lambda message: message["msg_type"] == "display_data")
    simulator.put(task_id, DONE)
    assert kernel.finish(running).stdout == "success\n"
    assert kernel.run("print((await card.finished()).state.value)").stdout == "success\n"  # it has ended already


def test_awaiting_a_card_ends_at_its_deadline(kernel, task_id):
    result = kernel.run(
        f"from runway_nb import show\ncard = show('{task_id}', interval=1, timeout=1.2)\nawait card.finished()"
    )
    assert f"task {task_id} is still generating" in assert_one_line(result, "WaitTimeoutError")


SCRIPT = """
import sys, threading
from runway_nb import RunwayClient, TaskFailedError, watch

def changed(task):
    sys.stdout.write(f"change: {task.task_id} {task.state.value}\\n")  # at once: print() of two threads mingles

handle = watch(["walk-script-1", "TASK"], interval=0.3, on_change=changed)
with RunwayClient() as client:
    waited = client.wait("walk-script-2", interval=0.3, timeout=60)
    try:
        client.wait("TASK", interval=0.3)
    except TaskFailedError as error:
        failed = error
print("waited:", waited.state.value)
print("failed:", failed.task.fail_msg)
print("all over:", handle.wait())
print("tasks:", sorted(task.state.value for task in handle.tasks.values()))
print("unwanted:", sorted({"ipykernel", "ipywidgets", "jupyter_client"} & set(sys.modules)))
"""


def test_a_script_without_jupyter_waits_and_watches(simulator, tmp_path, make_task):
    task_id = make_task(FAILED)
    done = subprocess.run(  # noqa: S603  # ours
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
    changes = [line for line in lines if line.startswith("change:")]
    assert f"change: {task_id} fail" in changes
    assert [line.split()[-1] for line in changes if "walk-script-1" in line] == [
        "wait",
        "queueing",
        "generating",
        "success",
    ]
    assert lines[-3:] == ["all over: True", "tasks: ['fail', 'success']", "unwanted: []"]


# --- many at once -----------------------------------------------------------------------------------------------------


def test_a_board_says_whether_it_is_followed_so_that_a_save_keeps_it_alive(kernel, simulator, make_task):
    ids = [make_task(), make_task()]
    result = kernel.run(f"%runway {' '.join(ids)} --watch -i 1")
    bundles = [*result.displays, *result.updates]
    assert [each["metadata"]["runway_nb"]["followed"] for each in bundles[-1:]] == [True]
    since = len(kernel.messages)
    for task_id in ids:
        simulator.put(task_id, DONE)
    update = kernel.wait_for(lambda message: message["msg_type"] == "update_display_data", since=since)
    said = update["content"]["metadata"]["runway_nb"]
    assert (said["settled"], said["followed"]) == (True, False)


def test_a_board_that_could_not_be_fetched_does_not_say_that_it_is_followed(kernel, simulator, make_task):
    simulator.faults.add(Fault.slow(4))
    running = kernel.start(f"%runway {make_task()} {make_task()} {make_task()} --watch -i 1")
    kernel.wait_for(lambda message: message["msg_type"] == "display_data", since=running.start)
    kernel.interrupt()
    result = kernel.finish(running)
    assert result.error.ename == "LooksInterruptedError"
    last = [*result.displays, *result.updates][-1]
    assert last["metadata"]["runway_nb"]["followed"] is False


# --- where threads cannot draw ----------------------------------------------------------------------------------------


@pytest.fixture
def colab(kernel):
    """The kernel, taken for Colab's."""
    kernel.run("shell = type(get_ipython())\nmodule, shell.__module__ = shell.__module__, 'google.colab._shell'")
    yield kernel
    kernel.run("shell.__module__ = module")


def test_there_a_watch_says_so_and_ends_with_the_task(colab, simulator, task_id):
    running = colab.start(f"%runway {task_id} --watch -i 1\nprint('ended')")
    shown = colab.wait_for(lambda message: message["msg_type"] == "display_data", since=running.start)
    card = Card.of(colab, shown["content"])
    wait_for_polls(colab, card, 1)
    simulator.put(task_id, DONE)
    assert (
        colab.finish(running).stdout
        == "Following in the foreground; an interrupt ends the wait, not the task.\nended\n"
    )
    assert "✓ success" in card.text


def test_there_the_controls_of_a_board_and_of_its_open_card_draw_before_they_return(colab, simulator, make_task):
    first, second = make_task(), make_task()
    colab.run(f"%runway {first} {second}\n%config RunwayMagics.interval = 1")
    card = opened_row(colab, first)
    simulator.put(first, QUEUEING)
    simulator.put(second, DONE)
    colab.run("board._actions.look()")
    assert "◔ queueing" in card.text
    assert colab.run("print(board.tasks[1].state.value)").stdout == "success\n"
    simulator.put(first, DONE)
    card.set_toggle(True)
    assert "✓ success" in card.text

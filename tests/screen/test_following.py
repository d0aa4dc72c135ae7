"""Following in a real kernel: which messages a followed card or board gets, and how its controls act."""

from __future__ import annotations

import json

import pytest
from support.cards import Card
from support.following import DONE, FAILED, GENERATING, QUEUEING, looks
from support.kernel import Result
from support.waiting import wait_until

from runway_nb.simulator import Fault, Record

# --- the messages -----------------------------------------------------------------------------------------------------


def test_card_updates_while_a_cell_blocks(kernel, simulator, tmp_path, task_id, watched):
    go_on = tmp_path / "go-on"
    blocking = kernel.start(f"import pathlib, time\nwhile not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.02)")
    kernel.wait_for(lambda message: message["msg_type"] == "execute_input")
    simulator.put(task_id, DONE)
    try:
        watched.wait_for("✓ success")
        watched.wait_until(lambda: "<video" in watched.player)
        states = [each["execution_state"] for each in Result(kernel.messages[blocking.start :]).contents("status")]
        assert states == ["busy"]  # the cell is still running
    finally:
        go_on.touch()
    assert kernel.finish(blocking).error is None


def test_unchanged_poll_is_one_small_message(kernel, simulator, task_id, watched):
    before = looks(simulator, task_id)
    since = len(kernel.messages)
    updates = watched.wait_for_messages(2)
    assert looks(simulator, task_id) - before >= len(updates)  # one for each look at most
    assert {message["msg_type"] for message in kernel.messages[since:]} == {"comm_msg"}
    assert all(len(json.dumps(content)) <= 300 for content in updates)
    assert all("checked" in content["data"]["state"]["value"] for content in updates)


@pytest.mark.parametrize(("record", "badge"), [(QUEUEING, "◔ queueing"), (DONE, "✓ success"), (FAILED, "✕ fail")])
def test_changed_poll_is_few_messages(kernel, simulator, task_id, watched, record, badge):
    since = len(kernel.messages)
    simulator.put(task_id, record)
    watched.wait_for(badge)
    kernel.wait_for(lambda message: message["msg_type"] == "update_display_data", since=since)
    watched.wait_until(
        lambda: (
            watched.state("runway-follow")["disabled"] is (record is not QUEUEING) and len(watched.messages(since)) > 1
        )
    )
    news = kernel.messages[since:]
    changed = next(
        index for index, message in enumerate(news) if badge in json.dumps(message["content"], ensure_ascii=False)
    )
    result = Result(news[changed:])
    assert 2 <= len(result.comm_msgs) <= 4
    (update,) = result.updates
    assert update["metadata"]["runway_nb"]["state"] == record.state
    assert badge in update["data"]["text/html"]


def test_ended_task_is_polled_no_more(kernel, simulator, make_task):
    records = {make_task(): DONE, make_task(): FAILED}
    cards = [Card.shown(kernel, kernel.run(f"%runway {each} --watch -i 1", cell=each)) for each in records]
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


def test_steps_show_time_in_each_state(kernel, simulator, make_task):
    task_id = make_task(QUEUEING)
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    card.wait_for("queueing seen ")
    card.wait_for_messages(1)
    simulator.put(task_id, GENERATING)
    assert " s or more generating since " in card.wait_for("◐ generating")
    simulator.put(task_id, DONE)
    card.wait_for("✓ success", without="so far")
    assert " s success" in card.text


def test_video_is_sent_only_once(kernel, simulator, task_id, watched):
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


def test_rerun_cell_follows_the_new_card(kernel, simulator, task_id):
    code = f"%runway {task_id} --watch -i 1"
    old = Card.shown(kernel, kernel.run(code, cell="the-cell"))
    again = kernel.run(code, cell="the-cell")
    new = Card.shown(kernel, again)
    assert {content["comm_id"] for content in again.comm_closes} == old.ids
    before = looks(simulator, task_id)
    since = len(kernel.messages)
    updates = new.wait_for_messages(2)
    assert looks(simulator, task_id) - before <= len(updates) + 1
    assert {content["comm_id"] for content in Result(kernel.messages[since:]).comm_msgs} <= new.ids


def test_two_cards_share_one_poll(kernel, simulator, task_id):
    code = f"%runway {task_id} --watch -i 1"
    cards = [Card.shown(kernel, kernel.run(code, cell=cell)) for cell in ("cell-1", "cell-2")]
    before = looks(simulator, task_id)
    updates = cards[1].wait_for_messages(2)
    assert looks(simulator, task_id) - before <= len(updates) + 1
    simulator.put(task_id, DONE)
    for card in cards:
        card.wait_for("✓ success")


# --- the controls -----------------------------------------------------------------------------------------------------


def test_toggle_starts_and_stops_following(kernel, simulator, task_id):
    card = Card.shown(kernel, kernel.run(f"%config RunwayMagics.interval = 1\n%runway {task_id}"))
    assert card.toggle == ("Auto-refresh", False)
    since = len(kernel.messages)
    card.set_toggle(True)
    update = kernel.wait_for(lambda message: message["msg_type"] == "update_display_data", since=since)
    assert update["content"]["metadata"]["runway_nb"]["followed"] is True  # a save keeps the live widget
    card.wait_for_messages(1)
    assert card.toggle == ("Auto-refresh", True)
    card.set_toggle(False)
    card.wait_until(lambda: "next in" not in card.text)
    before = looks(simulator, task_id)
    assert kernel.listen(1.3).comm_msgs == []
    assert looks(simulator, task_id) == before


def test_timeout_stops_a_watch_until_resume(kernel, simulator, task_id):
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1 -t 1.2"))
    assert "still generating" in card.wait_for("Stopped watching after 1 s")
    card.wait_until(lambda: card.toggle == ("Resume", False))
    simulator.put(task_id, DONE)
    card.set_toggle(True)
    assert "Stopped watching" not in card.wait_for("✓ success")


# --- what is saved of a board -----------------------------------------------------------------------------------------


def test_board_metadata_says_it_is_followed(kernel, simulator, make_task):
    ids = [make_task(), make_task()]
    result = kernel.run(f"%runway {' '.join(ids)} --watch -i 1")
    bundle = [*result.displays, *result.updates][-1]
    assert bundle["metadata"]["runway_nb"]["followed"] is True
    since = len(kernel.messages)
    for task_id in ids:
        simulator.put(task_id, DONE)

    def is_settled(message):
        return message["content"].get("metadata", {}).get("runway_nb", {}).get("settled", False)

    update = kernel.wait_for(is_settled, since=since)
    assert update["content"]["metadata"]["runway_nb"]["followed"] is False


def test_interrupted_board_is_not_followed(kernel, simulator, make_task):
    simulator.faults.add(Fault.slow(4))
    ids = {make_task(), make_task(), make_task()}
    running = kernel.start(f"%runway {' '.join(ids)} --wait -i 1")
    wait_until(lambda: ids & {look.task_id for look in simulator.lookups})
    kernel.interrupt()
    result = kernel.finish(running)
    assert result.error.ename == "LooksInterruptedError"
    last = [*result.displays, *result.updates][-1]
    assert last["metadata"]["runway_nb"]["followed"] is False

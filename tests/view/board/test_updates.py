"""The live board while its tasks change: what is shown, what is sent, and what is closed."""

# ruff: noqa: RUF001  (the sign of multiplication is what the board says)

from __future__ import annotations

import json
import threading

import ipywidgets
import pytest
from support.boards import PREPARE, STARTED, Actions, Reader, batch, changed, choose, make_board
from support.tasks import BUSY, MODERATED
from support.waiting import wait_until

from runway_nb.model.sighting import Following, Sighting
from runway_nb.simulator import Record

MAKE = """
board = make_board(batch({count}))
publish(bundle_of(board))
board.open_task(board.sightings[0].task_id)
"""
CHANGE = """
board.update(changed(board.sightings[{place}], Record("fail", "another prompt", fail_msg="the server is busy")))
"""


def weight(result):
    assert result.error is None, result.error.traceback
    return sum(len(json.dumps(content["data"])) for content in result.comm_msgs)


def test_update_changes_its_row_and_numbers(board, reader):
    others = reader.rows
    board.update(changed(board.sightings[2], Record("fail", "shot 02", fail_msg=BUSY)))
    assert "✕ fail concurrency limit" in reader.rows[2]
    assert reader.rows[:2] + reader.rows[3:] == others[:2] + others[3:]
    assert "1 of 24 ended" in reader.text
    assert board.tasks[2].fail_msg == BUSY
    with pytest.raises(KeyError):
        board.update(Sighting("another"))


def test_new_choices_go_to_the_end(board, reader):
    states, causes = reader.states, reader.causes
    board.update(changed(board.sightings[0], Record("fail", "shot 00", fail_msg=BUSY)))
    assert causes.options == ("all failures", "concurrency limit")
    choose(causes, "concurrency limit")
    for at in (1, 2):
        board.update(changed(board.sightings[at], Record("fail", f"shot {at:02}", fail_msg=MODERATED)))
    board.update(changed(board.sightings[3], Record("paused", "shot 03")))
    assert causes.options == ("all failures", "concurrency limit", "moderation (prompt)")
    assert states.options[-2:] == ("✕ fail", "? unknown")
    assert (states.label, causes.label) == ("✕ fail", "concurrency limit")
    assert reader.prompts == ["shot 00"]


def test_first_looks_sort_the_causes(board, reader):
    board.update(changed(board.sightings[0], Record("fail", "shot 00", fail_msg=BUSY)))
    for at in (1, 2):
        board.update(changed(board.sightings[at], Record("fail", f"shot {at:02}", fail_msg=MODERATED)))
    board.gathered()
    assert reader.causes.options == ("all failures", "moderation (prompt)", "concurrency limit")
    choose(reader.causes, "moderation (prompt)")
    assert reader.prompts == ["shot 01", "shot 02"]


def test_chosen_cause_survives_the_first_looks(board, reader):
    board.update(changed(board.sightings[0], Record("fail", "shot 00", fail_msg=BUSY)))
    choose(reader.causes, "concurrency limit")
    board.update(changed(board.sightings[0], Record("fail", "shot 00", fail_msg=MODERATED)))
    board.gathered()
    assert reader.causes.options == ("all failures", "concurrency limit", "moderation (prompt)")
    assert reader.causes.label == "concurrency limit"


def test_revoked_failure_keeps_its_control(board, reader):
    for record in (Record("fail", "shot 00", fail_msg=BUSY), Record("generating", "shot 00")):
        board.update(changed(board.sightings[0], record))
    assert reader.causes.options == ("all failures", "concurrency limit")
    assert "0 × concurrency limit" in reader.text


def test_many_updates_are_few_redraws(board, open_board):
    board = open_board(board.sightings, gathers=True)
    reader, changes = Reader(board), []
    board.observe(changes.append, "tasks")
    ended = [changed(sighting, Record("success", sighting.task.prompt)) for sighting in board.sightings]
    threads = [threading.Thread(target=board.update, args=(sighting,)) for sighting in ended]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: all(task.state.is_terminal for task in board.tasks))
    assert "24 tasks, all ended" in reader.text
    assert len(changes) <= 4


def test_controls_for_all_tasks(board, open_board):
    actions = Actions()
    followed = open_board([sighting.due(STARTED) for sighting in board.sightings], actions)
    reader = Reader(followed)
    assert reader.toggle.value
    assert "following 24" in reader.text
    reader.button("Refresh").click()
    reader.toggle.value = False
    reader.toggle.value = True
    assert actions.calls == ["look", "unfollow", "follow"]
    followed.update(followed.sightings[0].stopped(Following.DEADLINE, 5.0))
    for sighting in followed.sightings[1:]:
        followed.update(changed(sighting, Record("success")).stopped(Following.ENDED))
    assert not reader.toggle.value
    assert reader.toggle.description == "Resume"
    assert "stopped following 1 unfinished" in reader.text
    assert "no longer followed" in reader.rows[0]
    followed.update(changed(followed.sightings[0], Record("success")))
    assert reader.toggle.disabled
    assert reader.button("Refresh").disabled
    assert actions.calls == ["look", "unfollow", "follow"]  # the user did none of the rest
    followed.close()
    assert actions.calls[-1] == "closed"


def test_closing_closes_every_model():
    def make():
        made = make_board(batch(30))
        made.open_task(made.sightings[0].task_id)
        return made

    open_models = ipywidgets.widgets.widget._instances
    make().close()  # it leaves the models that all boards and cards share
    before = set(open_models)
    board = make()
    assert 40 < len(set(open_models) - before) <= 60
    board.close()
    assert set(open_models) == before
    board.close()
    board.update(changed(board.sightings[1], Record("success")))  # a late answer


# --- in a kernel ------------------------------------------------------------------------------------------------------


def test_traffic_does_not_grow_with_tasks(kernel):
    kernel.run(PREPARE)
    models, visible, hidden = {}, {}, {}
    first = kernel.run(MAKE.format(count=2))
    assert len(first.comm_opens) <= 60
    kernel.run("board.close()")  # it leaves the models that all boards and cards share
    for count in (200, 1000):
        made = kernel.run(MAKE.format(count=count))
        assert made.error is None, made.error.traceback
        models[count] = len(made.comm_opens)
        visible[count] = weight(kernel.run(CHANGE.format(place=6)))
        hidden[count] = weight(kernel.run(CHANGE.format(place=-1)))
        closed = kernel.run("board.close()")
        assert len(closed.comm_closes) == models[count]
    assert models[200] == models[1000] <= len(first.comm_opens)
    assert visible[1000] < visible[200] * 1.1
    assert visible[1000] < 5000
    assert hidden[1000] < hidden[200] * 1.1
    assert hidden[1000] < visible[1000]


def test_unchanged_sightings_send_nothing(kernel):
    kernel.run(PREPARE)
    kernel.run(MAKE.format(count=50))
    again = kernel.run("for sighting in board.sightings: board.update(sighting)\nboard.flush()")
    assert again.error is None
    assert again.comm_msgs == []


def test_updates_arrive_after_the_cell(kernel):
    kernel.run(PREPARE)
    kernel.run(MAKE.format(count=50))
    kernel.run(
        "import threading\n"
        "ended = [changed(sighting, Record('success', 'shot')) for sighting in board.sightings]\n"
        "for sighting in ended: threading.Timer(0.1, board.update, (sighting,)).start()"
    )
    kernel.wait_for(lambda message: "50 tasks, all ended" in str(message["content"].get("data", "")))

"""Which tasks of a board are looked at first, and what the board shows until then."""

import pytest
from support.cards import Board, plain
from support.following import DONE, FAILED, GENERATING, failure, looks
from support.waiting import wait_until

from runway_nb.service.client import WORKERS
from runway_nb.simulator import Fault

FROM_RECORD = "from the record"


def summary(board):
    return plain(board.state("runway-summary-box")["value"])


def run(kernel, task_ids, options=""):
    return kernel.run(f"%runway {' '.join(task_ids)} {options}")


def looked_at(simulator, since):
    return [look.task_id for look in simulator.lookups[since:]]


@pytest.fixture
def mixed(make_task):
    """Tasks that have ended, and between them two that go on; the latter are named again at the end."""
    ended, changing = [make_task(DONE) for _ in range(6)], [make_task(), make_task()]
    return [*ended[:3], changing[0], *ended[3:], changing[1]], changing


@pytest.mark.parametrize("options", ["", "--watch"])
def test_unfinished_tasks_are_looked_at_first(kernel, simulator, make_task, options):
    ended = [make_task(DONE) for _ in range(2 * WORKERS)]
    run(kernel, ended)
    new = [make_task() for _ in range(3)]
    for task_id in ended:
        simulator.faults.add(Fault.slow(1), task_id=task_id)
    since = len(simulator.lookups)

    board = Board.shown(kernel, run(kernel, [*ended, *new], options))
    kernel.wait_for(lambda _: FROM_RECORD not in summary(board))

    order = looked_at(simulator, since)
    assert set(new) <= set(order[:WORKERS])
    assert set(order) == {*ended, *new}


def test_ended_tasks_are_shown_from_the_record(kernel, mixed):
    task_ids, _ = mixed
    run(kernel, task_ids)

    result = run(kernel, task_ids)

    first = result.displays[0]["data"]["text/html"]
    assert plain(first).count("✓ success") == 6 + 1  # and once in the numbers
    assert "8 rows from the record" in plain(first)
    board = Board.shown(kernel, result)
    assert FROM_RECORD not in summary(board)
    assert FROM_RECORD not in plain(result.updates[-1]["data"]["text/html"])


def test_an_interrupted_look_up_says_so(kernel, simulator, mixed):
    task_ids, changing = mixed
    run(kernel, task_ids)
    for task_id in task_ids:
        if task_id not in changing:
            simulator.faults.add(Fault.slow(600), task_id=task_id, times=None)
    before = sum(looks(simulator, task_id) for task_id in changing)

    running = kernel.start(f"%runway {' '.join(task_ids)}")
    kernel.wait_for(lambda message: "6 from the record" in str(message["content"].get("data", "")))
    kernel.interrupt()
    result = kernel.finish(running)

    assert sum(looks(simulator, task_id) for task_id in changing) == before + 2
    failure(result, "LooksInterruptedError")
    assert "6 rows from the record" in plain(result.updates[-1]["data"]["text/html"])


def test_watch_returns_before_any_answer(kernel, simulator, make_task):
    task_ids = [make_task() for _ in range(3)]
    for task_id in task_ids:
        simulator.faults.add(Fault.slow(8), task_id=task_id)

    result = run(kernel, task_ids, "--watch -i 1")

    board = Board.shown(kernel, result)
    assert result.displays[0]["metadata"]["runway_nb"]["followed"] is True
    assert [row for row in board.rows if "generating" in row] == []
    kernel.wait_for(lambda _: all("generating" in row for row in board.rows))


def test_watch_looks_at_ended_tasks_once(kernel, simulator, mixed):
    task_ids, changing = mixed
    run(kernel, task_ids)
    before = {task_id: looks(simulator, task_id) for task_id in task_ids}

    board = Board.shown(kernel, run(kernel, task_ids, "--watch -i 1"))
    kernel.wait_for(lambda _: FROM_RECORD not in summary(board))
    kernel.wait_for(lambda _: all(looks(simulator, task_id) >= before[task_id] + 3 for task_id in changing))

    ended = [task_id for task_id in task_ids if task_id not in changing]
    assert {looks(simulator, task_id) - before[task_id] for task_id in ended} == {1}


def test_last_look_is_retried(kernel, simulator, make_task):
    task_ids = [make_task(DONE), make_task(DONE)]
    run(kernel, task_ids)
    simulator.faults.add(Fault.http(503), task_id=task_ids[0], times=2)
    before = looks(simulator, task_ids[0])

    board = Board.shown(kernel, run(kernel, task_ids, "--watch"))
    kernel.wait_for(lambda _: looks(simulator, task_ids[0]) == before + 3 and "failed" not in " ".join(board.rows))

    assert all("✓ success" in row for row in board.rows)


def test_watch_shows_what_an_ended_task_became(kernel, simulator, make_task):
    task_ids = [make_task(FAILED), make_task(DONE)]
    run(kernel, task_ids)
    simulator.put(task_ids[0], DONE)

    board = Board.shown(kernel, run(kernel, task_ids, "--watch"))

    kernel.wait_for(lambda _: all("✓ success" in row for row in board.rows))


def test_watch_follows_what_goes_on_after_all(kernel, simulator, make_task):
    task_ids = [make_task(FAILED), make_task(DONE)]
    run(kernel, task_ids)
    simulator.put(task_ids[0], GENERATING)

    board = Board.shown(kernel, run(kernel, task_ids, "--watch -i 1"))
    kernel.wait_for(lambda _: any("generating" in row for row in board.rows))
    simulator.put(task_ids[0], DONE)

    kernel.wait_for(lambda _: all("✓ success" in row for row in board.rows))


def test_out_has_every_task_although_followed(kernel, make_task):
    task_ids = [make_task() for _ in range(3)]

    kernel.run(f"%runway {' '.join(task_ids)} --watch -o tasks")

    seen = f"{['generating'] * 3}\n"
    wait_until(lambda: kernel.run("print([task and task.state.value for task in tasks])").stdout == seen)


def test_closed_board_drops_its_looks(kernel, simulator, make_task):
    ended, slow = [make_task(DONE) for _ in range(30)], [make_task() for _ in range(2)]
    run(kernel, [*ended, *slow])
    for task_id in ended:
        simulator.faults.add(Fault.slow(1), task_id=task_id, times=None)
    since = len(simulator.lookups)

    kernel.run(f"%runway {' '.join([*ended, *slow])} --watch -i 1", cell="board")
    kernel.run("pass", cell="board")  # the board's output is gone, and the watcher goes on
    under_way = len(set(looked_at(simulator, since)) & set(ended))
    run(kernel, slow, "--wait -t 3")

    assert len(set(looked_at(simulator, since)) & set(ended)) <= max(under_way, WORKERS)


def test_a_missing_key_fails_the_watching_cell(kernel, make_task):
    kernel.run("import os\nkey = os.environ.pop('APIKLEY_API_KEY')\n%reload_ext runway_nb")
    try:
        result = run(kernel, [make_task(), make_task()], "--watch")
    finally:
        kernel.run("os.environ['APIKLEY_API_KEY'] = key")

    failure(result, "MissingKeyError")
    assert result.displays == []


def test_watch_saves_what_the_first_looks_found(kernel, make_task):
    task_ids = [make_task() for _ in range(3)]

    run(kernel, task_ids, "--watch -i 1")

    update = kernel.wait_for(lambda message: message["msg_type"] == "update_display_data")["content"]
    assert plain(update["data"]["text/html"]).count("generating") == 3 + 1  # and once in the numbers
    assert update["metadata"]["runway_nb"]["followed"] is True

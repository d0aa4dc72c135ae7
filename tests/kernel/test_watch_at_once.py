"""``--watch`` of many tasks gives the cell back at once; ``-o`` then stores a list that fills in."""

from __future__ import annotations

import time
from itertools import count

import pytest
from support.cards import Board, plain
from support.following import DONE, GENERATING, failure
from support.waiting import wait_until

from runway_nb.simulator import Fault, Simulator

MANY = 200
BURST = 20  # look-ups that the budget lets pass at once
RATE = 10  # look-ups per second after that
_RUNS = count()


@pytest.fixture(scope="module")
def module_simulator():
    with Simulator(latency=0.1) as running:
        yield running


@pytest.fixture
def kernel(kernel, simulator):
    """The kernel, with the extension freshly loaded, and a service without faults."""
    simulator.faults.clear()
    assert kernel.run("%reload_ext runway_nb").reply["status"] == "ok"
    return kernel


def new_tasks(kernel, simulator, number, record=GENERATING):
    run = next(_RUNS)
    ids = [f"run-{run}-task-{place}" for place in range(number)]
    for task_id in ids:
        simulator.put(task_id, record)
    kernel.run(f"ids = {ids!r}")
    return ids


def summary(board):
    return plain(board.state("runway-summary-box")["value"])


def wait_for_table(kernel, beginning):
    """Wait until the output is replaced by a board whose text begins like this."""
    kernel.wait_for(
        lambda message: (
            message["msg_type"] == "update_display_data"
            and message["content"]["data"]["text/plain"].startswith(beginning)
        )
    )


def missing(kernel, name="tasks"):
    """Return how many entries of the list are None."""
    return int(kernel.run(f"print({name}.count(None))").stdout)


def test_cell_ends_before_the_looks(kernel, simulator):
    new_tasks(kernel, simulator, MANY)
    since = len(simulator.lookups)
    kernel.run("%config RunwayMagics.max_rate = 100")

    result = kernel.run("%runway ids --watch -o tasks")

    assert len(simulator.lookups) - since < MANY / 4
    board = Board.shown(kernel, result)
    assert result.displays[0]["data"]["text/plain"].startswith(f"Fetching 0 of {MANY}: ? not seen {MANY}\n")
    assert int(kernel.run("filling = tasks\nprint(tasks.count(None))").stdout) > 0
    kernel.wait_for(lambda _: summary(board).startswith(f"0 of {MANY} ended"))
    wait_for_table(kernel, f"0 of {MANY} ended: ◐ generating {MANY}\n")
    assert kernel.run("print([task.task_id for task in tasks] == ids, tasks is filling)").stdout == "True True\n"


def test_summary_counts_the_first_looks(kernel, simulator):
    task_ids = new_tasks(kernel, simulator, 3)
    simulator.faults.add(Fault.slow(2), task_id=task_ids[2])

    board = Board.shown(kernel, kernel.run("%runway ids --watch -o tasks"))

    kernel.wait_for(lambda _: summary(board).startswith("Fetching 2 of 3"))
    assert kernel.run("print([task and task.task_id for task in tasks])").stdout == f"{[*task_ids[:2], None]}\n"
    kernel.wait_for(lambda _: summary(board).startswith("0 of 3 ended"))


def test_plain_table_counts_them_too(kernel, simulator):
    task_ids = new_tasks(kernel, simulator, 3)
    simulator.faults.add(Fault.slow(3), task_id=task_ids[2])

    kernel.run("%runway ids --watch --static -o tasks")

    wait_for_table(kernel, "Fetching 2 of 3: ")
    wait_for_table(kernel, "0 of 3 ended: ")


def test_a_task_that_fails_stays_none(kernel, simulator):
    known, unknown, broken = new_tasks(kernel, simulator, 3)
    simulator.put(unknown, None)
    simulator.faults.add(Fault.http(500), task_id=broken, times=None)

    board = Board.shown(kernel, kernel.run("%runway ids --watch -o tasks"))

    kernel.wait_for(lambda _: summary(board).startswith("0 of 3 ended"))
    assert kernel.run("print([task and task.task_id for task in tasks])").stdout == f"{[known, None, None]}\n"
    assert "? not found" in board.rows[1]
    assert "? not seen yet" in board.rows[2]


def test_two_runs_store_two_lists(kernel, simulator):
    new_tasks(kernel, simulator, 3)

    kernel.run("%runway ids --watch -o tasks\nfirst = tasks", cell="a")
    wait_until(lambda: missing(kernel, "first") == 0)
    kernel.run("%runway ids --watch -o tasks", cell="a")

    assert kernel.run("print(tasks is first, len(tasks))").stdout == "False 3\n"


def test_the_list_follows_the_tasks(kernel, simulator):
    ended, _ = new_tasks(kernel, simulator, 2)
    kernel.run("%runway ids --watch -i 1 -o tasks")
    wait_until(lambda: missing(kernel) == 0)

    simulator.put(ended, DONE)

    wait_until(
        lambda: kernel.run("print([task.state.value for task in tasks])").stdout == "['success', 'generating']\n"
    )


def test_a_changed_list_is_left_alone(kernel, simulator):
    task_ids = new_tasks(kernel, simulator, 3)
    for task_id in task_ids[1:]:
        simulator.faults.add(Fault.slow(1), task_id=task_id)

    board = Board.shown(kernel, kernel.run("%runway ids --watch -o tasks\ntasks[1] = 'mine'\ndel tasks[2]"))

    kernel.wait_for(lambda _: summary(board).startswith("0 of 3 ended"))
    assert kernel.run("print(tasks[0].task_id, tasks[1:])").stdout == f"{task_ids[0]} ['mine']\n"
    assert all("generating" in row for row in board.rows)


def test_the_budget_limits_the_first_looks(kernel, simulator):
    new_tasks(kernel, simulator, 2 * BURST)
    kernel.run(f"%config RunwayMagics.max_rate = {RATE}")
    since, began = len(simulator.lookups), time.monotonic()

    board = Board.shown(kernel, kernel.run("%runway ids --watch -o tasks"))
    kernel.wait_for(lambda _: summary(board).startswith("0 of "))

    for sent, look in enumerate(simulator.lookups[since:], 1):
        assert sent <= BURST + RATE * (look.at - began)


@pytest.mark.parametrize("ending", ["pass  # in the same cell", "%unload_ext runway_nb"])
def test_closing_keeps_what_was_seen(kernel, simulator, ending):
    task_ids = new_tasks(kernel, simulator, 3)
    for task_id in task_ids[1:]:
        simulator.faults.add(Fault.slow(600), task_id=task_id, times=None)
    kernel.run("%runway ids --watch -o tasks", cell="board")
    wait_until(lambda: missing(kernel) == 2)

    result = kernel.run(ending, cell="board")

    assert (result.error, result.stderr) == (None, "")
    assert kernel.run("print([task and task.task_id for task in tasks])").stdout == f"{[task_ids[0], None, None]}\n"


def test_demo_off_keeps_what_was_seen(kernel):
    kernel.run("%runway_demo\nfrom runway_nb.simulator import BATCH\nids = [task.task_id for task in BATCH]")
    board = Board.shown(kernel, kernel.run("%runway ids --watch -o tasks"))
    kernel.wait_for(lambda _: summary(board).startswith("Fetching ") and missing(kernel) < MANY)

    result = kernel.run("%runway_demo off")

    assert (result.error, result.stderr) == (None, "")
    kernel.wait_for(lambda _: not summary(board).startswith("Fetching "))
    assert 0 < missing(kernel) < MANY
    assert kernel.run("print(all(task is None or task.task_id == each for task, each in zip(tasks, ids)))").stdout == (
        "True\n"
    )


def test_switching_off_ends_the_count(kernel, simulator):
    task_ids = new_tasks(kernel, simulator, 3)
    simulator.faults.add(Fault.slow(600), task_id=task_ids[2], times=1)
    board = Board.shown(kernel, kernel.run("%runway ids --watch -o tasks"))
    kernel.wait_for(lambda _: summary(board).startswith("Fetching 2 of 3"))

    board.set_toggle(False)
    kernel.wait_for(lambda _: summary(board).startswith("0 of 3 ended"))
    assert "? not seen yet" in board.rows[2]

    board.set_toggle(True)
    kernel.wait_for(lambda _: summary(board).startswith("Fetching 2 of 3"))


@pytest.mark.parametrize("options", ["", "--wait -i 1"])
def test_list_is_complete_without_watch(kernel, simulator, options):
    task_ids = new_tasks(kernel, simulator, 3, DONE)

    result = kernel.run(f"%runway ids {options} -o tasks\nprint([task.task_id for task in tasks])")

    assert result.stdout == f"{task_ids}\n"


def test_an_interrupted_cell_keeps_its_list(kernel, simulator):
    task_ids = new_tasks(kernel, simulator, 3)
    simulator.faults.add(Fault.slow(600), task_id=task_ids[2], times=None)

    running = kernel.start("%runway ids -o tasks")
    shown = kernel.wait_for(lambda message: message["msg_type"] == "display_data")["content"]
    board = Board.of(kernel, shown)
    kernel.wait_for(lambda _: summary(board).startswith("Fetching 2 of 3"))
    kernel.interrupt()
    failure(kernel.finish(running), "LooksInterruptedError")

    assert kernel.run("print([task and task.task_id for task in tasks])").stdout == f"{[*task_ids[:2], None]}\n"
    assert summary(board).startswith("0 of 3 ended")


def test_one_task_is_stored_at_once(kernel, simulator):
    (task_id,) = new_tasks(kernel, simulator, 1)
    assert kernel.run("%runway ids --watch -o task\nprint(task.task_id)").stdout == f"{task_id}\n"


def test_terminal_says_that_it_fetches(terminal, simulator):
    for task_id, record in (("one-1", GENERATING), ("two-2", DONE), ("slow-3", GENERATING)):
        simulator.put(task_id, record)
    terminal.run("%load_ext runway_nb")
    simulator.faults.add(Fault.slow(600), task_id="slow-3")

    terminal.start("%runway one-1 two-2 slow-3 --watch -o tasks")
    terminal.wait_for("Fetching 3 tasks. Interrupt to show those fetched so far.")
    wait_until(lambda: {"one-1", "two-2", "slow-3"} <= {look.task_id for look in simulator.lookups})
    terminal.interrupt()
    terminal.finish()
    assert terminal.run("print(tasks[2], len(tasks))") == "None 3"

    terminal.start("%runway one-1 two-2 slow-3 --watch -i 1 -o tasks")
    terminal.wait_for("Following in the foreground")
    terminal.interrupt()
    printed = terminal.finish()
    assert "UTC  one-1  generating" not in printed
    assert printed.splitlines()[-1].startswith("WaitInterruptedError: Stopped waiting; 2 tasks go on.")
    assert terminal.run("print([task.task_id for task in tasks])") == "['one-1', 'two-2', 'slow-3']"

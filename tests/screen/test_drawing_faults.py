"""Tasks that cannot be drawn, in a real kernel: their row or card says so, and following goes on."""

from __future__ import annotations

import pytest
from support.cards import Board, Card, plain
from support.following import DONE, PROMPT, QUEUEING, looks
from support.waiting import wait_until

FAULT = "This task could not be drawn (TypeError)."
BREAK = """
from runway_nb.view import words
from runway_nb.view.board import words as board_words

def broken(function, task_of):
    def call(first, *rest, **options):
        if task_of(first) == {task_id!r}:
            raise TypeError("broken")
        return function(first, *rest, **options)
    return call

whole = board_words.text, words.details
board_words.text = broken(board_words.text, lambda row: row.sighting.task_id)
words.details = broken(words.details, lambda task: task.task_id)
"""
MEND = "board_words.text, words.details = whole"


@pytest.fixture
def broken_task(kernel, make_task):
    """A task that cannot be drawn, until the test is over or mends it."""
    task_id = make_task()
    assert kernel.run(BREAK.format(task_id=task_id)).error is None
    yield task_id
    kernel.run(MEND)


def test_watched_board(kernel, simulator, make_task, broken_task):
    fine = make_task()
    board = Board.shown(kernel, kernel.run(f"%runway {broken_task} {fine} --watch -i 1"))
    kernel.wait_for(lambda _: len(board.rows) == 2 and FAULT in board.rows[0] and PROMPT in board.rows[1])
    before = looks(simulator, broken_task), looks(simulator, fine)
    wait_until(lambda: looks(simulator, broken_task) > before[0] and looks(simulator, fine) > before[1])
    simulator.put(fine, DONE)
    kernel.wait_for(
        lambda _: "✓ success" in board.rows[1] and "following 1" in plain(board.state("runway-status")["value"])
    )
    kernel.run(MEND)
    simulator.put(broken_task, DONE)
    kernel.wait_for(lambda _: "✓ success" in board.rows[0] and FAULT not in board.rows[0])


def test_watched_card(kernel, simulator, broken_task):
    card = Card.shown(kernel, kernel.run(f"%runway {broken_task} --watch -i 1"))
    assert f"? unknown {broken_task} {FAULT}" in card.text
    before = looks(simulator, broken_task)
    wait_until(lambda: looks(simulator, broken_task) > before + 1)
    assert card.toggle == ("Auto-refresh", True)
    kernel.run(MEND)
    simulator.put(broken_task, QUEUEING)
    card.wait_for("◔ queueing", PROMPT, without=FAULT)


@pytest.mark.parametrize("options", ["", "--static"])
def test_table(kernel, make_task, broken_task, options):
    result = kernel.run(f"%runway {broken_task} {make_task()} {options}")
    assert result.error is None
    saved = plain([*result.displays, *result.updates][-1]["data"]["text/html"])
    assert saved.count(FAULT) == 1
    assert saved.count(PROMPT) == 1
    assert "generating 2" in saved  # what could be read of it counts


def test_plain_card(kernel, broken_task):
    (shown,) = kernel.run(f"%runway {broken_task} --static").displays
    assert f"? unknown {broken_task} {FAULT}" in plain(shown["data"]["text/html"])
    assert FAULT in shown["data"]["text/plain"]


def test_raw_response_is_shown_all_the_same(kernel, make_task, broken_task):
    (shown,) = kernel.run(f"%runway {broken_task} {make_task()} --json").displays
    assert [task["state"] for task in shown["data"]["application/json"].values()] == ["generating", "generating"]


def test_observer_that_always_fails(kernel, simulator, task_id):
    code = (
        f"from runway_nb import show\ncard = show('{task_id}', watch=True, interval=1)\n"
        "def fail(change): raise ValueError('the observer failed')\ncard.observe(fail, 'sighting')"
    )
    card = Card.shown(kernel, kernel.run(code))
    card.wait_for("This output could not be updated", "ValueError: the observer failed", PROMPT)
    before = looks(simulator, task_id)
    wait_until(lambda: looks(simulator, task_id) > before + 1)
    assert card.toggle == ("Auto-refresh", True)
    kernel.run("card.unobserve(fail, 'sighting')")
    card.wait_for("◐ generating", without="could not be updated")
    simulator.put(task_id, DONE)
    card.wait_for("✓ success", without="could not be updated")

"""Where a thread cannot draw, as in Colab's kernel, the running cell or comm handler draws."""

from __future__ import annotations

import pytest
from support.cards import Board, Card
from support.following import DONE, QUEUEING, looks


@pytest.fixture
def colab(kernel):
    """The kernel, made to look like Colab's."""
    kernel.run("shell = type(get_ipython())\nmodule, shell.__module__ = shell.__module__, 'google.colab._shell'")
    yield kernel
    kernel.run("shell.__module__ = module")


def test_watch_runs_in_the_foreground(colab, simulator, task_id):
    running = colab.start(f"%runway {task_id} --watch -i 1\nprint('ended')")
    shown = colab.wait_for(lambda message: message["msg_type"] == "display_data", since=running.start)
    card = Card.of(colab, shown["content"])
    card.wait_for_messages(1)
    simulator.put(task_id, DONE)
    assert colab.finish(running).stdout == (
        "Following in the foreground. An interrupt ends the wait, not the task.\nended\n"
    )
    assert "✓ success" in card.text


def test_controls_draw_before_they_return(colab, simulator, make_task):
    first, second = make_task(), make_task()
    colab.run("%config RunwayMagics.interval = 1")
    board = Board.shown(colab, colab.run(f"%runway {first} {second}"))
    card = board.open_row(0)
    assert first in card.text
    simulator.put(first, QUEUEING)
    simulator.put(second, DONE)
    board.press_refresh()
    assert "◔ queueing" in card.text
    assert "queueing" in board.rows[0]
    assert "success" in board.rows[1]
    simulator.put(first, DONE)
    card.set_toggle(True)
    assert "✓ success" in card.text


def test_board_looks_at_every_task_before_it_follows(colab, simulator, make_task):
    ended, going_on = make_task(DONE), make_task()
    colab.run(f"%runway {ended} {going_on}")
    before = looks(simulator, ended)

    running = colab.start(f"%runway {ended} {going_on} --watch -i 1")
    colab.wait_for(lambda message: "Following in the foreground" in str(message["content"].get("text")))
    simulator.put(going_on, DONE)
    colab.finish(running)

    assert looks(simulator, ended) == before + 1

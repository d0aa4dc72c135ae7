"""A board of many tasks for the tests of the live board."""

from __future__ import annotations

import pytest
from support.boards import Reader, answered, make_board

from runway_nb.simulator import Record


@pytest.fixture
def open_board():
    """Makes boards, and closes them after the test."""
    made = []

    def make(sightings, actions=None, **options):
        made.append(make_board(sightings, actions, **options))
        return made[-1]

    yield make
    for board in made:
        board.close()


@pytest.fixture
def board(open_board):
    """A board of 24 tasks that wait; none of them is followed."""
    return open_board([answered(f"task-{at:02}", Record("wait", f"shot {at:02}")) for at in range(24)])


@pytest.fixture
def reader(board):
    """What the board shows."""
    return Reader(board)

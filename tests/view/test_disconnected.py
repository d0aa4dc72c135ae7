"""What cards and boards say once their kernel was restarted or stopped."""

import re

import pytest
from support.boards import Actions, batch, make_board
from support.cards import plain
from support.tasks import seen

from runway_nb.view.card.widget import TaskCard
from runway_nb.view.disconnected import DISCONNECTED, ENDED, UNFINISHED, notice
from runway_nb.view.shared import close_shared, disconnect_shared, shared
from runway_nb.view.style import sheet


@pytest.fixture(autouse=True)
def _nothing_shared():
    close_shared()
    yield
    close_shared()


def test_sentences():
    assert UNFINISHED == "No longer live: the kernel was restarted or stopped. Run the cell again."
    assert ENDED == "The kernel was restarted or stopped. To use the controls, run the cell again."
    assert plain(notice()) == f"{UNFINISHED} {ENDED}"


def test_every_view_holds_the_notice():
    for view in (TaskCard(seen("generating"), Actions()), make_board(batch(3))):
        assert view.children[0].value == f"{sheet()}{notice()}"


def test_notice_is_hidden_while_alive():
    assert ".runway-sheet.jupyter-widgets{display:none}" in sheet()
    assert set(re.findall(r"jupyter-widgets-\w+", sheet())) == {DISCONNECTED}


def test_end_of_kernel_marks_the_sheet():
    card = TaskCard(seen("generating"), Actions())

    disconnect_shared()

    assert DISCONNECTED in card.children[0]._dom_classes
    assert card.comm is not None


def test_nothing_to_mark_without_views():
    disconnect_shared()

    assert shared().sheet._dom_classes == ("runway-sheet",)

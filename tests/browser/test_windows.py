"""Two windows on one notebook: what one of them runs blanks nothing in the other."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from support.following import DONE, GENERATING

pytestmark = pytest.mark.browser

WATCH = "%runway task-shared --watch -i 1"
ELSEWHERE = "this cell was run again in another window"


@pytest.fixture
def windows(frontend, simulator):
    """Two windows; the first one has run all cells."""
    simulator.put("task-shared", GENERATING)
    frontend.write(["%load_ext runway_nb", WATCH, "%runway task-shared task-other --watch -i 1"])
    simulator.put("task-other", GENERATING)
    frontend.open()
    frontend.run_all()
    other = type(frontend)(frontend.server, frontend.page.context.new_page())
    other.open()
    return frontend, other


def test_card_stays_in_the_other_window(windows, simulator):
    first, second = windows
    second.run_cell(1)

    expect(second.output(1)).to_contain_text("so far")
    card = first.output(1).locator(".runway-card")
    expect(card).to_contain_text(ELSEWHERE)
    card.get_by_role("button", name="Resume").click()
    expect(card).to_contain_text("so far")
    simulator.put("task-shared", DONE)
    for window in windows:
        expect(window.output(1).locator(".runway-card")).to_contain_text("✓ success")
        assert window.page_errors == []


def test_board_stays_in_the_other_window(windows):
    first, second = windows
    second.run_cell(2)

    expect(second.output(2)).to_contain_text("0 of 2 ended")
    board = first.output(2).locator(".runway-board")
    expect(board).to_contain_text(ELSEWHERE)

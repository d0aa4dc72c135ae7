"""The board in real front-ends: with mouse and keyboard, while tasks end, in both themes and in a narrow window."""

# ruff: noqa: RUF001  # the board writes a dash between the numbers of a range

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from support.boards import PREPARE

pytestmark = pytest.mark.browser

MAKE = f"""{PREPARE}
import os
actions = Actions()
clips_url = os.environ["APIKLEY_BASE_URL"] + "/clips"
admit_api(clips_url)  # as a client would
board = make_board(batch(clips_url=clips_url), actions, gathers=True)
publish(bundle_of(board))
"""
RUN_WHILE_ALL_END = """
import time
for sighting in board.sightings:
    if not sighting.task or sighting.task.state.value != "success":
        board.update(changed(sighting, Record("success", "shot", clip=None)))
    time.sleep(0.005)
"""
TABS = 60
"""More than a board has controls."""

NAME = "element => element?.matches('button, input') ? element.innerText.trim() || element.placeholder || '' : ''"
"""The text of a control; empty for its surroundings, which can have the focus too."""


@pytest.fixture
def board(frontend):
    """Open a board of the batch, in JupyterLab and in Notebook 7."""
    return _open(frontend)


@pytest.fixture
def board_in_lab(lab):
    """Open the same board in JupyterLab only."""
    return _open(lab)


def _open(frontend):
    frontend.write([MAKE, RUN_WHILE_ALL_END, "print(*actions.calls)"])
    frontend.open()
    frontend.run_cell(0)
    expect(frontend.output(0)).to_contain_text("181 of 200 ended")
    return frontend


def control(board, name, **options) -> Locator:
    return board.output(0).get_by_role("button", name=name, **options)


def rows(board) -> Locator:
    return board.output(0).locator(".runway-row")


def press_row(board, index: int) -> None:
    """Click a row away from its label: its control covers the whole row."""
    board.output(0).locator(".runway-open:enabled").nth(index).click(position={"x": 100, "y": 20})


def focused(page: Page) -> str:
    return page.evaluate(f"({NAME})(document.activeElement)")


def expect_focus(page: Page, name: str) -> None:
    """Wait until a control with this text has the focus: its text follows a press a moment later."""
    page.wait_for_function(f"name => ({NAME})(document.activeElement) === name", arg=name)


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press a key, Tab by default, until a control has the focus."""
    for _ in range(TABS):
        page.keyboard.press(key)
        if name in focused(page):
            return
    pytest.fail(f"{name!r} does not have the focus after {TABS} steps; {focused(page)!r} has it")


def test_board_with_the_mouse(board):
    output = board.output(0)
    expect(rows(board)).to_have_count(10)
    control(board, "moderation (prompt)").click()
    expect(output).to_contain_text("1–10 of 21 (of 200) · moderation (prompt)")
    control(board, "Next").click()
    control(board, "Next").click()
    expect(output).to_contain_text("21 (of 200) · moderation (prompt)")
    expect(rows(board)).to_have_count(1)
    control(board, "Clear filters").click()
    output.get_by_placeholder("Search").fill("lanterns square")
    expect(output).to_contain_text("1–4 of 4 (of 200) · “lanterns square”")
    expect(rows(board)).to_have_count(4)
    press_row(board, 3)
    card = output.locator(".runway-card")
    expect(card).to_contain_text("Too many generations at once")
    press_row(board, 0)
    expect(card).to_have_count(1)
    expect(card).to_contain_text("A thousand lanterns rise from the square, wide establishing shot")
    board.play(card.locator("video"))
    control(board, "Close the card").click()
    expect(card).to_have_count(0)
    expect(rows(board)).to_have_count(4)
    assert board.page_errors == []
    assert board.foreign_requests == []


def test_board_with_the_keyboard(board):
    board.cell(0).locator(".cm-content").click()
    board.page.keyboard.press("Escape")
    _filter_by_keyboard(board)
    _turn_pages_by_keyboard(board)
    _open_card_by_keyboard(board)
    expect(board.page.locator(".jp-Notebook .jp-Cell")).to_have_count(3)
    assert board.page_errors == []


def _filter_by_keyboard(board):
    page, output = board.page, board.output(0)
    tab_to(page, "✕ fail")
    page.keyboard.press("Enter")
    expect(output).to_contain_text("1–10 of 61 (of 200) · fail")
    tab_to(page, "moderation (prompt)")
    page.keyboard.press("Space")
    expect(output).to_contain_text("1–10 of 21 (of 200) · moderation (prompt)")
    tab_to(page, "Search")
    page.keyboard.type("dd knife")  # in command mode, "dd" would delete the cell
    expect(output).to_contain_text("No task matches")
    for _ in "dd ":
        page.keyboard.press("Home")
        page.keyboard.press("Delete")
    expect(output).to_contain_text("1–4 of 4 (of 200) · moderation (prompt) · “knife”")
    tab_to(page, "last first")
    page.keyboard.press("Enter")
    expect(rows(board).nth(0)).to_contain_text("high angle")
    tab_to(page, "Clear filters")
    page.keyboard.press("Enter")
    expect(output).to_contain_text("1–10 of 200")


def _turn_pages_by_keyboard(board):
    page = board.page
    tab_to(page, "Next")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(board.output(0)).to_contain_text("21–30 of 200")
    expect_focus(page, "Next")


def _open_card_by_keyboard(board):
    page, output = board.page, board.output(0)
    tab_to(page, "Open")
    page.keyboard.press("Enter")
    expect(output.locator(".runway-card")).to_have_count(1)
    expect_focus(page, "Close")
    tab_to(page, "Close the card")
    tab_to(page, "Refresh")  # of the card
    page.keyboard.press("Enter")
    tab_to(page, "Close the card", "Shift+Tab")
    page.keyboard.press("Space")
    expect(output.locator(".runway-card")).to_have_count(0)


def test_updates_keep_controls_in_use(board_in_lab):
    board = board_in_lab
    output = board.output(0)
    for _ in range(2):
        control(board, "Next").click()  # to tasks whose videos have not expired
    expect(output).to_contain_text("21–30 of 200")
    press_row(board, 1)
    video = output.locator(".runway-card video")
    board.play(video)
    first_button = control(board, "Open").first.element_handle()
    search = output.get_by_placeholder("Search")
    search.click()
    board.run_cell(1, wait=False)
    search.click()
    search.press_sequentially("shot", delay=60)
    expect(output).to_contain_text("200 tasks, all ended")
    expect(output).to_contain_text("200 ✓ success")
    expect(output).to_contain_text("“shot”")
    expect(search).to_have_value("shot")
    expect(search).to_be_focused()
    assert first_button.evaluate("button => button.isConnected")
    assert video.evaluate("video => video.currentTime > 0")
    expect(output.get_by_role("button", name="Auto-refresh").first).to_be_disabled()
    assert board.page_errors == []


def test_only_controls_trigger_actions(board_in_lab):
    board = board_in_lab
    control(board, "Auto-refresh").click()
    board.output(0).locator(".runway-look-all").click()
    board.wait_idle()
    board.run_cell(2)
    expect(board.output(2)).to_have_text(re.compile("follow look"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_narrow_window_in_both_themes(board_in_lab, theme):
    board = board_in_lab
    board.set_theme(theme)
    board.set_width(400)
    press_row(board, 0)
    expect(board.output(0).locator(".runway-card")).to_be_visible()
    overflowing = (
        board.output(0)
        .locator(".runway-board")
        .evaluate(
            """board => [...board.querySelectorAll("*")].filter(part => {
            const box = part.getBoundingClientRect(), edge = board.getBoundingClientRect();
            const clipped = part.closest(".runway-row, .runway-unseen, .widget-label, video, details");
            return box.width && !clipped && (box.right > edge.right + 0.5 || box.left < edge.left - 0.5);
        }).map(part => part.className)"""
        )
    )
    assert overflowing == []
    # Numbers, bars and rows are exactly behind their controls.
    assert _largest_offset(board, ".runway-tile", ".runway-tiles button") < 1.5
    assert _largest_offset(board, ".runway-bar-line", ".runway-causes button") < 1.5
    assert _largest_offset(board, ".runway-row", ".runway-open:enabled") < 1.5


def _largest_offset(board, numbers: str, controls: str) -> float:
    """Return the largest distance between the upper left corner of a control and of what it covers."""
    return board.page.evaluate(
        """([numbers, controls]) => {
            const corners = selector => [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect());
            const [behind, before] = [corners(numbers), corners(controls)];
            if (!behind.length || behind.length !== before.length) return Infinity;
            return Math.max(...behind.map((box, i) => Math.hypot(box.x - before[i].x, box.y - before[i].y)));
        }""",
        [numbers, controls],
    )

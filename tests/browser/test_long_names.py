"""States, parameters, ids and texts of 3,000 letters stay inside every view, at 400 pixels too."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from support.tasks import NOW, seen

from runway_nb.model.lineage import Lineage, Link
from runway_nb.model.sighting import Sighting
from runway_nb.view.board import saved as board
from runway_nb.view.card import saved as card
from runway_nb.view.reports import compare, history, lineage

pytestmark = pytest.mark.browser

LETTERS = ("w", "W", "漢", "﷽")
OUTSIDE = """root => {
  const edge = root.getBoundingClientRect().right + 1;
  const name = each => `${each.tagName} ${each.className} ${each.textContent.trim().slice(0, 40)}`;
  root.querySelectorAll("details").forEach(each => { each.open = true; });
  return [...root.querySelectorAll("*")].filter(each => {
    const box = each.getBoundingClientRect();
    const isCut = each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).textOverflow !== "ellipsis";
    return box.width > 0 && (box.right > edge || (each.clientWidth > 1 && isCut));  // one pixel is for screen readers
  }).map(name);
}"""


def record(letter):
    """Return a record whose every name and text is 3,000 letters without a space."""
    long = letter * 3000
    return {
        "parentTaskId": long,
        "generateParam": {"prompt": long, f"p{long}": f"v{long}", f"k{long}": 1},
        "videoInfo": {"videoId": long},
        "failMsg": long,
        "failCode": long,
    }


def saved_views(letter):
    """Draw everything that is saved, with tasks in states of 3,000 letters and one that failed."""
    odd = seen("queueing", f"q{letter * 3000}", letter * 3000, **record(letter))
    other = seen(f"z{letter * 3000}", **{**record(letter), "generateParam": {"prompt": letter, letter * 2999: 1}})
    failed = seen(f"q{letter * 3000}", "fail", **record(letter))
    chain = Lineage(tuple(Link(each.task_id, each.task) for each in (odd, failed)))
    bundles = {
        "card": card.card(odd, NOW),
        "failed card": card.card(failed, NOW),
        "board": board.board([odd, failed], NOW),
        "comparison": compare.draw(odd, other, NOW),
        "history": history.draw([odd, failed], NOW),
        "lineage": lineage.draw(chain, NOW),
    }
    return {name: bundle.data["text/html"] for name, bundle in bundles.items()}


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("width", [400, 800])
def test_saved_views_hold_long_names(page, width, letter):
    page.set_viewport_size({"width": width, "height": 900})
    for name, view in saved_views(letter).items():
        page.set_content(f"<!doctype html><meta charset=utf-8><body style='margin:8px'>{view}")
        assert page.locator("body > div").evaluate(OUTSIDE) == [], name


@pytest.mark.parametrize("width", [300, 800])
def test_saved_board_keeps_its_columns_apart(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    states = ("wait", "queueing", "generating", "success", "fail", "upscaling to 4K")
    rows = [*(seen(state, task_id=state) for state in states), Sighting("not-seen")]
    view = board.board(rows, NOW).data["text/html"]
    page.set_content(f"<!doctype html><meta charset=utf-8><body style='margin:8px'>{view}")
    cells = page.locator("tbody tr td:first-child")
    expect(cells).to_have_count(len(rows))
    inside = "cell => cell.querySelector('span').getBoundingClientRect().right <= cell.getBoundingClientRect().right"
    assert [cell.text_content() for cell in cells.all() if not cell.evaluate(inside)] == []
    narrowest = page.locator("th:last-child").evaluate("cell => cell.clientWidth")
    assert narrowest > width / 5  # the prompts are legible


def test_live_views_hold_long_names(lab, simulator):
    simulator.put("task-1", {"state": "w" * 3000, **record("w")})
    simulator.put("task-2", {"state": "fail", **record("W")})
    lab.write(["%load_ext runway_nb", "%runway task-1", "%runway task-2", "%runway task-1 task-2"])
    lab.open()
    lab.run_all()
    for width in (1200, 400):
        lab.set_width(width)
        for cell in (1, 2, 3):
            shown = lab.output(cell).locator(".runway-card, .runway-board").first
            expect(shown).to_contain_text("www" if cell != 2 else "WWW")
            assert shown.evaluate(OUTSIDE) == [], (width, cell)
    assert lab.page_errors == []

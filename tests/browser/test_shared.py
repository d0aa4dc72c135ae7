"""Cards share their style sheet: they keep their style when the first card is gone and the page is reloaded."""

import pytest
from playwright.sync_api import expect
from support.demo import show

pytestmark = pytest.mark.browser

LOAD = "%load_ext runway_nb"
BADGE = "badge => getComputedStyle(badge).backgroundColor"
GREEN, BLUE = "rgb(26, 127, 55)", "rgb(10, 95, 196)"


def badge_of(frontend, cell):
    badge = frontend.output(cell).locator(".runway-badge")
    expect(badge).to_be_visible()
    return badge.evaluate(BADGE)


def test_card_keeps_its_look_alone(frontend):
    frontend.write([LOAD, show("finished"), show("generating", "--watch")])
    frontend.open()
    frontend.run_all()
    assert [badge_of(frontend, cell) for cell in (1, 2)] == [GREEN, BLUE]

    frontend.delete_cell(1)
    frontend.save()
    frontend.reload()

    card = frontend.output(1).locator(".runway-card")
    expect(card).to_contain_text("◐ generating")
    assert badge_of(frontend, 1) == BLUE
    expect(card.locator(".runway-sheet")).to_be_hidden()
    assert frontend.page_errors == []


def test_next_card_works_after_close_all(lab):
    lab.write([LOAD, show("finished"), "import ipywidgets\nipywidgets.Widget.close_all()", show("generating")])
    lab.open()
    lab.run_all()

    assert badge_of(lab, 3) == BLUE
    assert lab.page_errors == []

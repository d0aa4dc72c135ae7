"""The card in JupyterLab and Notebook 7, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from support.contrast import CONTRAST
from support.demo import show
from support.frontend import refresh_button

from runway_nb.model.errors import RunwayError
from runway_nb.simulator import Fault, Record

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("simulator", [{"pace": 5}], indirect=True)]

STATES = {
    "wait": "○ wait",
    "queueing": "◔ queueing",
    "generating": "◐ generating",
    "finished": "✓ success",
    "fail-moderator": "✕ fail",
    "expiring": "in about 2 days",
    "expired": "has expired",
    "no-url": "no video link",
    "unknown-state": "? upscaling",
    "long-prompt": "✓ success",
    "bare": "no prompt",
}
LOAD = "%load_ext runway_nb\n%config RunwayMagics.interval = 1"
LOOK_FAILED = RunwayError.title
MARK = "video => { video.marked = true; }"
PLAYED = "video => video.marked ? video.currentTime : -1"

OVERFLOW = """card => {
  const area = card.closest(".jp-OutputArea-output").getBoundingClientRect();
  const edge = card.getBoundingClientRect().right + 1;
  const name = each => `${each.tagName} ${each.className} ${each.textContent.trim().slice(0, 40)}`;
  const out = [...card.querySelectorAll("*")].filter(each => {
    const box = each.getBoundingClientRect();
    return box.width > 0 && (box.right > edge || (each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1));
  }).map(name);
  return edge > area.right + 2 || edge > innerWidth + 1 ? [...out, "the card itself"] : out;
}"""


def card_in(frontend, cell):
    return frontend.output(cell).locator(".runway-card")


def expanded(frontend, cell):
    """Scroll to a card, expand all its details and return it."""
    card = card_in(frontend, cell)
    card.scroll_into_view_if_needed()
    card.evaluate("card => card.querySelectorAll('details').forEach(each => { each.open = true; })")
    return card


def illegible(frontend):
    """Return the texts of all cards that have too little contrast with their background."""
    texts = [
        {**text, "card": title}
        for cell, title in enumerate(STATES, start=1)
        for text in expanded(frontend, cell).evaluate(CONTRAST)
    ]
    assert len(texts) > 10 * len(STATES)  # the script measured something
    return [text for text in texts if text["ratio"] < text["needed"]]


def test_every_state_is_legible(frontend):
    frontend.write([LOAD, *map(show, STATES)])
    frontend.open()
    frontend.run_all()
    for cell, words in enumerate(STATES.values(), start=1):
        card = card_in(frontend, cell)
        expect(card).to_contain_text(words)
        expect(card.get_by_text(words).first).to_be_visible()
    finished = card_in(frontend, list(STATES).index("finished") + 1)
    frontend.play(finished.locator("video"))
    expect(finished.get_by_role("button", name="Auto-refresh")).to_be_hidden()
    expect(card_in(frontend, 1).get_by_role("button", name="Auto-refresh")).to_be_visible()
    expired = card_in(frontend, list(STATES).index("expired") + 1)
    expect(expired.get_by_alt_text(re.compile("^Thumbnail"))).to_be_visible()
    expect(expired.locator("video")).to_have_count(0)
    for theme in ("light", "dark"):
        frontend.set_theme(theme)
        assert illegible(frontend) == [], theme
    frontend.set_width(400)
    for cell in range(1, len(STATES) + 1):
        assert expanded(frontend, cell).evaluate(OVERFLOW) == []
    assert frontend.page_errors == []
    assert frontend.foreign_requests == []


def test_refresh_looks_again(frontend, simulator):
    simulator.put("task-refreshed", Record("queueing", "A kite over dunes"))
    frontend.write([LOAD, "%runway task-refreshed"])
    frontend.open()
    frontend.run_all()
    card = card_in(frontend, 1)
    expect(card).to_contain_text("◔ queueing")
    simulator.put("task-refreshed", Record(prompt="A kite over dunes"))
    refresh_button(card).click()
    expect(card).to_contain_text("✓ success")
    assert frontend.page_errors == []


def test_updates_keep_the_video_playing(frontend, simulator):
    simulator.put("task-stays", Record(prompt="A kite over dunes"))
    frontend.write([LOAD, "%runway task-stays"])
    frontend.open()
    frontend.run_all()
    card = card_in(frontend, 1)
    video, refresh = card.locator("video"), refresh_button(card)
    video.evaluate(MARK)
    frontend.play(video)
    simulator.faults.add(Fault.http(500))
    refresh.click()
    expect(card).to_contain_text(LOOK_FAILED)
    expect(card).to_contain_text("✓ success")
    assert video.evaluate(PLAYED) >= 0.3
    refresh.click()
    expect(card).not_to_contain_text(LOOK_FAILED)
    assert video.evaluate(PLAYED) >= 0.3
    frontend.set_theme("dark")
    assert video.evaluate(PLAYED) >= 0.3
    assert frontend.page_errors == []


def test_toggle_follows_to_the_end(frontend):
    frontend.write([LOAD, "%runway walk-toggle"])
    frontend.open()
    frontend.run_all()
    card = card_in(frontend, 1)
    expect(card).to_contain_text("○ wait")
    card.get_by_role("button", name="Auto-refresh").click()
    expect(card.locator(".runway-follow")).to_have_class(re.compile("mod-active"))
    expect(card).to_contain_text("✓ success")
    expect(card.get_by_role("button", name="Auto-refresh")).to_be_hidden()
    frontend.play(card.locator("video"))
    assert frontend.page_errors == []


def test_reloaded_page_finds_the_card(frontend, simulator):
    simulator.put("task-reloaded", Record("generating", "A kite over dunes"))
    frontend.write([LOAD, "%runway task-reloaded"])
    frontend.open()
    frontend.run_all()
    card = card_in(frontend, 1)
    card.get_by_role("button", name="Auto-refresh").click()
    expect(card).to_contain_text("so far")
    frontend.save()
    frontend.reload()
    expect(card).to_contain_text("◐ generating")
    expect(card.get_by_role("button", name="Auto-refresh")).to_be_visible()
    simulator.put("task-reloaded", Record(prompt="A kite over dunes"))
    expect(card).to_contain_text("✓ success")
    frontend.play(card.locator("video"))
    assert frontend.page_errors == []

"""Saved notebooks reopened in real front-ends: trusted and untrusted, without a kernel, exported, in Voilà."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone

import nbclient
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import expect
from support.demo import show
from support.environment import isolated_environment
from support.frontend import refresh_button

from runway_nb.model.sighting import Sighting
from runway_nb.service.client import RunwayClient
from runway_nb.simulator.scenarios import demo_task
from runway_nb.view.card import saved
from runway_nb.view.mime import WIDGET_VIEW

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("simulator", [{"pace": 5}], indirect=True)]

STATES = ("queueing", "generating", "finished", "expiring", "expired", "no-url", "fail-moderator", "unknown-state")
LOST_HARMLESSLY = {"aspect-ratio", "loading", "playsinline", "referrerpolicy"}
"""Without these, a video is 150 pixels high until it loads, images load at once, phones play in full screen, and the
host of a thumbnail learns the page's origin."""
NO_WIDGET = re.compile("Error displaying widget|Loading widget")
TRUST_SHOWS = "playsinline"  # the sanitizer removes this attribute from untrusted outputs
LOOKS = """() => [...document.querySelectorAll(".jp-OutputArea-output")].flatMap(output =>
  [...output.querySelectorAll("*")].map(element => ({
    element: element.tagName.toLowerCase(),
    style: [...element.style].map(name => `${name}: ${element.style[name]}`),
    attributes: [...element.attributes].filter(each => each.name !== "style").map(each => `${each.name}=${each.value}`),
  })))"""


def views(notebook):
    """Return for each display whether it has a widget view."""
    return [WIDGET_VIEW in each.data for cell in notebook.cells for each in cell.outputs if "data" in each]


def static_cards(simulator, titles):
    """Return a notebook of static cards."""
    now = datetime.now(timezone.utc)
    cells = []
    with RunwayClient("any", simulator.base_url) as client:
        for title in titles:
            sighting = Sighting(demo_task(title).task_id).saw(client.get(demo_task(title).task_id), now)
            bundle = saved.card(sighting, now)
            card = new_output("display_data", dict(bundle.data), metadata=bundle.metadata)
            cells.append(new_code_cell(f"# {title}", outputs=[card]))
    return new_notebook(cells=cells)


def save_twice(frontend):
    for _ in range(2):
        with frontend.page.expect_response(lambda answer: answer.request.method == "PUT" and ".ipynb" in answer.url):
            frontend.save()


def assert_shows_the_finished_task(frontend, prompt, *, trusted):
    output = frontend.output(1)
    expect(output).to_contain_text("✓ success")
    expect(output).to_contain_text(prompt)
    expect(output).to_contain_text("Checked")
    expect(output.get_by_role("link", name="Open the video")).to_be_visible()
    expect(output.locator(f"video[{TRUST_SHOWS}]")).to_have_count(int(trusted))
    frontend.play(output.locator("video"))
    expect(frontend.page.get_by_text(NO_WIDGET)).to_have_count(0)
    assert frontend.page_errors == []


def wait_until(frontend, condition):
    """Wait for a condition outside the page."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        frontend.page.wait_for_timeout(50)


def test_finished_card_outlives_its_kernel(frontend, simulator):
    prompt = demo_task("walking").record.prompt
    frontend.write(["%load_ext runway_nb", show("walking", "--watch --interval 1")])
    frontend.open()
    frontend.run_all()
    live = frontend.output(1).locator(".runway-card")
    expect(live).to_contain_text("✓ success")

    save_twice(frontend)
    expect(frontend.dialog).to_have_count(0)
    saved = frontend.read()
    assert views(saved) == [False]
    looks = len(simulator.lookups)
    refresh_button(live).click()
    wait_until(frontend, lambda: len(simulator.lookups) > looks)
    save_twice(frontend)
    expect(frontend.dialog).to_have_count(0)
    expect(live).to_contain_text(prompt)

    frontend.close()
    frontend.open(kernel=False)
    assert_shows_the_finished_task(frontend, prompt, trusted=True)
    saved.metadata.changed_elsewhere = True  # the signature no longer matches
    frontend.write(saved, "untrusted.ipynb")
    frontend.open("untrusted.ipynb", kernel=False)
    assert_shows_the_finished_task(frontend, prompt, trusted=False)


def test_followed_card_survives_a_reload(frontend):
    frontend.write(["%load_ext runway_nb", show("generating", "--watch")])
    frontend.open()
    frontend.run_all()
    live = frontend.output(1).locator(".runway-card")
    expect(live).to_contain_text("◐ generating")
    save_twice(frontend)
    expect(frontend.dialog).to_have_count(0)
    assert views(frontend.read()) == [True]
    frontend.reload()
    expect(live).to_contain_text("◐ generating")
    expect(refresh_button(live)).to_be_enabled()
    assert frontend.page_errors == []


def test_untrusted_cards_look_like_trusted_ones(frontend, simulator):
    notebook = static_cards(simulator, STATES)
    drawn = {}
    for trusted in (True, False):
        notebook.metadata.trusted_in_this_test = trusted
        frontend.write(notebook, trusted=trusted)
        frontend.open(kernel=False)
        for index in range(len(STATES)):
            expect(frontend.output(index)).to_contain_text("UTC")
        drawn[trusted] = frontend.page.evaluate(LOOKS)
    assert [each["element"] for each in drawn[True]] == [each["element"] for each in drawn[False]]
    lost = set()
    for before, after in zip(drawn[True], drawn[False], strict=True):
        lost |= {*before["style"], *before["attributes"]} - {*after["style"], *after["attributes"]}
    assert {each.partition("=")[0].partition(":")[0] for each in lost} == LOST_HARMLESSLY


@pytest.mark.parametrize("trusted", [True, False])
def test_unattended_run_reopens_readable(lab, simulator, tmp_path, trusted):
    """Nbclient saves the widgets' state: if trusted, JupyterLab draws the card from it with a new kernel."""
    notebook = new_notebook(cells=[new_code_cell("%load_ext runway_nb"), new_code_cell(show("walking", "--wait"))])
    environment = isolated_environment(tmp_path / "nbclient", simulator.base_url)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute(env=environment)
    lab.write(notebook, trusted=trusted)
    lab.open(kernel=trusted)
    output = lab.output(1)
    expect(output).to_contain_text("✓ success")
    expect(output).to_contain_text(demo_task("walking").record.prompt)
    lab.play(output.locator("video"))
    expect(lab.page.get_by_text(NO_WIDGET)).to_have_count(0)
    lab.save()
    assert views(lab.read()) == [False]


def test_exported_page_plays_the_clip(page, simulator, tmp_path):
    html, _ = HTMLExporter().from_notebook_node(static_cards(simulator, STATES))
    exported = tmp_path / "exported.html"
    exported.write_text(html, encoding="utf-8")
    page.goto(exported.as_uri(), wait_until="domcontentloaded")
    expect(page.get_by_text("✓ success").first).to_be_visible()
    page.locator("video").first.evaluate("video => video.play()")
    page.wait_for_function("document.querySelector('video').currentTime > 0.3")


def test_voila_shows_the_live_card(lab):
    lab.write(["%load_ext runway_nb", show("finished")])
    lab.page.goto(f"{lab.server.url}voila/render/test.ipynb?token={lab.server.token}")
    card = lab.page.locator(".runway-card")
    expect(card).to_contain_text("✓ success")
    lab.play(card.locator("video"))
    expect(refresh_button(card)).to_be_enabled()

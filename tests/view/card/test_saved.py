"""The saved card without widgets: sanitized, exported, executed unattended."""

from __future__ import annotations

import copy
import re
from datetime import datetime, timezone

import mistune
import nbclient
import nbformat
import papermill
import pytest
from nbconvert import HTMLExporter, MarkdownExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from support.demo import show
from support.environment import isolated_environment
from support.markup import as_github_shows, read
from support.tasks import NOW

from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
from runway_nb.server import without_resting_views
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import DEMO_TASKS, Simulator
from runway_nb.simulator.scenarios import demo_task
from runway_nb.view.card import saved

TYPICAL = ("wait", "queueing", "generating", "finished", "walking", "expiring", "expired", "no-url", "fail-moderator")
ALL = [demo.title for demo in DEMO_TASKS if demo.record is not None]
TAGS = {"a", "b", "br", "details", "div", "i", "img", "pre", "span", "summary", "video"}
ATTRIBUTES = {"alt", "dir", "height", "href", "loading", "referrerpolicy", "rel", "src", "style", "target", "width"}
PLAYER_ATTRIBUTES = {"controls", "playsinline", "poster", "preload"}


@pytest.fixture(scope="module")
def service():
    with Simulator(pace=10) as running:
        yield running


@pytest.fixture(scope="module")
def cards(service):
    """Each demo task and its saved card, by title."""
    drawn = {}
    with RunwayClient("any", service.base_url) as client:
        for title in ALL:
            task = client.get(demo_task(title).task_id)
            now = datetime.now(timezone.utc)
            drawn[title] = (task, saved.card(Sighting(task.task_id).saw(task, now), now).data["text/html"])
    return drawn


# --- the fragment itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", TYPICAL)
def test_card_is_small(cards, title):
    assert len(cards[title][1].encode()) <= 6 * 1024


@pytest.mark.parametrize("title", ALL)
def test_card_is_one_plain_fragment(cards, title):
    tree = read(cards[title][1])
    (root,) = tree.inside
    assert set(root.attributes) == {"style", "class"}
    for element in root.elements:
        assert element.tag in TAGS
        assert set(element.attributes) <= ATTRIBUTES | (PLAYER_ATTRIBUTES if element.tag == "video" else set())
        assert "url(" not in element.attributes.get("style", "")


@pytest.mark.parametrize("title", ALL)
def test_card_loads_only_its_tasks_media(cards, title):
    task, html = cards[title]
    own = {task.image_url, *((task.video.url, task.video.image_url) if task.video else ())}
    for element in read(html).elements:
        for name in {"src", "poster", "href"} & set(element.attributes):
            assert element.attributes[name] in own


@pytest.mark.parametrize("title", ALL)
def test_background_comes_with_a_text_colour(cards, title):
    for element in read(cards[title][1]).elements:
        style = element.attributes.get("style", "")
        if "background:" in style and element.tag not in ("video", "img"):
            assert re.search(r"(^|;)color:", style), style


# --- GitHub -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", TYPICAL)
def test_github_keeps_texts_thumbnail_and_link(cards, title):
    task, html = cards[title]
    shown = as_github_shows(read(html))
    for words in (task.state_text, task.task_id, task.prompt, task.fail_msg):
        assert words in shown.text
    if task.video_url is not None or task.expired:
        assert task.video.image_url in [image.attributes["src"] for image in shown.find("img")]
    if task.video_url is not None:
        assert task.video_url in [link.attributes["href"] for link in shown.find("a") if link.find("img")]
        assert task.video_url in [link.attributes["href"] for link in shown.find("a") if link.text == "Open the video"]


# --- nbconvert --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def executed(service, tmp_path_factory):
    """A finished, a failed and a generating card in a notebook run by nbclient, which stores the widgets' state."""
    sources = ["%load_ext runway_nb", show("finished"), show("fail-moderator"), show("generating")]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    environment = isolated_environment(tmp_path_factory.mktemp("nbclient"), service.base_url)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute(env=environment)
    return notebook


def without_state(notebook):
    notebook = copy.deepcopy(notebook)
    del notebook.metadata["widgets"]
    return notebook


def cards_in(html):
    """Return the last lines of the static cards on a page."""
    return re.findall(r">(Checked|Was \w+ at) \d", html)


def test_html_export_without_widget_state(executed):
    html, _ = HTMLExporter().from_notebook_node(without_state(executed))
    assert cards_in(html) == ["Checked", "Checked", "Was generating at"]
    assert "widget-view+json" not in html
    assert len(re.findall(r"<video [^>]*src=\"http://127", html)) == 1


def test_html_export_with_widget_state(executed):
    """With widget state, nbconvert leaves views to the widget manager; the server removed those of resting cards."""
    html, _ = HTMLExporter().from_notebook_node(without_resting_views(executed))
    assert cards_in(html) == ["Checked", "Checked", "Was generating at"]
    assert '<script type="application/vnd.jupyter.widget-view+json">' not in html


@pytest.mark.parametrize("save", [copy.deepcopy, without_state, without_resting_views])
def test_markdown_export_shows_every_card(executed, save):
    markdown, _ = MarkdownExporter().from_notebook_node(save(executed))
    assert cards_in(markdown) == ["Checked", "Checked", "Was generating at"]
    assert "widget-view" not in markdown


def test_markdown_export_keeps_a_prompt_literal():
    prompt = "A *first* paragraph\n\n    **second**, indented\n \n\n- [third](http://elsewhere.test)"
    task = Task("t", prompt=prompt, fail_msg="one\n\n# two", raw={"text": "three"})
    output = new_output("display_data", dict(saved.card(Sighting("t").saw(task, NOW), NOW).data))
    markdown, _ = MarkdownExporter().from_notebook_node(new_notebook(cells=[new_code_cell("", outputs=[output])]))
    shown = as_github_shows(read(mistune.create_markdown(escape=False)(markdown)))
    assert prompt in shown.text
    assert not shown.find("a")


# --- unattended -------------------------------------------------------------------------------------------------------


def test_papermill_leaves_the_finished_card(service, tmp_path, monkeypatch):
    for name, value in isolated_environment(tmp_path / "home", service.base_url).items():
        monkeypatch.setenv(name, value)
    sources = ["%load_ext runway_nb", show("walking", "--wait --interval 1 -o task"), "task.state.value"]
    given, result = tmp_path / "given.ipynb", tmp_path / "result.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), given)
    papermill.execute_notebook(given, result, kernel_name="python3", progress_bar=False)
    executed = nbformat.read(result, as_version=4)
    (card,) = executed.cells[1].outputs
    about = card.metadata["runway_nb"]
    assert (about["task_id"], about["state"], about["settled"]) == (demo_task("walking").task_id, "success", True)
    tree = read(card.data["text/html"])
    assert "✓ success" in tree.text
    assert len(tree.find("video")) == 1
    assert card.data["text/plain"].startswith("✓  success")
    assert executed.cells[2].outputs[0].data["text/plain"] == "'success'"

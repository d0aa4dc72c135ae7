"""Every view tells MathJax 2 and 3 to leave its text alone, and every report is exported as it was written."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from support.boards import Actions, make_board
from support.markup import read
from support.tasks import NOW, seen

from runway_nb.model.lineage import Lineage, Link
from runway_nb.model.text import one_line, printable
from runway_nb.simulator import DEMO_TASKS
from runway_nb.view.board import saved as board
from runway_nb.view.card import saved as card
from runway_nb.view.card.widget import TaskCard
from runway_nb.view.reports import compare, demo, history, lineage
from runway_nb.view.reports.report import Environment, markdown, source

TASK = seen("success", generateParam={"prompt": "a $100 bill beside a $5 coin"})
VIEWS = {
    "card": card.card(TASK, NOW),
    "task": card.task_card(TASK.task),
    "board": board.board([TASK, TASK], NOW),
    "compare": compare.draw(TASK, TASK, NOW),
    "history": history.draw([TASK], NOW),
    "lineage": lineage.draw(Lineage((Link(TASK.task_id, TASK.task),)), NOW),
    "demo": demo.draw(DEMO_TASKS),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_all_text_is_inside_an_ignored_element(view):
    (root,) = read(view.data["text/html"]).inside
    assert root.attributes["class"].split() == ["mathjax_ignore", "tex2jax_ignore"]
    assert not any("_process" in str(element.attributes.get("class")) for element in root.elements)


@pytest.mark.parametrize("make", [lambda: TaskCard(TASK, Actions()), lambda: make_board([TASK])], ids=["card", "board"])
def test_live_views_have_the_classes_too(make):
    live = make()
    assert {"mathjax_ignore", "tex2jax_ignore"} < set(live._dom_classes)
    live.close()


MARKS = (
    *(
        "$",
        "$$",
        "`",
        "``",
        "```",
        "~~~",
        "\\",
        "\\(",
        "\\[",
        "\\begin{a}",
        "\\end{a}",
        "\n",
        "\n\n",
        " ",
        "    ",
        "\t",
    ),
    *(
        "a",
        "*",
        "_",
        "#",
        "# ",
        "- ",
        "1. ",
        "> ",
        "|",
        "---",
        "===",
        "<b>",
        "</code>",
        "</pre>",
        "<!--",
        "&amp;",
        "&#36;",
    ),
    *("[x](y)", "![x](y)", "[^1]", "[^1]: x", "<http://a>", "http://a.b", "@@0@@", "{", "}", "é", "\u2028"),
)


@given(st.lists(st.sampled_from(MARKS), min_size=1, max_size=8).map("".join))
def test_report_is_exported_as_it_was_written(text: str):
    sighting = seen(text, task_id=f"task{text}", generateParam={"prompt": f"a{text}"})
    written = markdown(sighting, redact=False, now=NOW, environment=Environment((), "here", "this"))
    page = BeautifulSoup(markdown2html_mistune(written), "html.parser")

    heading, state = (code.get_text() for code in page.find_all("code")[:2])
    assert heading == one_line(f"task{text}")
    assert state == one_line(sighting.task.state_text)
    assert page.find("pre").get_text().strip("\n") == printable(sighting.task.prompt).strip("\n")
    assert [each.get_text() for each in page.find_all("a")] == ["¶"] * len(page.find_all(["h2", "h3"]))

    shown = BeautifulSoup(markdown2html_mistune(source(written).data["text/markdown"]), "html.parser")
    (block,) = shown.find_all("pre")
    assert block.get_text().strip("\n") == written.strip("\n")

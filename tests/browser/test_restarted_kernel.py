"""Live cards and boards whose kernel was restarted, was shut down or died, in JupyterLab and Notebook 7."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from support.contrast import CONTRAST
from support.demo import FAILED, FINISHED, show
from support.frontend import FrontEnd, refresh_button

from runway_nb.simulator import demo_task
from runway_nb.view.disconnected import ENDED, UNFINISHED

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("simulator", [{"pace": 5}], indirect=True)]

UNFINISHED_TASKS = " ".join(demo_task(title).task_id for title in ("generating", "queueing"))
CELLS = [
    "%load_ext runway_nb\n%config RunwayMagics.interval = 1",
    show("generating", "--watch"),
    f"%runway {UNFINISHED_TASKS} {FAILED} --watch",
    show("finished"),
    f"%runway {FINISHED} {FAILED}",
]
SENTENCES = {1: UNFINISHED, 2: UNFINISHED, 3: ENDED, 4: ENDED}
"""What the output of each cell says at last."""
BOXES = """() => [...document.querySelectorAll(".runway-card, .runway-board")].map(each => {
  const box = each.getBoundingClientRect();
  return [Math.round(box.width), Math.round(box.height)];
})"""


def restart_by_rest(frontend: FrontEnd) -> None:
    (kernel,) = frontend.server.request("GET", "api/kernels")
    frontend.server.request("POST", f"api/kernels/{kernel['id']}/restart")


def kill(frontend: FrontEnd) -> None:
    frontend.run_cell(len(CELLS), wait=False)


ENDINGS = {
    "restarted": FrontEnd.restart_kernel,
    "restarted by REST": restart_by_rest,
    "shut down": FrontEnd.shut_down_kernel,
    "killed": kill,
}


def show_all(frontend: FrontEnd) -> None:
    frontend.write([*CELLS, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"])
    frontend.open()
    for index in range(len(CELLS)):
        frontend.run_cell(index)
    expect(frontend.output(1)).to_contain_text("so far")
    expect(frontend.output(2)).to_contain_text("following 2")
    expect(frontend.output(3)).to_contain_text("✓ success")
    expect(frontend.output(4)).to_contain_text("all ended")


def notices(frontend: FrontEnd) -> Locator:
    return frontend.page.get_by_text(UNFINISHED).or_(frontend.page.get_by_text(ENDED)).locator("visible=true")


def assert_says_so(frontend: FrontEnd) -> None:
    """Assert that each output shows its sentence in place of its controls."""
    for cell, sentence in SENTENCES.items():
        output = frontend.output(cell)
        expect(output.get_by_text(sentence)).to_be_visible()
        expect(output.locator(".runway-status")).to_be_hidden()
        expect(output.get_by_role("button", name="Refresh")).to_have_count(0)
        expect(output.get_by_role("button", name="Open")).to_have_count(0)
        expect(output.get_by_role("textbox")).to_have_count(0)
    expect(notices(frontend)).to_have_count(len(SENTENCES))


def illegible(frontend: FrontEnd) -> list[object]:
    texts = [text for cell in SENTENCES for text in frontend.output(cell).locator(".runway-sheet").evaluate(CONTRAST)]
    assert [text["text"] for text in texts] == [sentence[:40] for sentence in SENTENCES.values()]
    return [text for text in texts if text["ratio"] < text["needed"]]


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_ended_kernel_is_shown(frontend, end):
    show_all(frontend)
    expect(notices(frontend)).to_have_count(0)
    before = frontend.page.evaluate(BOXES)
    assert len(before) == len(SENTENCES)

    end(frontend)

    assert_says_so(frontend)
    assert frontend.page.evaluate(BOXES) == before
    finished = frontend.output(3)
    expect(finished.get_by_role("link", name="Open the video")).to_be_visible()
    frontend.play(finished.locator("video"))
    assert frontend.page_errors == []


def test_notice_is_legible(frontend):
    show_all(frontend)
    frontend.restart_kernel()
    assert_says_so(frontend)
    for theme in ("light", "dark"):
        frontend.set_theme(theme)
        assert illegible(frontend) == [], theme
    frontend.set_width(400)
    for cell, sentence in SENTENCES.items():
        text = frontend.output(cell).get_by_text(sentence)
        text.scroll_into_view_if_needed()
        # All of it is inside its card or board, below the facts or rows.
        assert text.evaluate("""text => {
          const box = text.getBoundingClientRect(), view = text.closest(".runway-card, .runway-board");
          const outer = view.getBoundingClientRect();
          const above = [...view.querySelectorAll(".runway-bottom, .runway-row-box")].map(each =>
            each.getBoundingClientRect().bottom);
          return box.left >= outer.left && box.right <= outer.right && box.bottom <= outer.bottom
            && box.top >= Math.max(...above);
        }"""), sentence


def test_cell_run_again_is_live(frontend):
    show_all(frontend)
    frontend.restart_kernel()
    assert_says_so(frontend)

    frontend.run_cell(0)
    frontend.run_cell(1)

    expect(frontend.output(1)).to_contain_text("so far")
    expect(frontend.output(1).get_by_text(UNFINISHED)).to_be_hidden()
    expect(refresh_button(frontend.output(1))).to_be_visible()
    expect(notices(frontend)).to_have_count(len(SENTENCES) - 1)

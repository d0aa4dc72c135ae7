"""What the API sends is shown as typed: no front-end takes it for mathematics or for Markdown."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from runway_nb.simulator import Record

pytestmark = pytest.mark.browser

TYPED = r"a $100 bill, a $5 coin, \(a\) \[b\] $$c$$ \begin{x}d\end{x} \$e `f` *g* _h_ @@0@@ &amp; ~D"
CARD, STATIC, BOARD, COMPARISON, HISTORY, LINEAGE, REPORT = range(2, 9)
CELLS = [
    "from IPython.display import HTML\nHTML('<p>$control$</p>')",
    "%load_ext runway_nb",
    "%runway task-1",
    "%runway task-1 --static",
    "%runway task-1 task-2",
    "%runway_compare task-1 task-2",
    "%runway_history",
    "%runway task-1 --lineage",
    "%runway_report task-1",
]
MATH = "mjx-container, .MathJax"


@pytest.fixture(autouse=True)
def tasks(simulator):
    """Put tasks whose every text looks like mathematics and Markdown."""
    data = {"generateParam": {"prompt": TYPED, "seed $1 and $2": TYPED}, "state": "success"}
    simulator.put("task-1", data)
    simulator.put("task-2", Record("fail", TYPED, fail_msg=TYPED))


def assert_shown_as_typed(frontend, cells):
    """Once the typesetter has run, nothing but the control is mathematics, and every text is the one that was sent."""
    expect(frontend.output(0).locator(MATH).first).to_be_visible()
    for cell in cells:
        output = frontend.output(cell)
        expect(output).to_contain_text(TYPED)
        expect(output.locator(MATH)).to_have_count(0)
    assert frontend.page_errors == []


def test_live_and_saved_views(frontend):
    frontend.write(CELLS)
    frontend.open()
    frontend.run_all()
    assert_shown_as_typed(frontend, range(CARD, REPORT + 1))
    frontend.save()
    saved = frontend.read()
    frontend.close()
    for trusted in (True, False):
        saved.metadata.trusted_in_this_test = trusted
        frontend.write(saved, "saved.ipynb", trusted=trusted)
        frontend.open("saved.ipynb", kernel=False)
        assert_shown_as_typed(frontend, range(CARD, REPORT + 1))

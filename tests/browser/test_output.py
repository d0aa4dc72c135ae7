"""Cards inside `ipywidgets.Output`, in JupyterLab and Notebook 7."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from support.following import DONE, GENERATING

pytestmark = pytest.mark.browser

LOAD = "%load_ext runway_nb\n%config RunwayMagics.interval = 1\nimport ipywidgets\nout = ipywidgets.Output()\nout"
SHOWN = {
    "static": "with out:\n    %runway task-long --static --watch",
    "frozen": "%config RunwayMagics.freeze = True\nwith out:\n    %runway task-long --watch",
    "nested": "inner = ipywidgets.Output()\nwith out:\n    display(inner)\n    with inner:\n"
    "        %runway task-long --static --watch",
}


@pytest.mark.parametrize("cell", SHOWN.values(), ids=SHOWN)
def test_card_in_an_output_ends(frontend, simulator, cell):
    simulator.put("task-long", GENERATING)
    frontend.write([LOAD, cell])
    frontend.open()
    frontend.run_all()
    expect(frontend.output(0)).to_contain_text("generating")
    simulator.put("task-long", DONE)
    expect(frontend.output(0)).to_contain_text("✓ success", timeout=20_000)


def test_wait_in_an_output_ends(frontend, simulator):
    simulator.put("task-long", GENERATING)
    frontend.write([LOAD, "with out:\n    %runway task-long --static --wait"])
    frontend.open()
    frontend.run_all(wait=False)
    expect(frontend.output(0)).to_contain_text("generating")
    simulator.put("task-long", DONE)
    expect(frontend.output(0)).to_contain_text("✓ success", timeout=20_000)

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
    "captured": "@out.capture()\ndef shown():\n    get_ipython().run_line_magic('runway', 'task-long -w --static')\n"
    "shown()",
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
    expect(frontend.output(0)).to_contain_text("✓ success")


def test_wait_in_an_output_ends(frontend, simulator):
    simulator.put("task-long", GENERATING)
    frontend.write([LOAD, "with out:\n    %runway task-long --static --wait"])
    frontend.open()
    frontend.run_all(wait=False)
    expect(frontend.output(0)).to_contain_text("generating")
    simulator.put("task-long", DONE)
    expect(frontend.output(0)).to_contain_text("✓ success")


def test_interactive_shows_one_card(frontend, simulator):
    simulator.put("task-1", GENERATING)
    simulator.put("task-2", GENERATING)
    made = (
        "def shown(n):\n    get_ipython().run_line_magic('runway', f'task-{n} --static --watch')\n"
        "ipywidgets.interactive(shown, n=[1, 2])"
    )
    frontend.write([LOAD, made])
    frontend.open()
    frontend.run_all()
    output = frontend.output(1)
    expect(output).to_contain_text("task-1")
    output.get_by_role("combobox").select_option("2")
    expect(output).to_contain_text("task-2")
    expect(output).not_to_contain_text("task-1")
    simulator.put("task-1", DONE)
    simulator.put("task-2", DONE)
    expect(output).to_contain_text("✓ success")
    expect(output).not_to_contain_text("task-1")

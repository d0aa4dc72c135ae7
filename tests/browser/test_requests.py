"""Neither a cell nor a click in JupyterLab or Notebook 7 is taken for a line in a console."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CELL = """\
import ipywidgets
from IPython import get_ipython
from runway_nb.screen.request import current_request

def tell(_=None):
    with out:
        print(get_ipython().get_parent()["header"]["msg_type"], "from a console:", current_request().is_from_console)

out, button = ipywidgets.Output(), ipywidgets.Button(description="Tell")
button.on_click(tell)
tell()
display(button, out)"""


def test_front_end_is_no_console(frontend):
    frontend.write([CELL])
    frontend.open()
    frontend.run_all()
    expect(frontend.output(0)).to_contain_text("execute_request from a console: False")
    frontend.output(0).get_by_role("button", name="Tell").click()
    expect(frontend.output(0)).to_contain_text("comm_msg from a console: False")

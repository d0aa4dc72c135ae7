"""The real parts that tests run on, and the test command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import expect
from support.browser import SYMBOLS, probe
from support.environment import TEST_KEY

ROOT = Path(__file__).parent.parent
BUTTON_AND_HTML = f"""
import ipywidgets
text = ipywidgets.HTML("<b>before</b> {SYMBOLS}")
button = ipywidgets.Button(description="Press")
def press(_):
    text.value = "<b>after</b> {SYMBOLS}"
button.on_click(press)
display(ipywidgets.VBox([button, text]))
"""
CLIP = next(path.name for path in sorted((ROOT / "runway_nb" / "simulator" / "clips").glob("*.mp4")))


# --- how the tests are run --------------------------------------------------------------------------------------------


def test_ci_runs_the_readme_command():
    command = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/python -m pytest"
    assert command in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_missing_browser_stops_the_run(tmp_path):
    environment = {
        "PATH": str(tmp_path),
        "HOME": str(tmp_path),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path),
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",
    }
    this_test = f"{__file__}::test_button_reaches_the_kernel"
    command = [sys.executable, "-m", "pytest", "--no-cov", "-p", "no:cacheprovider", this_test]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert re.search(r'^ERROR: The browser tests need .* -m "not browser"\.$', done.stderr, re.MULTILINE)
    assert "passed" not in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


# --- without a browser ------------------------------------------------------------------------------------------------


def test_kernel_has_its_own_environment(kernel, simulator, tmp_path):
    names = ["APIKLEY_BASE_URL", "APIKLEY_API_KEY", "IPYTHONDIR", "HOME"]
    result = kernel.run(f"import os\nprint(*(os.environ[name] for name in {names}), os.getcwd(), sep='\\n')")
    home = tmp_path / "kernel"
    assert result.stdout.split() == [simulator.base_url, TEST_KEY, f"{home}/ipython", str(home), str(tmp_path)]
    assert result.reply["status"] == "ok"


def test_kernel_returns_errors_displays_and_widgets(kernel):
    assert kernel.run("1 / 0").error.ename == "ZeroDivisionError"
    result = kernel.run(BUTTON_AND_HTML)
    assert result.error is None
    assert list(result.displays[0]["data"]) == ["text/plain", "application/vnd.jupyter.widget-view+json"]
    button = next(opened for opened in result.comm_opens if opened["data"]["state"].get("description") == "Press")
    pressed = kernel.send_comm(button["comm_id"], {"method": "custom", "content": {"event": "click"}})
    assert "after" in pressed.comm_msgs[-1]["data"]["state"]["value"]


def test_kernel_receives_updates_after_the_cell(kernel):
    kernel.run(
        "import threading\nshown = display('first', display_id=True)\n"
        "thread = threading.Timer(0.2, lambda: shown.update('second'))\nthread.start()"
    )
    later = kernel.wait_for(lambda message: message["msg_type"] == "update_display_data")
    assert later["content"]["data"]["text/plain"] == "'second'"
    assert kernel.listen(0.2).updates == []


def test_kernel_input_and_interrupt(kernel):
    asked = kernel.run("import getpass\nprint(len(getpass.getpass('Key: ')))", answers=["four"])
    assert (asked.stdout.strip(), asked.prompts[0]["prompt"], asked.prompts[0]["password"]) == ("4", "Key: ", True)
    running = kernel.start("import time\nprint('started', flush=True)\ntime.sleep(600)")
    kernel.wait_for(lambda message: message["content"].get("text", "").startswith("started"))
    kernel.interrupt()
    assert kernel.finish(running).error.ename == "KeyboardInterrupt"


def test_terminal_runs_and_interrupts(terminal, simulator):
    assert terminal.run("1 + 1") == "Out[1]: 2"
    assert terminal.run("import os; print(os.environ['APIKLEY_BASE_URL'])") == simulator.base_url
    terminal.start("import time; print('started'); time.sleep(600)")
    terminal.wait_for("started")
    terminal.interrupt()
    assert "KeyboardInterrupt" in terminal.finish()


def test_shell_captures_displays(ipython):
    ipython.run_cell("display({'text/html': '<b>hello</b>'}, raw=True)")
    assert ipython.display_pub.outputs[0]["data"] == {"text/html": "<b>hello</b>"}


def test_process_is_isolated_from_the_user():
    assert "APIKLEY_API_KEY" not in os.environ
    assert Path.home() not in Path(os.environ["IPYTHONDIR"]).parents


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_button_reaches_the_kernel(frontend):
    frontend.write([BUTTON_AND_HTML])
    frontend.open()
    frontend.run_all()
    expect(frontend.output(0)).to_contain_text(f"before {SYMBOLS}")
    frontend.output(0).get_by_role("button", name="Press").click()
    expect(frontend.output(0)).to_contain_text(f"after {SYMBOLS}")
    frontend.save()
    assert frontend.read().cells[0].outputs[0].output_type == "display_data"
    frontend.reload()
    expect(frontend.output(0)).to_contain_text(f"after {SYMBOLS}")
    assert frontend.page_errors == []
    assert frontend.foreign_requests == []


@pytest.mark.browser
def test_clip_plays(frontend, simulator):
    source = f"<video src='{simulator.base_url}/clips/{CLIP}' controls preload='metadata'></video>"
    frontend.write([f"display({{'text/html': {source!r}}}, raw=True)"])
    frontend.open()
    frontend.run_all()
    frontend.play(frontend.output(0).locator("video"))
    assert frontend.page_errors == []


@pytest.mark.browser
def test_themes_and_window_width(frontend):
    frontend.write(["'hello'"])
    frontend.open()
    background = "() => getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor"
    light = frontend.page.evaluate(background)
    frontend.set_theme("dark")
    assert frontend.page.evaluate(background) != light
    frontend.set_theme("light")
    assert frontend.page.evaluate(background) == light
    frontend.set_width(400)
    assert frontend.page.evaluate("window.innerWidth") == 400
    assert frontend.page_errors == []


@pytest.mark.browser
def test_kernel_restarts_and_shuts_down(frontend):
    frontend.write(["value = 1", "value"])
    frontend.open()
    frontend.run_all()
    expect(frontend.output(1)).to_contain_text(re.compile("1$"))
    frontend.restart_kernel()
    frontend.run_cell(1)
    expect(frontend.output(1)).to_contain_text("NameError")
    frontend.shut_down_kernel()
    assert frontend.server.request("GET", "api/kernels") == []
    frontend.save()
    frontend.close()
    frontend.open(kernel=False)
    expect(frontend.output(1)).to_contain_text("NameError")
    assert frontend.server.request("GET", "api/kernels") == []


@pytest.mark.browser
def test_cell_is_interrupted(lab):
    lab.write(["import time; print('started', flush=True); time.sleep(600)"])
    lab.open()
    lab.run_all(wait=False)
    expect(lab.output(0)).to_contain_text("started")
    lab.interrupt()
    lab.wait_idle()
    expect(lab.output(0)).to_contain_text("KeyboardInterrupt")


@pytest.mark.browser
@pytest.mark.parametrize("trusted", [True, False])
def test_untrusted_outputs_are_sanitized(notebook7, trusted):
    saved = new_output("display_data", {"text/html": "<b id='kept'>hello</b>", "text/plain": "hello"})
    notebook7.write(new_notebook(cells=[new_code_cell("", outputs=[saved])]), trusted=trusted)
    notebook7.open(kernel=False)
    expect(notebook7.output(0).locator("b")).to_have_text("hello")
    assert notebook7.page.locator("#kept").count() == trusted


@pytest.mark.browser
def test_page_errors_and_foreign_requests_are_noted(lab):
    lab.write(["display({'text/html': '<img src=x onerror=notHere()><img src=//elsewhere.test/pixel>'}, raw=True)"])
    lab.open()
    with lab.page.expect_event("pageerror"), lab.page.expect_event("requestfailed"):
        lab.run_all()
    assert any("notHere is not defined" in error for error in lab.page_errors)
    assert lab.foreign_requests == ["http://elsewhere.test/pixel"]


@pytest.mark.browser
def test_probe_finds_missing_glyphs(browser_path):
    assert probe(browser_path) == {"h264": True, "fonts": True}
    assert probe(browser_path, "\U0010fffe") == {"h264": True, "fonts": False}


@pytest.mark.browser
def test_page_has_its_size(page):
    assert page.viewport_size == {"width": 1200, "height": 900}
    page.set_content("<button>Press</button>")
    expect(page.get_by_role("button")).to_have_text("Press")

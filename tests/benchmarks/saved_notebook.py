"""What a saved notebook of 200 cards costs, compared with 200 plain outputs, and how long the pre-save hook takes.

Run with `.venv/bin/python tests/benchmarks/saved_notebook.py`.
"""

from __future__ import annotations

import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.browser import ARGUMENTS, provide_browser
from support.environment import isolated_environment
from support.frontend import Lab
from support.jupyter import JupyterServer
from table import print_table

from runway_nb import RunwayClient, Task
from runway_nb.model.sighting import Sighting
from runway_nb.server import before_save
from runway_nb.simulator import DEMO_TASKS, Simulator
from runway_nb.view.card import saved

CARDS = 200
ROUNDS = 5
STARTED = datetime.now(timezone.utc)


def main() -> None:
    """Measure and print both tables."""
    with Simulator() as simulator, tempfile.TemporaryDirectory() as folder:
        cards = live_cards(simulator)
        notebooks = {f"{CARDS} cards, all ended": one_each(cards), f"{CARDS} plain outputs": one_each(plain_outputs())}
        server = JupyterServer("jupyterlab", Path(folder))
        try:
            server.reset(isolated_environment(Path(folder, "kernel")))
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=provide_browser(print), args=ARGUMENTS)
                page = browser.new_page(viewport={"width": 1200, "height": 900})
                opened(server, page, new_notebook(cells=[new_code_cell("")]))  # to fill the browser's cache
                rows = [(name, *measured(server, page, content)) for name, content in notebooks.items()]
        finally:
            server.stop()
    columns = ("", "page sends, KB", "file, KB", "save, ms", "load, ms", "open in JupyterLab, s")
    print_table(f"A saved notebook, without a kernel, median of {ROUNDS}", columns, rows)
    columns = ("", "MB", "hook, ms", "to JSON, ms")
    print_table(f"The pre-save hook, median of {ROUNDS}", columns, [hook_alone(cards)])


def live_cards(simulator: Simulator) -> list[NotebookNode]:
    """Return the outputs of live cards whose tasks have ended."""
    with RunwayClient("any", simulator.base_url) as client:
        found = client.get_many([demo.task_id for demo in DEMO_TASKS if demo.group in ("States", "Links", "Failures")])
    ended = [task for task in found if isinstance(task, Task) and task.state.is_terminal]
    return [live_card(ended[index % len(ended)], f"{index:032x}") for index in range(CARDS)]


def live_card(task: Task, model_id: str) -> NotebookNode:
    """Return the output of one live card."""
    sighting = Sighting(task.task_id).saw(task, STARTED)
    bundle = saved.card(sighting, STARTED).live(model_id)
    return new_output("display_data", dict(bundle.data), metadata=bundle.metadata)


def plain_outputs() -> list[NotebookNode]:
    """Return outputs of one line of HTML each."""
    data = [{"text/html": f"<b>Output {index}</b>", "text/plain": f"Output {index}"} for index in range(CARDS)]
    return [new_output("display_data", each) for each in data]


def one_each(outputs: list[NotebookNode]) -> NotebookNode:
    """Return a notebook with a cell for each output."""
    return new_notebook(cells=[new_code_cell(f"# {index}", outputs=[each]) for index, each in enumerate(outputs)])


def measured(server: JupyterServer, page: Page, content: NotebookNode) -> tuple[str, ...]:
    """Save, load and open a notebook. Return sizes and times."""
    model = {"type": "notebook", "format": "json", "content": content}
    save = median(lambda: server.request("PUT", "api/contents/saved.ipynb", json=model))
    load = median(lambda: server.request("GET", "api/contents/saved.ipynb"))
    saved = nbformat.read(server.root / "saved.ipynb", as_version=4)
    opening = statistics.median(opened(server, page, saved) for _ in range(ROUNDS))
    size = (server.root / "saved.ipynb").stat().st_size
    sent = len(json.dumps(model).encode())
    return f"{sent / 1e3:.0f}", f"{size / 1e3:.0f}", f"{save * 1e3:.0f}", f"{load * 1e3:.0f}", f"{opening:.2f}"


def opened(server: JupyterServer, page: Page, content: NotebookNode) -> float:
    """Return the seconds until JupyterLab has opened a trusted notebook and drawn its last output."""
    frontend = Lab(server, page)
    frontend.write(content, trusted=True)
    started = time.perf_counter()
    frontend.open(kernel=False)
    last = frontend.cell(len(content.cells) - 1)
    last.scroll_into_view_if_needed()
    if content.cells[-1].outputs:
        last.locator(".jp-RenderedHTML").wait_for()
    took = time.perf_counter() - started
    page.goto("about:blank")
    return took


def hook_alone(cards: list[NotebookNode]) -> tuple[str, ...]:
    """Run the hook on cards among outputs of 50 KB. Return size and times."""
    large = new_output("stream", text="x" * 50_000)
    content = new_notebook(cells=[new_code_cell("", outputs=[large, card]) for card in cards])
    content = json.loads(json.dumps(content))  # plain JSON, as the page sends it
    model = {"type": "notebook", "content": content}
    manager = SimpleNamespace(log=logging.getLogger())
    hook = median(lambda: before_save(model=dict(model), path="", contents_manager=manager))
    writing = median(lambda: json.dumps(content))
    name = f"{CARDS} cards among large outputs"
    return name, f"{len(json.dumps(content)) / 1e6:.1f}", f"{hook * 1e3:.2f}", f"{writing * 1e3:.0f}"


def median(action: Callable[[], object]) -> float:
    """Return the median of the seconds that an action takes."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()

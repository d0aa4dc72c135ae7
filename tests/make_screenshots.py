"""Take the README's pictures: cards and a board in a real JupyterLab, on the simulator.

Run with `.venv/bin/python tests/make_screenshots.py`; it writes into `notebooks/`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright
from support.browser import ARGUMENTS, provide_browser
from support.environment import isolated_environment
from support.frontend import Lab
from support.jupyter import JupyterServer

from runway_nb.simulator import Simulator, demo_task

PICTURES = Path(__file__).parents[1] / "notebooks"
_LOAD = "%load_ext runway_nb"
_SCALE = 1.5  # device pixels per CSS pixel


def main() -> None:
    """Write `cards.png` and `board.png`."""
    with Simulator(pace=0.5) as simulator, _lab(simulator) as lab:
        cards = [f"%runway {demo_task(title).task_id}" for title in ("finished", "fail-moderator")]
        _open(lab, [_LOAD, *cards, "%runway walk-boat --watch --interval 1"])
        lab.run_all()
        lab.output(3).get_by_text("generating", exact=False).first.wait_for()
        lab.page.wait_for_function("document.querySelector('video').readyState >= 1")
        lab.output(3).locator(".runway-generating.runway-badge").wait_for()
        _shoot(lab, 1, 3, "cards.png")
        board = "from runway_nb.simulator import batch_log\nlog = batch_log()\n%runway log"
        _open(lab, [_LOAD, "%config RunwayMagics.max_rate = 200", board])
        lab.run_all()
        lab.output(2).get_by_text("181 of 200 ended").first.wait_for()
        _shoot(lab, 2, 2, "board.png")


@contextmanager
def _lab(simulator: Simulator) -> Iterator[Lab]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = JupyterServer(Lab.module, Path(folder))
        server.reset(isolated_environment(Path(folder, "kernel"), simulator.base_url))
        browser = playwright.chromium.launch(executable_path=provide_browser(print), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 880, "height": 1500}, device_scale_factor=_SCALE)
        try:
            yield Lab(server, page)
        finally:
            browser.close()
            server.stop()


def _open(lab: Lab, cells: list[str]) -> None:
    lab.server.shut_down_kernels()
    lab.write(cells)
    lab.open()


def _shoot(lab: Lab, first: int, last: int, name: str) -> None:
    """Take one picture of consecutive cells."""
    top, bottom = lab.cell(first).bounding_box(), lab.cell(last).bounding_box()
    if top is None or bottom is None:
        raise SystemExit(f"The cells of {name} are not visible.")
    height = bottom["y"] + bottom["height"] - top["y"]
    box = {"x": top["x"], "y": top["y"], "width": min(top["width"], 860), "height": height}
    lab.page.mouse.move(0, 0)
    lab.page.screenshot(path=PICTURES / name, clip=box)


if __name__ == "__main__":
    main()

"""What a card costs: `%runway ID` compared with a cell written by hand, in one kernel, in turns.

Run with `.venv/bin/python tests/benchmarks/card.py`.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.environment import isolated_environment
from support.kernel import Kernel, Result
from table import print_table

from runway_nb.simulator import Simulator, demo_task

ROUNDS = 40
WARM_UP = 5

_SETUP = """
import os, html, requests, ipywidgets
from IPython.display import display
session = requests.Session()
session.headers["Authorization"] = "Bearer " + os.environ["APIKLEY_API_KEY"]
url = os.environ["APIKLEY_BASE_URL"] + "/api/v1/runway/record-detail"
"""
_BY_HAND = """
data = session.get(url, params={{"taskId": "{task_id}"}}, timeout=30).json()["data"]
video = data["videoInfo"]
head = ipywidgets.HTML("<b>" + html.escape(data["state"]) + "</b> " + html.escape(data["taskId"]))
prompt = ipywidgets.HTML(html.escape(data["generateParam"]["prompt"]))
player = ipywidgets.HTML('<video controls preload="metadata" src="' + html.escape(video["videoUrl"]) + '"></video>')
buttons = ipywidgets.HBox([ipywidgets.Button(description="Refresh"), ipywidgets.Button(description="Save")])
display(ipywidgets.VBox([head, prompt, player, buttons]))
"""


def main() -> None:
    """Measure and print."""
    task_id = demo_task("finished").task_id
    cells = {"%runway ID": f"%runway {task_id}", "by hand, seven widgets": _BY_HAND.format(task_id=task_id)}
    with tempfile.TemporaryDirectory() as folder, Simulator() as simulator:
        kernel = Kernel(isolated_environment(Path(folder), simulator.base_url), Path(folder))
        try:
            times, messages = _measure(kernel, cells)
        finally:
            kernel.stop()
    ours, by_hand = (statistics.median(each) for each in times.values())
    rows = [(name, f"{statistics.median(each) * 1000:.1f}", *_weight(messages[name])) for name, each in times.items()]
    rows.append(("goal for %runway", "", "≤ 7", "≤ 14"))
    title = f"One card after the first, execute to idle, median of {ROUNDS} in turns"
    print_table(title, ("cell", "ms", "comms", "kB of messages"), rows)
    pairs = sorted(a / b for a, b in zip(*times.values(), strict=True))
    spread = f"{pairs[len(pairs) // 10]:.2f} to {pairs[-len(pairs) // 10]:.2f}"
    print_table(
        "Ratio",
        ("", "ratio", "goal", "pairs, 10 to 90 %"),
        [("ours / by hand", f"{ours / by_hand:.2f}", "≤ 0.65", spread)],
    )


def _weight(result: Result) -> tuple[str, str]:
    """Return how many comms a cell opened, and the size of all that it sent for them and for its output."""
    sent = result.contents("comm_open", "comm_msg", "display_data", "update_display_data")
    return str(len(result.comm_opens)), f"{len(json.dumps(sent)) / 1000:.1f}"


def _measure(kernel: Kernel, cells: dict[str, str]) -> tuple[dict[str, list[float]], dict[str, Result]]:
    """Return the seconds that each cell took in each round, and its last result."""
    times: dict[str, list[float]] = {name: [] for name in cells}
    results: dict[str, Result] = {}
    kernel.run("%load_ext runway_nb")
    kernel.run(_SETUP)
    for turn in range(WARM_UP + ROUNDS):
        for name, code in cells.items():
            started = time.perf_counter()
            result = kernel.run(code, cell=f"{name} {turn}")  # another cell each time, so that all cards stay
            if result.error:
                raise SystemExit(result.error.traceback)
            if turn >= WARM_UP:
                times[name].append(time.perf_counter() - started)
                results[name] = result
    return times, results


if __name__ == "__main__":
    main()

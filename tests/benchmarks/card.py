"""What a card costs: `%runway ID` beside the cell a user would write by hand, in one kernel, in turns.

Run with `.venv/bin/python tests/benchmarks/card.py`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.environment import isolated_environment
from support.kernel import Kernel
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
    times: dict[str, list[float]] = {name: [] for name in cells}
    comms: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder, Simulator() as simulator:
        kernel = Kernel(isolated_environment(Path(folder), simulator.base_url), Path(folder))
        kernel.run("%load_ext runway_nb")
        kernel.run(_SETUP)
        for turn in range(WARM_UP + ROUNDS):
            for name, code in cells.items():
                began = time.perf_counter()
                result = kernel.run(code)
                if result.error:
                    raise SystemExit(result.error.traceback)
                if turn >= WARM_UP:
                    times[name].append(time.perf_counter() - began)
                    comms[name] = len(result.comm_opens)
        kernel.stop()
    ours, by_hand = (statistics.median(each) for each in times.values())
    rows = [(name, f"{statistics.median(each) * 1000:.1f}", comms[name]) for name, each in times.items()]
    print_table(f"One card, execute to idle, median of {ROUNDS} in turns", ("cell", "ms", "comms"), rows)
    pairs = sorted(a / b for a, b in zip(*times.values(), strict=True))
    spread = f"{pairs[len(pairs) // 10]:.2f} to {pairs[-len(pairs) // 10]:.2f}"
    print_table(
        "Ratio",
        ("", "ratio", "goal", "pairs, 10 to 90 %"),
        [("ours / by hand", f"{ours / by_hand:.2f}", "≤ 1.0", spread)],
    )


if __name__ == "__main__":
    main()

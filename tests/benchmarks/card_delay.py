"""How soon the card of a followed task shows a change that happened at the server.

Run with `.venv/bin/python tests/benchmarks/card_delay.py`; it takes a minute.
"""

from __future__ import annotations

import json
import math
import random
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.cards import loaded_kernel
from support.kernel import Kernel
from table import print_table
from task_service import PROMPT

from runway_nb.simulator import Record, Simulator

TASKS = [f"{number:032x}" for number in range(40)]
INTERVAL = 5  # seconds; the default of %runway --watch
SPACING = (6.5, 11.5)  # seconds between two changes of a task, long enough for a look between them
ALLOWANCE = 0.25  # seconds

Times = dict[tuple[str, str], float]
"""Moments by task and state."""

_OBSERVE = """
import json, time
from ipywidgets.widgets import widget
from runway_nb import TaskCard

def note(change):
    heard.append((change.new.task_id, change.new.state.value, time.monotonic()))

def observe():
    for card in set(widget._instances.values()) - observed:
        if isinstance(card, TaskCard):
            observed.add(card)
            card.observe(note, "task")

heard, observed = [], set()
"""


def main() -> None:
    """Change the tasks at the simulator while a kernel follows them, and print the delays."""
    with (
        TemporaryDirectory() as folder,
        Simulator() as simulator,
        loaded_kernel(Path(folder), simulator.base_url) as kernel,
    ):
        _show_cards(kernel, simulator)
        changed = _change_tasks(kernel, simulator)
        kernel.listen(2 * INTERVAL)
        noted = json.loads(kernel.run("print(json.dumps(heard))").stdout)
        looks = [(look.task_id, look.at) for look in simulator.lookups]
    heard: Times = {(task_id, state): at for task_id, state, at in noted}
    delays = [heard.get(change, math.inf) - at for change, at in changed.items()]
    after_look = [
        heard.get(change, math.inf) - min(looked for task_id, looked in looks if task_id == change[0] and looked >= at)
        for change, at in changed.items()
    ]
    print_table(
        f"{len(changed)} changes of {len(TASKS)} tasks, each on its card, `%runway ID --watch` at {INTERVAL} s, s",
        ("from", "median", "p95", "longest", "goal, p95"),
        [
            ("the change at the server to the card's trait", *_spread(delays), f"≤ {INTERVAL + ALLOWANCE}"),
            ("the look's arrival at the server to the same", *_spread(after_look), ""),
        ],
    )


def _show_cards(kernel: Kernel, simulator: Simulator) -> None:
    kernel.run(_OBSERVE)
    for task_id in TASKS:
        simulator.put(task_id, Record("wait", PROMPT))
        kernel.run(f"%runway {task_id} --watch --interval {INTERVAL}\nobserve()")


def _change_tasks(kernel: Kernel, simulator: Simulator) -> Times:
    changed: Times = {}
    for moment, task_id, state in _planned_changes(time.monotonic()):
        kernel.listen(moment - time.monotonic())
        changed[task_id, state] = time.monotonic()
        simulator.put(task_id, Record(state, PROMPT))
    return changed


def _planned_changes(now: float) -> list[tuple[float, str, str]]:
    """Plan when each task changes and to which state, with a look between two changes."""
    changes = []
    for task_id in TASKS:
        moment = now
        for state in ("queueing", "generating", "success"):
            moment += random.uniform(*SPACING)  # noqa: S311  # not for cryptography
            changes.append((moment, task_id, state))
    return sorted(changes)


def _spread(seconds: list[float]) -> tuple[str, str, str]:
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return f"{statistics.median(seconds):.3f}", f"{p95:.3f}", f"{max(seconds):.3f}"


if __name__ == "__main__":
    main()

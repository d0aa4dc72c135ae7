"""How long 1 MiB of hostile text takes: each pattern and value in the places of a task, in everything that draws it.

Run with `.venv/bin/python tests/benchmarks/drawing.py`; it takes two minutes. With a part of a name, only patterns with
that part are measured.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.hostile import DRAWINGS, PATTERNS, PLACES, VALUES, record, sighting, text
from table import print_table

SIZE = 2**20
ROUNDS = 3
GOAL = 0.2  # seconds of CPU time for each MiB of the record
SHOWN = 15  # the slowest


def main() -> None:
    """Measure and print."""
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    names = [name for name in (*PATTERNS, *VALUES) if part in name]
    times = {}
    for name in names:
        value = text(name, SIZE) if name in PATTERNS else VALUES[name](SIZE)
        for place in PLACES:
            for drawing, taken in _measured(record(place, value)):
                times[name, place, drawing] = taken
    slowest = sorted(times, key=times.__getitem__, reverse=True)
    over = sum(taken > GOAL for taken in times.values())
    rows = [(" · ".join(each), f"{times[each] * 1000:.0f}") for each in slowest[:SHOWN]]
    rows.append((f"goal for each; {over} of {len(times)} take longer", f"≤ {GOAL * 1000:.0f}"))
    print_table(f"Hostile text, best of {ROUNDS}: the slowest", ("pattern · place · drawing", "CPU ms per MiB"), rows)


def _measured(data: dict[str, Any]) -> list[tuple[str, float]]:
    """Return the seconds per MiB that reading a record takes, and each of its drawings."""
    size = max(len(json.dumps(data, ensure_ascii=False)) / SIZE, 1.0)  # some places hold the text more than once
    seen = sighting(data)
    calls: dict[str, Callable[[], object]] = {"reading": lambda: sighting(data)}
    calls |= {drawing: partial(draw, seen) for drawing, draw in DRAWINGS.items()}
    return [(name, _best(call) / size) for name, call in calls.items()]


def _best(call: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        call()
        best = min(best, time.process_time() - started)
        if best < GOAL / 2:  # no candidate for the slowest: one round is enough
            break
    return best


if __name__ == "__main__":
    main()

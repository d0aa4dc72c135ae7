"""How long 1 MiB of hostile text takes: each pattern and value in the places of a task, in everything that draws it.

Run with `.venv/bin/python tests/benchmarks/drawing.py`, or with a part of a pattern's name.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.hostile import DRAWINGS, PATTERNS, PLACES, VALUES, record, sighting, text
from table import print_table

SIZE = 2**20
ROUNDS = 3
GOAL = 0.2  # seconds
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
    print_table(f"1 MiB of text, best of {ROUNDS}: the slowest", ("pattern · place · drawing", "ms"), rows)


def _measured(data: dict[str, Any]) -> list[tuple[str, float]]:
    """Return the seconds that reading a record takes, and each of its drawings."""
    seen = sighting(data)
    drawings = [(drawing, _best(lambda draw=draw: draw(seen))) for drawing, draw in DRAWINGS.items()]
    return [("reading", _best(lambda: sighting(data))), *drawings]


def _best(call: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        call()
        best = min(best, time.process_time() - started)
        if best < GOAL / 10:
            break
    return best


if __name__ == "__main__":
    main()

"""What a kernel holds while it follows 200 cards at a faulty service and others are opened and closed all along.

Run with `.venv/bin/python tests/benchmarks/soak.py`; it takes five minutes, or as many as the argument says.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.soak import Census, Soak, soaking
from table import print_table

CARDS = 200
FAULTS = 0.1  # of all looks
MINUTES = 5.0
STEP = 30.0  # seconds between two rows
ROUND = 2.0  # seconds from one round of opening and closing to the next
GOAL = 8.0  # MiB added after the first minute


def main() -> None:
    """Let the kernel run, and print what it holds."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    with TemporaryDirectory() as folder, soaking(Path(folder), cards=CARDS, faults=FAULTS) as soak:
        found = [soak.census()]
        while len(found) <= minutes * 60 / STEP:
            _run(soak, STEP)
            found.append(soak.census())
    print_table(
        f"{CARDS} cards followed, {FAULTS:.0%} faults, cards and boards opened and closed every {ROUND:g} s",
        ("seconds", "MiB", *found[0].counts),
        [(f"{place * STEP:g}", f"{each.memory:.1f}", *each.counts.values()) for place, each in enumerate(found)],
    )
    print_table("Memory added after the first minute, MiB", ("", "MiB", "goal"), [("", _added(found), f"≤ {GOAL:g}")])


def _run(soak: Soak, seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        began = time.monotonic()
        soak.round()
        time.sleep(min(max(began + ROUND - time.monotonic(), 0.0), left))


def _added(found: list[Census]) -> str:
    return f"{found[-1].memory - found[int(60 / STEP)].memory:.1f}"


if __name__ == "__main__":
    main()

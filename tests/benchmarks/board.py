"""What a board of many tasks costs: time until it is shown, models, and bytes for each task that changes.

Run with `.venv/bin/python tests/benchmarks/board.py`.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.boards import PREPARE
from support.environment import isolated_environment
from support.kernel import Kernel, Result
from table import print_table

COUNTS = (10, 100, 1000)
ROUNDS = 10
WARM_UP = 2
MODELS_GOAL = 60

_MIX = """
# The same mix for every number: of ten tasks three wait, three generate, two have succeeded and two have failed.
_records = [Record("wait", "shot"), Record("generating", "shot"), Record("success", "shot")]
_fails = ["Your prompt was caught by our AI moderator.", "Reached the limit for concurrent generations."]
def mix(count):
    records = [
        Record("fail", "shot", fail_msg=_fails[at % 2]) if at % 10 > 7 else _records[at % 10 % 3] for at in range(count)
    ]
    return [answered(f"{at:032x}", record) for at, record in enumerate(records)]
end = Record("success", "another shot")
"""
_SHOW = """
board = make_board(mix({count}), gathers=True)
publish(bundle_of(board))
"""
_OPEN = "board.open_task(board.sightings[2].task_id)"
_CHANGE = "board.update(changed(board.sightings[{place}], end)); board.flush()"
_BURST = """
for sighting in board.sightings: board.update(changed(sighting, end))
board.flush()
"""
_SEARCH = "next(part for part in board.children if hasattr(part, 'placeholder') and part.placeholder[:6] == 'Search')"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        kernel = Kernel(isolated_environment(Path(folder)), Path(folder))
        _run(kernel, PREPARE + _MIX)
        rows = [_measure(kernel, count) for count in COUNTS]
        kernel.stop()
    columns = ("tasks", "to screen, ms", "models", "with a card", "saved form, KiB", "to search, ms")
    print_table(f"A board: execute to idle, median of {ROUNDS}", columns, [row[0] for row in rows])
    columns = ("tasks", "row on the page, bytes", "row elsewhere, bytes", "all end at once, bytes each", "messages")
    print_table(f"One task changes (goal: flat; models ≤ {MODELS_GOAL})", columns, [row[1] for row in rows])


def _measure(kernel: Kernel, count: int) -> tuple[tuple[object, ...], tuple[object, ...]]:
    times: list[float] = []
    for turn in range(WARM_UP + ROUNDS):
        began = time.perf_counter()
        shown = _run(kernel, _SHOW.format(count=count))
        if turn >= WARM_UP:
            times.append(time.perf_counter() - began)
        if turn + 1 < WARM_UP + ROUNDS:
            _run(kernel, "board.close()")
    saved = len(json.dumps(shown.displays[0]["data"]))
    on_page, elsewhere = (_weight(_run(kernel, _CHANGE.format(place=place))) for place in (3, count - 1))
    began = time.perf_counter()
    _run(kernel, f"{_SEARCH}.value = 'another'")
    searched = time.perf_counter() - began
    _run(kernel, f"{_SEARCH}.value = ''")
    card = _run(kernel, _OPEN)
    burst = _run(kernel, _BURST)
    _run(kernel, "board.close()")
    models = len(shown.comm_opens)
    return (
        (
            count,
            f"{statistics.median(times) * 1000:.0f}",
            models,
            models + len(card.comm_opens),
            f"{saved / 1024:.0f}",
            f"{searched * 1000:.0f}",
        ),
        (
            count,
            on_page,
            elsewhere if count > COUNTS[0] else "",
            f"{_weight(burst) / count:.0f}",
            len(burst.comm_msgs),
        ),
    )


def _run(kernel: Kernel, code: str) -> Result:
    result = kernel.run(code)
    if result.error:
        raise SystemExit(result.error.traceback)
    return result


def _weight(result: Result) -> int:
    return sum(len(json.dumps(content["data"])) for content in result.comm_msgs)


if __name__ == "__main__":
    main()

"""The record with many tasks: how long a list takes, and how long a look with news takes to write.

Run with `.venv/bin/python tests/benchmarks/record.py`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.recording import history_in, record
from table import print_table

from runway_nb.model.sighting import Sighting
from runway_nb.model.task import TaskState
from runway_nb.record import file, saving
from runway_nb.record.history import FILE_NAME, TaskHistory
from runway_nb.record.limits import Limits
from runway_nb.record.saving import Look

TASKS = 50_000
ANSWER = 1000  # bytes of each answer besides its prompt
ROUNDS = 7


def looks() -> Iterator[Look]:
    """Make the looks, at tasks that were each seen in three states."""
    start = datetime.now(timezone.utc) - timedelta(seconds=TASKS)
    for number in range(TASKS):
        sighting = Sighting(f"task-{number}")
        for after, state in enumerate(("wait", "generating", "fail" if number % 50 == 0 else "success")):
            task = record(sighting.task_id, state, prompt=f"a cat, number {number}", answer="x" * ANSWER)
            sighting = sighting.saw(task, start + timedelta(seconds=number + after / 10))
        yield Look(sighting, news=True, written_at=None)


def fill(path: Path) -> None:
    """Write all looks."""
    with closing(file.connect(path, busy=1, patience=1)) as connection:
        saving.save(connection, looks(), Limits(), datetime.now(timezone.utc))


def measured(use: Callable[[], object]) -> str:
    """Return the median of the milliseconds that something takes."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        use()
        times.append(time.perf_counter() - start)
    return f"{median(times) * 1000:.1f}"


def news(history: TaskHistory) -> Callable[[], object]:
    """Return a function that notes a look with news."""
    numbers = iter(range(ROUNDS))
    return lambda: history.note(
        Sighting("task-1").saw(record("task-1", f"state {next(numbers)}"), datetime.now(timezone.utc))
    )


def main() -> None:
    """Fill a record, and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAME
        fill(path)
        size = path.stat().st_size / 2**20
        history = history_in(path)
        history.ids()
        uses: dict[str, Callable[[], object]] = {
            "the latest 50": lambda: history.recent(limit=50),
            "50 failed": lambda: history.recent(state=TaskState.FAIL, limit=50),
            "text, first matches": lambda: history.recent(text="cat", limit=50),
            "text, no match": lambda: history.recent(text="nowhere"),
            "the latest 1,000": lambda: history.recent(limit=1000),
            "what was dropped": history.dropped,
            "one look with news": news(history),
        }
        rows = [(name, measured(use)) for name, use in uses.items()]
        history.close()
    print_table(f"A record of {TASKS:,} tasks, {size:.0f} MiB, median of {ROUNDS}", ("", "ms"), rows)


if __name__ == "__main__":
    main()

"""Following 500 tasks, compared with 500 threads in the waiting loop of the `runwayml` SDK.

Run with `.venv/bin/python tests/benchmarks/watcher.py`; it takes three minutes. The SDK comes with
`pip install -e '.[bench]'`.

Each round runs in a new process. The measurement starts after the process has imported everything and made one look-up.
The SDK makes its 500 first look-ups one by one before that; runway_nb makes them within the measured time.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import NamedTuple

import psutil
import requests
from table import print_table
from task_service import task_service

TASKS = [f"{number:032x}" for number in range(500)]
INTERVAL = 6  # seconds; fixed in the SDK
SECONDS = 25
ROUNDS = 3
MAX_RATE = 1000.0  # look-ups per second: no task waits for another


class Figures(NamedTuple):
    """What following cost a process."""

    threads: int
    memory: float  # MB added
    cpu: float  # seconds
    looks: int

    @property
    def cpu_per_look(self) -> float:
        """Milliseconds of CPU time per look-up."""
        return self.cpu / self.looks * 1000


def main() -> None:
    """Measure in turns and print both tables."""
    contenders: dict[str, Callable[[str], Figures]] = {
        "runway_nb, one watcher": follow,
        "runwayml, 500 threads": wait_in_threads,
    }
    rounds: dict[str, list[Figures]] = {name: [] for name in contenders}
    with task_service() as url:
        for _ in range(ROUNDS):
            for name, contender in contenders.items():
                with get_context("spawn").Pool(1) as process:
                    rounds[name].append(process.apply(contender, (url,)))
    print_table(
        f"{len(TASKS)} tasks followed at {INTERVAL} s for {SECONDS} s, each round of {ROUNDS} in turns",
        ("", "threads", "added MB", "% of a core", "look-ups", "CPU ms per look-up"),
        [_row(name, each) for name, figures in rounds.items() for each in figures],
    )
    ours, theirs = rounds.values()
    print_table(
        "runway_nb relative to runwayml, medians",
        ("", "ours", "goal"),
        [
            ("threads", max(each.threads for each in ours), "≤ 10"),
            ("added memory", f"{_ratio(ours, theirs, lambda each: each.memory):.2f}", "≤ 0.25"),
            ("CPU per look-up", f"{_ratio(ours, theirs, lambda each: each.cpu_per_look):.2f}", "≤ 0.7"),
        ],
    )


def follow(url: str) -> Figures:
    """Follow all tasks with one handle, in this process."""
    from runway_nb import RunwayClient, WatchHandle
    from runway_nb.follow.watcher import Watcher

    client = RunwayClient("any", url, max_rate=MAX_RATE)
    client.get(TASKS[0])
    watcher = Watcher(client.look, client.budget)
    return _measured(url, lambda: WatchHandle(watcher, TASKS, interval=INTERVAL))


def wait_in_threads(url: str) -> Figures:
    """Wait for each task in a separate thread, in this process."""
    from runwayml import RunwayML

    client = RunwayML(api_key="any", base_url=url)
    running = [client.tasks.retrieve(task_id) for task_id in TASKS]

    def start() -> None:
        for task in running:
            threading.Thread(target=task.wait_for_task_output, args=(None,), daemon=True).start()

    return _measured(url, start)


def _measured(url: str, start: Callable[[], object]) -> Figures:
    process = psutil.Process()
    looks = _looks(url)
    memory = process.memory_info().rss
    cpu, end = time.process_time(), time.monotonic() + SECONDS
    kept = start()
    samples = []
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 1))
        samples.append((process.num_threads(), process.memory_info().rss))
    cpu = time.process_time() - cpu
    del kept
    threads, most_memory = map(max, zip(*samples, strict=True))
    return Figures(threads, (most_memory - memory) / 1e6, cpu, _looks(url) - looks)


def _looks(url: str) -> int:
    return int(requests.get(f"{url}/looks", timeout=10).text)


def _row(name: str, figures: Figures) -> tuple[object, ...]:
    core, per_look = f"{figures.cpu / SECONDS:.1%}", f"{figures.cpu_per_look:.2f}"
    return name, figures.threads, f"{figures.memory:.1f}", core, figures.looks, per_look


def _ratio(ours: list[Figures], theirs: list[Figures], figure: Callable[[Figures], float]) -> float:
    return statistics.median(map(figure, ours)) / statistics.median(map(figure, theirs))


if __name__ == "__main__":
    main()

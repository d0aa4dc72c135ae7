"""One look-up beside bare requests, and many beside a bare thread pool: ``python tests/benchmarks/client.py``."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests
from table import print_table

from runway_nb import RunwayClient, Task
from runway_nb.client import WORKERS
from runway_nb.simulator import Simulator, demo_task

KEY = "any"
PATH = "/api/v1/runway/record-detail"
LOOKS = 600
MANY = 400
LATENCY = 0.15  # seconds
SAMPLE = 20


def main() -> None:
    """Print both tables."""
    with Simulator() as simulator:
        _one(simulator)
    with Simulator(latency=LATENCY) as simulator:
        _many(simulator)


def _one(simulator: Simulator) -> None:
    """Take turns, so that whatever else the machine does falls on all alike."""
    task_id = demo_task("finished").task_id
    with (
        requests.Session() as session,
        requests.Session() as direct,
        requests.Session() as lent,
        RunwayClient(KEY, simulator.base_url) as own,
        RunwayClient(KEY, simulator.base_url, lent) as borrower,
    ):
        direct.trust_env = False
        contenders: dict[str, Callable[[], object]] = {
            "requests.Session.get(…).json()": lambda: _bare(session, simulator, task_id),
            "the same, trust_env=False": lambda: _bare(direct, simulator, task_id),
            "RunwayClient.get": lambda: own.get(task_id),
            "RunwayClient(session=…).get": lambda: borrower.get(task_id),
        }
        taken: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(LOOKS):
            for name, look in contenders.items():
                taken[name].append(_seconds(look))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    bare = medians["requests.Session.get(…).json()"]
    print_table(
        f"One look-up, median of {LOOKS}, in turn (goal ≤ 1.15; on loopback ours reads no proxy settings)",
        ("", "ms", "ratio"),
        [(name, f"{median * 1e3:.3f}", f"{median / bare:.2f}") for name, median in medians.items()],
    )


def _many(simulator: Simulator) -> None:
    ids = [f"walk-{number}" for number in range(MANY)]
    with requests.Session() as session, RunwayClient(KEY, simulator.base_url, max_rate=float("inf")) as client:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=WORKERS))
        with ThreadPoolExecutor(WORKERS) as pool:
            bare = _seconds(lambda: list(pool.map(lambda task_id: _bare(session, simulator, task_id), ids)))
        many = _seconds(lambda: _all_found(client.get_many(ids)))
        one_by_one = _seconds(lambda: [client.get(task_id) for task_id in ids[:SAMPLE]]) * MANY / SAMPLE
    print_table(
        f"{MANY} tasks at {LATENCY * 1e3:.0f} ms latency, {WORKERS} at a time, no rate limit (goal for ours ≤ 1.1)",
        ("", "s", "ratio"),
        [
            (name, f"{seconds:.2f}", f"{seconds / bare:.2f}")
            for name, seconds in (
                ("bare ThreadPoolExecutor over requests", bare),
                ("RunwayClient.get_many", many),
                (f"one by one ({SAMPLE} measured, times {MANY // SAMPLE})", one_by_one),
            )
        ],
    )


def _bare(session: requests.Session, simulator: Simulator, task_id: str) -> object:
    headers = {"Authorization": f"Bearer {KEY}"}
    return session.get(simulator.base_url + PATH, params={"taskId": task_id}, headers=headers).json()


def _all_found(results: list[object]) -> None:
    assert all(isinstance(each, Task) for each in results)


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

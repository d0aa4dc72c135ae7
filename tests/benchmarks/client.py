"""One look-up compared with plain `requests`, and many compared with a thread pool over `requests`.

Run with `.venv/bin/python tests/benchmarks/client.py`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests
from table import print_table

from runway_nb import RunwayClient, Task
from runway_nb.service.client import WORKERS
from runway_nb.simulator import Simulator, demo_task

KEY = "any"
PATH = "/api/v1/runway/record-detail"
LOOKS = 600
MANY = 400
LATENCY = 0.15  # seconds
SAMPLE = 20
BASELINE = "requests.Session.get(…).json()"


def main() -> None:
    """Measure and print both tables."""
    with Simulator() as simulator:
        _one(simulator)
    with Simulator(latency=LATENCY) as simulator:
        _many(simulator)


def _one(simulator: Simulator) -> None:
    """Measure in turns, so that other load on the machine affects all contenders equally."""
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
            BASELINE: lambda: _plain(session, simulator, task_id),
            "the same, trust_env=False": lambda: _plain(direct, simulator, task_id),
            "RunwayClient.get": lambda: own.get(task_id),
            "RunwayClient(session=…).get": lambda: borrower.get(task_id),
        }
        taken: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(LOOKS):
            for name, look in contenders.items():
                taken[name].append(_seconds(look))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    print_table(
        f"One look-up, median of {LOOKS}, in turns (goal ≤ 1.15; on loopback runway_nb reads no proxy settings)",
        ("", "ms", "ratio"),
        [(name, f"{median * 1e3:.3f}", f"{median / medians[BASELINE]:.2f}") for name, median in medians.items()],
    )


def _many(simulator: Simulator) -> None:
    ids = [f"walk-{number}" for number in range(MANY)]
    with requests.Session() as session, RunwayClient(KEY, simulator.base_url, max_rate=float("inf")) as client:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=WORKERS))
        with ThreadPoolExecutor(WORKERS) as pool:
            plain = _seconds(lambda: list(pool.map(lambda task_id: _plain(session, simulator, task_id), ids)))
        many = _seconds(lambda: _assert_found(client.get_many(ids)))
        one_by_one = _seconds(lambda: [client.get(task_id) for task_id in ids[:SAMPLE]]) * MANY / SAMPLE
    taken = {
        "ThreadPoolExecutor over requests": plain,
        "RunwayClient.get_many": many,
        f"one by one ({SAMPLE} measured, times {MANY // SAMPLE})": one_by_one,
    }
    print_table(
        f"{MANY} tasks at {LATENCY * 1e3:.0f} ms latency, {WORKERS} at a time, no rate limit (goal for ours ≤ 1.1)",
        ("", "s", "ratio"),
        [(name, f"{seconds:.2f}", f"{seconds / plain:.2f}") for name, seconds in taken.items()],
    )


def _plain(session: requests.Session, simulator: Simulator, task_id: str) -> object:
    headers = {"Authorization": f"Bearer {KEY}"}
    return session.get(simulator.base_url + PATH, params={"taskId": task_id}, headers=headers).json()


def _assert_found(results: list[object]) -> None:
    assert all(isinstance(each, Task) for each in results)


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

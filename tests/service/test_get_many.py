"""`get_many` looks up many tasks at once, within the rate budget."""

import time
from typing import Any

import pytest
from service.recording import FOREVER, KEY, interrupted_after, threads_of_the_pool
from support.demo import FINISHED
from support.waiting import wait_until

from runway_nb.model.errors import ImageAccessError, ParameterError, RunwayError, TaskNotFoundError
from runway_nb.model.task import Task
from runway_nb.service.client import WORKERS, RunwayClient
from runway_nb.simulator import Fault, Simulator, demo_task


def test_unencodable_id_is_one_error(client: RunwayClient):
    broken, good = client.get_many(["\ud800", FINISHED])

    assert isinstance(broken, TaskNotFoundError)
    assert isinstance(good, Task)


def test_get_many_keeps_the_order(client: RunwayClient, simulator: Simulator):
    ids = [FINISHED, "code-422", "unknown", demo_task("wait").task_id, FINISHED, "http-451", ""]
    heard: list[tuple[str, Any]] = []

    found = client.get_many(iter(ids), on_result=lambda task_id, result: heard.append((task_id, result)))

    kinds = [Task, ParameterError, TaskNotFoundError, Task, Task, ImageAccessError, RunwayError]
    assert [type(each) for each in found] == kinds
    assert [each.task_id for each in found if isinstance(each, Task)] == [FINISHED, ids[3], FINISHED]
    assert found[0] is found[4]
    assert sorted(look.task_id for look in simulator.lookups) == sorted({*ids} - {""})
    assert sorted(task_id for task_id, _ in heard) == sorted({*ids})
    assert all(result is found[ids.index(task_id)] for task_id, result in heard)


def test_get_many_of_no_ids(client: RunwayClient, simulator: Simulator):
    assert client.get_many([]) == []
    assert not simulator.lookups


def test_get_many_retries_a_passing_fault(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.http(503, retry_after=0), times=2)

    assert all(isinstance(each, Task) for each in client.get_many([FINISHED, demo_task("wait").task_id]))
    assert len(simulator.lookups) == 4


@pytest.mark.parametrize("simulator", [{"latency": 0.2}], indirect=True)
def test_get_many_limits_concurrent_looks(client: RunwayClient, simulator: Simulator):
    started = time.monotonic()
    client.get_many([f"walk-{number}" for number in range(4 * WORKERS)])
    took = time.monotonic() - started

    arrivals = [look.at for look in simulator.lookups]
    assert len(arrivals) == 4 * WORKERS
    assert 4 * 0.2 <= took < 6.4  # one after the other takes at least 6.4 s
    # At most WORKERS arrive within one latency: the next one can arrive only after an answer.
    assert all(later - sooner >= 0.19 for sooner, later in zip(arrivals, arrivals[WORKERS:], strict=False))


def test_get_many_keeps_to_the_rate(simulator: Simulator):
    with RunwayClient(KEY, simulator.base_url, max_rate=50) as client:
        client.get_many([f"walk-{number}" for number in range(30)])

    arrivals = [look.at for look in simulator.lookups]
    assert arrivals[-1] - arrivals[0] >= (30 - 20) / 50 - 0.05  # a burst of 20, then one every 20 ms


def test_failing_callback_ends_get_many(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.slow(0.02), **FOREVER)

    def refuse(_: str, __: object) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        client.get_many([f"walk-{number}" for number in range(100)], on_result=refuse)
    wait_until(lambda: not threads_of_the_pool())
    assert len(simulator.lookups) < 100


def test_interrupt_ends_get_many(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.slow(0.6), **FOREVER)

    with interrupted_after(simulator, WORKERS):
        client.get_many([f"walk-{number}" for number in range(100)])

    assert len(threads_of_the_pool()) == WORKERS  # looks under way were not waited for
    wait_until(lambda: not threads_of_the_pool())
    assert len(simulator.lookups) == WORKERS

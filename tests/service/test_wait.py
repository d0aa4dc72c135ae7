"""`wait` polls a task until it has ended."""

import time

import pytest
from service.recording import KEY, all_shown, error_of, interrupted_after
from support.demo import FINISHED

from runway_nb.model.errors import AuthenticationError
from runway_nb.model.task import TaskState
from runway_nb.model.wait_errors import TaskFailedError, WaitInterruptedError, WaitTimeoutError
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Fault, Simulator, demo_task


@pytest.mark.parametrize("simulator", [{"pace": 150}], indirect=True)  # 0.1 s from wait to success
def test_wait_returns_the_finished_task(client: RunwayClient, simulator: Simulator):
    task = client.wait(" walk-1 ", interval=0.02)

    assert task.state is TaskState.SUCCESS
    assert task.video_url
    assert len(simulator.lookups) > 2


def test_wait_raises_for_failed_task(client: RunwayClient):
    error = error_of(lambda: client.wait(demo_task("fail-busy").task_id))

    assert type(error) is TaskFailedError
    assert error.task.fail_msg == "the server is busy"


def test_timed_out_wait_has_the_task(client: RunwayClient):
    error = error_of(lambda: client.wait(demo_task("queueing").task_id, timeout=3, interval=0.5))

    assert type(error) is WaitTimeoutError
    assert error.task.state is TaskState.QUEUEING
    assert error.task.task_id in str(error)


def test_refused_key_ends_the_wait(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.slow(0), times=2)
    simulator.faults.add(Fault.code(401))

    assert type(error_of(lambda: client.wait(demo_task("wait").task_id, interval=0.02))) is AuthenticationError


def test_interrupted_wait(client: RunwayClient, simulator: Simulator):
    with interrupted_after(simulator, 2) as caught:
        client.wait(demo_task("generating").task_id, interval=0.02)

    assert isinstance(caught.value, WaitInterruptedError)
    assert "goes on" in str(caught.value)
    assert KEY not in all_shown(caught.value)


def test_interrupt_ends_get_at_once(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.slow(120))
    started = time.monotonic()

    with interrupted_after(simulator, 1) as caught:
        client.get(FINISHED)

    assert time.monotonic() - started < 60
    assert KEY not in all_shown(caught.value)
    assert caught.value.__context__ is None

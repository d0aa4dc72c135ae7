"""`get` looks again after an error that may pass."""

from datetime import datetime, timedelta, timezone

import pytest
from service.recording import FOREVER, KEY, RECORD, RecordingHandler, error_of, recording
from support.demo import FINISHED

from runway_nb.model.errors import ApiError, RateLimitError, ServerError, WrongTaskError
from runway_nb.model.task import TaskState
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Fault, Simulator


def in_seconds(seconds: float) -> datetime:
    return datetime.now(timezone.utc) + timedelta(seconds=seconds)


@pytest.mark.parametrize("fault", [Fault.http(429), Fault.code(429), Fault.http(503), Fault.code(500), Fault.dropped()])
def test_passing_fault_is_retried(client: RunwayClient, simulator: Simulator, pauses: list[float], fault: Fault):
    simulator.faults.add(fault, times=2)

    assert client.get(FINISHED).state is TaskState.SUCCESS
    assert len(simulator.lookups) == 3
    assert len(pauses) == 2
    assert 0.3 < pauses[0] < pauses[1] < 2


def test_retries_are_limited(client: RunwayClient, simulator: Simulator, pauses: list[float]):
    simulator.faults.add(Fault.http(500), **FOREVER)

    assert type(error_of(lambda: client.get(FINISHED))) is ServerError
    assert len(simulator.lookups) == 3
    assert len(pauses) == 2


@pytest.mark.parametrize("code", [401, 404, 422, 451, 455])
def test_lasting_fault_is_not_retried(client: RunwayClient, simulator: Simulator, code: int):
    simulator.faults.add(Fault.http(code))

    assert isinstance(error_of(lambda: client.get(FINISHED)), ApiError)
    assert len(simulator.lookups) == 1


def test_look_sends_one_request(client: RunwayClient, simulator: Simulator):
    simulator.faults.add(Fault.http(503))

    assert type(error_of(lambda: client.look(FINISHED))) is ServerError
    assert len(simulator.lookups) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_a_date", [False, True])
def test_retry_after_as_seconds_or_date(
    client: RunwayClient, simulator: Simulator, pauses: list[float], status: int, as_a_date: bool
):
    simulator.faults.add(Fault.http(status, retry_after=in_seconds(8) if as_a_date else 8))

    assert client.get(FINISHED).state is TaskState.SUCCESS
    (pause,) = pauses
    assert 3 < pause <= 8
    assert as_a_date or pause == 8


@pytest.mark.parametrize("as_a_date", [False, True])
def test_long_retry_after_raises_at_once(
    client: RunwayClient, simulator: Simulator, pauses: list[float], as_a_date: bool
):
    simulator.faults.add(Fault.http(429, retry_after=in_seconds(60) if as_a_date else 60))

    error = error_of(lambda: client.get(FINISHED))

    assert type(error) is RateLimitError
    assert error.retry_after is not None
    assert 50 < error.retry_after <= 60
    assert f"Wait {round(error.retry_after)} s" in str(error)
    assert not pauses


@pytest.mark.parametrize("header", ["soon", "", "-5", "1.5", "9" * 5000, "Mon, 99 Foo 2026", "\xff"])
def test_meaningless_retry_after_is_ignored(pauses: list[float], header: str):
    def reply(handler: RecordingHandler) -> None:
        handler.reply(*((RECORD,) if len(server.seen) > 1 else (b"", 429)), Retry_After=header)

    with recording(reply) as server, RunwayClient(KEY, server.url) as client:
        assert client.get("t").state is TaskState.WAIT

    assert len(pauses) == 1
    assert 0.3 < pauses[0] < 1


def test_mixed_up_connection_is_replaced(pauses: list[float]):
    """A connection that answers each request with the answer to the one before never recovers by itself."""
    before: dict[object, str] = {}

    def reply_one_late(handler: RecordingHandler) -> None:
        asked = handler.path.rpartition("=")[2]
        answered = before.setdefault(handler.client_address, asked)
        before[handler.client_address] = asked
        handler.reply(b'{"code":200,"data":{"taskId":"%s","state":"wait"}}' % answered.encode())

    with recording(reply_one_late) as server, RunwayClient(KEY, server.url) as client:
        assert client.get("t-1").task_id == "t-1"
        assert client.get("t-2").task_id == "t-2"

    assert [path.rpartition("=")[2] for _, path, _ in server.seen] == ["t-1", "t-2", "t-2"]
    assert len(before) == 2
    assert len(pauses) == 1


def test_answers_about_another_task_are_not_returned(pauses: list[float]):
    with recording() as server, RunwayClient(KEY, server.url) as client:
        error = error_of(lambda: client.get("t-1"))

    assert type(error) is WrongTaskError
    assert (error.task_id, error.answered) == ("t-1", "t")
    assert len(pauses) == 2

"""An interrupt at any line of the client's methods: nothing goes on, and the next call works."""

from __future__ import annotations

import threading

import pytest
from support.demo import FINISHED
from support.interrupts import Interrupter, sampled_lines
from support.waiting import wait_until
from support.watching import own_threads

from runway_nb.follow import pool
from runway_nb.model.errors import ParameterError
from runway_nb.model.task import Task
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Simulator

MOST = 40
MANY = [f"walk-{number}" for number in range(30)]
STATEFUL = ("follow/", "service/client", "service/batch", "service/closing", "service/route")

CALLS = {
    "get_many": lambda client: client.get_many(MANY),
    "wait": lambda client: client.wait(FINISHED),
    "close": lambda client: (client.get(FINISHED), client.close()),
}


def threads():
    return [each for each in own_threads() if not each.name.startswith("runway_nb-simulator")]


@pytest.mark.parametrize("name", CALLS)
def test_interrupted_call_leaves_nothing(simulator: Simulator, name: str):
    call = CALLS[name]
    with RunwayClient("any-key", simulator.base_url, max_rate=float("inf")) as client:
        for line in sampled_lines(lambda: call(client), MOST, STATEFUL):
            interrupter = Interrupter(line)
            error = interrupter.run(lambda: call(client))
            assert isinstance(error, KeyboardInterrupt) or not interrupter.place, interrupter.place
            wait_until(lambda: not threads())
            count = len(simulator.lookups)
            assert client.get(FINISHED).task_id == FINISHED, interrupter.place
            assert len(simulator.lookups) == count + 1, interrupter.place
        call(client)


@pytest.mark.parametrize("refused", [{1}, {2}, {3}, set(range(1, 100))], ids=["first", "second", "third", "all"])
@pytest.mark.parametrize("refusal", [RuntimeError("can't start new thread"), MemoryError()], ids=repr)
def test_get_many_needs_no_thread(client: RunwayClient, monkeypatch: pytest.MonkeyPatch, refused, refusal):
    start, asked = threading.Thread.start, []

    def refusing(thread):
        asked.append(thread)
        if len(asked) in refused:
            raise refusal
        start(thread)

    monkeypatch.setattr(pool.threading.Thread, "start", refusing)
    found = client.get_many([FINISHED, "code-422", "walk-1"])
    assert [type(each) for each in found] == [Task, ParameterError, Task]

"""A wait ends at its timeout, however slow the service is. The first look is part of the wait."""

from __future__ import annotations

import time

import pytest
from support.waiting import PATIENCE
from support.watching import own_threads

from runway_nb.model.errors import ConnectionFailedError, RunwayError
from runway_nb.model.wait_errors import WaitTimeoutError
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Fault, Record

SLOW = 4 * PATIENCE


@pytest.fixture
def simulator(simulator):
    simulator.put("too-late-1", Record("generating"))
    simulator.put("too-late-2", Record("generating"))
    simulator.put("late-later-1", Record("generating"))
    simulator.faults.add(Fault.slow(SLOW), times=None)
    return simulator


@pytest.mark.parametrize("tasks", ["too-late-1", "too-late-1 too-late-2"], ids=["card", "board"])
def test_wait_does_not_outlast_its_timeout(ipython, simulator, monkeypatch, tasks):
    monkeypatch.setenv("APIKLEY_API_KEY", "any-key")
    monkeypatch.setenv("APIKLEY_BASE_URL", simulator.base_url)
    ipython.extension_manager.load_extension("runway_nb")
    began = time.monotonic()
    try:
        with pytest.raises(RunwayError, match="could not be reached \\(no answer in time\\)"):
            ipython.run_line_magic("runway", f"{tasks} --wait -i 1 -t 1")
        assert time.monotonic() - began < SLOW
    finally:
        ipython.extension_manager.unload_extension("runway_nb")


def test_client_wait_does_not_outlast_its_timeout(simulator):
    with RunwayClient("any-key", simulator.base_url) as client:
        began = time.monotonic()
        with pytest.raises(WaitTimeoutError, match="without an answer about task too-late-1"):
            client.wait("too-late-1", timeout=0.3)
        assert time.monotonic() - began < SLOW


def test_get_many_leaves_out_what_comes_too_late(simulator):
    heard = []
    with RunwayClient("any-key", simulator.base_url) as client:
        found = client.get_many(["too-late-1"], on_result=lambda *result: heard.append(result), within=0.3)
    assert isinstance(found[0], ConnectionFailedError)
    assert heard == [("too-late-1", found[0])]
    assert own_threads()  # the look under way is not waited for


def test_time_of_the_first_look_is_part_of_the_timeout(ipython, simulator, monkeypatch):
    monkeypatch.setenv("APIKLEY_API_KEY", "any-key")
    monkeypatch.setenv("APIKLEY_BASE_URL", simulator.base_url)
    ipython.extension_manager.load_extension("runway_nb")
    try:
        simulator.faults.clear()
        ipython.run_line_magic("runway", "late-later-1")
        simulator.faults.add(Fault.slow(SLOW), times=None)
        with pytest.raises(RunwayError, match="Stopped waiting after 1") as caught:
            ipython.run_line_magic("runway", "late-later-1 --wait -i 1 -t 1")
        assert 1 <= caught.value.timeout < SLOW
    finally:
        ipython.extension_manager.unload_extension("runway_nb")

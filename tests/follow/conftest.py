"""A schedule driven by hand, a listener, and a watcher with its service."""

import pytest
from support.watching import FakeService, Heard, ScheduleRun, no_thread_left

from runway_nb.follow import turns
from runway_nb.follow.budget import RateBudget
from runway_nb.follow.watcher import Watcher


@pytest.fixture
def run():
    return ScheduleRun()


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def service():
    return FakeService()


@pytest.fixture
def recorded():
    return Heard()


@pytest.fixture
def no_look_is_slow(monkeypatch):
    """Give no look's place to another, however long a busy machine takes."""
    monkeypatch.setattr(turns, "SLOW", 3600.0)


@pytest.fixture
def watcher(service, recorded):
    with no_thread_left():
        watcher = Watcher(service, RateBudget(10_000, 10_000), on_sighting=recorded)
        yield watcher
        service.open.set()
        watcher.close()

"""A watcher goes on after errors of looks and listeners, and ends when it is closed."""

from __future__ import annotations

import re
import threading
import time

import pytest
from support.waiting import PATIENCE
from support.watching import Heard, is_over, no_thread_left, own_threads

from runway_nb.follow.budget import RateBudget
from runway_nb.follow.listener import Listener
from runway_nb.follow.watcher import Watcher
from runway_nb.model.errors import ConnectionFailedError, RunwayError, ServerError
from runway_nb.model.sighting import Following

QUICK = 0.02


def test_slow_listener_delays_no_other_task(watcher):
    go_on, entered, other = threading.Event(), threading.Event(), Heard()

    def slow(sighting):
        if sighting.task:
            entered.set()
            go_on.wait(PATIENCE)

    watcher.follow("slow", slow, interval=QUICK)
    assert entered.wait(PATIENCE)
    watcher.follow("other", other, interval=QUICK)
    other.wait_for(lambda _: len(other.sightings) > 5)
    go_on.set()


@pytest.mark.parametrize("error", [LookupError("shell_parent"), RuntimeError("widget is closed")], ids=repr)
def test_listener_that_raises_stops_nothing(watcher, service, error):
    errors, calls, heard = [], [], Heard()

    def broken(sighting):
        calls.append(sighting)
        raise error

    watcher.follow("t", Listener(broken, on_error=errors.append), interval=QUICK)
    watcher.follow("t", heard, interval=QUICK)
    heard.wait_for(lambda _: len(heard.sightings) > 5)
    service.ended.add("t")
    heard.wait_for(is_over)
    with no_thread_left():
        watcher.close()
    assert calls[-1].following is Following.ENDED
    assert errors == [error] * len(calls)


def test_broken_recorder_stops_nothing(service):
    def broken(_):
        raise OSError("disk full")

    heard = Heard()
    watcher = Watcher(service, RateBudget(10_000), on_sighting=broken)
    with no_thread_left():
        watcher.follow("t", heard, interval=QUICK)
        heard.wait_for(lambda _: len(heard.sightings) > 5)
        watcher.close()


def test_error_is_shown_and_following_continues(watcher, service):
    heard = Heard()
    service.errors["t"] = ServerError(500)
    watcher.follow("t", heard, interval=QUICK)
    heard.wait_for(lambda sighting: sighting.error)
    del service.errors["t"]
    assert heard.wait_for(lambda sighting: sighting.task).error is None


def test_error_has_no_frames_with_key(watcher, service):
    heard = Heard()
    service.errors["t"] = ConnectionFailedError("api.example.org", "no answer in time")
    watcher.follow("t", heard, interval=QUICK)
    assert heard.wait_for(lambda sighting: sighting.error).error.__traceback__ is None


def test_unexpected_error_hides_its_message(watcher, service):
    heard = Heard()
    service.errors["t"] = ValueError("Invalid header: Bearer SECRET")
    watcher.follow("t", heard, interval=QUICK)
    error = heard.wait_for(lambda sighting: sighting.error).error
    assert type(error) is RunwayError
    assert re.fullmatch(
        r"The check failed with an unexpected ValueError at watching\.py, line \d+\. The task goes on and will be "
        r"checked again\. If this keeps happening, report it to the authors of runway_nb\.",
        str(error),
    )
    assert "SECRET" not in str(error)
    assert error.__context__ is error.__cause__ is None
    del service.errors["t"]
    heard.wait_for(lambda sighting: sighting.task)


def test_close_notifies_every_listener(watcher):
    heard = [Heard() for _ in range(12)]
    for number, each in enumerate(heard):
        watcher.follow(f"t{number}", each, interval=QUICK)
    with no_thread_left():
        for _ in range(2):
            watcher.close()
    assert own_threads() == []
    for each in heard:
        assert each.last.following is Following.OFF


def test_closed_watcher_refuses_tasks(watcher):
    watcher.close()
    with pytest.raises(RuntimeError, match="closed"):
        watcher.follow("t", Heard())
    with pytest.raises(RuntimeError, match="closed"):
        watcher.look("t", Heard())
    assert own_threads() == []


def test_listener_may_close_watcher(watcher):
    heard, errors = Heard(), []

    def listener(sighting):
        heard(sighting)
        if sighting.task:
            watcher.close()

    with no_thread_left():
        watcher.follow("t", Listener(listener, on_error=errors.append), interval=QUICK)
        assert heard.wait_for(is_over).following is Following.OFF
    assert errors == []


def test_close_does_not_wait_for_hanging_look(watcher, service):
    heard = Heard()
    service.open.clear()
    watcher.follow("t", heard, interval=QUICK)
    service.wait_for_looks_at_once(1)
    began = time.monotonic()
    watcher.close()
    assert time.monotonic() - began < PATIENCE / 2
    service.open.set()
    assert heard.last.following is Following.OFF

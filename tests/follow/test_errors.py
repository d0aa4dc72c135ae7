"""Errors of looks: shown with the last good state, and looked at less often."""

from __future__ import annotations

from itertools import pairwise

import pytest
from support.watching import Heard, task

from runway_nb.model.errors import (
    AuthenticationError,
    ConnectionFailedError,
    MaintenanceError,
    ServerError,
    TaskNotFoundError,
)
from runway_nb.model.sighting import Following

LOST_CONNECTION = ConnectionFailedError("api.example.org", "no answer in time")


@pytest.mark.parametrize("error", [LOST_CONNECTION, ServerError(500), MaintenanceError(455)], ids=repr)
def test_error_keeps_state_and_backs_off(run, heard, error):
    run.follow("t", heard)
    run.run(3, task())
    run.run(150, error)
    assert heard.last.task == task()
    assert heard.last.error is error
    assert heard.last.following is Following.ON
    gaps = [later - earlier for earlier, later in pairwise(run.times())]
    assert gaps[:5] == [5, 5, 10, 20, 40]
    assert max(gaps) <= 60
    run.run(60, task())
    assert heard.last.error is None


def test_backoff_counts_from_failure(run, heard):
    run.follow("t", heard)
    run.step()
    run.clock.advance(30)
    run.answer(LOST_CONNECTION)
    run.run(6, task())
    assert run.times() == [0, 35]


def test_error_of_one_task_slows_no_other(run):
    run.follow("bad", Heard())
    run.follow("good", Heard())
    run.run(100, lambda task_id: ServerError(500) if task_id == "bad" else task("good"))
    assert len(run.times("good")) == 21
    assert len(run.times("bad")) < 7


def test_refused_key_stops_at_once(run, heard):
    run.follow("t", heard)
    run.run(8, task())
    run.run(60, AuthenticationError(401))
    assert heard.last.following is Following.REFUSED
    assert isinstance(heard.last.error, AuthenticationError)
    assert heard.last.task == task()
    assert run.times() == [0, 5, 10]


def test_unknown_task_is_given_up_after_90_s(run, heard):
    run.follow("t", heard)
    run.run(200, TaskNotFoundError(404))
    assert run.times()[-1] == 90
    assert heard.last.following is Following.LOST
    assert run.schedule.idle


def test_late_task_is_followed_normally(run, heard):
    run.follow("t", heard)
    run.run(80, TaskNotFoundError(404))
    run.run(80, task())
    assert heard.last.following is Following.ON
    assert heard.last.error is None

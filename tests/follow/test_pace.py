"""`Pace`: when to look again after an outcome."""

from __future__ import annotations

import pytest
from support.watching import task

from runway_nb.follow.pace import GRACE, LONGEST_BACKOFF, Pace
from runway_nb.model.errors import (
    ApiError,
    AuthenticationError,
    BadResponseError,
    ConnectionFailedError,
    ImageAccessError,
    MaintenanceError,
    MissingKeyError,
    ParameterError,
    RateLimitError,
    RunwayError,
    ServerError,
    SettingError,
    TaskNotFoundError,
)
from runway_nb.model.sighting import Following
from runway_nb.model.task import TaskState

MAY_PASS = [
    ConnectionFailedError("api.example.org", "no answer in time"),
    BadResponseError("The answer is not JSON."),
    ServerError(500),
    ServerError(505),
    MaintenanceError(455),
    ImageAccessError(451),
    ApiError(402),
    ApiError(408),
    RunwayError("something else"),
]


def after(*outcomes, at=0.0):
    pace = Pace()
    for outcome in outcomes:
        pace = pace.after(outcome, at)
    return pace


@pytest.mark.parametrize("state", [state for state in TaskState if not state.is_terminal])
def test_unfinished_task_keeps_interval(state):
    pace = after(*[task(state=state)] * 100)
    assert pace.following is Following.ON
    assert pace.delay(5.0, 0.5) == 5.0


@pytest.mark.parametrize("state", [TaskState.SUCCESS, TaskState.FAIL])
def test_terminal_state_ends_looks(state):
    assert after(task(state=state)).following is Following.ENDED


def test_jitter_is_a_tenth():
    assert Pace().delay(5.0, 0.0) == pytest.approx(4.5)
    assert Pace().delay(5.0, 1.0) == pytest.approx(5.5)


@pytest.mark.parametrize("error", MAY_PASS, ids=repr)
def test_passing_errors_back_off_without_end(error):
    delays = [after(*[error] * failures).delay(5.0, 0.5) for failures in range(1, 8)]
    assert delays[:4] == [5.0, 10.0, 20.0, 40.0]
    assert delays[4] == delays[6] <= LONGEST_BACKOFF
    assert after(*[error] * 5000).following is Following.ON


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_backoff_is_a_minute_at_most(chance):
    assert after(*[ServerError(500)] * 5000).delay(5.0, chance) <= LONGEST_BACKOFF


def test_backoff_is_never_below_interval():
    assert after(*[ServerError(500)] * 9).delay(300.0, 0.5) == 300.0


def test_good_look_ends_backoff():
    assert after(*[ServerError(500)] * 5, task()).delay(5.0, 0.5) == 5.0


def test_retry_after_of_an_error_counts():
    error = MaintenanceError(455)
    error.retry_after = 120.0
    assert after(error).delay(5.0, 0.0) == 120.0
    assert after(error, ServerError(500)).delay(5.0, 0.5) == 10.0


@pytest.mark.parametrize("error", [AuthenticationError(401), MissingKeyError(), SettingError("bad")], ids=repr)
def test_final_error_stops_at_once(error):
    assert after(error).following is Following.REFUSED


@pytest.mark.parametrize("error", [TaskNotFoundError(404), ParameterError(422)], ids=repr)
def test_unknown_task_is_lost_after_grace(error):
    pace = Pace().after(error, 100.0).after(error, 100.0 + GRACE - 0.1)
    assert pace.following is Following.ON
    assert pace.delay(5.0, 0.5) == 5.0
    assert pace.after(error, 100.0 + GRACE).following is Following.LOST


def test_other_errors_do_not_extend_grace():
    pace = Pace().after(TaskNotFoundError(404), 0.0)
    for at, outcome in enumerate([ServerError(500), RateLimitError(429), ConnectionFailedError("h", "r")], 1):
        pace = pace.after(outcome, float(at))
    assert pace.after(TaskNotFoundError(404), GRACE).following is Following.LOST


def test_good_look_restarts_grace():
    pace = Pace().after(TaskNotFoundError(404), 0.0).after(task(), 60.0).after(TaskNotFoundError(404), GRACE)
    assert pace.following is Following.ON


def test_429_does_not_back_off_a_task():
    pace = after(ServerError(500), ServerError(500), RateLimitError(429, retry_after=30))
    assert pace.following is Following.ON
    assert pace.delay(5.0, 0.5) == 5.0

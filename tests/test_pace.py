"""`Pace`: what follows from a look's outcome."""

from __future__ import annotations

import pytest
from support.watching import task

from runway_nb.errors import (
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
from runway_nb.pace import GRACE, LONGEST_BACKOFF, Pace
from runway_nb.sighting import Following
from runway_nb.task import TaskState

MAY_PASS = [
    ConnectionFailedError("api.example.org", "no answer in time"),
    BadResponseError("The answer is no JSON."),
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
def test_a_task_that_goes_on_is_looked_at_again_at_the_interval(state):
    pace = after(*[task(state=state)] * 100)
    assert pace.following is Following.ON
    assert pace.delay(5.0, 0.5) == 5.0


@pytest.mark.parametrize("state", [TaskState.SUCCESS, TaskState.FAIL])
def test_a_terminal_state_ends_it(state):
    assert after(task(state=state)).following is Following.ENDED


def test_the_interval_strays_by_a_tenth():
    assert Pace().delay(5.0, 0.0) == pytest.approx(4.5)
    assert Pace().delay(5.0, 1.0) == pytest.approx(5.5)


@pytest.mark.parametrize("error", MAY_PASS, ids=repr)
def test_what_may_pass_is_asked_about_ever_more_rarely_and_never_given_up(error):
    delays = [after(*[error] * failures).delay(5.0, 0.5) for failures in range(1, 8)]
    assert delays[:4] == [5.0, 10.0, 20.0, 40.0]
    assert delays[4] == delays[6] <= LONGEST_BACKOFF
    assert after(*[error] * 5000).following is Following.ON


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_backing_off_stays_within_a_minute_whatever_the_jitter(chance):
    assert after(*[ServerError(500)] * 5000).delay(5.0, chance) <= LONGEST_BACKOFF


def test_backing_off_is_never_quicker_than_the_interval():
    assert after(*[ServerError(500)] * 9).delay(300.0, 0.5) == 300.0


def test_a_good_look_ends_backing_off():
    assert after(*[ServerError(500)] * 5, task()).delay(5.0, 0.5) == 5.0


def test_retry_after_is_honoured_where_an_error_carries_one():
    error = MaintenanceError(455)
    error.retry_after = 120.0
    assert after(error).delay(5.0, 0.0) == 120.0
    assert after(error, ServerError(500)).delay(5.0, 0.5) == 10.0


@pytest.mark.parametrize("error", [AuthenticationError(401), MissingKeyError(), SettingError("bad")], ids=repr)
def test_what_the_next_look_would_meet_again_stops_at_once(error):
    assert after(error).following is Following.REFUSED


@pytest.mark.parametrize("error", [TaskNotFoundError(404), ParameterError(422)], ids=repr)
def test_an_unknown_task_is_asked_for_at_the_interval_until_the_grace_is_over(error):
    pace = Pace().after(error, 100.0).after(error, 100.0 + GRACE - 0.1)
    assert pace.following is Following.ON
    assert pace.delay(5.0, 0.5) == 5.0
    assert pace.after(error, 100.0 + GRACE).following is Following.LOST


def test_other_trouble_does_not_lengthen_the_grace():
    pace = Pace().after(TaskNotFoundError(404), 0.0)
    for at, outcome in enumerate([ServerError(500), RateLimitError(429), ConnectionFailedError("h", "r")], 1):
        pace = pace.after(outcome, float(at))
    assert pace.after(TaskNotFoundError(404), GRACE).following is Following.LOST


def test_a_task_that_was_seen_has_the_whole_grace_again():
    pace = Pace().after(TaskNotFoundError(404), 0.0).after(task(), 60.0).after(TaskNotFoundError(404), GRACE)
    assert pace.following is Following.ON


def test_a_429_costs_the_task_nothing_since_the_budget_pauses_everyone():
    pace = after(ServerError(500), ServerError(500), RateLimitError(429, retry_after=30))
    assert pace.following is Following.ON
    assert pace.delay(5.0, 0.5) == 5.0

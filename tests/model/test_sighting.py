"""A sighting keeps the last good state, the steps seen and whether the task is followed."""

from datetime import datetime, timedelta

import pytest
from support.tasks import NOW, seen

from runway_nb.model.errors import AuthenticationError, ConnectionFailedError, RunwayError
from runway_nb.model.sighting import UNWATCHED, Following, Sighting, Step
from runway_nb.model.task import TaskState
from runway_nb.model.wait_errors import WaitTimeoutError

LOST_CONNECTION = ConnectionFailedError("host", "why")


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def texts(*states: str) -> list[str]:
    """Return the steps of a task that was seen in these states."""
    return [step.text for step in seen(*states).steps]


def test_nothing_is_known_at_first():
    assert Sighting("t").task is None
    assert not Sighting("t").settled
    assert Sighting("t").following is Following.OFF


def test_good_look_clears_the_error():
    waiting = seen("wait").task
    failed = Sighting("ee60").failed(LOST_CONNECTION, NOW)
    sighting = failed.saw(waiting, after(1))

    assert (sighting.task, sighting.error) == (waiting, None)
    assert sighting.seen_at == sighting.looked_at == after(1)
    assert failed.task is None  # a value: the earlier sighting is unchanged


def test_failed_look_keeps_the_state():
    waiting = seen("wait")
    sighting = waiting.failed(LOST_CONNECTION, after(1))

    assert (sighting.task, sighting.error) == (waiting.task, LOST_CONNECTION)
    assert (sighting.seen_at, sighting.looked_at) == (NOW, after(1))
    assert sighting.steps == waiting.steps


def test_step_begins_with_its_first_look():
    assert seen("wait", "wait", "queueing", "queueing", "generating").steps == (
        Step(TaskState.WAIT, "wait", after(-4)),
        Step(TaskState.QUEUEING, "queueing", after(-2), watched_from_start=True),
        Step(TaskState.GENERATING, "generating", NOW, watched_from_start=True),
    )


@pytest.mark.parametrize(("gap", "watched"), [(UNWATCHED, True), (UNWATCHED + timedelta(seconds=1), False)])
def test_long_gap_hides_a_steps_start(gap: timedelta, watched: bool):
    sighting = seen("wait").saw(seen("queueing").task, NOW + gap)

    assert sighting.steps[-1] == Step(TaskState.QUEUEING, "queueing", NOW + gap, watched_from_start=watched)


def test_unknown_states_keep_their_names():
    assert texts("upscaling", "polishing", "polishing") == ["upscaling", "polishing"]


def test_step_back_is_another_step():
    assert texts("queueing", "wait", "queueing") == ["queueing", "wait", "queueing"]


def test_restarted_task_has_new_steps():
    assert texts("wait", "success", "wait", "queueing") == ["wait", "queueing"]
    assert texts("generating", "fail", "fail") == ["generating", "fail"]


def test_time_in_each_step():
    sighting = seen("wait", "queueing", "queueing", "generating")

    assert sighting.dwell(0, after(5)) == timedelta(minutes=1)
    assert sighting.dwell(1, after(5)) == timedelta(minutes=2)
    assert sighting.dwell(2, after(5)) == timedelta(minutes=5)
    assert sighting.dwell(2, after(-1)) == timedelta(0)  # a clock that was set back


def test_only_a_terminal_state_settles():
    assert seen("success").settled
    assert seen("wait", "fail").settled
    assert not seen("upscaling").settled
    assert seen("success").failed(LOST_CONNECTION, after(1)).settled


def test_start_and_stop_of_following():
    followed = seen("wait").due(after(1))
    assert (followed.following, followed.next_at) == (Following.ON, after(1))

    stopped = followed.stopped(Following.DEADLINE, 1200.0)
    assert (stopped.following, stopped.next_at, stopped.followed_for) == (Following.DEADLINE, None, 1200.0)
    assert stopped.task == followed.task

    resumed = stopped.due(None)
    assert (resumed.following, resumed.followed_for) == (Following.ON, None)


@pytest.mark.parametrize("state", ["success", "fail"])
def test_ended_task_is_returned(state: str):
    ended = seen("wait", state).failed(LOST_CONNECTION, after(1)).stopped(Following.ENDED)

    assert ended.terminal_task() is ended.task


def test_deadline_raises_a_timeout():
    with pytest.raises(WaitTimeoutError) as caught:
        seen("wait").stopped(Following.DEADLINE, 90.0).terminal_task()

    assert caught.value.task == seen("wait").task
    assert caught.value.timeout == 90.0


def test_deadline_before_the_first_answer_raises_a_timeout():
    with pytest.raises(WaitTimeoutError) as caught:
        Sighting("t").stopped(Following.DEADLINE, 90.0).terminal_task()

    assert (caught.value.task, caught.value.task_id, caught.value.timeout) == (None, "t", 90.0)


def test_other_end_raises_its_error():
    refused = AuthenticationError(401)
    with pytest.raises(AuthenticationError) as caught:
        seen("wait").failed(refused, after(1)).stopped(Following.REFUSED).terminal_task()
    assert caught.value is refused

    with pytest.raises(ConnectionFailedError):  # which says more than a timeout
        Sighting("t").failed(LOST_CONNECTION, NOW).stopped(Following.DEADLINE, 90.0).terminal_task()
    with pytest.raises(RunwayError, match=r"^Stopped following task ee60; the task goes on\.$"):
        seen("wait").stopped(Following.OFF).terminal_task()

"""A sighting keeps the last good state, the steps seen and how following stands."""

from datetime import datetime, timedelta, timezone

from runway_nb.errors import ConnectionFailedError
from runway_nb.sighting import Following, Sighting, Step
from runway_nb.task import Task, TaskState

T0 = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def task(state: str) -> Task:
    return Task.from_data({"taskId": "t", "state": state})


def walked(*states: str) -> Sighting:
    """See one state every ten seconds."""
    sighting = Sighting("t")
    for index, state in enumerate(states):
        sighting = sighting.saw(task(state), at(10 * index))
    return sighting


def test_nothing_is_known_at_first():
    assert Sighting("t").task is None
    assert not Sighting("t").settled
    assert Sighting("t").following is Following.OFF


def test_a_good_look_is_kept_and_clears_the_last_error():
    failed = Sighting("t").failed(ConnectionFailedError("host", "why"), at(0))
    sighting = failed.saw(task("wait"), at(5))

    assert (sighting.task, sighting.error) == (task("wait"), None)
    assert sighting.seen_at == sighting.looked_at == at(5)
    assert failed.task is None  # a value: what came before is as it was


def test_a_failed_look_keeps_the_last_good_state():
    error = ConnectionFailedError("host", "why")
    sighting = walked("wait").failed(error, at(30))

    assert (sighting.task, sighting.error) == (task("wait"), error)
    assert (sighting.seen_at, sighting.looked_at) == (at(0), at(30))
    assert sighting.steps == walked("wait").steps


def test_steps_are_the_states_seen_each_since_its_first_look():
    assert walked("wait", "wait", "queueing", "queueing", "generating").steps == (
        Step(TaskState.WAIT, "wait", at(0)),
        Step(TaskState.QUEUEING, "queueing", at(20), watched_from_start=True),
        Step(TaskState.GENERATING, "generating", at(40), watched_from_start=True),
    )


def test_unknown_states_are_steps_by_their_own_names():
    assert [step.text for step in walked("upscaling", "polishing", "polishing").steps] == ["upscaling", "polishing"]


def test_a_task_that_goes_back_has_a_step_more():
    assert [step.text for step in walked("queueing", "wait", "queueing").steps] == ["queueing", "wait", "queueing"]


def test_the_time_in_each_step():
    sighting = walked("wait", "queueing", "queueing", "generating")

    assert sighting.dwell(0, at(60)) == timedelta(seconds=10)
    assert sighting.dwell(1, at(60)) == timedelta(seconds=20)
    assert sighting.dwell(2, at(60)) == timedelta(seconds=30)
    assert sighting.dwell(2, at(0)) == timedelta(0)  # a clock that was set back


def test_only_a_terminal_state_settles():
    assert walked("success").settled
    assert walked("wait", "fail").settled
    assert not walked("upscaling").settled
    assert walked("success").failed(ConnectionFailedError("host", "why"), at(60)).settled


def test_how_following_stands():
    followed = walked("wait").due(at(5))
    assert (followed.following, followed.next_at) == (Following.ON, at(5))

    stopped = followed.stopped(Following.DEADLINE, 1200.0)
    assert (stopped.following, stopped.next_at, stopped.followed_for) == (Following.DEADLINE, None, 1200.0)
    assert stopped.task == followed.task

    resumed = stopped.due(None)
    assert (resumed.following, resumed.followed_for) == (Following.ON, None)

"""Clocks that are set back or ahead, and kernels whose clocks differ."""

import itertools
from contextlib import closing
from datetime import timedelta
from random import Random

import pytest
from support.recording import history_in, note, record, seconds
from support.tasks import NOW

from runway_nb.model.sighting import MOST_STEPS, Sighting, Step, rising
from runway_nb.model.task import TaskState
from runway_nb.record.merge import merged
from runway_nb.record.usual import Usual
from runway_nb.view import words

HOUR = 3600


def at(path, now=NOW):
    return closing(history_in(path, now=lambda: now))


def in_file(path, task_id="t1"):
    with at(path) as history:
        return history.known(task_id)


def states(sighting):
    return [step.text for step in sighting.steps]


def rises(steps):
    return all(first.since < second.since for first, second in itertools.pairwise(steps))


def step(after, text, *, watched=True):
    return Step(TaskState.read(text), text, NOW + seconds(after), watched)


@pytest.mark.parametrize("back", [1, 60, HOUR, 400 * 24 * HOUR])
@pytest.mark.parametrize("listed", [True, False])
def test_clock_set_back_while_a_task_runs(path, back, listed):
    with at(path) as history:
        sighting = note(history, (0, "wait"), (5, "generating"), (10, "generating"))
        sighting = note(history, (15 - back, "generating"), known=sighting)
        if listed:
            assert history.recent()[0].seen_at == NOW + seconds(15 - back)
        note(history, (20 - back, "success"), known=sighting)
        assert [each.task.state for each in history.recent(state=TaskState.SUCCESS)] == [TaskState.SUCCESS]
    known = in_file(path)
    assert (known.task.state, states(known)) == (TaskState.SUCCESS, ["wait", "generating", "success"])
    assert known.seen_at == NOW + seconds(20 - back)
    assert rises(known.steps)
    assert known.steps[-1].since <= known.seen_at


def test_clock_set_back_between_two_kernels(path):
    with at(path) as history:
        note(history, (HOUR, "wait"), (HOUR + 5, "generating"))
    with at(path) as history:
        note(history, (0, "generating"), (5, "success"), known=history.known("t1"))
    assert (in_file(path).task.state, states(in_file(path))) == (TaskState.SUCCESS, ["wait", "generating", "success"])


@pytest.mark.parametrize(
    ("ahead", "then"), [("generating", "success"), ("generating", "queueing"), ("wait", "fail"), ("fail", "success")]
)
def test_time_ahead_freezes_nothing(path, ahead, then):
    """Another kernel, whose clock was a day ahead, has recorded the task. This one does not know what it saw."""
    with at(path) as history:
        note(history, (24 * HOUR, ahead))
    with at(path) as history:
        note(history, (0, then))
    assert in_file(path).task.state_text == then
    assert in_file(path).seen_at == NOW


def test_end_counts_against_a_later_state_before_it(path):
    """The kernel that saw the end has a clock that is two minutes behind."""
    with at(path) as one, at(path) as other:
        note(one, (0, "wait"), (120, "generating"))
        note(other, (30, "success"))
        assert one.recent()[0].task.state is TaskState.SUCCESS
        assert one.recent()[0].seen_at == NOW + seconds(120)
    assert in_file(path).task.state is TaskState.SUCCESS


def test_look_that_was_overtaken_by_the_end_counts_for_nothing(path):
    with at(path) as history:
        running = note(history, (0, "generating"))
        note(history, (5.01, "success"), known=running)
        note(history, (5, "generating"), known=running)
        assert history.known("t1").settled
    assert (in_file(path).settled, in_file(path).seen_at) == (True, NOW + seconds(5.01))


def test_earlier_look_of_another_kernel_counts_for_nothing(path):
    with at(path) as one, at(path) as other:
        note(one, (100, "generating"))
        note(other, (50, "wait"))
    assert (states(in_file(path)), in_file(path).seen_at) == (["generating"], NOW + seconds(100))


def test_task_that_runs_again_is_not_taken_for_a_wrong_clock(path):
    with at(path, NOW + seconds(HOUR)) as history:
        note(history, (0, "wait"), (5, "success"))
    with at(path, NOW + seconds(HOUR)) as history:
        note(history, (60, "wait"), (65, "success"))
    assert [each.since - NOW for each in in_file(path).steps] == [seconds(60), seconds(65)]


def test_unwatched_times_are_no_durations(path):
    with at(path) as history:
        for number in range(10):
            sighting = note(history, (100, "wait"), (105, "generating"), task_id=f"t{number}")
            note(history, (10, "success"), known=sighting)
        assert history.usual_durations() == Usual({}, None, 0)


def test_times_that_are_shown_never_run_backwards(path):
    with at(path) as history:
        sighting = note(history, (HOUR, "wait"), (HOUR + 5, "generating"))
        back = note(history, (0, "success"), known=sighting)
    for shown in (back, in_file(path)):
        assert all(shown.dwell(index, NOW) >= timedelta(0) for index in range(3))
        assert not words.headline(shown)
    assert words.ago(sighting.seen_at, NOW) == "just now"


def test_steps_are_bounded():
    sighting = Sighting("t1")
    for number in range(MOST_STEPS + 10):
        sighting = sighting.saw(record(state=f"state {number}"), NOW + seconds(number))
    assert len(sighting.steps) == MOST_STEPS
    assert sighting.steps[-1].text == f"state {MOST_STEPS + 9}"


# --- rules ------------------------------------------------------------------------------------------------------------


def test_rising_keeps_what_is_right():
    steps = (step(0, "wait"), step(5, "generating"))
    assert rising(steps, NOW + seconds(5)) == steps
    assert rising((), NOW) == ()
    back = rising(steps, NOW + seconds(2))
    assert back == (steps[0], step(2, "generating", watched=False))


@pytest.mark.parametrize(
    ("known", "steps", "texts"),
    [
        ([], [(0, "wait")], ["wait"]),
        ([(0, "wait")], [], ["wait"]),
        ([(0, "wait")], [(0, "wait"), (5, "success")], ["wait", "success"]),
        ([(0, "wait"), (6, "generating")], [(0, "wait"), (5, "generating"), (9, "success")], None),
        ([(0, "wait"), (6, "generating")], [(900, "wait"), (905, "generating"), (909, "success")], None),
        ([(900, "wait"), (906, "generating")], [(0, "wait"), (5, "generating"), (9, "success")], None),
        ([(900, "wait"), (906, "generating")], [(9, "success")], None),
        ([(0, "wait"), (5, "success")], [(60, "wait")], ["wait"]),
        ([(0, "wait"), (5, "success")], [(60, "wait"), (70, "success")], ["wait", "success"]),
        ([(0, "generating")], [(5, "wait"), (9, "success")], ["generating", "wait", "success"]),
    ],
)
def test_merged(known, steps, texts):
    known, steps = ([step(*each) for each in each_steps] for each_steps in (known, steps))
    found = merged(known, steps, NOW + seconds(10_000))
    assert [each.text for each in found] == (texts or ["wait", "generating", "success"])
    assert rises(found)


def test_merged_always_ends_with_the_latest_state_and_rises():
    random = Random(9)  # noqa: S311  # a test
    names = ["wait", "queueing", "generating", "success", "fail", "Upscaling"]

    def some():
        times = sorted(random.sample(range(50), random.randrange(6)))
        chosen = [random.choice(names) for _ in times]
        return [step(time, text) for time, text in zip(times, chosen, strict=True)]

    for _ in range(2000):
        known, steps = some(), some()
        moment = max((each.since for each in steps), default=NOW) + seconds(random.randrange(3))
        found = merged(known, steps, moment)
        assert rises(found)
        if steps:
            assert found[-1].text == steps[-1].text
            assert found[-1].since <= moment

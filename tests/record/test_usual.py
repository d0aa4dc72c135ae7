"""How long tasks usually take, as the record measures it."""

from contextlib import closing

import pytest
from support.recording import history_in, note, seconds

from runway_nb.model.task import TaskState
from runway_nb.record.usual import ENOUGH, Usual, measured


def note_run(history, task_id, *, end="success"):
    """Note a run that is looked at every 5 s: 5 s in wait, 10 s in queueing, 20 s in generating."""
    states = ["wait"] + ["queueing"] * 2 + ["generating"] * 4 + [end]
    note(history, *((5 * index, state) for index, state in enumerate(states)), task_id=task_id)


def test_durations_are_known_after_enough_runs(history):
    for number in range(ENOUGH - 1):
        note_run(history, f"t{number}")
    assert history.usual(TaskState.GENERATING) is None
    assert history.usual_durations() == Usual({}, None, ENOUGH - 1)

    note_run(history, "last")
    assert history.usual(TaskState.QUEUEING) == seconds(10)
    assert history.usual(TaskState.SUCCESS) is None
    assert history.usual_durations() == Usual(
        {TaskState.WAIT: seconds(5), TaskState.QUEUEING: seconds(10), TaskState.GENERATING: seconds(20)},
        seconds(35),
        ENOUGH,
    )


def test_durations_are_medians_and_survive_restart(history, path):
    for number, length in enumerate([10, 20, 30, 40, 80]):
        looks = ((5 * index, "generating") for index in range(1, length // 5 + 1))
        note(history, (0, "queueing"), *looks, (length + 5, "success"), task_id=f"t{number}")
    history.close()
    with closing(history_in(path)) as again:
        assert again.usual_durations() == Usual({TaskState.GENERATING: seconds(30)}, None, 0)


def test_failures_gaps_and_late_looks_do_not_count(history):
    for number in range(ENOUGH):
        note_run(history, f"failed{number}", end="fail")
        note(history, (0, "wait"), (4000, "generating"), (8000, "success"), task_id=f"gaps{number}")
        note(history, (0, "queueing"), (5, "generating"), (8000, "success"), task_id=f"gap{number}")
        note(history, (0, "success"), task_id=f"end{number}")
    assert history.usual_durations() == Usual({}, None, 0)


def test_durations_are_back_when_the_file_is(history):
    for number in range(ENOUGH):
        note_run(history, f"t{number}")
    history.keep_file(False)
    assert history.usual_durations() == Usual({})
    history.keep_file(True)
    assert history.usual(TaskState.WAIT) == seconds(5)


@pytest.mark.parametrize("rows", [[], [("t", "success", "2026-11-24T12:00:00+00:00", 1)]])
def test_too_few_steps_have_no_durations(rows):
    assert measured(rows) == Usual({})

"""Looks that go after all others: for tasks known to have ended."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from support.watching import Heard, ScheduleRun, task

from runway_nb.follow.turns import SLOW
from runway_nb.model.errors import ConnectionFailedError, ServerError, TaskNotFoundError
from runway_nb.model.sighting import Following
from runway_nb.model.task import TaskState


def test_last_look_is_answered_like_any_other(run, heard):
    run.look("t", heard, last=True)
    run.run(60, task(state=TaskState.SUCCESS))
    assert run.times() == [0]
    assert [sighting.task for sighting in heard.sightings] == [task(state=TaskState.SUCCESS)]
    assert heard.last.following is Following.ENDED
    assert run.recorded.last.task == heard.last.task
    assert run.schedule.idle


def test_last_looks_go_behind_later_ones(heard):
    run = ScheduleRun(rate=1, burst=1)
    run.follow("followed", Heard(), interval=3)
    run.look("last", heard, last=True)
    run.step()
    run.clock.advance(0.5)
    run.look("asked", heard)
    run.follow("new", Heard(), interval=60)
    while run.under_way:
        run.answer(task)
    run.run(3.4, task)
    assert [looked for _, looked in run.looks] == ["followed", "asked", "new", "followed"]
    run.run(2, task)
    assert run.times("last") == [4]


def test_100_last_looks_do_not_delay_polls():
    run, asked = ScheduleRun(rate=10, burst=20), [Heard() for _ in range(100)]
    for number in range(20):
        run.follow(f"t{number}", Heard(), timeout=10_000)
    run.run(7, task)
    for number, each in enumerate(asked):
        run.look(f"ended{number}", each, last=True)
    run.run(60, lambda task_id: task(task_id, TaskState.SUCCESS if "ended" in task_id else TaskState.GENERATING))
    for number in range(20):
        gaps = [later - earlier for earlier, later in pairwise(run.times(f"t{number}"))]
        assert max(gaps) <= 5 + 20 / 10  # in the worst case, the 20 tasks share the budget among themselves
        assert len(gaps) >= 12
    assert [len(each.sightings) for each in asked] == [1] * 100
    assert all(each.last.settled for each in asked)


def test_slow_last_looks_leave_workers_free():
    run = ScheduleRun(capacity=4)
    for number in range(10):
        run.look(f"ended{number}", Heard(), last=True)
    for _ in range(5):
        run.step()
        run.clock.advance(0.1)
    assert len(run.under_way) == 2
    assert run.schedule.due == pytest.approx(1000.0 + SLOW)  # until then, only an answer makes room for the next
    run.follow("followed", Heard())
    run.step()
    run.clock.advance(0.02)
    run.step()
    assert run.under_way[-1].sighting.task_id == "followed"


def test_last_looks_need_one_worker(heard):
    run = ScheduleRun(capacity=1)
    run.look("t", heard, last=True)
    run.run(1, task())
    assert heard.last.task == task()


@pytest.mark.parametrize("upgraded", ["look", "follow"])
def test_ordinary_look_upgrades_last_one(heard, upgraded):
    run = ScheduleRun(rate=1, burst=1)
    for name in ("first", "t"):
        run.look(name, heard if name == "t" else Heard(), last=True)
    if upgraded == "look":
        run.look("t", Heard())
    else:
        run.follow("t", Heard(), interval=60)
    run.run(3, task)
    assert [looked for _, looked in run.looks] == ["t", "first"]
    assert heard.last.task == task("t")


def test_last_look_does_not_delay_an_ordinary_one(heard):
    run = ScheduleRun(rate=1, burst=1)
    run.look("t", Heard())
    run.look("t", heard, last=True)
    run.look("other", Heard(), last=True)
    run.run(3, task)
    assert [looked for _, looked in run.looks] == ["t", "other"]
    assert heard.last.task == task("t")


def test_last_look_joins_one_under_way(run, heard):
    run.follow("t", Heard())
    run.step()
    run.look("t", heard, last=True)
    run.answer(task())
    run.run(1, task())
    assert heard.last.task == task()
    assert run.times() == [0]


def test_close_answers_last_looks(run, heard):
    run.budget.rate_limited(60)
    run.look("t", heard, last=True)
    run.schedule.close()
    run.send()
    run.run(100, task())
    assert heard.following == [Following.OFF]
    assert run.looks == []
    assert run.schedule.idle
    assert run.schedule.due == math.inf


def test_failed_last_look_is_repeated(run, heard):
    outcomes = iter([ServerError(500), ConnectionFailedError("h", "r"), task(state=TaskState.SUCCESS)])
    run.look("t", heard, last=True)
    run.run(20, lambda _: next(outcomes))
    assert run.times() == [0, 1, 3]
    assert [sighting.error for sighting in heard.sightings] == [None]
    assert heard.last.task == task(state=TaskState.SUCCESS)
    assert run.schedule.idle


def test_last_look_gives_up_with_its_error(run, heard):
    run.look("t", heard, last=True)
    run.run(60, ServerError(500))
    assert run.times() == [0, 1, 3]
    assert [type(sighting.error) for sighting in heard.sightings] == [ServerError]
    assert run.schedule.idle


@pytest.mark.parametrize("last", [False, True])
def test_look_without_repetition(run, heard, last):
    run.look("t", heard, last=last)
    run.run(60, TaskNotFoundError(404) if last else ServerError(500))
    assert run.times() == [0]
    assert len(heard.sightings) == 1


@pytest.mark.parametrize("end", ["forget", "close"])
def test_waiting_repetition_is_withdrawn(run, heard, end):
    listener = run.look("t", heard, last=True)
    run.run(0.5, ServerError(500))
    run.schedule.forget(listener) if end == "forget" else run.schedule.close()
    run.run(60, task())
    assert run.times() == [0]
    assert run.schedule.idle

"""Looks that a listener asks for are made next, and can be cancelled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.watching import Heard, ScheduleRun, task

from runway_nb.follow.listener import Listener
from runway_nb.model.errors import AuthenticationError, ConnectionFailedError, TaskNotFoundError
from runway_nb.model.sighting import Following, Sighting
from runway_nb.model.task import TaskState

LOST_CONNECTION = ConnectionFailedError("api.example.org", "no answer in time")


def test_asker_gets_one_look(run, heard):
    run.look("t", heard)
    run.run(60, task())
    assert run.times() == [0]
    assert [sighting.task for sighting in heard.sightings] == [task()]
    assert heard.last.following is Following.OFF
    assert run.schedule.idle


def test_failed_look_keeps_known_task(run, heard):
    known = Sighting("t").saw(task(), run.clock.later(-60))
    run.look(known, heard)
    run.run(1, LOST_CONNECTION)
    assert heard.last.task == task()
    assert heard.last.error is LOST_CONNECTION


def test_asked_look_joins_one_under_way(run, heard):
    run.follow("t", Heard())
    run.step()
    run.look("t", heard)
    run.step()
    run.answer(task())
    assert run.times() == [0]
    assert heard.last.task == task()


def test_asked_look_replaces_next_poll(run, heard):
    follower = Heard()
    run.follow("t", follower)
    run.run(3, task())
    run.look("t", heard)
    run.run(6, task(state=TaskState.QUEUEING))
    assert run.times() == [0, 3, 8]
    assert follower.last.task == heard.last.task


def test_follower_that_asks_is_notified_once(run, heard):
    listener = Listener(heard)
    run.follow("t", listener)
    run.run(3, task())
    run.look(heard.last, listener)
    run.run(1, task())
    assert len(heard.sightings) == 3
    assert heard.last.following is Following.ON


def test_asking_twice_is_answered_once(run, heard):
    listener = Listener(heard)
    for _ in range(2):
        run.look("t", listener)
    run.run(10, task())
    assert run.times() == [0]
    assert len(heard.sightings) == 1


def test_asker_that_follows_is_notified_once(run, heard):
    listener = Listener(heard)
    run.look("t", listener)
    run.step()
    run.follow("t", listener)
    run.answer(task())
    assert heard.following == [Following.ON, Following.ON]


def test_asked_look_goes_first(heard):
    run = ScheduleRun(rate=1, burst=1)
    for number in range(5):
        run.follow(f"t{number}", Heard())
    run.step()
    run.look("t", heard)
    run.clock.advance(1)
    run.step()
    assert [looked for _, looked in run.looks] == ["t0", "t"]


@pytest.mark.parametrize(
    ("before", "outcome", "after"),
    [
        (Following.DEADLINE, task(), Following.DEADLINE),
        (Following.DEADLINE, task(state=TaskState.SUCCESS), Following.ENDED),
        (Following.INTERRUPTED, LOST_CONNECTION, Following.INTERRUPTED),
        (Following.REFUSED, task(), Following.OFF),
        (Following.REFUSED, AuthenticationError(401), Following.REFUSED),
        (Following.LOST, task(), Following.OFF),
        (Following.ON, task(), Following.OFF),
        (Following.OFF, TaskNotFoundError(404), Following.OFF),
    ],
)
def test_answer_keeps_known_following(run, heard, before, outcome, after):
    known = replace(Sighting("t"), following=before, followed_for=20.0)
    run.look(known, heard)
    run.run(1, outcome)
    assert heard.last.following is after
    assert heard.last.followed_for == 20.0


# --- cancelled --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", [False, True])
def test_forgotten_looks_are_not_made(run, heard, last):
    run.budget.rate_limited(60)
    listener = Listener(heard)
    for number in range(10):
        run.look(f"t{number}", listener, last=last)
    run.look("shared", listener, last=last)
    other = Heard()
    run.look("shared", other, last=last)
    run.schedule.forget(listener)
    run.run(100, task)
    assert [looked for _, looked in run.looks] == ["shared"]
    assert heard.sightings == []
    assert other.last.task == task("shared")
    assert run.schedule.idle


def test_forgotten_look_under_way_is_only_recorded(run, heard):
    listener = run.look("t", heard)
    run.step()
    run.schedule.forget(listener)
    run.answer(task())
    assert heard.sightings == []
    assert run.recorded.last.task == task()
    assert run.schedule.idle


def test_forgetting_keeps_following(run, heard):
    listener, asker = Listener(heard), Listener(Heard())
    run.follow("t", listener, interval=5)
    run.run(1, task())
    run.look("t", asker, last=True)
    run.schedule.forget(asker)
    run.schedule.forget(listener)
    run.run(10, task())
    assert run.times() == [0, 5, 10]
    assert heard.last.following is Following.ON

"""Several listeners that follow one task share its looks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.watching import Heard, task

from runway_nb.follow.listener import Listener
from runway_nb.model.errors import ServerError
from runway_nb.model.sighting import Following, Sighting
from runway_nb.model.task import TaskState


def test_second_listener_shares_looks(run):
    first, second = Heard(), Heard()
    run.follow("t", first)
    run.run(7, task())
    run.follow("t", second)
    assert second.last.task == task()
    assert second.last.next_at == first.last.next_at
    run.run(10, task())
    assert run.times() == [0, 5, 10, 15]
    assert second.last == first.last


def test_second_listener_gets_look_under_way(run):
    first, second = Heard(), Heard()
    run.follow("t", first)
    run.step()
    run.follow("t", second)
    assert second.last.next_at is None
    run.answer(task())
    assert second.last.task == task()
    assert run.times() == [0]


def test_shortest_interval_counts(run, heard):
    run.follow("t", heard, interval=60)
    run.run(10, task())
    quick = run.follow("t", Heard(), interval=4)
    run.run(9, task())
    assert run.times() == [0, 10, 14, 18]
    run.schedule.stop(quick, Following.OFF)
    run.run(100, task())
    assert run.times()[4:] == [22, 82]


def test_joining_does_not_shorten_backoff(run, heard):
    run.follow("t", heard)
    run.run(20, ServerError(500))
    assert run.times() == [0, 5, 15]
    run.follow("t", Heard(), interval=1)
    run.run(10, ServerError(500))
    assert run.times() == [0, 5, 15]


def test_each_listener_has_its_own_deadline(run):
    first, second = Heard(), Heard()
    run.follow("t", first, timeout=20)
    run.run(12, task())
    run.follow("t", second, timeout=20)
    run.run(12, task())
    assert first.last.following is Following.DEADLINE
    assert second.last.following is Following.ON
    run.run(12, task())
    assert second.last.following is Following.DEADLINE
    assert second.last.followed_for == pytest.approx(20)


def test_follower_shows_what_it_follows(run, heard):
    follower = run.follow("t", heard, interval=7)
    assert repr(follower) == "Follower(task_id='t', interval=7, active=True)"
    follower.stop()
    run.send()
    assert repr(follower) == "Follower(task_id='t', interval=7, active=False)"
    assert heard.last.following is Following.OFF


def test_one_listener_stops_others_go_on(run):
    first, second = Heard(), Heard()
    run.follow("t", first)
    run.schedule.stop(run.follow("t", second), Following.OFF)
    run.run(6, task())
    assert second.last.following is Following.OFF
    assert first.last.task == task()


def test_same_listener_restarts_following(run, heard):
    listener = Listener(heard)
    old = run.follow("t", listener, timeout=10)
    run.run(8, task())
    run.follow("t", listener, timeout=10)
    assert not old.active
    before = len(heard.sightings)
    run.run(9, task())
    assert len(heard.sightings) == before + 2
    assert Following.DEADLINE not in heard.following
    run.run(2, task())
    assert heard.last.following is Following.DEADLINE


def test_newer_look_from_elsewhere_counts(run):
    first, second = Heard(), Heard()
    run.follow("t", first)
    run.run(3, task(state=TaskState.QUEUEING))
    run.follow(Sighting("t").saw(task(state=TaskState.GENERATING), run.clock.now()), second)
    assert first.last.task == task(state=TaskState.GENERATING)
    assert [step.state for step in second.last.steps] == [TaskState.QUEUEING, TaskState.GENERATING]
    assert len(second.sightings) == 1
    run.run(6, task())
    assert run.times() == [0, 8]


def test_older_look_from_elsewhere_is_ignored(run):
    first, second = Heard(), Heard()
    run.follow("t", first)
    run.run(3, task(state=TaskState.GENERATING))
    run.follow(Sighting("t").saw(task(state=TaskState.QUEUEING), run.clock.later(-60)), second)
    assert second.last.task == task(state=TaskState.GENERATING)


def test_every_look_is_recorded_once(run):
    run.follow("t", Heard())
    run.follow("t", Heard())
    run.run(6, task())
    assert len(run.recorded.sightings) == 2


def test_recorded_sighting_is_not_followed(run, heard):
    run.follow(replace(Sighting("t"), following=Following.DEADLINE, followed_for=1200.0), heard)
    run.run(1, task())
    assert run.recorded.last.following is Following.OFF
    assert run.recorded.last.followed_for is None

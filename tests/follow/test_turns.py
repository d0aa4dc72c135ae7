"""Many tasks take fair turns within the rate budget and the capacity."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from support.watching import Heard, ScheduleRun, seeded, task

from runway_nb.model.errors import RateLimitError
from runway_nb.model.sighting import Following
from runway_nb.model.task import TaskState


def test_500_tasks_share_the_budget_fairly():
    run = ScheduleRun(rate=10, burst=20, rng=seeded(1))
    for number in range(500):
        run.follow(f"t{number}", Heard())
    run.run(600, task)
    assert len(run.looks) == pytest.approx(6020, abs=20)
    counts = Counter(looked for _, looked in run.looks)
    assert min(counts.values()) >= 11
    assert max(counts.values()) <= 13


def test_short_interval_gets_no_extra_turns():
    run = ScheduleRun(rate=2, burst=1)
    for number in range(20):
        run.follow(f"t{number}", Heard(), interval=0.5 if number < 10 else 5.0)
    run.run(300, task)
    counts = Counter(looked for _, looked in run.looks)
    assert min(counts.values()) >= 0.6 * max(counts.values())


def test_next_at_includes_time_in_queue():
    run = ScheduleRun(rate=10, burst=1, rng=seeded(1))
    heard = [Heard() for _ in range(300)]
    for number, each in enumerate(heard):
        run.follow(f"t{number}", each)
    run.run(120, task)
    shown = (heard[0].last.next_at - heard[0].last.looked_at).total_seconds()
    assert shown == pytest.approx(30, abs=3)


def test_waiting_looks_use_more_workers():
    run = ScheduleRun(capacity=3)
    for number in range(10):
        run.follow(f"t{number}", Heard())
    for under_way in (1, 2, 3):
        wait = run.step()
        assert len(run.under_way) == under_way
        assert run.schedule.due - run.clock.time == pytest.approx(wait)
        run.clock.advance(0.011)
    assert wait > 1  # with every worker busy only an answer changes anything
    run.step()
    assert len(run.under_way) == 3
    run.answer(task("t0"))
    run.step()
    assert len(run.under_way) == 3


def test_quick_answers_use_one_worker():
    run = ScheduleRun()
    for number in range(10):
        run.follow(f"t{number}", Heard())
    for number in range(10):
        run.step()
        assert [entry.sighting.task_id for entry in run.under_way] == [f"t{number}"]
        run.answer(task(f"t{number}"))
        run.clock.advance(0.001)


def test_asked_look_does_not_wait():
    run = ScheduleRun()
    run.follow("slow", Heard())
    run.step()
    run.look("asked", Heard())
    run.step()
    assert [entry.sighting.task_id for entry in run.under_way] == ["slow", "asked"]


def test_429_delays_and_notifies_all(run):
    limited, other = Heard(), Heard()
    run.follow("limited", limited)
    run.run(1, task("limited"))
    run.follow("other", other)
    run.run(3.5, task)
    run.run(1, RateLimitError(429, retry_after=30))  # at 5 s
    assert isinstance(limited.last.error, RateLimitError)
    assert limited.last.task == task("limited")
    assert other.last.error is None
    for heard in (limited, other):
        assert heard.last.following is Following.ON
        assert heard.last.next_at == run.clock.later(29.5)
    run.run(60, task)
    assert min(at for at, _ in run.looks if at > 5) == pytest.approx(35, abs=0.1)
    assert limited.last.error is None


def test_429_from_elsewhere_is_shown(run, heard):
    run.follow("t", heard)
    run.run(1, task())
    run.budget.rate_limited(60)
    run.run(5, task())
    assert heard.last.next_at == run.clock.later(56 - 1)


def test_429_notifies_each_once(run):
    heard = [Heard() for _ in range(5)]
    for number, each in enumerate(heard):
        run.follow(f"t{number}", each)
    run.step()
    while run.under_way:
        run.answer(RateLimitError(429, retry_after=30))
    run.run(10, task())
    assert [len(each.sightings) for each in heard] == [2] * 5


def test_refused_looks_slow_all_until_recovery():
    run = ScheduleRun(rate=10, burst=20)
    for number in range(200):
        run.follow(f"t{number}", Heard(), timeout=10_000)
    run.run(30, task)
    for _ in range(8):
        run.budget.rate_limited(10)
    assert run.budget.rate == 5
    before = len(run.looks)
    run.run(10, task)
    assert len(run.looks) == before
    run.run(1, task)
    assert len(run.looks) - before <= 6
    run.run(300, task)
    assert run.budget.rate == 10


def test_a_rare_refused_look_slows_nothing():
    run = ScheduleRun(rate=10, burst=20)
    for number in range(200):
        run.follow(f"t{number}", Heard(), timeout=10_000)
    run.run(30, task)
    before = len(run.looks)
    run.budget.rate_limited(2)
    run.run(10, task)
    assert len(run.looks) - before == pytest.approx(100, abs=3)


def test_ended_tasks_leave_nothing_behind(run):
    for number in range(50):
        run.follow(f"t{number}", Heard())
    run.run(30, lambda task_id: task(task_id, TaskState.SUCCESS))
    assert run.schedule.idle
    assert run.schedule.due == math.inf
    assert run.schedule.take_notified() == []

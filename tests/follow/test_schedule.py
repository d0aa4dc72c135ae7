"""`Schedule`: when a task is looked at, and how following it ends."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from support.watching import Heard, ScheduleRun, seeded, task

from runway_nb.model.errors import RateLimitError
from runway_nb.model.sighting import Following, Sighting
from runway_nb.model.task import TaskState

# --- one task ---------------------------------------------------------------------------------------------------------


def test_new_task_is_looked_at_at_once(run, heard):
    run.follow("t", heard)
    run.run(21, task())
    assert run.times() == [0, 5, 10, 15, 20]


def test_task_just_seen_waits_an_interval(run, heard):
    run.follow(Sighting("t").saw(task(), run.clock.later(-2)), heard)
    run.run(9, task())
    assert run.times() == [3, 8]


def test_look_in_the_record_does_not_count(run, heard):
    known = replace(Sighting("t").saw(task(), run.clock.later(-2)), from_record=True)
    run.follow(known, heard)
    run.run(6, task())
    assert run.times() == [0, 5]


def test_task_seen_long_ago_does_not_wait(run, heard):
    run.follow(Sighting("t").saw(task(), run.clock.later(-3600)), heard)
    run.run(1, task())
    assert run.times() == [0]


def test_future_sighting_does_not_delay_look(run, heard):
    run.follow(Sighting("t").saw(task(), run.clock.later(3600)), heard)
    run.run(6, task())
    assert run.times() == [5]


def test_intervals_have_a_tenth_of_jitter(heard):
    run = ScheduleRun(rng=seeded(4))
    run.follow("t", heard, timeout=10_000)
    run.run(5000, task())
    gaps = [later - earlier for earlier, later in pairwise(run.times())]
    assert min(gaps) == pytest.approx(4.5, abs=0.05)
    assert max(gaps) == pytest.approx(5.5, abs=0.05)
    assert sum(gaps) / len(gaps) == pytest.approx(5.0, abs=0.05)


def test_interval_counts_from_sending(run, heard):
    run.follow("t", heard)
    run.step()
    run.clock.advance(3)
    run.answer(task())
    run.run(3, task())
    assert run.times() == [0, 5]


def test_slow_look_is_repeated_at_once(run, heard):
    run.follow("t", heard)
    run.step()
    run.clock.advance(9)
    run.answer(task())
    run.step()
    assert run.times() == [0, 9]


def test_only_one_look_per_task_under_way(run, heard):
    run.follow("t", heard)
    run.step()
    run.clock.advance(60)
    run.step()
    assert run.times() == [0]


def test_each_look_says_when_next_is_due(run, heard):
    run.follow("t", heard)
    assert heard.following == [Following.ON]
    run.run(11, task())
    assert len(heard.sightings) == 1 + len(run.looks) == 4
    assert heard.last.task == task()
    assert heard.last.next_at == run.clock.later(4)


@pytest.mark.parametrize("state", [TaskState.SUCCESS, TaskState.FAIL])
def test_terminal_state_ends_following(run, heard, state):
    run.follow("t", heard)
    run.run(7, task())
    run.run(60, task(state=state))
    assert heard.following == [Following.ON] * 3 + [Following.ENDED]
    assert heard.last.task == task(state=state)
    assert heard.last.followed_for == pytest.approx(10)
    assert heard.last.next_at is None
    assert run.times() == [0, 5, 10]
    assert run.schedule.idle


def test_ended_task_is_not_looked_at(run, heard):
    follower = run.follow(Sighting("t").saw(task(state=TaskState.SUCCESS), run.clock.now()), heard)
    assert heard.following == [Following.ENDED]
    assert not follower.active
    assert run.schedule.idle


def test_unknown_state_is_followed_to_deadline(run, heard):
    run.follow("t", heard, timeout=60)
    run.run(100, task(state=TaskState.UNKNOWN))
    assert len(run.times()) == 12
    assert heard.last.following is Following.DEADLINE


def test_steps_continue_known_ones(run, heard):
    run.follow(Sighting("t").saw(task(state=TaskState.WAIT), run.clock.later(-30)), heard)
    run.run(1, task(state=TaskState.QUEUEING))
    assert [step.state for step in heard.last.steps] == [TaskState.WAIT, TaskState.QUEUEING]


# --- the end of following ---------------------------------------------------------------------------------------------


def test_deadline_ends_following(run, heard):
    run.follow("t", heard, timeout=1200)
    run.run(3600, task())
    assert heard.last.following is Following.DEADLINE
    assert heard.last.followed_for == pytest.approx(1200)
    assert heard.last.task == task()
    assert run.times()[-1] == 1195
    assert heard.following.count(Following.DEADLINE) == 1
    assert run.schedule.idle


def test_following_again_has_new_deadline(run, heard):
    run.follow("t", heard, timeout=10)
    run.run(100, task())
    run.follow(heard.last, heard, timeout=10)
    assert heard.last.following is Following.ON
    run.run(100, task())
    assert run.times() == [0, 5, 100, 105]
    assert heard.last.following is Following.DEADLINE


def test_deadline_does_not_wait_for_look_under_way(run, heard):
    run.follow("t", heard, timeout=10)
    run.step()
    run.clock.advance(11)
    run.step()
    run.send()
    assert heard.last.following is Following.DEADLINE
    before = len(heard.sightings)
    run.answer(task(state=TaskState.SUCCESS))
    assert len(heard.sightings) == before
    assert run.recorded.last.settled
    assert run.schedule.idle


def test_deadline_during_look_ends_with_its_result(run, heard):
    run.follow("t", heard, timeout=10)
    run.step()
    run.clock.advance(11)
    run.answer(task())
    assert heard.last.following is Following.DEADLINE
    assert heard.last.task == task()


def test_deadline_holds_during_pause(run, heard):
    run.follow("t", heard, timeout=30)
    run.run(31, RateLimitError(429, retry_after=200))
    assert heard.last.following is Following.DEADLINE
    assert isinstance(heard.last.error, RateLimitError)


def test_reset_budget_ends_the_pause(run, heard):
    run.follow("t", heard)
    run.run(1, RateLimitError(429, retry_after=200))
    assert heard.last.next_at == run.clock.later(199)
    run.budget.reset()
    run.run(10, task())
    assert run.times() == [0, 5, 10]


def test_reset_budget_shows_the_next_look(run, heard):
    run.follow("t", heard)
    run.run(1, RateLimitError(429, retry_after=200))
    run.budget.reset()
    run.step()
    assert heard.last.next_at == run.clock.later(4)


def test_infinite_timeout_follows_on(run, heard):
    run.follow("t", heard, interval=60, timeout=float("inf"))
    run.run(86_400, task())
    assert heard.last.following is Following.ON


def test_stop_notifies_once(run, heard):
    follower = run.follow("t", heard)
    run.run(6, task())
    for _ in range(2):
        run.schedule.stop(follower, Following.INTERRUPTED)
        run.send()
    assert heard.following == [Following.ON] * 3 + [Following.INTERRUPTED]
    assert heard.last.followed_for == pytest.approx(6)
    assert run.schedule.idle
    run.run(60, task())
    assert run.times() == [0, 5]


def test_look_after_stop_is_only_recorded(run, heard):
    follower = run.follow("t", heard)
    run.step()
    run.schedule.stop(follower, Following.OFF)
    run.send()
    run.answer(task())
    assert heard.following == [Following.ON, Following.OFF]
    assert run.recorded.last.task == task()
    assert run.schedule.idle


def test_following_again_joins_look_under_way(run, heard):
    run.schedule.stop(run.follow("t", heard), Following.OFF)
    run.follow("t", heard)
    run.step()
    run.schedule.stop(run.follow("t", heard), Following.OFF)
    run.follow("t", heard)
    run.step()
    assert run.times() == [0]
    run.answer(task())
    assert heard.last.task == task()


def test_close_notifies_all_and_ignores_answers(run):
    followers = {name: Heard() for name in "abc"}
    for name, heard in followers.items():
        run.follow(name, heard)
    asker = Heard()
    run.look("d", asker)
    run.step()
    run.schedule.close()
    run.send()
    for heard in [*followers.values(), asker]:
        assert heard.last.following is Following.OFF
    while run.under_way:
        run.answer(task(state=TaskState.SUCCESS))
    assert all(heard.last.task is None for heard in followers.values())
    assert run.recorded.sightings == []
    assert run.schedule.idle

"""`Schedule`: which task is looked at when, and who is told what, by a clock that stands still."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from support.watching import Heard, ScheduleRun, seeded, task

from runway_nb.errors import (
    AuthenticationError,
    ConnectionFailedError,
    MaintenanceError,
    RateLimitError,
    ServerError,
    TaskNotFoundError,
)
from runway_nb.listener import Listener
from runway_nb.sighting import Following, Sighting
from runway_nb.task import TaskState

LOST_CONNECTION = ConnectionFailedError("api.example.org", "no answer in time")


@pytest.fixture
def run():
    return ScheduleRun()


@pytest.fixture
def heard():
    return Heard()


def times(run, task_id="t"):
    return [round(at, 2) for at, looked in run.looks if looked == task_id]


# --- one task ---------------------------------------------------------------------------------------------------------


def test_a_task_of_which_nothing_is_known_is_looked_at_at_once_and_then_at_the_interval(run, heard):
    run.follow("t", heard)
    run.run(21, task())
    assert times(run) == [0, 5, 10, 15, 20]


def test_a_task_just_seen_is_looked_at_an_interval_later(run, heard):
    run.follow(Sighting("t").saw(task(), run.clock.later(-2)), heard)
    run.run(9, task())
    assert times(run) == [3, 8]


def test_a_task_seen_long_ago_is_looked_at_at_once(run, heard):
    run.follow(Sighting("t").saw(task(), run.clock.later(-3600)), heard)
    run.run(1, task())
    assert times(run) == [0]


def test_a_sighting_of_the_future_does_not_put_the_look_off(run, heard):
    run.follow(Sighting("t").saw(task(), run.clock.later(3600)), heard)
    run.run(6, task())
    assert times(run) == [5]


def test_intervals_stray_by_a_tenth_and_no_more(heard):
    run = ScheduleRun(rng=seeded(4))
    run.follow("t", heard, timeout=10_000)
    run.run(5000, task())
    gaps = [later - earlier for earlier, later in pairwise(times(run))]
    assert min(gaps) == pytest.approx(4.5, abs=0.05)
    assert max(gaps) == pytest.approx(5.5, abs=0.05)
    assert sum(gaps) / len(gaps) == pytest.approx(5.0, abs=0.05)


def test_the_interval_counts_from_when_a_look_was_sent(run, heard):
    run.follow("t", heard)
    run.step()
    run.clock.advance(3)
    run.answer(task())
    run.run(3, task())
    assert times(run) == [0, 5]


def test_a_look_slower_than_the_interval_is_followed_by_the_next_at_once(run, heard):
    run.follow("t", heard)
    run.step()
    run.clock.advance(9)
    run.answer(task())
    run.step()
    assert times(run) == [0, 9]


def test_while_a_look_is_under_way_there_is_no_second(run, heard):
    run.follow("t", heard)
    run.step()
    run.clock.advance(60)
    run.step()
    assert times(run) == [0]


def test_each_look_is_told_once_with_when_the_next_is_due(run, heard):
    run.follow("t", heard)
    assert heard.following == [Following.ON]
    run.run(11, task())
    assert len(heard.sightings) == 1 + len(run.looks) == 4
    assert heard.last.task == task()
    assert heard.last.next_at == run.clock.later(4)


@pytest.mark.parametrize("state", [TaskState.SUCCESS, TaskState.FAIL])
def test_a_terminal_state_is_told_once_and_is_the_last(run, heard, state):
    run.follow("t", heard)
    run.run(7, task())
    run.run(60, task(state=state))
    assert heard.following == [Following.ON] * 3 + [Following.ENDED]
    assert heard.last.task == task(state=state)
    assert heard.last.followed_for == pytest.approx(10)
    assert heard.last.next_at is None
    assert times(run) == [0, 5, 10]
    assert run.schedule.idle


def test_a_task_known_to_have_ended_is_told_so_without_a_look(run, heard):
    follower = run.follow(Sighting("t").saw(task(state=TaskState.SUCCESS), run.clock.now()), heard)
    assert heard.following == [Following.ENDED]
    assert not follower.active
    assert run.schedule.idle


def test_an_unknown_state_is_looked_at_until_the_deadline(run, heard):
    run.follow("t", heard, timeout=60)
    run.run(100, task(state=TaskState.UNKNOWN))
    assert len(times(run)) == 12
    assert heard.last.following is Following.DEADLINE


def test_steps_go_on_from_what_was_known(run, heard):
    run.follow(Sighting("t").saw(task(state=TaskState.WAIT), run.clock.later(-30)), heard)
    run.run(1, task(state=TaskState.QUEUEING))
    assert [step.state for step in heard.last.steps] == [TaskState.WAIT, TaskState.QUEUEING]


# --- the end of following ---------------------------------------------------------------------------------------------


def test_the_deadline_ends_following_and_says_how_long_it_was(run, heard):
    run.follow("t", heard, timeout=1200)
    run.run(3600, task())
    assert heard.last.following is Following.DEADLINE
    assert heard.last.followed_for == pytest.approx(1200)
    assert heard.last.task == task()
    assert times(run)[-1] == 1195
    assert heard.following.count(Following.DEADLINE) == 1
    assert run.schedule.idle


def test_following_again_resumes_with_a_new_deadline(run, heard):
    run.follow("t", heard, timeout=10)
    run.run(100, task())
    run.follow(heard.last, heard, timeout=10)
    assert heard.last.following is Following.ON
    run.run(100, task())
    assert times(run) == [0, 5, 100, 105]
    assert heard.last.following is Following.DEADLINE


def test_a_look_under_way_at_the_deadline_is_heard_first(run, heard):
    run.follow("t", heard, timeout=10)
    run.step()
    run.clock.advance(11)
    run.step()
    assert heard.last.following is Following.ON
    run.answer(task(state=TaskState.SUCCESS))
    assert heard.last.following is Following.ENDED


def test_a_deadline_passed_during_a_look_ends_following_with_what_it_saw(run, heard):
    run.follow("t", heard, timeout=10)
    run.step()
    run.clock.advance(11)
    run.answer(task())
    assert heard.last.following is Following.DEADLINE
    assert heard.last.task == task()


def test_the_deadline_holds_while_a_pause_lasts(run, heard):
    run.follow("t", heard, timeout=30)
    run.run(31, RateLimitError(429, retry_after=200))
    assert heard.last.following is Following.DEADLINE
    assert isinstance(heard.last.error, RateLimitError)


def test_without_a_deadline_it_goes_on(run, heard):
    run.follow("t", heard, interval=60, timeout=float("inf"))
    run.run(86_400, task())
    assert heard.last.following is Following.ON


def test_stopping_is_told_once_and_leaves_nothing(run, heard):
    follower = run.follow("t", heard)
    run.run(6, task())
    for _ in range(2):
        run.schedule.stop(follower, Following.INTERRUPTED)
        run.send()
    assert heard.following == [Following.ON] * 3 + [Following.INTERRUPTED]
    assert heard.last.followed_for == pytest.approx(6)
    assert run.schedule.idle
    run.run(60, task())
    assert times(run) == [0, 5]


def test_what_a_look_brings_after_stopping_is_not_told_but_recorded(run, heard):
    follower = run.follow("t", heard)
    run.step()
    run.schedule.stop(follower, Following.OFF)
    run.send()
    run.answer(task())
    assert heard.following == [Following.ON, Following.OFF]
    assert run.recorded.last.task == task()
    assert run.schedule.idle


def test_following_again_while_the_old_look_is_under_way_does_not_double_it(run, heard):
    run.schedule.stop(run.follow("t", heard), Following.OFF)
    run.follow("t", heard)
    run.step()
    run.schedule.stop(run.follow("t", heard), Following.OFF)
    run.follow("t", heard)
    run.step()
    assert times(run) == [0]
    run.answer(task())
    assert heard.last.task == task()


def test_closing_tells_everyone_and_hears_nothing_more(run):
    followers = {name: Heard() for name in "abc"}
    for name, heard in followers.items():
        run.follow(name, heard)
    asker = Heard()
    run.schedule.look(Sighting("d"), Listener(asker))
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


# --- several listeners of one task ------------------------------------------------------------------------------------


def test_a_second_listener_joins_without_a_second_look(run):
    first, second = Heard(), Heard()
    run.follow("t", first)
    run.run(7, task())
    run.follow("t", second)
    assert second.last.task == task()
    assert second.last.next_at == first.last.next_at
    run.run(10, task())
    assert times(run) == [0, 5, 10, 15]
    assert second.last == first.last


def test_a_second_listener_that_joins_during_a_look_is_told_of_it(run):
    first, second = Heard(), Heard()
    run.follow("t", first)
    run.step()
    run.follow("t", second)
    assert second.last.next_at is None
    run.answer(task())
    assert second.last.task == task()
    assert times(run) == [0]


def test_the_shortest_interval_counts_from_when_it_joins(run, heard):
    run.follow("t", heard, interval=60)
    run.run(10, task())
    quick = run.follow("t", Heard(), interval=4)
    run.run(9, task())
    assert times(run) == [0, 10, 14, 18]
    run.schedule.stop(quick, Following.OFF)
    run.run(100, task())
    assert times(run)[4:] == [22, 82]


def test_joining_does_not_cut_backing_off_short(run, heard):
    run.follow("t", heard)
    run.run(20, ServerError(500))
    assert times(run) == [0, 5, 15]
    run.follow("t", Heard(), interval=1)
    run.run(10, ServerError(500))
    assert times(run) == [0, 5, 15]


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


def test_one_listener_stops_and_the_others_go_on(run):
    first, second = Heard(), Heard()
    run.follow("t", first)
    run.schedule.stop(run.follow("t", second), Following.OFF)
    run.run(6, task())
    assert second.last.following is Following.OFF
    assert first.last.task == task()


def test_the_same_listener_starts_anew_instead_of_following_twice(run, heard):
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


def test_a_later_look_made_elsewhere_is_told_to_all_and_counts_as_a_look(run):
    first, second = Heard(), Heard()
    run.follow("t", first)
    run.run(3, task(state=TaskState.QUEUEING))
    run.follow(Sighting("t").saw(task(state=TaskState.GENERATING), run.clock.now()), second)
    assert first.last.task == task(state=TaskState.GENERATING)
    assert [step.state for step in second.last.steps] == [TaskState.QUEUEING, TaskState.GENERATING]
    assert len(second.sightings) == 1
    run.run(6, task())
    assert times(run) == [0, 8]


def test_an_older_look_made_elsewhere_changes_nothing(run):
    first, second = Heard(), Heard()
    run.follow("t", first)
    run.run(3, task(state=TaskState.GENERATING))
    run.follow(Sighting("t").saw(task(state=TaskState.QUEUEING), run.clock.later(-60)), second)
    assert second.last.task == task(state=TaskState.GENERATING)


def test_every_look_is_recorded_once_whoever_listens(run):
    run.follow("t", Heard())
    run.follow("t", Heard())
    run.run(6, task())
    assert len(run.recorded.sightings) == 2


def test_a_record_says_nothing_of_how_one_of_its_followers_stands(run, heard):
    run.follow(replace(Sighting("t"), following=Following.DEADLINE, followed_for=1200.0), heard)
    run.run(1, task())
    assert run.recorded.last.following is Following.OFF
    assert run.recorded.last.followed_for is None


# --- a look now -------------------------------------------------------------------------------------------------------


def test_a_look_is_made_and_told_to_who_asked(run, heard):
    run.schedule.look(Sighting("t"), Listener(heard))
    run.run(60, task())
    assert times(run) == [0]
    assert [sighting.task for sighting in heard.sightings] == [task()]
    assert heard.last.following is Following.OFF
    assert run.schedule.idle


def test_a_failed_look_keeps_what_was_known(run, heard):
    known = Sighting("t").saw(task(), run.clock.later(-60))
    run.schedule.look(known, Listener(heard))
    run.run(1, LOST_CONNECTION)
    assert heard.last.task == task()
    assert heard.last.error is LOST_CONNECTION


def test_a_look_joins_the_one_under_way(run, heard):
    run.follow("t", Heard())
    run.step()
    run.schedule.look(Sighting("t"), Listener(heard))
    run.step()
    run.answer(task())
    assert times(run) == [0]
    assert heard.last.task == task()


def test_a_look_at_a_followed_task_is_told_to_its_followers_and_puts_the_next_off(run, heard):
    follower = Heard()
    run.follow("t", follower)
    run.run(3, task())
    run.schedule.look(Sighting("t"), Listener(heard))
    run.run(6, task(state=TaskState.QUEUEING))
    assert times(run) == [0, 3, 8]
    assert follower.last.task == heard.last.task


def test_a_follower_that_asks_for_a_look_is_told_once(run, heard):
    listener = Listener(heard)
    run.follow("t", listener)
    run.run(3, task())
    run.schedule.look(heard.last, listener)
    run.run(1, task())
    assert len(heard.sightings) == 3
    assert heard.last.following is Following.ON


def test_asking_twice_is_told_once(run, heard):
    listener = Listener(heard)
    for _ in range(2):
        run.schedule.look(Sighting("t"), listener)
    run.run(10, task())
    assert times(run) == [0]
    assert len(heard.sightings) == 1


def test_who_asks_and_then_follows_before_the_answer_is_told_once_of_it(run, heard):
    listener = Listener(heard)
    run.schedule.look(Sighting("t"), listener)
    run.step()
    run.follow("t", listener)
    run.answer(task())
    assert heard.following == [Following.ON, Following.ON]


def test_a_look_goes_before_those_who_wait_in_line(heard):
    run = ScheduleRun(rate=1, burst=1)
    for number in range(5):
        run.follow(f"t{number}", Heard())
    run.step()
    run.schedule.look(Sighting("t"), Listener(heard))
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
def test_how_following_stands_stays_unless_the_look_says_otherwise(run, heard, before, outcome, after):
    known = replace(Sighting("t"), following=before, followed_for=20.0)
    run.schedule.look(known, Listener(heard))
    run.run(1, outcome)
    assert heard.last.following is after
    assert heard.last.followed_for == 20.0


# --- trouble ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [LOST_CONNECTION, ServerError(500), MaintenanceError(455)], ids=repr)
def test_trouble_is_shown_with_the_last_good_state_and_asked_about_more_rarely(run, heard, error):
    run.follow("t", heard)
    run.run(3, task())
    run.run(150, error)
    assert heard.last.task == task()
    assert heard.last.error is error
    assert heard.last.following is Following.ON
    gaps = [later - earlier for earlier, later in pairwise(times(run))]
    assert gaps[:5] == [5, 5, 10, 20, 40]
    assert max(gaps) <= 60
    run.run(60, task())
    assert heard.last.error is None


def test_backing_off_counts_from_the_failure(run, heard):
    run.follow("t", heard)
    run.step()
    run.clock.advance(30)
    run.answer(LOST_CONNECTION)
    run.run(6, task())
    assert times(run) == [0, 35]


def test_one_tasks_trouble_does_not_slow_another(run):
    run.follow("bad", Heard())
    run.follow("good", Heard())
    run.run(100, lambda task_id: ServerError(500) if task_id == "bad" else task("good"))
    assert len(times(run, "good")) == 21
    assert len(times(run, "bad")) < 7


def test_a_refused_key_stops_at_once_and_says_why(run, heard):
    run.follow("t", heard)
    run.run(8, task())
    run.run(60, AuthenticationError(401))
    assert heard.last.following is Following.REFUSED
    assert isinstance(heard.last.error, AuthenticationError)
    assert heard.last.task == task()
    assert times(run) == [0, 5, 10]


def test_an_unknown_task_is_asked_for_90_s_and_then_given_up(run, heard):
    run.follow("t", heard)
    run.run(200, TaskNotFoundError(404))
    assert times(run)[-1] == 90
    assert heard.last.following is Following.LOST
    assert run.schedule.idle


def test_a_task_that_appears_late_is_followed_like_any_other(run, heard):
    run.follow("t", heard)
    run.run(80, TaskNotFoundError(404))
    run.run(80, task())
    assert heard.last.following is Following.ON
    assert heard.last.error is None


# --- the budget -------------------------------------------------------------------------------------------------------


def test_500_tasks_are_looked_at_in_fair_turns_within_the_budget():
    run = ScheduleRun(rate=10, burst=20, rng=seeded(1))
    for number in range(500):
        run.follow(f"t{number}", Heard())
    run.run(600, task)
    assert len(run.looks) == pytest.approx(6020, abs=20)
    counts = Counter(looked for _, looked in run.looks)
    assert min(counts.values()) >= 11
    assert max(counts.values()) <= 13


def test_a_quick_interval_takes_no_more_turns_than_a_slow_one_when_there_are_too_few():
    run = ScheduleRun(rate=2, burst=1)
    for number in range(20):
        run.follow(f"t{number}", Heard(), interval=0.5 if number < 10 else 5.0)
    run.run(300, task)
    counts = Counter(looked for _, looked in run.looks)
    assert min(counts.values()) >= 0.6 * max(counts.values())


def test_who_waits_in_line_is_told_when_its_turn_is_likely():
    run = ScheduleRun(rate=10, burst=1, rng=seeded(1))
    heard = [Heard() for _ in range(300)]
    for number, each in enumerate(heard):
        run.follow(f"t{number}", each)
    run.run(120, task)
    told = (heard[0].last.next_at - heard[0].last.looked_at).total_seconds()
    assert told == pytest.approx(30, abs=3)


def test_the_longer_looks_wait_the_more_are_under_way_but_no_more_than_there_are_workers():
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


def test_answers_that_come_at_once_keep_many_tasks_to_one_worker():
    run = ScheduleRun()
    for number in range(10):
        run.follow(f"t{number}", Heard())
    for number in range(10):
        run.step()
        assert [entry.sighting.task_id for entry in run.under_way] == [f"t{number}"]
        run.answer(task(f"t{number}"))
        run.clock.advance(0.001)


def test_a_look_that_someone_asks_for_waits_for_no_other():
    run = ScheduleRun()
    run.follow("slow", Heard())
    run.step()
    run.schedule.look(Sighting("asked"), Listener(Heard()))
    run.step()
    assert [entry.sighting.task_id for entry in run.under_way] == ["slow", "asked"]


def test_a_429_puts_every_look_off_and_says_so_everywhere(run):
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


def test_a_429_met_elsewhere_is_shown_as_well(run, heard):
    run.follow("t", heard)
    run.run(1, task())
    run.budget.rate_limited(60)
    run.run(5, task())
    assert heard.last.next_at == run.clock.later(56 - 1)


def test_a_429_is_told_once_to_each(run):
    heard = [Heard() for _ in range(5)]
    for number, each in enumerate(heard):
        run.follow(f"t{number}", each)
    run.step()
    while run.under_way:
        run.answer(RateLimitError(429, retry_after=30))
    run.run(10, task())
    assert [len(each.sightings) for each in heard] == [2] * 5


def test_after_429s_the_looks_are_half_as_many_and_recover():
    run = ScheduleRun(rate=10, burst=20)
    for number in range(200):
        run.follow(f"t{number}", Heard(), timeout=10_000)
    run.run(30, task)
    run.budget.rate_limited(10)
    run.run(10, task)
    before = len(run.looks)
    run.run(10, task)
    assert len(run.looks) - before == pytest.approx(52, abs=3)
    run.run(300, task)
    assert run.budget.rate == 10


def test_nothing_is_left_behind_by_tasks_that_ended(run):
    for number in range(50):
        run.follow(f"t{number}", Heard())
    run.run(30, lambda task_id: task(task_id, TaskState.SUCCESS))
    assert run.schedule.idle
    assert run.schedule._timers == []
    assert not run.schedule._ready
    assert run.schedule.mail() == []

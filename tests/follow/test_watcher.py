"""`Watcher`: the schedule with real threads, against a service made of functions."""

from __future__ import annotations

import contextvars
import threading
import time

import pytest
from support.waiting import wait_until
from support.watching import Heard, is_over, no_thread_left, own_threads

from runway_nb.follow.budget import RateBudget
from runway_nb.follow.listener import Listener
from runway_nb.follow.watcher import Watcher
from runway_nb.model.sighting import Following, Sighting
from runway_nb.model.task import TaskState

QUICK = 0.02


def test_task_is_followed_until_it_ends(watcher, service):
    heard = Heard()
    follower = watcher.follow("t", heard, interval=QUICK)
    heard.wait_for(lambda sighting: sighting.task)
    assert follower.active
    service.ended.add("t")
    last = heard.wait_for(is_over)
    assert last.following is Following.ENDED
    assert last.task.state is TaskState.SUCCESS
    assert not follower.active
    assert heard.last is last


def test_threads_run_only_while_following(watcher, service):
    assert own_threads() == []
    with no_thread_left():
        heard = [Heard() for _ in range(20)]
        for number, each in enumerate(heard):
            watcher.follow(f"t{number}", each, interval=QUICK)
        service.ended.update(f"t{number}" for number in range(20))
        for each in heard:
            each.wait_for(is_over)


def test_no_thread_runs_after_last_stop(watcher):
    with no_thread_left():
        followers = [watcher.follow(f"t{number}", Heard(), interval=QUICK) for number in range(5)]
        for follower in followers:
            follower.stop()


def test_idle_watcher_follows_again(watcher, service):
    for name in ("first", "second", "third"):
        heard = Heard()
        with no_thread_left():
            service.ended.add(name)
            watcher.follow(name, heard, interval=QUICK)
            assert heard.wait_for(is_over).following is Following.ENDED


@pytest.mark.usefixtures("no_look_is_slow")
def test_500_tasks_need_nine_threads(watcher, service):
    service.open.clear()
    heard = [Heard() for _ in range(500)]
    for number, each in enumerate(heard):
        watcher.follow(f"t{number}", each, interval=60)
    service.wait_for_looks_at_once(8)
    service.open.set()
    for each in heard:
        each.wait_for(lambda sighting: sighting.task)
    assert len(own_threads()) <= 9
    assert all(thread.daemon for thread in own_threads())
    assert service.most_at_once == 8
    assert sorted(service.looks) == sorted(f"t{number}" for number in range(500))


@pytest.mark.usefixtures("no_look_is_slow")
def test_one_task_needs_one_worker(watcher):
    heard = Heard()
    watcher.follow("t", heard, interval=QUICK)
    for _ in range(5):
        count = len(heard.sightings)
        heard.wait_for(lambda _, count=count: len(heard.sightings) > count)
    assert len(own_threads()) == 2


def test_listeners_of_one_task_share_looks(watcher, service):
    heard = [Heard() for _ in range(3)]
    for each in heard:
        watcher.follow("t", each, interval=QUICK)
    for each in heard:
        each.wait_for(lambda sighting: sighting.task)
    service.ended.add("t")
    assert len({each.wait_for(is_over).looked_at for each in heard}) == 1


def test_sightings_are_never_out_of_order(watcher, service):
    heard = [Heard() for _ in range(30)]
    listeners = [Listener(each) for each in heard]
    for number, listener in enumerate(listeners):
        watcher.follow(f"t{number % 10}", listener, interval=0.005)
    for _ in range(20):
        for number, listener in enumerate(listeners):
            watcher.look(f"t{number % 10}", listener)
    service.ended.update(f"t{number}" for number in range(10))
    for each in heard:
        each.wait_for(is_over)
        looks = [sighting.looked_at for sighting in each.sightings if sighting.looked_at]
        assert looks == sorted(looks)
        assert [is_over(sighting) for sighting in each.sightings].index(True) == len(each.sightings) - 1


def test_looks_are_recorded_in_order(watcher, service, recorded):
    heard = Heard()
    watcher.follow("t", heard, interval=QUICK)
    recorded.wait_for(lambda _: len(recorded.sightings) >= 5)
    service.ended.add("t")
    heard.wait_for(is_over)
    recorded.wait_for(lambda sighting: sighting.settled)
    assert len(recorded.sightings) == len(service.looks)
    looks = [sighting.looked_at for sighting in recorded.sightings]
    assert looks == sorted(looks)


def test_listeners_run_in_the_follow_context(watcher):
    cell, found = contextvars.ContextVar("cell"), Heard()
    cell.set("mine")
    watcher.follow("t", lambda sighting: found(Sighting(cell.get(), sighting.task)), interval=QUICK)
    assert found.wait_for(lambda sighting: sighting.task).task_id == "mine"


def test_deadline_stops_following(watcher):
    heard = Heard()
    watcher.follow("t", heard, interval=QUICK, timeout=0.5)
    last = heard.wait_for(is_over)
    assert last.following is Following.DEADLINE
    assert last.followed_for >= 0.5
    assert heard.last is last


def test_look_leaves_nothing_behind(watcher, service):
    heard = Heard()
    with no_thread_left():
        watcher.look("t", heard)
        assert heard.wait_for(lambda sighting: sighting.task).following is Following.OFF
    assert service.looks == ["t"]


def test_look_does_not_wait_for_interval(watcher, service):
    heard = Heard()
    watcher.follow("t", heard, interval=3600)
    heard.wait_for(lambda sighting: sighting.task)
    service.ended.add("t")
    watcher.look("t", Heard())
    assert heard.wait_for(is_over).following is Following.ENDED


def test_look_joins_one_under_way(watcher, service):
    service.open.clear()
    first, second = Heard(), Heard()
    watcher.look("t", first)
    service.wait_for_looks_at_once(1)
    watcher.look("t", second)
    service.open.set()
    first.wait_for(lambda sighting: sighting.task)
    second.wait_for(lambda sighting: sighting.task)
    assert service.looks == ["t"]


def test_listener_may_stop_itself(watcher):
    heard, followers = Heard(), []

    def listener(sighting):
        heard(sighting)
        if sighting.task and followers:
            followers[0].stop()

    with no_thread_left():
        followers.append(watcher.follow("t", listener, interval=QUICK))
        assert heard.wait_for(is_over).following is Following.OFF


def test_listener_may_follow_another_task(watcher, service):
    heard = Heard()

    def listener(sighting):
        if is_over(sighting):
            watcher.follow("next", heard, interval=QUICK)

    service.ended.add("t")
    watcher.follow("t", listener, interval=QUICK)
    heard.wait_for(lambda sighting: sighting.task)


@pytest.mark.parametrize("pace", [{"interval": 0}, {"interval": -1}, {"timeout": 0}, {"interval": float("nan")}])
def test_pace_must_be_above_zero(watcher, pace):
    with pytest.raises(ValueError, match="above 0"):
        watcher.follow("t", Heard(), **pace)
    assert own_threads() == []


def test_waiting_costs_little(service):
    readings = []

    def pausing(seconds):
        """Return how many readings there were before a pause."""
        count = len(readings)
        threading.Event().wait(seconds)
        return count

    def clock():
        readings.append(time.monotonic())
        return readings[-1]

    watcher = Watcher(service, RateBudget(10_000, 10_000, clock=clock), clock=clock)
    heard = [Heard() for _ in range(100)]
    for number, each in enumerate(heard):
        watcher.follow(f"t{number}", each, interval=3600)
    for each in heard:
        each.wait_for(lambda sighting: sighting.task)
    wait_until(lambda: pausing(0.2) == len(readings))
    readings.clear()
    pausing(0.5)
    assert len(readings) <= 6  # two for each step
    watcher.close()


def test_wake_ends_a_wait_for_the_budget(service):
    budget = RateBudget(0.001, 1)
    watcher = Watcher(service, budget)
    first, second = Heard(), Heard()
    watcher.follow("first", first)
    first.wait_for(lambda sighting: sighting.task)
    watcher.follow("second", second)
    assert second.last.task is None
    budget.max_rate = 10_000
    watcher.wake()
    second.wait_for(lambda sighting: sighting.task)
    watcher.close()


def test_last_looks_do_not_delay_polls(service):
    watcher = Watcher(service, RateBudget(100, 10))
    followed, asked = Heard(), [Heard() for _ in range(100)]
    service.ended.update(f"ended{number}" for number in range(100))
    for number, each in enumerate(asked):
        watcher.look(f"ended{number}", each, last=True)
    watcher.follow("t", followed, interval=0.1)
    for each in asked:
        assert each.wait_for(lambda sighting: sighting.task).following is Following.ENDED
    watcher.close()
    assert sorted(set(service.looks) - {"t"}) == sorted(f"ended{number}" for number in range(100))
    assert len(service.looks) - 100 == service.looks.count("t") >= 5  # of about 10 in the second that it takes
    assert "t" in service.looks[:30]


def test_forgotten_looks_are_not_made(watcher, service):
    service.open.clear()
    heard, other = Heard(), Heard()
    listener = Listener(heard)
    for number in range(50):
        watcher.look(f"t{number}", listener, last=True)
    service.wait_for_looks_at_once(1)
    with no_thread_left():
        watcher.forget(listener)
        watcher.look("other", other)
        service.open.set()
        other.wait_for(lambda sighting: sighting.task)
    assert heard.sightings == []
    assert len(service.looks) < 10  # those under way, and the other

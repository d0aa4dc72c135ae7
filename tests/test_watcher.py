"""`Watcher`: the schedule with real threads, against a service made of functions."""

from __future__ import annotations

import contextvars
import threading
import time

import pytest
from support.watching import PATIENCE, Heard, is_over, no_thread_left, task

from runway_nb.budget import RateBudget
from runway_nb.errors import ConnectionFailedError, RunwayError, ServerError
from runway_nb.listener import Listener
from runway_nb.sighting import Following, Sighting
from runway_nb.task import TaskState
from runway_nb.watcher import Watcher

QUICK = 0.02


class Service:
    """Answers looks; its tasks end when the test says so."""

    def __init__(self):
        self.looks = []
        self.ended = set()
        self.trouble = {}
        self.at_once = 0
        self.most_at_once = 0
        self.open = threading.Event()
        self.open.set()
        self._changed = threading.Condition()

    def wait_for_looks_at_once(self, number):
        with self._changed:
            assert self._changed.wait_for(lambda: self.at_once == number, PATIENCE)

    def __call__(self, task_id):
        with self._changed:
            self.looks.append(task_id)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self._changed.notify_all()
        try:
            assert self.open.wait(PATIENCE)
            if task_id in self.trouble:
                raise self.trouble[task_id]
            return task(task_id, TaskState.SUCCESS if task_id in self.ended else TaskState.GENERATING)
        finally:
            with self._changed:
                self.at_once -= 1


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def recorded():
    return Heard()


@pytest.fixture
def watcher(service, recorded):
    with no_thread_left():
        watcher = Watcher(service, RateBudget(10_000, 10_000), on_sighting=recorded)
        yield watcher
        service.open.set()
        watcher.close()


def ours():
    return [thread for thread in threading.enumerate() if thread.name.startswith("runway_nb")]


def test_a_task_is_followed_until_it_ends(watcher, service):
    heard = Heard()
    subscription = watcher.follow("t", heard, interval=QUICK)
    heard.wait_for(lambda sighting: sighting.task)
    assert subscription.active
    service.ended.add("t")
    last = heard.wait_for(is_over)
    assert last.following is Following.ENDED
    assert last.task.state is TaskState.SUCCESS
    assert not subscription.active
    assert heard.last is last


def test_no_thread_runs_before_anything_is_followed_or_after_it_all_ended(watcher, service):
    assert ours() == []
    with no_thread_left():
        heard = [Heard() for _ in range(20)]
        for number, each in enumerate(heard):
            watcher.follow(f"t{number}", each, interval=QUICK)
        service.ended.update(f"t{number}" for number in range(20))
        for each in heard:
            each.wait_for(is_over)


def test_no_thread_runs_after_the_last_subscription_was_stopped(watcher):
    with no_thread_left():
        subscriptions = [watcher.follow(f"t{number}", Heard(), interval=QUICK) for number in range(5)]
        for subscription in subscriptions:
            subscription.stop()


def test_after_a_rest_it_follows_again(watcher, service):
    for name in ("first", "second", "third"):
        heard = Heard()
        with no_thread_left():
            service.ended.add(name)
            watcher.follow(name, heard, interval=QUICK)
            assert heard.wait_for(is_over).following is Following.ENDED


def test_500_tasks_need_no_more_than_nine_threads(watcher, service):
    service.open.clear()
    heard = [Heard() for _ in range(500)]
    for number, each in enumerate(heard):
        watcher.follow(f"t{number}", each, interval=60)
    service.wait_for_looks_at_once(8)
    service.open.set()
    for each in heard:
        each.wait_for(lambda sighting: sighting.task)
    assert len(ours()) <= 9
    assert all(thread.daemon for thread in ours())
    assert service.most_at_once == 8
    assert sorted(service.looks) == sorted(f"t{number}" for number in range(500))


def test_one_task_needs_one_worker(watcher):
    heard = Heard()
    watcher.follow("t", heard, interval=QUICK)
    for _ in range(5):
        count = len(heard.sightings)
        heard.wait_for(lambda _, count=count: len(heard.sightings) > count)
    assert len(ours()) == 2


def test_every_listener_of_one_task_gets_the_same_looks(watcher, service):
    heard = [Heard() for _ in range(3)]
    for each in heard:
        watcher.follow("t", each, interval=QUICK)
    for each in heard:
        each.wait_for(lambda sighting: sighting.task)
    service.ended.add("t")
    assert len({each.wait_for(is_over).looked_at for each in heard}) == 1


def test_a_listener_never_hears_an_older_sighting_after_a_newer_one(watcher, service):
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


def test_every_look_is_recorded_in_order(watcher, service, recorded):
    heard = Heard()
    watcher.follow("t", heard, interval=QUICK)
    recorded.wait_for(lambda _: len(recorded.sightings) >= 5)
    service.ended.add("t")
    heard.wait_for(is_over)
    recorded.wait_for(lambda sighting: sighting.settled)
    assert len(recorded.sightings) == len(service.looks)
    looks = [sighting.looked_at for sighting in recorded.sightings]
    assert looks == sorted(looks)


def test_a_slow_listener_does_not_hold_up_another_task(watcher):
    go_on, entered, other = threading.Event(), threading.Event(), Heard()

    def slow(sighting):
        if sighting.task:
            entered.set()
            go_on.wait(PATIENCE)

    watcher.follow("slow", slow, interval=QUICK)
    assert entered.wait(PATIENCE)
    watcher.follow("other", other, interval=QUICK)
    other.wait_for(lambda _: len(other.sightings) > 5)
    go_on.set()


@pytest.mark.parametrize("error", [LookupError("shell_parent"), RuntimeError("widget is closed")], ids=repr)
def test_a_listener_that_raises_stops_neither_the_others_nor_itself(watcher, service, error):
    errors, calls, heard = [], [], Heard()

    def broken(sighting):
        calls.append(sighting)
        raise error

    watcher.follow("t", Listener(broken, on_error=errors.append), interval=QUICK)
    watcher.follow("t", heard, interval=QUICK)
    heard.wait_for(lambda _: len(heard.sightings) > 5)
    service.ended.add("t")
    heard.wait_for(is_over)
    with no_thread_left():
        watcher.close()
    assert calls[-1].following is Following.ENDED
    assert errors == [error] * len(calls)


def test_a_broken_recorder_stops_nobody(service):
    def broken(_):
        raise OSError("disk full")

    heard = Heard()
    watcher = Watcher(service, RateBudget(10_000), on_sighting=broken)
    with no_thread_left():
        watcher.follow("t", heard, interval=QUICK)
        heard.wait_for(lambda _: len(heard.sightings) > 5)
        watcher.close()


def test_listeners_run_in_the_context_of_who_began_to_follow(watcher):
    cell, found = contextvars.ContextVar("cell"), Heard()
    cell.set("mine")
    watcher.follow("t", lambda sighting: found(Sighting(cell.get(), sighting.task)), interval=QUICK)
    assert found.wait_for(lambda sighting: sighting.task).task_id == "mine"


def test_trouble_is_told_and_following_goes_on(watcher, service):
    heard = Heard()
    service.trouble["t"] = ServerError(500)
    watcher.follow("t", heard, interval=QUICK)
    heard.wait_for(lambda sighting: sighting.error)
    del service.trouble["t"]
    assert heard.wait_for(lambda sighting: sighting.task).error is None


def test_an_error_is_kept_without_the_frames_that_hold_the_key(watcher, service):
    heard = Heard()
    service.trouble["t"] = ConnectionFailedError("api.example.org", "no answer in time")
    watcher.follow("t", heard, interval=QUICK)
    assert heard.wait_for(lambda sighting: sighting.error).error.__traceback__ is None


def test_what_nobody_foresaw_is_told_without_its_own_words_and_following_goes_on(watcher, service):
    heard = Heard()
    service.trouble["t"] = ValueError("Invalid header: Bearer SECRET")
    watcher.follow("t", heard, interval=QUICK)
    error = heard.wait_for(lambda sighting: sighting.error).error
    assert type(error) is RunwayError
    assert "ValueError at test_watcher.py, line" in str(error)
    assert "SECRET" not in str(error)
    assert error.__context__ is error.__cause__ is None
    del service.trouble["t"]
    heard.wait_for(lambda sighting: sighting.task)


def test_the_deadline_stops_following_visibly(watcher):
    heard = Heard()
    watcher.follow("t", heard, interval=QUICK, timeout=0.5)
    last = heard.wait_for(is_over)
    assert last.following is Following.DEADLINE
    assert last.followed_for >= 0.5
    assert heard.last is last


def test_a_look_is_made_now_and_nothing_is_left(watcher, service):
    heard = Heard()
    with no_thread_left():
        watcher.look("t", heard)
        assert heard.wait_for(lambda sighting: sighting.task).following is Following.OFF
    assert service.looks == ["t"]


def test_a_look_does_not_wait_for_the_interval(watcher, service):
    heard = Heard()
    watcher.follow("t", heard, interval=3600)
    heard.wait_for(lambda sighting: sighting.task)
    service.ended.add("t")
    watcher.look("t", Heard())
    assert heard.wait_for(is_over).following is Following.ENDED


def test_a_look_joins_one_under_way(watcher, service):
    service.open.clear()
    first, second = Heard(), Heard()
    watcher.look("t", first)
    service.wait_for_looks_at_once(1)
    watcher.look("t", second)
    service.open.set()
    first.wait_for(lambda sighting: sighting.task)
    second.wait_for(lambda sighting: sighting.task)
    assert service.looks == ["t"]


def test_a_listener_may_stop_its_own_subscription(watcher):
    heard, subscriptions = Heard(), []

    def listener(sighting):
        heard(sighting)
        if sighting.task and subscriptions:
            subscriptions[0].stop()

    with no_thread_left():
        subscriptions.append(watcher.follow("t", listener, interval=QUICK))
        assert heard.wait_for(is_over).following is Following.OFF


def test_a_listener_may_follow_another_task(watcher, service):
    heard = Heard()

    def listener(sighting):
        if is_over(sighting):
            watcher.follow("next", heard, interval=QUICK)

    service.ended.add("t")
    watcher.follow("t", listener, interval=QUICK)
    heard.wait_for(lambda sighting: sighting.task)


def test_closing_tells_every_listener_that_following_is_off(watcher):
    heard = [Heard() for _ in range(12)]
    for number, each in enumerate(heard):
        watcher.follow(f"t{number}", each, interval=QUICK)
    with no_thread_left():
        for _ in range(2):
            watcher.close()
    assert ours() == []
    for each in heard:
        assert each.last.following is Following.OFF


def test_a_closed_watcher_follows_nothing(watcher):
    watcher.close()
    with pytest.raises(RuntimeError, match="closed"):
        watcher.follow("t", Heard())
    with pytest.raises(RuntimeError, match="closed"):
        watcher.look("t", Heard())
    assert ours() == []


def test_a_listener_may_close_the_watcher(watcher):
    heard, errors = Heard(), []

    def listener(sighting):
        heard(sighting)
        if sighting.task:
            watcher.close()

    with no_thread_left():
        watcher.follow("t", Listener(listener, on_error=errors.append), interval=QUICK)
        assert heard.wait_for(is_over).following is Following.OFF
    assert errors == []


def test_closing_does_not_wait_for_a_look_that_hangs(watcher, service):
    heard = Heard()
    service.open.clear()
    watcher.follow("t", heard, interval=QUICK)
    service.wait_for_looks_at_once(1)
    began = time.monotonic()
    watcher.close()
    assert time.monotonic() - began < PATIENCE / 2
    service.open.set()
    assert heard.last.following is Following.OFF


def test_waiting_costs_next_to_nothing(watcher):
    heard = [Heard() for _ in range(100)]
    for number, each in enumerate(heard):
        watcher.follow(f"t{number}", each, interval=3600)
    for each in heard:
        each.wait_for(lambda sighting: sighting.task)
    steps, step = [], watcher._schedule.step
    watcher._schedule.step = lambda: steps.append(step()) or steps[-1]
    assert not threading.Event().wait(0.5)
    assert len(steps) <= 3


@pytest.mark.parametrize("pace", [{"interval": 0}, {"interval": -1}, {"timeout": 0}, {"interval": float("nan")}])
def test_a_pace_that_would_never_rest_or_never_look_is_refused(watcher, pace):
    with pytest.raises(ValueError, match="above 0"):
        watcher.follow("t", Heard(), **pace)
    assert ours() == []

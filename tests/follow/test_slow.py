"""What takes long, a look or a callback, delays no other task."""

from __future__ import annotations

import threading

import pytest
from support.waiting import PATIENCE, wait_until
from support.watching import Heard, ScheduleRun, is_over, no_thread_left, own_threads, task

from runway_nb.follow import turns
from runway_nb.follow.budget import RateBudget
from runway_nb.follow.handle import WatchHandle
from runway_nb.follow.listener import Listener
from runway_nb.follow.outbox import STUCK, Outbox
from runway_nb.follow.watcher import Watcher
from runway_nb.model.sighting import Following
from runway_nb.model.task import TaskState

QUICK = 0.02


class HalfSlow:
    """Answers at once, but for tasks that are slow until the test opens the gate."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.waiting = 0

    def __call__(self, task_id):
        if task_id.startswith("slow"):
            self.waiting += 1
            self.gate.wait(PATIENCE)
        return task(task_id)


@pytest.fixture
def half_slow():
    return HalfSlow()


@pytest.fixture
def watcher(half_slow, recorded):
    with no_thread_left():
        watcher = Watcher(half_slow, RateBudget(10_000, 10_000), on_sighting=recorded)
        yield watcher
        half_slow.gate.set()
        watcher.close()


def hears_more(heard, more=3):
    count = len(heard.sightings)
    wait_until(lambda: len(heard.sightings) >= count + more)


# --- looks ------------------------------------------------------------------------------------------------------------


def test_slow_looks_leave_their_places():
    run = ScheduleRun(capacity=8)
    for number in range(8):
        run.follow(f"slow{number}", Heard())
    for _ in range(10):
        run.step()
        run.clock.advance(0.01)
    run.follow("healthy", Heard())
    run.step()
    assert run.times("healthy") == []
    run.clock.advance(turns.SLOW)
    run.step()
    assert len(run.times("healthy")) == 1


def test_more_slow_looks_leave_their_places_sooner():
    run = ScheduleRun(rate=1000, burst=1000)
    for number in range(60):
        run.follow(f"slow{number}", Heard())
    run.follow("healthy", Heard())
    while not run.times("healthy"):
        run.step()
        run.clock.advance(0.01)
    assert run.times("healthy")[0] < 3 * turns.SLOW


def test_slow_looks_are_limited():
    run = ScheduleRun(rate=10_000, burst=10_000)
    for number in range(500):
        run.follow(f"slow{number}", Heard())
    for _ in range(2000):
        run.step()
        run.clock.advance(0.1)
    assert len(run.under_way) == turns.MOST_LOOKS
    run.answer(task("slow0"))
    run.step()
    assert len(run.under_way) == turns.MOST_LOOKS


def test_slow_looks_delay_no_other_task(watcher, half_slow):
    for number in range(20):
        watcher.follow(f"slow{number}", Heard())
    wait_until(lambda: half_slow.waiting >= 8)
    healthy = Heard()
    watcher.follow("healthy", healthy, interval=QUICK)
    hears_more(healthy)


def test_threads_of_slow_looks_are_given_back(watcher, half_slow, monkeypatch):
    monkeypatch.setattr(turns, "SLOW", 0.05)
    for number in range(30):
        watcher.follow(f"slow{number}", Heard(), interval=3600)
    wait_until(lambda: half_slow.waiting == 30)
    half_slow.gate.set()
    wait_until(lambda: len(own_threads()) <= 9)


def test_deadline_does_not_wait_for_a_look(watcher, half_slow, recorded):
    handle = WatchHandle(watcher, ["slow"], timeout=0.2)
    assert handle.wait(PATIENCE) is True
    assert half_slow.waiting == 1
    assert handle.sightings["slow"].following is Following.DEADLINE
    half_slow.gate.set()
    assert recorded.wait_for(lambda sighting: sighting.task).task_id == "slow"  # the late answer is recorded
    assert handle.tasks == {}


# --- callbacks --------------------------------------------------------------------------------------------------------


def test_slow_callbacks_delay_no_other_task(watcher):
    go_on, entered, healthy = threading.Event(), [], Heard()

    def slow(sighting):
        if sighting.task:
            entered.append(sighting.task_id)
            go_on.wait(PATIENCE)

    for number in range(12):
        watcher.follow(f"t{number}", slow, interval=QUICK)
    watcher.follow("t0", Heard(), interval=QUICK)
    wait_until(lambda: len(entered) == 12)
    watcher.follow("healthy", healthy, interval=QUICK)
    hears_more(healthy)
    go_on.set()


def test_slow_callback_delays_no_other_listener_of_its_task(watcher):
    go_on, heard = threading.Event(), Heard()
    watcher.follow("t", lambda sighting: sighting.task and go_on.wait(PATIENCE), interval=QUICK)
    watcher.follow("t", heard, interval=QUICK)
    hears_more(heard)
    go_on.set()


def test_slow_on_change_keeps_its_order(watcher):
    go_on, seen, healthy = threading.Event(), [], Heard()

    def slow(changed):
        seen.append(changed.task_id)
        go_on.wait(PATIENCE)

    handle = WatchHandle(watcher, [f"t{number}" for number in range(10)], interval=QUICK, on_change=slow)
    watcher.follow("healthy", healthy, interval=QUICK)
    hears_more(healthy)
    wait_until(lambda: len(seen) == 10)
    go_on.set()
    handle.stop()
    assert handle.wait(PATIENCE) is True
    assert sorted(seen) == sorted(f"t{number}" for number in range(10))


def test_hanging_record_holds_one_thread_up(service):
    go_on, heard = threading.Event(), [Heard() for _ in range(20)]
    with no_thread_left():
        watcher = Watcher(service, RateBudget(10_000, 10_000), on_sighting=lambda _: go_on.wait(PATIENCE))
        for number, each in enumerate(heard):
            watcher.follow(f"t{number}", each, interval=QUICK)
        for each in heard:
            hears_more(each)
        service.ended.update(f"t{number}" for number in range(20))
        for each in heard:
            assert each.wait_for(is_over).task.state is TaskState.SUCCESS
        go_on.set()


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_callback_that_ends_its_thread_stops_nothing(watcher, error):
    calls, heard = [], Heard()

    def leaving(sighting):
        if sighting.task and not is_over(sighting):
            calls.append(sighting)
            raise error

    watcher.follow("t", leaving, interval=QUICK)
    watcher.follow("t", heard, interval=QUICK)
    wait_until(lambda: len(calls) > 12)
    hears_more(heard)


# --- who sends --------------------------------------------------------------------------------------------------------


def test_stuck_sender_is_replaced():
    outbox, first, second = Outbox(), Listener(print), Listener(print)
    outbox.add([first, second])
    assert outbox.due < 0
    assert outbox.next("sender", 10.0) is first
    assert outbox.due == 10 + STUCK
    assert outbox.next("other", 11.0) is second
    assert outbox.due > 1e9
    assert outbox.next("sender", 12.0) is None
    assert not outbox.pending

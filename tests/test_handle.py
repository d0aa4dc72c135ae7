"""`WatchHandle`: several tasks followed together, and waiting for their end."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from support.watching import PATIENCE, no_thread_left, task, wait_until_inside

from runway_nb.budget import RateBudget
from runway_nb.errors import AuthenticationError, TaskNotFoundError, WaitInterruptedError
from runway_nb.handle import WatchHandle
from runway_nb.sighting import Following, Sighting
from runway_nb.task import TaskState
from runway_nb.watcher import Watcher, utc_now

QUICK = 0.02
WALK = [TaskState.WAIT, TaskState.QUEUEING, TaskState.QUEUEING, TaskState.GENERATING, TaskState.SUCCESS]


class Service:
    """Takes each task one step along `WALK` with each look; "endless" stays, "refused" is a bad key."""

    def __init__(self):
        self.looks = {}

    def __call__(self, task_id):
        look = self.looks[task_id] = self.looks.get(task_id, 0) + 1
        if task_id == "refused":
            raise AuthenticationError(401, "You do not have access permissions", task_id)
        if task_id == "endless":
            return task(task_id)
        return task(task_id, WALK[min(look, len(WALK)) - 1])


@pytest.fixture
def watcher():
    with no_thread_left():
        watcher = Watcher(Service(), RateBudget(10_000, 10_000))
        yield watcher
        watcher.close()


def interrupt_when_waiting():
    """Interrupt this thread once it is in `wait`; the list gets when that was."""
    main, at = threading.get_ident(), []

    def interrupt():
        wait_until_inside(WatchHandle.wait, main)
        at.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    return at


def test_waiting_ends_when_every_task_has(watcher):
    handle = WatchHandle(watcher, ["a", "b", "a"], interval=QUICK)
    assert handle.wait() is True
    assert {task_id: task.state for task_id, task in handle.tasks.items()} == dict.fromkeys("ab", TaskState.SUCCESS)
    assert {sighting.following for sighting in handle.sightings.values()} == {Following.ENDED}


def test_each_change_is_told_once_and_in_order(watcher):
    states = []
    handle = WatchHandle(watcher, ["a"], interval=QUICK, on_change=lambda task: states.append(task.state))
    handle.wait()
    assert states == [TaskState.WAIT, TaskState.QUEUEING, TaskState.GENERATING, TaskState.SUCCESS]


def test_what_was_known_is_no_change(watcher):
    known, states = Sighting("endless").saw(task("endless"), utc_now()), []
    handle = WatchHandle(
        watcher, [known], interval=QUICK, timeout=0.2, on_change=lambda task: states.append(task.state)
    )
    assert handle.tasks == {"endless": task("endless")}
    handle.wait()
    assert states == []


def test_tasks_that_had_ended_are_not_waited_for(watcher):
    known = Sighting("a").saw(task("a", TaskState.FAIL), utc_now())
    assert WatchHandle(watcher, [known]).wait(PATIENCE) is True


def test_a_wait_ends_with_the_last_task_and_not_when_it_next_looks_up(watcher, monkeypatch):
    monkeypatch.setattr("runway_nb.handle._SLICE", 3600.0)
    began = time.monotonic()
    assert WatchHandle(watcher, ["a"], interval=QUICK).wait(PATIENCE) is True
    assert time.monotonic() - began < PATIENCE


def test_nothing_to_follow_is_over_at_once(watcher):
    assert WatchHandle(watcher, []).wait() is True


def test_a_wait_with_a_limit_gives_up_and_following_goes_on(watcher):
    handle = WatchHandle(watcher, ["endless"], interval=QUICK)
    assert handle.wait(0.1) is False
    assert handle.sightings["endless"].following is Following.ON
    handle.stop()
    assert handle.wait(PATIENCE) is True
    assert handle.sightings["endless"].following is Following.OFF


def test_the_deadline_ends_a_wait(watcher):
    ended = Sighting("a").saw(task("a", TaskState.SUCCESS), utc_now())
    handle = WatchHandle(watcher, ["endless", ended], interval=QUICK, timeout=0.3)
    assert handle.wait() is True
    assert handle.sightings["endless"].following is Following.DEADLINE
    assert handle.sightings["a"].following is Following.ENDED


def test_a_task_that_is_never_seen_has_no_task_but_a_reason(watcher):
    handle = WatchHandle(watcher, ["refused"], interval=QUICK)
    handle.wait()
    assert handle.tasks == {}
    assert handle.sightings["refused"].following is Following.REFUSED
    assert isinstance(handle.sightings["refused"].error, AuthenticationError)


def test_stopping_ends_following_and_its_threads(watcher):
    with no_thread_left():
        handle = WatchHandle(watcher, ["endless"], interval=QUICK)
        handle.stop()
        handle.stop()
    assert handle.sightings["endless"].following is Following.OFF


def test_an_interrupt_ends_the_wait_at_once_but_not_the_task(watcher):
    handle = WatchHandle(watcher, ["endless", "a"], interval=QUICK)
    until = time.monotonic() + PATIENCE
    while "1 followed" not in repr(handle) and time.monotonic() < until:
        assert handle.wait(0.05) is False
    with no_thread_left():
        with pytest.raises(WaitInterruptedError) as caught:  # noqa: PT012  # the signal must come within
            interrupted = interrupt_when_waiting()
            handle.wait()
        assert time.monotonic() - interrupted[0] < 0.5
    assert caught.value.task_ids == ("endless",)
    assert caught.value.__suppress_context__
    assert handle.sightings["endless"].following is Following.INTERRUPTED


def test_an_interrupt_reaches_a_wait_for_a_look_that_hangs():
    hang = threading.Event()

    def fetch(_):
        hang.wait(PATIENCE)
        raise TaskNotFoundError(404)

    with no_thread_left():
        watcher = Watcher(fetch, RateBudget())
        handle = WatchHandle(watcher, ["a"])
        with pytest.raises(WaitInterruptedError):  # noqa: PT012  # the signal must come within
            interrupted = interrupt_when_waiting()
            handle.wait()
        watcher.close()  # as whoever made a watcher for one wait does before it gives the cell back
        assert time.monotonic() - interrupted[0] < 0.5
        hang.set()


def test_a_callback_that_raises_ends_nothing_and_is_raised_at_the_end(watcher):
    states = []

    def broken(task):
        states.append(task.state)
        raise ValueError(task.state.value)

    handle = WatchHandle(watcher, ["a"], interval=QUICK, on_change=broken)
    with pytest.raises(ValueError, match="wait"):
        handle.wait()
    assert states[-1] is TaskState.SUCCESS

"""`WatchHandle`: follows several tasks together, and waits for their end."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from support.waiting import PATIENCE
from support.watching import no_thread_left, task, wait_until_inside

from runway_nb.follow.budget import RateBudget
from runway_nb.follow.handle import WatchHandle
from runway_nb.follow.watcher import Watcher, utc_now
from runway_nb.model.errors import AuthenticationError, TaskNotFoundError
from runway_nb.model.sighting import Following, Sighting
from runway_nb.model.task import TaskState
from runway_nb.model.wait_errors import WaitInterruptedError

QUICK = 0.02
WALK = [TaskState.WAIT, TaskState.QUEUEING, TaskState.QUEUEING, TaskState.GENERATING, TaskState.SUCCESS]


class Service:
    """Takes each task one step along `WALK` with each look; "endless" never ends, "refused" has a wrong key."""

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
    """Interrupt this thread once it is in `wait`. The time of that is appended to the list."""
    main, at = threading.get_ident(), []

    def interrupt():
        wait_until_inside(WatchHandle.wait, main)
        at.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    return at


def test_wait_ends_with_all_tasks(watcher):
    handle = WatchHandle(watcher, ["a", "b", "a"], interval=QUICK)
    assert handle.wait() is True
    assert {task_id: task.state for task_id, task in handle.tasks.items()} == dict.fromkeys("ab", TaskState.SUCCESS)
    assert {sighting.following for sighting in handle.sightings.values()} == {Following.ENDED}


def test_on_change_gets_each_change_in_order(watcher):
    states = []
    handle = WatchHandle(watcher, ["a"], interval=QUICK, on_change=lambda task: states.append(task.state))
    handle.wait()
    assert states == [TaskState.WAIT, TaskState.QUEUEING, TaskState.GENERATING, TaskState.SUCCESS]


def test_known_state_is_not_a_change(watcher):
    known, states = Sighting("endless").saw(task("endless"), utc_now()), []
    handle = WatchHandle(
        watcher, [known], interval=QUICK, timeout=0.2, on_change=lambda task: states.append(task.state)
    )
    assert handle.tasks == {"endless": task("endless")}
    handle.wait()
    assert states == []


def test_ended_tasks_are_not_waited_for(watcher):
    known = Sighting("a").saw(task("a", TaskState.FAIL), utc_now())
    assert WatchHandle(watcher, [known]).wait(PATIENCE) is True


def test_wait_ends_without_delay(watcher, monkeypatch):
    monkeypatch.setattr("runway_nb.follow.handle.WAIT_SLICE", 3600.0)
    began = time.monotonic()
    assert WatchHandle(watcher, ["a"], interval=QUICK).wait(PATIENCE) is True
    assert time.monotonic() - began < PATIENCE


def test_wait_for_no_tasks_returns_at_once(watcher):
    assert WatchHandle(watcher, []).wait() is True


def test_wait_with_timeout_keeps_following(watcher):
    handle = WatchHandle(watcher, ["endless"], interval=QUICK)
    assert handle.wait(0.1) is False
    assert handle.sightings["endless"].following is Following.ON
    handle.stop()
    assert handle.wait(PATIENCE) is True
    assert handle.sightings["endless"].following is Following.OFF


def test_deadline_ends_wait(watcher):
    ended = Sighting("a").saw(task("a", TaskState.SUCCESS), utc_now())
    handle = WatchHandle(watcher, ["endless", ended], interval=QUICK, timeout=0.3)
    assert handle.wait() is True
    assert handle.sightings["endless"].following is Following.DEADLINE
    assert handle.sightings["a"].following is Following.ENDED


def test_unseen_task_has_a_reason(watcher):
    handle = WatchHandle(watcher, ["refused"], interval=QUICK)
    handle.wait()
    assert handle.tasks == {}
    assert handle.sightings["refused"].following is Following.REFUSED
    assert isinstance(handle.sightings["refused"].error, AuthenticationError)


def test_stop_ends_threads(watcher):
    with no_thread_left():
        handle = WatchHandle(watcher, ["endless"], interval=QUICK)
        handle.stop()
        handle.stop()
    assert handle.sightings["endless"].following is Following.OFF


def test_interrupt_ends_wait_at_once(watcher):
    handle = WatchHandle(watcher, ["endless", "a"], interval=QUICK)
    until = time.monotonic() + PATIENCE
    while "1 followed" not in repr(handle) and time.monotonic() < until:
        assert handle.wait(0.05) is False
    with no_thread_left():
        with pytest.raises(WaitInterruptedError) as caught:  # noqa: PT012  # the signal must come within
            interrupted = interrupt_when_waiting()
            handle.wait()
        assert time.monotonic() - interrupted[0] < PATIENCE / 2
    assert caught.value.task_ids == ("endless",)
    assert caught.value.__suppress_context__
    assert handle.sightings["endless"].following is Following.INTERRUPTED


def test_interrupt_ends_wait_for_hanging_look():
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
        watcher.close()  # as code that makes a watcher for one wait does
        assert time.monotonic() - interrupted[0] < PATIENCE / 2
        hang.set()


def test_callback_error_is_raised_at_the_end(watcher):
    states = []

    def broken(task):
        states.append(task.state)
        raise ValueError(task.state.value)

    handle = WatchHandle(watcher, ["a"], interval=QUICK, on_change=broken)
    with pytest.raises(ValueError, match="wait"):
        handle.wait()
    assert states[-1] is TaskState.SUCCESS

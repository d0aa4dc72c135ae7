"""The system refuses to start a thread: once, or from now on."""

from __future__ import annotations

import threading

import pytest
from support.waiting import PATIENCE, wait_until
from support.watching import Heard, is_over, no_thread_left

from runway_nb.follow.budget import RateBudget
from runway_nb.follow.handle import WatchHandle
from runway_nb.follow.pool import DaemonPool
from runway_nb.follow.runner import NoThreadError
from runway_nb.follow.watcher import Watcher
from runway_nb.model.sighting import Following

QUICK = 0.02
REFUSALS = [RuntimeError("can't start new thread"), MemoryError()]


@pytest.fixture
def refuse(monkeypatch):
    """Refuse the starts of threads whose number is in a set; 1 is the first."""
    start, asked = threading.Thread.start, []

    def refuse(numbers, refusal=REFUSALS[0], name=""):
        asked.clear()

        def refusing(thread):
            if thread.name.startswith(f"runway_nb{name}"):
                asked.append(thread)
                if len(asked) in numbers:
                    raise refusal
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", refusing)

    yield refuse
    monkeypatch.undo()


@pytest.mark.parametrize("refusal", REFUSALS, ids=repr)
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_one_refusal_stops_nothing(watcher, service, refuse, number, refusal):
    refuse({number}, refusal)
    service.open.clear()
    heard = [Heard() for _ in range(4)]
    for place, each in enumerate(heard):
        watcher.follow(f"t{place}", each, interval=QUICK)
    service.open.set()
    for place, each in enumerate(heard):
        each.wait_for(lambda sighting: sighting.task)
        service.ended.add(f"t{place}")
        each.wait_for(is_over)


def test_without_workers_the_planner_looks(watcher, service, refuse):
    refuse(range(1000), name="-look")
    heard = [Heard() for _ in range(4)]
    for place, each in enumerate(heard):
        watcher.follow(f"t{place}", each, interval=QUICK)
    for place, each in enumerate(heard):
        each.wait_for(lambda sighting: sighting.task)
        service.ended.add(f"t{place}")
        each.wait_for(is_over)


def test_workers_are_tried_again(watcher, refuse):
    refuse(range(1, 10), name="-look")
    heard = Heard()
    watcher.follow("t", heard, interval=QUICK)
    wait_until(lambda: any(each.name.startswith("runway_nb-look") for each in threading.enumerate()))


def test_refused_for_good_is_one_error(service, refuse):
    refuse(range(1000))
    watcher, heard = Watcher(service, RateBudget()), Heard()
    with pytest.raises(NoThreadError, match="The task is not followed: the system refuses to start another thread"):
        watcher.follow("t", heard)
    assert heard.last.following is Following.OFF
    with pytest.raises(NoThreadError):
        watcher.look("t", heard)
    with pytest.raises(NoThreadError):
        WatchHandle(watcher, ["a", "b"])
    watcher.wake()
    watcher.close()
    assert service.looks == []


def test_following_works_again_after_refusals(watcher, service, refuse, monkeypatch):
    refuse(range(1000))
    with pytest.raises(NoThreadError):
        watcher.follow("t", Heard())
    monkeypatch.undo()
    with no_thread_left():
        heard = Heard()
        service.ended.add("t")
        watcher.follow("t", heard, interval=QUICK)
        heard.wait_for(is_over)
    assert service.looks == ["t"]


def test_followed_tasks_survive_later_refusals(watcher, refuse):
    heard = Heard()
    watcher.follow("t", heard, interval=QUICK)
    heard.wait_for(lambda sighting: sighting.task)
    refuse(range(1000))
    other = Heard()
    watcher.follow("other", other, interval=QUICK)
    for each in (heard, other):
        each.wait_for(lambda _, each=each: len(each.sightings) > 5)
    watcher.close()


def test_pool_says_whether_a_thread_will_run_the_job(refuse):
    pool, done = DaemonPool(2, "runway_nb-look"), threading.Event()
    refuse(range(1000))
    assert pool.submit(done.set) is False
    assert pool.close() == []
    refuse(set())
    with no_thread_left():
        assert pool.submit(done.set) is True
        assert done.wait(PATIENCE)
        pool.close()

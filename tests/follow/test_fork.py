"""A forked child has none of its parent's threads: it follows by itself, and the parent goes on."""

from __future__ import annotations

import threading

import pytest
from support.forking import FORKS, forked, succeeded
from support.waiting import PATIENCE, wait_until
from support.watching import FakeService, Heard, is_over, no_thread_left, own_threads

from runway_nb.follow.budget import RateBudget
from runway_nb.follow.handle import WatchHandle
from runway_nb.follow.listener import Listener
from runway_nb.follow.watcher import Watcher
from runway_nb.model.sighting import Following, Sighting

pytestmark = FORKS
QUICK = 0.02


def test_child_follows_by_itself(watcher, service):
    heard = Heard()
    watcher.follow("parents", heard, interval=QUICK)
    heard.wait_for(lambda sighting: sighting.task)

    def child():
        service.looks.clear()
        own = Heard()
        service.ended.add("own")
        watcher.follow("own", own, interval=QUICK)
        assert own.wait_for(is_over).following is Following.ENDED
        wait_until(lambda: not own_threads())
        assert service.looks == ["own"]

    assert succeeded(forked(child))
    count = len(heard.sightings)
    wait_until(lambda: len(heard.sightings) > count + 3)
    assert "own" not in service.looks


def test_locks_held_at_the_fork_are_free_in_the_child():
    service = FakeService()
    watcher, heard, listener = Watcher(service, RateBudget(10_000)), Heard(), Listener(lambda _: go_on.wait(PATIENCE))
    go_on, held, hold = threading.Event(), threading.Event(), threading.Event()

    def keep_locked():
        def work(_):
            held.set()
            hold.wait(PATIENCE)

        watcher._runner.do(work)

    def call():
        listener.post(Sighting("t"))
        listener.send()

    threads = [threading.Thread(target=keep_locked), threading.Thread(target=call)]
    with no_thread_left():
        for thread in threads:
            thread.start()
        assert held.wait(PATIENCE)
        wait_until(lambda: not listener._waiting)

        def child():
            service.ended.add("t")
            watcher.follow("t", heard, interval=QUICK)
            heard.wait_for(is_over)
            watcher.close()
            go_on.set()
            call()
            assert not listener._waiting

        assert succeeded(forked(child))
        hold.set()
        go_on.set()


def test_handle_of_the_parent_says_so_in_the_child(watcher):
    handle = WatchHandle(watcher, ["t"], interval=QUICK)

    def child():
        with pytest.raises(RuntimeError, match="followed by the parent process"):
            handle.wait()
        handle.stop()
        assert WatchHandle(watcher, ["t"], interval=QUICK, timeout=0.1).wait(PATIENCE)

    assert succeeded(forked(child))
    assert handle.wait(0) is False

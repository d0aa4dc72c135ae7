"""An interrupt at any line that a user's thread runs in a watcher leaves no thread, no lock and nothing followed."""

from __future__ import annotations

import threading

import pytest
from support.interrupts import Interrupter, sampled_lines
from support.waiting import PATIENCE
from support.watching import FakeService, Heard, is_over, no_thread_left

from runway_nb.follow.budget import RateBudget
from runway_nb.follow.handle import WatchHandle
from runway_nb.follow.listener import Listener
from runway_nb.follow.watcher import Watcher
from runway_nb.model.sighting import Following, Sighting

QUICK = 0.02
MOST = 30


class Run:
    """A watcher that is interrupted in what a test names."""

    def __init__(self) -> None:
        self.service = FakeService()
        self.watcher = Watcher(self.service, RateBudget(1e9, 10**9))
        self.listener = Listener(Heard())
        self.handle: WatchHandle | None = None

    def follow(self) -> None:
        self.handle = WatchHandle(self.watcher, ["a", "b"], interval=QUICK)

    def look(self) -> None:
        self.watcher.look("a", self.listener)

    def look_and_leave(self) -> None:
        self.look()
        self.watcher.leave(self.listener)

    def stop(self) -> None:
        self.follow()
        self.handle.stop()

    def close(self) -> None:
        self.follow()
        self.watcher.close()

    def end(self) -> None:
        if self.handle is not None:
            self.handle.stop()
        self.watcher.leave(self.listener)


@pytest.mark.parametrize("name", ["follow", "look", "look_and_leave", "stop", "close"])
def test_interrupted_watcher_works_on(name):
    first = Run()
    lines = sampled_lines(getattr(first, name), MOST)
    first.end()
    assert len(lines) > 20
    for line in lines:
        with no_thread_left():
            run, interrupter, heard = Run(), Interrupter(line), Heard()
            error = interrupter.run(getattr(run, name))
            assert isinstance(error, KeyboardInterrupt) or not interrupter.place, interrupter.place
            run.end()
            if run.watcher.is_closed:
                run.watcher.close()
                continue
            run.service.ended.add("t")
            run.watcher.follow("t", heard, interval=QUICK)
            assert heard.wait_for(is_over).following is Following.ENDED, interrupter.place


def test_nothing_is_followed_after_an_interrupted_start():
    first = Run()
    lines = sampled_lines(first.follow, MOST)
    first.end()
    for line in lines:
        run = Run()
        with no_thread_left():  # although nothing is stopped
            interrupter = Interrupter(line)
            error = interrupter.run(run.follow)
            assert isinstance(error, KeyboardInterrupt) or not interrupter.place
            if error is None:
                run.end()


def test_interrupted_listener_hears_the_next():
    for line in range(1, 100):
        heard: list[Sighting] = []
        listener, interrupter = Listener(heard.append), Interrupter(line)
        listener.post(Sighting("first"))
        if interrupter.run(listener.send) is None:
            break
        listener.post(Sighting("second"))
        listener.send()
        assert heard[-1:] == [Sighting("second")], interrupter.place
    assert line > 10


@pytest.mark.parametrize("method", ["wait", "__exit__", "__enter__", "notify", "notify_all", "set"])
def test_interrupt_within_threading_leaves_no_lock_taken(method):
    """The standard library's conditions are code in Python: an interrupt there can leave their lock taken."""
    places = [
        getattr(kind, method).__code__ for kind in (threading.Condition, threading.Event) if hasattr(kind, method)
    ]
    for line in range(1, 200):
        run = Run()

        def work(run=run):
            run.follow()
            run.handle.wait(0.01)
            run.handle.stop()
            run.watcher.close()

        interrupter = Interrupter(line, within=places)
        with no_thread_left():
            error = interrupter.run(work)
            done = threading.Event()
            threading.Thread(target=lambda done=done, run=run: (run.end(), run.watcher.close(), done.set())).start()
            assert done.wait(PATIENCE), interrupter.place
        if error is None:
            break
    else:
        raise AssertionError("the work has no end")

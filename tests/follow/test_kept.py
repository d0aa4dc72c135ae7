"""A listener that stopped following is freed at once: no deadline and no reference cycle keeps it."""

import gc
import weakref
from contextlib import contextmanager

import pytest
from support.waiting import wait_until
from support.watching import Heard

from runway_nb.follow.handle import WatchHandle
from runway_nb.follow.listener import Listener


@contextmanager
def without_collector():
    """Let only reference counts decide what is kept."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.mark.parametrize("others", [0, 1])
def test_stopped_follower_is_freed(run, others):
    for _ in range(others):
        run.follow("t", Heard(), timeout=1e6)
    with without_collector():
        heard = Heard()
        follower = run.follow("t", heard, interval=80_000, timeout=1e6)
        kept = [weakref.ref(each) for each in (heard, follower, follower.listener)]
        follower.stop()
        run.send()
        del heard, follower
        assert [each() for each in kept] == [None] * 3


def test_stopped_follower_is_freed_by_the_threads(watcher, service):
    with without_collector():
        heard = Heard()
        follower = watcher.follow("t", heard, interval=0.01, timeout=1e6)
        staying = watcher.follow("t", Heard(), interval=0.01, timeout=1e6)
        wait_until(lambda: len(service.looks) > 3)
        kept = [weakref.ref(each) for each in (heard, follower, follower.listener)]
        follower.stop()
        del heard, follower
        wait_until(lambda: not any(each() for each in kept))
        staying.stop()


def test_asker_is_freed(watcher):
    with without_collector():
        listener = Listener(heard := Heard())
        watcher.look("t", listener)
        wait_until(lambda: heard.sightings)
        kept = weakref.ref(listener)
        del listener
        wait_until(lambda: kept() is None)


@pytest.mark.parametrize("ends", [True, False], ids=["ended", "stopped"])
def test_handle_is_freed(watcher, service, ends):
    if ends:
        service.ended.update(("t", "u"))
    with without_collector():
        handle = WatchHandle(watcher, ["t", "u"], interval=0.01)
        kept = [weakref.ref(each) for each in (handle, *handle._followers)]
        if ends:
            handle.wait(60)
        handle.stop()
        del handle
        wait_until(lambda: not any(each() for each in kept))

"""Lets no file of the record, and no held lock, get into a forked process, such as a worker of `multiprocessing`."""

from __future__ import annotations

import os
from threading import RLock
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """What must be at rest while the process forks."""

    def acquire(self) -> None:
        """Close files, and take all locks."""
        ...

    def release(self) -> None:
        """Give the locks back. Runs in both processes."""
        ...


_known: WeakSet[Forkable] = WeakSet()
_held: list[Forkable] = []
_lock = RLock()  # two threads may fork at once


def register(each: Forkable) -> None:
    """Keep something at rest while the process forks, as long as it exists."""
    _known.add(each)


def _acquire() -> None:
    _lock.acquire()
    for each in list(_known):
        each.acquire()
        _held.append(each)


def _release() -> None:
    while _held:
        _held.pop().release()
    _lock.release()


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(before=_acquire, after_in_parent=_release, after_in_child=_release)

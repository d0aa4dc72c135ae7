"""What happens to objects with locks when the process forks, as for the workers of `multiprocessing`.

Of its parent's threads, a forked child has only the one that forked. So a lock that another thread held stays taken in
the child, and a file or connection would be in use by both processes.
"""

from __future__ import annotations

import os
from threading import RLock
from typing import Protocol
from weakref import WeakSet


class Renewable(Protocol):
    """An object with locks or threads."""

    def renew(self) -> None:
        """Make locks that no thread holds, and forget all threads."""


class Suspendable(Protocol):
    """An object that no thread may use while the process forks."""

    def suspend(self) -> None:
        """Take all locks, and close what two processes must not share."""

    def resume(self) -> None:
        """Release the locks. Called in both processes."""


_renewables: WeakSet[Renewable] = WeakSet()
_suspendables: WeakSet[Suspendable] = WeakSet()
_suspended: list[Suspendable] = []
_lock = RLock()  # two threads may fork at once


def renew_in_child(renewable: Renewable) -> None:
    """Have an object renewed in each child that is forked from now on. This does not keep it alive."""
    _renewables.add(renewable)


def suspend_while_forking(suspendable: Suspendable) -> None:
    """Have an object suspended whenever the process forks from now on. This does not keep it alive."""
    _suspendables.add(suspendable)


def _suspend_all() -> None:
    _lock.acquire()
    for each in list(_suspendables):
        each.suspend()
        _suspended.append(each)


def _resume_all() -> None:
    while _suspended:
        _suspended.pop().resume()
    _lock.release()


def _begin_child() -> None:
    _resume_all()
    for each in list(_renewables):
        each.renew()


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(before=_suspend_all, after_in_parent=_resume_all, after_in_child=_begin_child)

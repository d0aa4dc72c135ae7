"""Objects that get new locks in a forked child. There, no thread of the parent goes on, not even one with a lock."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Renewable(Protocol):
    """An object with locks or threads."""

    def renew(self) -> None:
        """Make locks that nothing holds, and forget all threads."""


_renewables: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renew_in_child(renewable: Renewable) -> None:
    """Have an object renewed in each child that is forked from now on; this does not keep it alive."""
    _renewables.add(renewable)


def _renew_all() -> None:
    for renewable in list(_renewables):
        renewable.renew()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_all)

"""`weak_callback`: a callback that does not keep the card or board that it belongs to."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any


def weak_callback(method: Callable[..., object]) -> Callable[..., None]:
    """Return a function that calls a method for as long as something else keeps its object.

    A control keeps its callbacks. If these kept the card that owns the control, both would stay in memory until
    the garbage collector finds the cycle, and it seldom runs in a busy kernel.
    """
    reference = weakref.WeakMethod(method)

    def call(*args: Any, **options: Any) -> None:
        if (kept := reference()) is not None:
            kept(*args, **options)

    return call

"""`run_then_close`: closes what a call used, also if the user interrupts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def run_then_close(work: Callable[[], T], close: Callable[[], object]) -> T:
    """Run something, and then close what it used.

    Args:
        work: What to run.
        close: Closes it. Called twice, since an interrupt may end the first call before it has done anything.

    Returns:
        What `work` returned.

    Raises:
        BaseException: What `work` or `close` raised.
    """
    try:
        try:
            return work()
        finally:
            close()
    finally:
        close()

"""Runs a call that may hang, and abandons it in time. A socket's timeouts limit each wait, but not their sum."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NoReturn, TypeVar

from ..model.defaults import WAIT_SLICE

T = TypeVar("T")


def run_within(seconds: float, call: Callable[[], T], give_up: Callable[[], object]) -> T:
    """Run a call in a thread of its own, which is abandoned if it takes too long.

    Without a free thread, the call runs in this one, for as long as it takes.

    Args:
        seconds: How long to wait for its result.
        call: What to run.
        give_up: Called if nothing waits for the call any longer, because of the time or an interrupt. It should make
            the call end soon.

    Returns:
        What the call returned.

    Raises:
        TimeoutError: If it took longer.
        BaseException: What the call raised, or what interrupted this thread.
    """
    ends = time.monotonic() + seconds
    outcomes: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()
    try:
        outcome = _awaited(outcomes, ends) if _is_started(partial(_run, call, outcomes)) else call
    except BaseException:
        give_up()
        raise
    return outcome()


def _is_started(job: Callable[[], None]) -> bool:
    try:
        threading.Thread(target=job, name="runway_nb-request", daemon=True).start()
    except (RuntimeError, MemoryError):  # no more threads, or the interpreter is ending
        return False
    return True


def _run(call: Callable[[], T], outcomes: queue.SimpleQueue[Callable[[], T]]) -> None:
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001  # raised in the thread that waits
        outcomes.put(partial(_raise, error))
    else:
        outcomes.put(lambda: result)


def _raise(error: BaseException) -> NoReturn:
    raise error


def _awaited(outcomes: queue.SimpleQueue[Callable[[], T]], ends: float) -> Callable[[], T]:
    while (left := ends - time.monotonic()) > 0:
        with suppress(queue.Empty):
            return outcomes.get(timeout=min(left, WAIT_SLICE))
    raise TimeoutError

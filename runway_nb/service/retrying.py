"""Looks again after an error that may pass, as long as there is time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from ..model.errors import RunwayError
from ..model.task import Task
from .batch import Sleep

_LONGEST_PAUSE = 10.0  # seconds; a longer wait is left to the caller


def retrying(look: Callable[[], Task], retries: int, left: Callable[[], float], sleep: Sleep | None = None) -> Task:
    """Look, and look again after an error that may pass: no connection, 429, 5xx.

    Args:
        look: Looks once.
        retries: How many times to look again.
        left: Returns the seconds that are left. A pause that would be longer raises the error at once.
        sleep: What the pauses are made with, in seconds.

    Raises:
        RunwayError: What the last look raised.
    """
    for attempt in range(retries):
        try:
            return look()
        except RunwayError as error:
            pause = _pause(error, attempt)
            if not error.passes or pause > min(_LONGEST_PAUSE, left()):
                raise
        (sleep or time.sleep)(pause)
    return look()


def _pause(error: RunwayError, attempt: int) -> float:
    asked: float | None = getattr(error, "retry_after", None)
    return asked if asked is not None else 0.5 * 2**attempt * random.uniform(0.8, 1.2)  # noqa: S311  # jitter, not a secret

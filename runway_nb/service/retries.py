"""Looks again after an error that may pass."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable

from ..model.errors import RunwayError
from ..model.task import Task

_LONGEST_PAUSE = 10.0  # seconds; a longer wait is left to the caller


def retrying(look: Callable[[str], Task], task_id: str, retries: int, ends: float = math.inf) -> Task:
    """Look a task up, and look again after an error that may pass.

    Args:
        look: Makes one look.
        task_id: The task.
        retries: How many times to look again.
        ends: When no further look may begin, on the monotonic clock.

    Raises:
        RunwayError: The error of the last look.
    """
    for attempt in range(retries):
        try:
            return look(task_id)
        except RunwayError as error:
            pause = _pause(error, attempt)
            if not error.passes or pause > min(_LONGEST_PAUSE, ends - time.monotonic()):
                raise
        time.sleep(pause)
    return look(task_id)


def _pause(error: RunwayError, attempt: int) -> float:
    asked: float | None = getattr(error, "retry_after", None)
    return asked if asked is not None else 0.5 * 2**attempt * random.uniform(0.8, 1.2)  # noqa: S311  # jitter, not a secret

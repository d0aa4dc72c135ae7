"""A record to test with, and looks that are noted in it as a watcher does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
from runway_nb.record.guard import GuardedFile
from runway_nb.record.history import TaskHistory

from .tasks import NOW

impatient = partial(GuardedFile, busy=0.05, pause=0.0)
"""Makes a file that waits only briefly for a lock, and is tried again at once."""


def seconds(number: float) -> timedelta:
    """Return this many seconds."""
    return timedelta(seconds=number)


def history_in(path: Path, **options: Any) -> TaskHistory:
    """Make a history that keeps its file at a path."""
    return TaskHistory(lambda: path.parent, **options)


def record(task_id: str = "t1", state: str = "wait", prompt: str = "a cat", **fields: Any) -> Task:
    """Make a Task from a record of the API.

    Args:
        task_id: The task.
        state: Its state.
        prompt: Its prompt.
        **fields: Further fields, by the API's names.
    """
    return Task.from_data({"taskId": task_id, "state": state, "generateParam": {"prompt": prompt}, **fields})


def note(
    history: TaskHistory,
    *looks: tuple[float, str],
    known: Sighting | None = None,
    task_id: str = "t1",
    start: datetime = NOW,
    **fields: Any,
) -> Sighting:
    """Note a sighting after each look.

    Args:
        history: The record.
        *looks: For each look: seconds after the start, and the state it finds.
        known: What was known before.
        task_id: The task, unless `known` is given.
        start: When the looks begin.
        **fields: Further arguments of `record`.

    Returns:
        The last sighting.
    """
    sighting = known or Sighting(task_id)
    for after, state in looks:
        sighting = sighting.saw(record(sighting.task_id, state, **fields), start + seconds(after))
        history.note(sighting)
    return sighting


@contextmanager
def warned_once(match: str) -> Iterator[None]:
    """Expect exactly one warning."""
    with pytest.warns(UserWarning, match=match) as warned:
        yield
    assert len(warned) == 1, [str(each.message) for each in warned]


def note_in(path: Path, *looks: tuple[float, str], **fields: Any) -> None:
    """Note looks in a file, and close it."""
    with closing(history_in(path)) as history:
        note(history, *looks, **fields)

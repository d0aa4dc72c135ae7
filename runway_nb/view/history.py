"""The tasks seen, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..failure import read_failure
from ..sighting import Sighting
from ..task import TaskState
from . import words
from .style import STATE_MARKS
from .table import table

_COLUMNS = ("State", "Task", "Last seen", "Prompt or cause")


def bundle(sightings: Sequence[Sighting], now: datetime) -> dict[str, str]:
    """Draw tasks seen, one to a row.

    Args:
        sightings: What is known of each, in the order to show.
        now: The present (UTC).
    """
    below = "%runway TASK looks again; %runway? lists the options."
    return table(_COLUMNS, [_row(sighting, now) for sighting in sightings], below=below)


def _row(sighting: Sighting, now: datetime) -> tuple[str, str, str, str]:
    task = sighting.task
    if task is None:
        return "? not seen", sighting.task_id, "", str(sighting.error or "")
    seen = words.ago(sighting.seen_at, now) if sighting.seen_at else ""
    about = f"{read_failure(task).cause.value}: {task.fail_msg}" if task.state is TaskState.FAIL else task.prompt
    return f"{STATE_MARKS[task.state]} {task.state_text}", sighting.task_id, seen, words.shortened(about)

"""`Usual`: how long tasks usually take, measured from the steps that were watched. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, pairwise
from statistics import median

from ..model.task import TaskState
from .rows import Row, read_steps

ENOUGH = 5
"""How often a state, or a whole run, must have been watched before it has a usual duration."""


@dataclass(frozen=True)
class Usual:
    """How long tasks usually take: medians over the latest tasks that succeeded.

    Attributes:
        dwell: The time in a state, for each state whose start and end were watched `ENOUGH` times.
        run: The time from ``wait`` to ``success``; None if fewer than `ENOUGH` whole runs were watched.
        runs: Number of whole runs that were watched.
    """

    dwell: Mapping[TaskState, timedelta]
    run: timedelta | None = None
    runs: int = 0


def measured(rows: Iterable[Row]) -> Usual:
    """Return the usual durations, from the steps whose start and end were watched. A task begins in ``wait``.

    Args:
        rows: For each step: task id, state, when the task was first seen in it (ISO 8601), and whether it began then.
            The steps of one task must be adjacent and in order.
    """
    dwells: dict[TaskState, list[float]] = {}
    runs: list[float] = []
    for _, group in groupby(rows, key=lambda row: row[0]):
        steps = read_steps([(state, state, since, watched) for _, state, since, watched in group])
        for step, end in pairwise(steps):
            if end.watched_from_start and (step.watched_from_start or step.state is TaskState.WAIT):
                dwells.setdefault(step.state, []).append((end.since - step.since).total_seconds())
        if steps and steps[0].state is TaskState.WAIT and all(step.watched_from_start for step in steps[1:]):
            runs.append((steps[-1].since - steps[0].since).total_seconds())
    usual = {state: timedelta(seconds=median(times)) for state, times in dwells.items() if len(times) >= ENOUGH}
    return Usual(usual, timedelta(seconds=median(runs)) if len(runs) >= ENOUGH else None, len(runs))

"""The simulator's tasks: set by the caller, walking, from the demo set, or from the batch."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from .batch import BATCH
from .record import Answer, Record
from .scenarios import DEMO_TASKS, WALKING
from .walk import Walk

WALKER = Record(
    prompt="A paper boat sets out across a rain-soaked street at dusk, camera low behind it, neon in every puddle",
    clip="night-sea",
    expand_prompt=False,
)
"""The task behind every ``walk-…`` id."""


class Tasks:
    """All tasks of one simulator. Safe to use from any thread.

    Args:
        pace: The speed of walking tasks; at 2.0 they take half as long.
    """

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace
        self._started = datetime.now(timezone.utc)
        self._known: dict[str, Record | Answer] = {task.task_id: task.record for task in (*DEMO_TASKS, *BATCH)}
        self._walks: dict[str, Walk] = {WALKING.task_id: Walk(pace, repeats=True)}
        self._lock = threading.Lock()

    def put(self, task_id: str, data: Record | Mapping[str, object] | None) -> None:
        """Set the answer for a task, replacing the present one.

        Args:
            task_id: The task's id.
            data: A `Record`, or the ``data`` of the answer, sent unchanged; None makes the task unknown.
        """
        with self._lock:
            self._walks.pop(task_id, None)
            self._known[task_id] = data

    def answer(self, task_id: str, clips_url: str) -> Answer:
        """Return the answer for a task, or None if it is unknown.

        Args:
            task_id: The task's id.
            clips_url: The base URL of the clips, without a slash at the end.
        """
        now = datetime.now(timezone.utc)
        with self._lock:
            known = self._known.get(task_id)
            if task_id.startswith("walk-") and task_id not in self._known:
                self._known[task_id] = known = WALKER
                self._walks[task_id] = Walk(self._pace)
            if task_id in self._walks and isinstance(known, Record):
                known = self._walked(known, self._walks[task_id], now)
        return known.data(task_id, clips_url, self._started, now) if isinstance(known, Record) else known

    def _walked(self, record: Record, walk: Walk, now: datetime) -> Record:
        clock = time.monotonic()
        state = walk.look(clock)
        completed = now - timedelta(seconds=clock - walk.ends)
        return replace(record, state=state, age=self._started - completed)

"""`LookUp`: asks the service about tasks, and records what it sees."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timezone

from ..model.errors import RunwayError, TaskNotFoundError
from ..model.sighting import Sighting
from ..model.task import Task
from ..model.wait_errors import LooksInterruptedError
from ..record.history import TaskHistory
from ..service.ids import refuse_keys
from ..service.key import known_keys
from .connection import Connection


class LookUp:
    """Looks tasks up once, in the cell's own thread.

    Args:
        connection: The way to the service.
        history: The record, which gets every good look and knows the looks before it.
    """

    def __init__(self, connection: Connection, history: TaskHistory) -> None:
        self._connection = connection
        self._history = history

    def many(
        self,
        task_ids: Sequence[str],
        *,
        patient: bool = False,
        on_seen: Callable[[Sighting], object] | None = None,
        within: float = math.inf,
    ) -> list[Sighting]:
        """Look tasks up, one request each.

        Args:
            task_ids: The ids.
            patient: Whether to return errors instead of raising them, because the tasks will be followed.
            on_seen: Called with each sighting as it comes.
            within: Seconds for all of them, where they will be followed until a timeout.

        Returns:
            A sighting of each task, in the order of the ids.

        Raises:
            RunwayError: If one task was asked for and could not be looked up, unless `patient`. Of several tasks, each
                has its own error. A missing key is raised in any case.
            LooksInterruptedError: If the user interrupted.
            TaskIdError: If one of the ids is an API key: it would be shown as an id.
        """
        refuse_keys(task_ids, known_keys())
        seen: dict[str, Sighting] = {}

        def note(task_id: str, result: Task | RunwayError) -> None:
            seen[task_id] = self._sighted(task_id, result)
            if on_seen is not None:
                on_seen(seen[task_id])

        try:
            if len(task_ids) == 1 and not patient:
                note(task_ids[0], self._found(task_ids[0]))
            else:
                self._connection.client().get_many(task_ids, note, within=within)
        except KeyboardInterrupt:
            raise LooksInterruptedError(len(seen), len(task_ids)) from None
        return [seen[task_id] for task_id in task_ids]

    def one(self, task_id: str) -> Task:
        """Look one task up.

        Raises:
            RunwayError: If it could not be looked up and is not in the record either.
        """
        (sighting,) = self.many([task_id])
        return sighting.seen_task()

    def _found(self, task_id: str) -> Task | RunwayError:
        """Look one task up. One that the service no longer knows is shown as it was last seen."""
        try:
            return self._connection.client().get(task_id)
        except TaskNotFoundError as error:
            if self._history.known(task_id).task is None:
                raise
            return error

    def _sighted(self, task_id: str, result: Task | RunwayError) -> Sighting:
        now = datetime.now(timezone.utc)
        known = self._history.known(task_id)
        if isinstance(result, RunwayError):
            return known.failed(result, now)
        sighting = known.saw(result, now)
        self._history.note(sighting)
        return sighting

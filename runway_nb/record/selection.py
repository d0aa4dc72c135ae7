"""`Selection`: which tasks of the record to list. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..model.failure import Cause, read_failure
from ..model.sighting import Sighting
from ..model.task import TaskState
from .rows import storable


@dataclass(frozen=True)
class Selection:
    """Which tasks to list; see `TaskHistory.recent`."""

    state: TaskState | None
    cause: Cause | None
    text: str | None
    since: datetime | None
    limit: int

    def merged(self, recorded: Iterable[Sighting], waiting: Iterable[Sighting]) -> list[Sighting]:
        """Return the tasks that a query found, with those that match among some that the file does not have yet."""
        found = {each.task_id: each for each in recorded}
        for each in waiting:
            found.pop(each.task_id, None)
            if self._fits(each):
                found[each.task_id] = each
        latest = sorted(found.values(), key=lambda each: each.task_id)
        latest.sort(key=_seen_at, reverse=True)
        return latest[: self.limit]

    def _fits(self, sighting: Sighting) -> bool:
        task = sighting.seen_task()
        texts = (sighting.task_id, task.prompt, task.fail_msg)
        part = storable(self.text or "").casefold()
        return (
            (self.state is None or task.state is self.state)
            and (self.since is None or _seen_at(sighting) >= self.since.timestamp())
            and (self.cause is None or (task.state is TaskState.FAIL and read_failure(task).cause is self.cause))
            and any(part in text.casefold() for text in texts)
        )


def _seen_at(sighting: Sighting) -> float:
    return sighting.seen_at.timestamp() if sighting.seen_at else 0.0

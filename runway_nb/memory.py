"""`Memory`: what was seen of tasks, in this session and, by the local record, in earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from .sighting import Sighting
from .task import TaskState

if TYPE_CHECKING:
    from .history import TaskHistory

_FILE = "runway_history.sqlite"


class Memory:
    """The tasks seen.

    Args:
        folder: Tells where the record is kept; None for nowhere.

    Attributes:
        keeps_history: Whether there is a record beyond this session.
    """

    def __init__(self, folder: Callable[[], Path | None]) -> None:
        self.keeps_history = True
        self._folder = folder
        self._seen: dict[str, Sighting] = {}
        self._history: TaskHistory | None = None
        self._opening = Lock()  # the watcher's threads note, too

    @property
    def history(self) -> TaskHistory | None:
        """The record; None if it is switched off or has no place."""
        if not self.keeps_history:
            self.close()
            return None
        with self._opening:
            if self._history is None and (folder := self._folder()) is not None:
                from .history import TaskHistory

                self._history = TaskHistory(folder / _FILE)
            return self._history

    def note(self, sighting: Sighting) -> None:
        """Take a sighting in."""
        if sighting.task is None:
            return
        self._seen.pop(sighting.task_id, None)  # so that the order is that of the last looks
        self._seen[sighting.task_id] = sighting
        if (history := self.history) is not None:  # asked once: another thread may switch it off meanwhile
            history.note(sighting)

    def known(self, task_id: str) -> Sighting:
        """What is known of a task without asking."""
        known = self._seen.get(task_id) or ((history := self.history) and history.get(task_id))
        return known or Sighting(task_id)

    def ids(self, prefix: str = "") -> list[str]:
        """The ids of tasks seen that begin with a prefix, the most recent first."""
        recorded = history.ids(prefix) if (history := self.history) else []
        seen = [task_id for task_id in reversed(list(self._seen)) if task_id.startswith(prefix)]
        return list(dict.fromkeys([*seen, *recorded]))

    def usual(self, state: TaskState) -> timedelta | None:
        """How long tasks usually stay in a state, as far as the record tells."""
        return history.usual(state) if (history := self.history) else None

    def clear(self) -> bool:
        """Forget every task.

        Returns:
            Whether the record was emptied, too.
        """
        self._seen.clear()
        return (history := self.history) is None or history.clear()

    def reset(self) -> None:
        """Go on as a session that has seen nothing, with the record wherever it then is."""
        self._seen.clear()
        self.close()

    def close(self) -> None:
        """Close the record's file; the next need opens it again."""
        history, self._history = self._history, None
        if history is not None:
            history.close()

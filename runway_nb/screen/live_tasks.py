"""`LiveTasks`: the tasks of a board as a list in the user's own code."""

from __future__ import annotations

from collections.abc import Sequence

from ..model.sighting import Sighting
from ..model.task import Task


class LiveTasks:
    """Keeps one list up to date with what is seen of each task.

    The list belongs to the user. An entry that they replaced or moved is left as it is.

    Args:
        sightings: What is known about each task at first.

    Attributes:
        tasks: The latest task of each, in the order of the sightings; None where none was seen.
    """

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self.tasks: list[Task | None] = [each.task for each in sightings]
        self._places = {each.task_id: place for place, each in enumerate(sightings)}
        self._filled = list(self.tasks)

    def show(self, sighting: Sighting) -> None:
        """Put what was seen of a task into its place."""
        place = self._places[sighting.task_id]
        if place < len(self.tasks) and self.tasks[place] is self._filled[place]:
            self.tasks[place] = self._filled[place] = sighting.task

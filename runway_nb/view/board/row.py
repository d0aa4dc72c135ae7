"""`Row`: a task as a row of the board."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ...model.caching import cache_short
from ...model.errors import TaskNotFoundError
from ...model.expiry import as_utc
from ...model.failure import Reading, read_message
from ...model.sighting import Sighting
from ...model.task import TaskState
from ..fault import contained
from ..long import TEXT
from ..words import NOT_FOUND

NOT_SEEN = "not seen"
"""The state's word for a task that no look has found so far, short enough for its control."""

_read = cache_short(256)(read_message)  # a batch fails with the same few messages


@dataclass(frozen=True)
class Row:
    """A task as a row of the board. What filters, searches and orders need is computed once.

    Attributes:
        index: Its place among the tasks as given.
        sighting: What is known about the task.
        state: The state's word; `NOT_FOUND` or `NOT_SEEN` without a task.
        reading: What the failure means; None if the task did not fail.
        searched: All text that a search covers, case-folded: of a very long text, what a card shows of it.
        dated: When the task ended or, while it is unfinished, when it was first seen (UTC); None if that is not known.
            The service sends its time without a zone. It is read as UTC, as for the estimate of when the link expires.
        fault: Why the task cannot be read, such as ``could not be drawn (TypeError)``; "" if it can.
    """

    index: int
    sighting: Sighting
    state: str
    reading: Reading | None
    searched: str
    dated: datetime | None = None
    fault: str = ""

    @classmethod
    def of(cls, index: int, sighting: Sighting) -> Row:
        """Make the row of a sighting."""
        return contained(lambda: cls._read(index, sighting), lambda fault: cls._faulty(index, sighting, fault))

    def seen(self, sighting: Sighting) -> Row:
        """Return this with a newer sighting."""
        if sighting.task is self.sighting.task and sighting.error is self.sighting.error and not self.fault:
            return contained(
                lambda: replace(self, sighting=sighting, dated=_dated(sighting)),
                lambda fault: self._faulty(self.index, sighting, fault),
            )
        return Row.of(self.index, sighting)

    @classmethod
    def _read(cls, index: int, sighting: Sighting) -> Row:
        task = sighting.task
        unseen = NOT_FOUND if isinstance(sighting.error, TaskNotFoundError) else NOT_SEEN
        state = task.state.value if task else unseen
        reading = _read(task.fail_msg) if task is not None and task.state is TaskState.FAIL else None
        searched = "\n".join(_texts(sighting, reading)).casefold()
        return cls(index, sighting, state, reading, searched, _dated(sighting))

    @classmethod
    def _faulty(cls, index: int, sighting: Sighting, fault: str) -> Row:
        return cls(index, sighting, TaskState.UNKNOWN.value, None, sighting.task_id.casefold(), fault=fault)


def _dated(sighting: Sighting) -> datetime | None:
    task, steps = sighting.task, sighting.steps
    if task is None:
        return None
    if task.generate_time is not None:
        return as_utc(task.generate_time)
    if not steps or (task.state.is_terminal and not steps[-1].watched_from_start):
        return None
    return as_utc(steps[-1].since if task.state.is_terminal else steps[0].since)


def _texts(sighting: Sighting, reading: Reading | None) -> list[str]:
    task = sighting.task
    texts = [sighting.task_id, str(sighting.error or "")]
    if task is not None:
        texts += [task.prompt, task.state_text]
    if task is not None and reading is not None:
        texts += [task.fail_msg, reading.cause.value]
    return [text[:TEXT] for text in texts]

"""Where a task comes from: the chain of tasks that it extends, walked back by ``parentTaskId``. No I/O of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .errors import RunwayError
from .task import Task

MOST_LINKS = 50
"""Tasks of a chain at most. Each costs one look-up, and nobody looks at more."""


class Break(Enum):
    """Why a chain does not reach a task that extends nothing."""

    UNSEEN = "unseen"  # a parent could not be looked up
    LOOP = "loop"  # a parent stands in the chain already
    TOO_LONG = "too long"  # there are more than `MOST_LINKS`


@dataclass(frozen=True)
class Link:
    """One task of a chain.

    Attributes:
        task_id: The id that it is named by, by its child or by who asked.
        task: The task; None where it could not be seen.
        error: Why it could not.
    """

    task_id: str
    task: Task | None = None
    error: RunwayError | None = None


@dataclass(frozen=True)
class Problem:
    """What ended a chain early.

    Attributes:
        kind: What happened.
        parent_task_id: The parent at which it did.
    """

    kind: Break
    parent_task_id: str


@dataclass(frozen=True)
class Lineage:
    """A task and the tasks before it.

    Attributes:
        chain: The tasks, the first of all at the front and the one that was asked for at the end. A parent that could
            not be seen stands at the front, without a task.
        problem: What ended the chain early; None if it begins with a task that extends nothing.
    """

    chain: tuple[Link, ...]
    problem: Problem | None = None

    @property
    def asked(self) -> Link:
        """The task that was asked for."""
        return self.chain[-1]


def trace(task: Task, fetch: Callable[[str], Task], *, most: int = MOST_LINKS) -> Lineage:
    """Follow a task back to its beginning.

    What cannot be followed ends the chain and is told in it; the part that was seen is kept.

    Args:
        task: The task to begin with.
        fetch: Looks up a task by its id, and raises `RunwayError` where it cannot.
        most: Tasks of the chain at most, this one counted.
    """
    links = [Link(task.task_id, task)]
    met = {_same(task.task_id)}
    parent_id = task.parent_task_id
    problem = None
    while parent_id is not None and problem is None:
        if _same(parent_id) in met:
            problem = Problem(Break.LOOP, parent_id)
        elif len(links) >= most:
            problem = Problem(Break.TOO_LONG, parent_id)
        else:
            met.add(_same(parent_id))
            link = _looked_up(parent_id, fetch)
            links.append(link)
            problem = None if link.task else Problem(Break.UNSEEN, parent_id)
            parent_id = link.task.parent_task_id if link.task else None
    return Lineage(tuple(reversed(links)), problem)


def _looked_up(task_id: str, fetch: Callable[[str], Task]) -> Link:
    try:
        return Link(task_id, fetch(task_id))
    except RunwayError as error:
        return Link(task_id, error=error)


def _same(task_id: str) -> str:
    """The form in which two spellings of one UUID are equal."""
    return task_id.replace("-", "").lower()

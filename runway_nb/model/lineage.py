"""The chain of tasks that a task extends, followed back by ``parentTaskId``. The caller does the I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .errors import RunwayError, TaskIdError
from .task import Task
from .task_id import LONGEST_ID, canonical

MOST_LINKS = 50
"""Maximum number of tasks in a chain. Each costs one look-up."""


class Break(Enum):
    """Why a chain does not reach a task that extends nothing."""

    UNSEEN = "unseen"  # a parent could not be looked up
    LOOP = "loop"  # a parent is already in the chain
    TOO_LONG = "too long"  # there are more than `MOST_LINKS`


@dataclass(frozen=True)
class Link:
    """One task of a chain.

    Attributes:
        task_id: Its id, as its child or the caller spells it.
        task: The task; None if it could not be looked up.
        error: Why it could not be looked up.
    """

    task_id: str
    task: Task | None = None
    error: RunwayError | None = None


@dataclass(frozen=True)
class Problem:
    """What ended a chain early.

    Attributes:
        kind: What happened.
        parent_task_id: The parent where it happened.
    """

    kind: Break
    parent_task_id: str


@dataclass(frozen=True)
class Lineage:
    """A task and the tasks before it.

    Attributes:
        chain: The tasks, oldest first; the requested one is last. A parent that could not be looked up is the first
            link, without a task.
        problem: What ended the chain early; None if it begins with a task that extends nothing.
    """

    chain: tuple[Link, ...]
    problem: Problem | None = None

    @property
    def tasks(self) -> list[Task]:
        """The tasks that could be looked up, oldest first."""
        return [link.task for link in self.chain if link.task is not None]

    @property
    def asked(self) -> Link:
        """The requested task."""
        return self.chain[-1]


def trace(task: Task, fetch: Callable[[str], Task], *, most: int = MOST_LINKS) -> Lineage:
    """Follow a task back to the first of its chain.

    A parent that cannot be followed ends the chain and becomes its `problem`; the rest of the chain is kept.

    Args:
        task: The task to start from.
        fetch: Looks up a task by its id, or raises `RunwayError`.
        most: Maximum number of tasks in the chain, including this one.
    """
    links = [Link(task.task_id, task)]
    met = {canonical(task.task_id)}
    parent_id = task.parent_task_id
    problem = None
    while parent_id is not None and problem is None:
        if canonical(parent_id) in met:
            problem = Problem(Break.LOOP, parent_id)
        elif len(links) >= most:
            problem = Problem(Break.TOO_LONG, parent_id)
        else:
            met.add(canonical(parent_id))
            link = _looked_up(parent_id, fetch)
            links.append(link)
            problem = None if link.task else Problem(Break.UNSEEN, parent_id)
            parent_id = link.task.parent_task_id if link.task else None
    return Lineage(tuple(reversed(links)), problem)


def _looked_up(task_id: str, fetch: Callable[[str], Task]) -> Link:
    if len(task_id) > LONGEST_ID:
        return Link(
            task_id, error=TaskIdError(f"This id has {len(task_id):,} characters; no task has such a long one.")
        )
    try:
        return Link(task_id, fetch(task_id))
    except RunwayError as error:
        return Link(task_id, error=error)

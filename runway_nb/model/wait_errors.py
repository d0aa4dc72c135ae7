"""Errors of a wait that does not end in success."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base_error import LONGEST_QUOTE, LONGEST_QUOTED_ID, RunwayError
from .text import excerpt

if TYPE_CHECKING:
    from .task import Task


class WaitTimeoutError(RunwayError):
    """A wait reached its deadline. The task did not fail: it goes on.

    Attributes:
        task: The last `Task` seen; use its id to wait again. None if no answer came in time.
        timeout: Seconds waited.
        task_id: The task's id.
    """

    def __init__(self, task: Task | None, timeout: float, task_id: str | None = None) -> None:
        super().__init__(task, timeout, task_id)
        self.task = task
        self.timeout = timeout
        self.task_id = task_id if task_id is not None else task.task_id if task is not None else ""

    def _message(self) -> str:
        task_id = excerpt(self.task_id, LONGEST_QUOTED_ID)
        if self.task is None:
            return (
                f"Stopped waiting after {self.timeout:g} s without an answer about task {task_id}, which goes on. "
                "Check the network, or use a longer timeout."
            )
        return (
            f"Stopped waiting after {self.timeout:g} s; task {task_id} is still "
            f"{excerpt(self.task.doing, LONGEST_QUOTED_ID)} and goes on. Wait for it again, or use a longer timeout."
        )


class TaskFailedError(RunwayError):
    """A task ended in ``fail`` while it was waited for.

    Attributes:
        task: The failed `Task`; the first one if several failed.
        others: How many more failed.
    """

    def __init__(self, task: Task, others: int = 0) -> None:
        super().__init__(task, others)
        self.task = task
        self.others = others

    def _message(self) -> str:
        reason = excerpt(self.task.fail_msg, LONGEST_QUOTE).rstrip(".")
        words = f": “{reason}”." if reason else ", and the service gave no reason."
        more = f" {self.others} more failed." if self.others else ""
        advice = "For what to do, see the card or call read_failure(error.task)."
        return f"Task {excerpt(self.task.task_id, LONGEST_QUOTED_ID)} failed{words}{more} {advice}"


class WaitInterruptedError(RunwayError, KeyboardInterrupt):
    """The user interrupted a wait; the task goes on. Also a `KeyboardInterrupt`, so that it stops a whole cell.

    Attributes:
        task_ids: The tasks that had not ended.
    """

    def __init__(self, task_ids: tuple[str, ...]) -> None:
        super().__init__(task_ids)
        self.task_ids = task_ids

    def _message(self) -> str:
        one = len(self.task_ids) == 1
        what = (
            f"task {excerpt(self.task_ids[0], LONGEST_QUOTED_ID)} goes on"
            if one
            else f"{len(self.task_ids)} tasks go on"
        )
        return f"Stopped waiting; {what}. Run this again to keep waiting."


class LooksInterruptedError(RunwayError, KeyboardInterrupt):
    """The user interrupted the look-up of many tasks. Those seen by then are shown.

    Attributes:
        seen: How many tasks were seen.
        wanted: How many were requested.
    """

    def __init__(self, seen: int, wanted: int) -> None:
        super().__init__(seen, wanted)
        self.seen = seen
        self.wanted = wanted

    def _message(self) -> str:
        return f"Stopped after {self.seen} of {self.wanted} tasks. Run this again to see the rest."

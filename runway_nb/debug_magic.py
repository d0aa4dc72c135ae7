"""The magics for finding out: ``%runway_history``, ``%runway_compare`` and ``%runway_report``."""

from __future__ import annotations

from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from .line import parsed, resolved
from .publish import publish

if TYPE_CHECKING:
    from argparse import Namespace

    from .history import TaskHistory
    from .magic import RunwayMagics
    from .session import Session
    from .sighting import Sighting

_E = TypeVar("_E", bound=Enum)

_NO_HISTORY = "No record is kept: it is switched off. %config RunwayMagics.history = True switches it on."
_NOT_EMPTIED = "The record could not be emptied; another program may hold it. Close other kernels and run this again."
_NOTHING_FOUND = "No task seen fits that. %runway_history without options lists the latest."


@magics_class
class RunwayDebugMagics(Magics):
    """Magics that share the session and the settings of `RunwayMagics`."""

    def __init__(self, main: RunwayMagics) -> None:
        super().__init__(main.shell)
        self._main = main

    @property
    def session(self) -> Session:
        """The kernel's session."""
        return self._main.session

    @magic_arguments("%runway_history")
    @argument("--state", help="only tasks last seen in this state")
    @argument("--cause", help="only failures of this cause, by its first letters")
    @argument("--text", help="only tasks with this in their id, prompt or failure message")
    @argument("--since", metavar="WHEN", help="only tasks seen since: 2h, 3 days, yesterday, 2026-11-01")
    @argument("--limit", type=int, default=20, help="at most so many (default 20)")
    @argument("--clear", action="store_true", help="forget every task")
    @line_magic
    def runway_history(self, line: str) -> None:
        """List the tasks seen, in this session and earlier ones; the record is local and holds no key."""
        args = parsed(self.runway_history, line)
        history = self.session.memory.history
        if history is None:
            raise UsageError(_NO_HISTORY)
        if args.clear:
            if not self.session.memory.clear():
                raise UsageError(_NOT_EMPTIED)
            print("Every task is forgotten.")  # noqa: T201  # an answer
            return
        from .view.history import bundle

        found = _found(history, args)
        publish(bundle(found, datetime.now(timezone.utc)) if found else {"text/plain": _NOTHING_FOUND})

    @magic_arguments("%runway_compare")
    @argument("task", nargs="+", metavar="TASK", help="a task id, or the name of a variable that holds one or both")
    @line_magic
    def runway_compare(self, line: str) -> None:
        """Show two tasks side by side: what differs in prompt, parameters and outcome."""
        args = parsed(self.runway_compare, line)
        task_ids = resolved(args.task, self.shell.user_ns)
        if len(task_ids) == 1 and len(args.task) == 2:
            task_ids *= 2  # one task, named twice
        if len(task_ids) != 2:
            raise UsageError("Name two tasks to compare: %runway_compare A B.")
        from .view.compare import bundle

        first, second = self.session.look_up(task_ids)
        publish(bundle(first, second, datetime.now(timezone.utc), embedded=self.session.media([first, second])))

    @magic_arguments("%runway_report")
    @argument("task", metavar="TASK", help="a task id, or the name of a variable that holds one")
    @argument("--redact", action="store_true", help="leave the prompt and all links out")
    @line_magic
    def runway_report(self, line: str) -> None:
        """Write a Markdown report of a task, to copy into a support ticket. The key is not in it."""
        args = parsed(self.runway_report, line)
        task_ids = resolved([args.task], self.shell.user_ns)
        if len(task_ids) != 1:
            raise UsageError("A report is of one task: %runway_report TASK.")
        from .report import bundle, environment, markdown

        (sighting,) = self.session.look_up(task_ids)
        now = datetime.now(timezone.utc)
        publish(bundle(markdown(sighting, redact=args.redact, now=now, environment=environment())))


def _found(history: TaskHistory, args: Namespace) -> list[Sighting]:
    from .failure import Cause
    from .since import parse_since
    from .task import TaskState

    if args.limit < 1:
        raise UsageError(f"--limit {args.limit} leaves no task to list. Give a number above 0.")
    try:
        remembered = history.recent(
            state=_chosen(TaskState, args.state),
            cause=_chosen(Cause, args.cause),
            text=args.text,
            since=parse_since(args.since) if args.since else None,
            limit=args.limit,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    return [each.sighting for each in remembered]


def _chosen(kind: type[_E], word: str | None) -> _E | None:
    """Find the member whose value begins with a word."""
    if word is None:
        return None
    fitting = [each for each in kind if str(each.value).startswith(word.strip().lower())]
    if not fitting:
        raise ValueError(f"“{word}” is none of: {', '.join(str(each.value) for each in kind)}.")
    return fitting[0]

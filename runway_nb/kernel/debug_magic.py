"""The magics for debugging: ``%runway_history``, ``%runway_compare`` and ``%runway_report``."""

from __future__ import annotations

import platform
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, TypeVar

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from ..model.version import __version__
from .line import parse_since, parsed, resolved

if TYPE_CHECKING:
    from argparse import Namespace

    from ..model.sighting import Sighting
    from ..record.history import TaskHistory
    from ..view.reports.report import Environment
    from .magic import RunwayMagics

_E = TypeVar("_E", bound=Enum)

_PACKAGES = ("ipywidgets", "IPython", "ipykernel")
_NO_HISTORY = "The record is switched off. %config RunwayMagics.history = True switches it on."
_NOT_EMPTIED = "Could not empty the record; another program may be using it. Close other kernels and run this again."


@magics_class
class RunwayDebugMagics(Magics):
    """Magics that share the session and the settings of `RunwayMagics`."""

    def __init__(self, main: RunwayMagics) -> None:
        super().__init__(main.shell)
        self._main = main

    @magic_arguments("%runway_history")
    @argument("--state", help="only tasks last seen in this state")
    @argument("--cause", help="only failures of this cause, by its first letters")
    @argument("--text", help="only tasks with this in their id, prompt or failure message")
    @argument("--since", metavar="WHEN", help="only tasks seen since: 2h, 3 days, yesterday, 2026-11-01")
    @argument("--limit", type=int, default=20, help="maximum number of tasks (default %(default)s)")
    @argument("--clear", action="store_true", help="delete every task from the record")
    @line_magic
    def runway_history(self, line: str) -> None:
        """List the tasks seen, in this session and earlier ones. The record is local and does not contain the key."""
        args = parsed(self.runway_history, line)
        record = self._main.session().history
        if not record.has_file:
            raise UsageError(_NO_HISTORY)
        if args.clear:
            if not record.clear():
                raise UsageError(_NOT_EMPTIED)
            print("The record is empty now.")  # noqa: T201  # an answer
            return
        from . import answers

        answers.show_found(_found(record, args))

    @magic_arguments("%runway_compare")
    @argument("task", nargs="+", metavar="TASK", help="a task id, or a variable that holds one or both")
    @line_magic
    def runway_compare(self, line: str) -> None:
        """Show two tasks side by side: what differs in prompt, parameters and outcome."""
        args = parsed(self.runway_compare, line)
        task_ids = resolved(args.task, self.shell.user_ns)
        if len(task_ids) == 1 and len(args.task) == 2:
            task_ids *= 2  # one task, named twice
        if len(task_ids) != 2:
            raise UsageError("%runway_compare needs two tasks: %runway_compare A B.")
        from . import answers

        session = self._main.session()
        answers.show_comparison(session, *session.lookup.many(task_ids))

    @magic_arguments("%runway_report")
    @argument("task", metavar="TASK", help="a task id, or a variable that holds one")
    @argument("--redact", action="store_true", help="leave the prompt and all links out")
    @line_magic
    def runway_report(self, line: str) -> None:
        """Write a Markdown report of a task for a support ticket. It does not contain the key."""
        args = parsed(self.runway_report, line)
        task_ids = resolved([args.task], self.shell.user_ns)
        if len(task_ids) != 1:
            raise UsageError("%runway_report needs exactly one task: %runway_report TASK.")
        from . import answers

        (sighting,) = self._main.session().lookup.many(task_ids)
        answers.show_report(sighting, environment(), redact=args.redact)


def _found(record: TaskHistory, args: Namespace) -> list[Sighting]:
    from ..model.failure import Cause
    from ..model.task import TaskState

    if args.limit < 1:
        raise UsageError(f"--limit must be at least 1, not {args.limit}.")
    try:
        return record.recent(
            state=_chosen(TaskState, args.state),
            cause=_chosen(Cause, args.cause),
            text=args.text,
            since=parse_since(args.since) if args.since else None,
            limit=args.limit,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


def _chosen(kind: type[_E], word: str | None) -> _E | None:
    """Return the member whose value begins with a word."""
    if word is None:
        return None
    fitting = [each for each in kind if str(each.value).startswith(word.strip().lower())]
    if not fitting:
        raise ValueError(f"“{word}” is not one of: {', '.join(str(each.value) for each in kind)}.")
    return fitting[0]


def environment() -> Environment:
    """Describe where this runs, for a report."""
    from ..view.reports.report import Environment

    versions = [("runway_nb", __version__), ("Python", platform.python_version())]
    versions += [(name, _version(name)) for name in _PACKAGES]
    return Environment(tuple(versions), _front_end(), platform.platform())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _front_end() -> str:
    from ..screen.surface import is_colab

    shell = get_ipython()
    if shell is None:
        return "Python, without IPython"
    if getattr(shell, "kernel", None) is None:
        return "IPython in a terminal"
    return (
        "a Jupyter kernel of Colab" if is_colab(shell) else "a Jupyter kernel (it cannot tell which front-end shows it)"
    )

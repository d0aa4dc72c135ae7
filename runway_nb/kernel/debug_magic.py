"""The magics for debugging: ``%runway_history``, ``%runway_compare`` and ``%runway_report``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython
from IPython.core.magic import Magics, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments

from ..model.version import __version__
from ..view.say import say
from .limits import COUNT
from .options import HELP, OneOf
from .since import parse_since
from .usage import usage_error

if TYPE_CHECKING:
    from argparse import Namespace
    from enum import Enum

    from ..model.sighting import Sighting
    from ..record.history import TaskHistory
    from ..view.reports.report import Environment
    from .magic import RunwayMagics

_PACKAGES = ("ipywidgets", "IPython", "ipykernel")
_NO_HISTORY = "The record is switched off. %config RunwayMagics.history = True switches it on."


def _states() -> type[Enum]:
    from ..model.task import TaskState  # when first needed, so that loading stays quick

    return TaskState


def _causes() -> type[Enum]:
    from ..model.failure import Cause  # when first needed, so that loading stays quick

    return Cause


@magics_class
class RunwayDebugMagics(Magics):
    """Magics that share the session and the settings of `RunwayMagics`."""

    def __init__(self, main: RunwayMagics) -> None:
        super().__init__(main.shell)
        self._main = main

    @magic_arguments()
    @argument("--state", type=OneOf(_states), help="only tasks last seen in this state")
    @argument("--cause", type=OneOf(_causes), help="only failures of this cause, by its first letters")
    @argument("--text", help="only tasks with this in their id, prompt or failure message")
    @argument(
        "--since", type=parse_since, metavar="WHEN", help="only tasks seen since: 2h, 3 days, yesterday, 2026-11-01"
    )
    @argument("--limit", type=COUNT, default=20, help="maximum number of tasks (default %(default)s)")
    @argument("--clear", action="store_true", help="delete every task from the record")
    @HELP
    @no_var_expand
    @line_magic
    def runway_history(self, line: str) -> None:
        """List the tasks seen, in this session and earlier ones. The record is local and does not contain the key."""
        from .line import read

        reading = read(self.runway_history, line, self.shell.user_ns)
        if reading is None:
            return
        args, _ = reading
        record = self._main.session().history
        if not record.has_file:
            raise usage_error(_NO_HISTORY)
        if args.clear:
            _clear(record)
            return
        from . import answers

        answers.show_found(record, _found(record, args))

    @magic_arguments()
    @argument("task", nargs="+", metavar="TASK", help="a task id, or a variable that holds one or both")
    @HELP
    @no_var_expand
    @line_magic
    def runway_compare(self, line: str) -> None:
        """Show two tasks side by side: what differs in prompt, parameters and outcome."""
        from .line import read
        from .targets import resolved

        reading = read(self.runway_compare, line, self.shell.user_ns)
        if reading is None:
            return
        args, scope = reading
        task_ids = resolved(args.task, scope)
        if len(task_ids) == 1 and len(args.task) == 2:
            task_ids *= 2  # one task, named twice
        if len(task_ids) != 2:
            raise usage_error("%runway_compare needs two tasks: %runway_compare A B.")
        from . import answers

        session = self._main.session()
        answers.show_comparison(session, *session.lookup.many(task_ids))

    @magic_arguments()
    @argument("task", metavar="TASK", help="a task id, or a variable that holds one")
    @argument("--redact", action="store_true", help="leave the prompt and all links out")
    @HELP
    @no_var_expand
    @line_magic
    def runway_report(self, line: str) -> None:
        """Write a Markdown report of a task for a support ticket. It does not contain the key."""
        from .line import read
        from .targets import resolved

        reading = read(self.runway_report, line, self.shell.user_ns)
        if reading is None:
            return
        args, scope = reading
        task_ids = resolved(args.task, scope)
        if len(task_ids) != 1:
            raise usage_error("%runway_report needs exactly one task: %runway_report TASK.")
        from . import answers

        (sighting,) = self._main.session().lookup.many(task_ids)
        answers.show_report(sighting, environment(), redact=args.redact)


def _found(record: TaskHistory, args: Namespace) -> list[Sighting]:
    return record.recent(state=args.state, cause=args.cause, text=args.text, since=args.since, limit=args.limit)


def _clear(record: TaskHistory) -> None:
    """Empty the record, and say what is left of it."""
    cleared = record.clear()
    if cleared:
        say("The record is empty now.")
        return
    why = f" ({cleared.trouble.reason}). {cleared.trouble.advice}" if cleared.trouble else ""
    if not cleared.deleted:
        raise usage_error(
            f"This session's list is empty now, but nothing was deleted from {cleared.path}{why}, and run this again."
        )
    files = " and ".join(map(str, cleared.left))
    raise usage_error(
        f"Every task is deleted from the record, but their text is still in {files}"
        f"{why or ', because another program reads the record. Close other kernels'}, and run this again. "
        "Otherwise the text is removed as soon as no other program reads it."
    )


def environment() -> Environment:
    """Describe where this runs, for a report."""
    import platform

    from ..view.reports.report import Environment

    versions = [("runway_nb", __version__), ("Python", platform.python_version())]
    versions += [(name, _version(name)) for name in _PACKAGES]
    return Environment(tuple(versions), _front_end(), platform.platform())


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

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

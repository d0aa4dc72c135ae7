"""Task ids in commands that a reader may run: no id that the service sends makes a command do anything else."""

from __future__ import annotations

import re

from .task_id import SHAPE
from .text import printable

PLAIN_ID: re.Pattern[str] = re.compile(r"(?=\w*-|\d)\w[\w-]*", re.ASCII)
"""A word that is read as an id without quotes: it begins with a digit or has a hyphen, so it names no variable."""

_LONGEST = 200  # characters
# No quotation marks, and nothing that a line expands: {expression}, $name, or a backslash.
_QUOTABLE = re.compile(r"""[^\s"'{}$\\]+""")


def as_argument(task_id: str) -> str | None:
    """Write a task id as a word of a magic's line, which reads exactly this id from it.

    Returns:
        The id, in quotes where it needs them; None if no word is safe for it, such as for ``{…}``.
    """
    if len(task_id) > _LONGEST:
        return None
    if PLAIN_ID.fullmatch(task_id) or SHAPE.fullmatch(task_id):
        return task_id
    is_safe = _QUOTABLE.fullmatch(task_id) and task_id.isprintable() and printable(task_id) == task_id
    return f'"{task_id}"' if is_safe else None

"""`RunwayError`, the base class of this package's errors: printable, short, and without a traceback in notebooks."""

from __future__ import annotations

from typing import ClassVar

from .text import excerpt, for_stdout

LONGEST = 1000
"""Maximum length of an error's text in characters."""
LONGEST_QUOTE = 500
"""Maximum length of what it quotes from the service, in characters, so that the advice after it is always shown."""
LONGEST_QUOTED_ID = 100
"""Maximum length of a task id in the text, in characters."""


class RunwayError(Exception):
    """Base class of every error of this package.

    The class attributes say what an error means to the code that looks a task up; subclasses override them, and
    `_message`. ``str()`` and ``repr()`` are printable, on one line and at most `LONGEST` characters long, whatever the
    service sent. The other attributes, such as an error's ``msg``, and ``args`` are unchanged.

    Attributes:
        title: The error in a few words, as a heading on a card.
        passes: Whether the cause may be gone within seconds, so that `RunwayClient.get` looks again.
        is_final: Whether every further look would fail in the same way, so that following stops.
        may_appear: Whether the task may be too new for the service to know it, so that following goes on for a while.
    """

    title: ClassVar[str] = "The last check failed"
    passes: ClassVar[bool] = False
    is_final: ClassVar[bool] = False
    may_appear: ClassVar[bool] = False

    def __str__(self) -> str:
        return excerpt(self._message(), LONGEST)

    def __repr__(self) -> str:
        return excerpt(super().__repr__(), LONGEST)

    def _message(self) -> str:
        """Return what happened and what to do, in sentences. ``str()`` makes it printable."""
        return super().__str__()

    def _render_traceback_(self) -> list[str]:
        """Return one line for IPython, which calls this instead of formatting a traceback."""
        return [for_stdout(f"{type(self).__name__}: {self}")]

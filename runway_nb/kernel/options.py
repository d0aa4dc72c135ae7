"""Declare the options of the magics. Reading them is `line`'s, which is not needed for loading the extension."""

from __future__ import annotations

from argparse import Action, ArgumentParser
from collections.abc import Callable
from enum import Enum
from keyword import iskeyword
from typing import Any

from IPython.core.magic_arguments import argument

HELP = argument("-h", "--help", action="store_true", help="print these options")
"""The option that every magic has."""


def options_of(magic: Callable[..., Any]) -> dict[str, Action]:
    """Return the options of a magic by each of their spellings."""
    return dict(parser_of(magic)._option_string_actions)  # noqa: SLF001  # argparse has no public list of them


def positional_of(magic: Callable[..., Any]) -> str | None:
    """Return what the words beside a magic's options are called; None if it takes none."""
    return next((each.dest for each in parser_of(magic)._actions if not each.option_strings), None)  # noqa: SLF001  # as above


def variable_name(text: str) -> str:
    """Read the name of a variable to store a result in.

    Raises:
        ValueError: If it is not a valid name. The message continues "-o …".
    """
    if not text.isidentifier() or iskeyword(text):
        from .words import shown

        raise ValueError(f"“{shown(text)}” is not a valid variable name.")
    return text


class OneOf:
    """Reads one of an Enum's values by its first letters.

    Attributes:
        choices: The values.
    """

    def __init__(self, kind: Callable[[], type[Enum]]) -> None:
        self._kind = kind

    @property
    def choices(self) -> list[str]:
        """All values."""
        return [str(each.value) for each in self._kind()]

    def __call__(self, text: str) -> Enum:
        """Return the first member whose value begins with a text.

        Raises:
            ValueError: If there is none. The message continues "--option …".
        """
        for each in self._kind():
            if text.strip() and str(each.value).startswith(text.strip().lower()):
                return each
        from .words import shown

        raise ValueError(f"must be one of {', '.join(self.choices)}, not “{shown(text)}”.")


def parser_of(magic: Callable[..., Any]) -> ArgumentParser:
    """Return the parser of a function decorated with ``magic_arguments``."""
    parser: ArgumentParser = magic.parser  # type: ignore[attr-defined]  # set by magic_arguments
    return parser

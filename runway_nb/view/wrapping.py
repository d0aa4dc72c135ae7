"""Text wrapped to the terminal."""

from __future__ import annotations

import shutil
import textwrap

_WIDEST = 100
_NARROWEST = 40


def terminal_width() -> int:
    """The columns to draw in: the terminal's, within what reads well."""
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))


def wrapped(text: str, width: int, first: str, further: str | None = None) -> list[str]:
    """Wrap a text, each of its lines for itself.

    Args:
        text: The text.
        width: Columns.
        first: What stands before the first line.
        further: What stands before the others; None for the same.
    """
    further = first if further is None else further
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        indent = first if not lines else further
        lines += textwrap.wrap(paragraph, width, initial_indent=indent, subsequent_indent=further)
    return lines

"""Text for a terminal: wrapped to its width, and in tables."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

from ..model.text import printable, truncated

_WIDEST = 100
_NARROWEST = 40
_GAP = "  "
_NARROWEST_COLUMN = 20  # characters: the minimum for the last column
_WIDEST_COLUMN = 40  # characters: the maximum for the others; a task id has 36


def terminal_width() -> int:
    """Return the columns to draw in: the terminal's, within what reads well."""
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))


def wrapped(text: str, width: int, first: str, further: str | None = None) -> list[str]:
    """Wrap each line of a text.

    Args:
        text: The text.
        width: Columns.
        first: The text before the first line.
        further: The text before the others; None for the same.
    """
    further = first if further is None else further
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        indent = first if not lines else further
        lines += textwrap.wrap(paragraph, width, initial_indent=indent, subsequent_indent=further)
    return lines


def text_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, above: str = "", below: str = "") -> str:
    """Draw a table as wide as the terminal.

    Args:
        columns: The headings.
        rows: One text per column each; a text that is too long for its column is cut.
        above: Lines before the table.
        below: A line after it.
    """
    printed = [[printable(cell).replace("\n", " ") for cell in row] for row in (columns, *rows)]
    cells = [[*(truncated(cell, _WIDEST_COLUMN) for cell in others), last] for *others, last in printed]
    widths = [max(len(row[index]) for row in cells) for index in range(len(columns) - 1)]
    left = max(_NARROWEST_COLUMN, terminal_width() - sum(widths) - len(_GAP) * len(widths))
    lines = []
    for *others, last in cells:
        padded = (cell.ljust(width) for cell, width in zip(others, widths, strict=True))
        lines.append(_GAP.join([*padded, truncated(last, left)]))
    return "\n".join(line for line in (above, *lines, below) if line)

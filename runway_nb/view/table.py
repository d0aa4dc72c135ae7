"""Small tables as text."""

from __future__ import annotations

from collections.abc import Sequence

from .markup import printable
from .wrapping import terminal_width

_GAP = "  "
_NARROWEST = 20  # characters that the last column has at least


def text_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, above: str = "", below: str = "") -> str:
    """Draw a table as wide as the terminal.

    Args:
        columns: The headings.
        rows: One text per column each; the last column may be long, and is cut.
        above: Lines before the table.
        below: A line after it.
    """
    cells = [[printable(cell).replace("\n", " ") for cell in row] for row in (columns, *rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(columns) - 1)]
    left = max(_NARROWEST, terminal_width() - sum(widths) - len(_GAP) * len(widths))
    lines = []
    for *others, last in cells:
        fitting = last if len(last) <= left else f"{last[: left - 1].rstrip()}…"
        lines.append(_GAP.join([*(cell.ljust(width) for cell, width in zip(others, widths, strict=True)), fitting]))
    return "\n".join(line for line in (above, *lines, below) if line)

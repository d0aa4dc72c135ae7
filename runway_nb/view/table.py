"""Small tables, as HTML and as text."""

from __future__ import annotations

from collections.abc import Sequence

from .markup import Html, element, printable
from .style import saved
from .wrapping import terminal_width

_GAP = "  "
_TIGHT = 20  # characters that a cell keeps on one line; a longer one, such as an id, may wrap
_NARROWEST = 20  # characters that the last column of a text has at least


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, above: str = "", below: str = "") -> dict[str, str]:
    """Draw a table.

    Args:
        columns: The headings.
        rows: One text per column each; the last column may be long.
        above: A line before the table.
        below: A line after it.

    Returns:
        ``text/html`` and ``text/plain``.
    """
    return {"text/html": str(_html(columns, rows, above, below)), "text/plain": _text(columns, rows, above, below)}


def _html(columns: Sequence[str], rows: Sequence[Sequence[str]], above: str, below: str) -> Html:
    head = element("tr", *(element("th", name, **saved("heading")) for name in columns))
    body = (element("tr", *(_cell(cell, last=index == len(row) - 1) for index, cell in enumerate(row))) for row in rows)
    shown = element("table", element("thead", head), element("tbody", *body), **saved("table"))
    scrolled = element("div", shown, **saved("wide"))
    lines = [element("div", line, **saved("facts")) if line else None for line in (above, below)]
    return element("div", lines[0], scrolled, lines[1], **saved("card"))


def _cell(text: str, *, last: bool) -> Html:
    if last:
        return element("td", text, dir="auto", **saved("cell last"))
    return element("td", text, **saved("cell tight" if len(text) <= _TIGHT else "cell parted"))


def _text(columns: Sequence[str], rows: Sequence[Sequence[str]], above: str, below: str) -> str:
    cells = [[printable(cell).replace("\n", " ") for cell in row] for row in (columns, *rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(columns) - 1)]
    left = max(_NARROWEST, terminal_width() - sum(widths) - len(_GAP) * len(widths))
    lines = []
    for *others, last in cells:
        fitting = last if len(last) <= left else f"{last[: left - 1].rstrip()}…"
        lines.append(_GAP.join([*(cell.ljust(width) for cell, width in zip(others, widths, strict=True)), fitting]))
    return "\n".join(line for line in (above, *lines, below) if line)

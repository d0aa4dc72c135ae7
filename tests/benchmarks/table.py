"""Printing figures as a table."""

from __future__ import annotations

from collections.abc import Sequence


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, the first column to the left and figures to the right."""
    cells = [[str(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(columns))]
    print(f"\n{title}")  # noqa: T201  # a benchmark's result
    for row in cells:
        first, *figures = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        print("  " + "  ".join([first.strip().ljust(widths[0]), *figures]))  # noqa: T201  # as above

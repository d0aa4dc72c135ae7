"""Join ids that a terminal, a panel or a table has wrapped over lines. No I/O."""

from __future__ import annotations

import re

from ..model.task_id import SHAPE

_BORDERS = " \t│┃║|"
_EDGE = rf"[{_BORDERS}]{{0,200}}"
# Patterns that start with one literal character pass over a text most quickly.
_BELOW = re.compile(rf"\n{_EDGE}(?=([0-9a-fA-F-]{{1,35}})(?![0-9A-Za-z-]))")
_LENGTHS = (36, 32)  # of an id
_TASK_BEFORE = re.compile(r"task[ _-]?(?:id)?[\"']?[ \t]?[:= ][ \t]?[\"']?\Z", re.IGNORECASE)
_START = re.compile(
    r"-(?<=[0-9a-fA-F]{8}-)(?<![0-9A-Za-z-].{8}-)(?![0-9a-fA-F-]{27})[0-9a-fA-F-]{0,26}(?![0-9A-Za-z-])", re.DOTALL
)
_REST = re.compile(r"[0-9a-fA-F-]{1,27}(?![0-9A-Za-z-])")
_MARGIN = re.compile(_EDGE)
_MOST_LINES = 3  # below the one where an id starts


def unwrapped(text: str) -> str:
    """Put each id that continues in the next line, or in the cell below, whole into the line where it starts.

    Two halves that are both complete ids stay two. 32 hex digits are joined only where the text calls them a task,
    because two span ids below each other look the same.

    Args:
        text: Without colours.
    """
    if "\n" not in text:
        return text
    return _with_ids_from_cells(_with_halves_joined(text))


def _with_halves_joined(text: str) -> str:
    """Join what is at the end of a line with what is at the start of the next one, if together they are an id."""
    parts: list[str] = []
    done = 0
    for below in _BELOW.finditer(text):
        end = below.start()
        if text[end - 1 : end] in _BORDERS:
            first = max(done, end - 200)
            end = first + len(text[first:end].rstrip(_BORDERS))
        start = _start_of_half(text, end, below[1])
        if start is not None and start >= done:
            parts += (text[done:start], text[start:end], below[1], " \n ")
            done = below.end()
    return "".join(parts) + text[done:] if parts else text


def _start_of_half(text: str, end: int, rest: str) -> int | None:
    for length in _LENGTHS:
        start = end - length + len(rest)
        if start < 0 or start >= end or "\n" in (half := text[start:end]) or not SHAPE.fullmatch(half + rest):
            continue
        if start and (text[start - 1] == "-" or (text[start - 1].isascii() and text[start - 1].isalnum())):
            continue
        if length == _LENGTHS[0] or _TASK_BEFORE.search(text[max(0, start - 16) : start]):
            return start
    return None


def _with_ids_from_cells(text: str) -> str:
    """Join ids in the cells of a table, and in a log's column of messages, with what is below them."""
    parts, done = [], 0
    for start in _START.finditer(text):
        first = start.start() - 8
        whole = _with_lines_below(text, first, start.end())
        if whole:
            parts += [text[done:first], whole]
            done = start.end()
    return "".join(parts) + text[done:] if parts else text


def _with_lines_below(text: str, start: int, end: int) -> str | None:
    """Return the id that starts as the word from `start` to `end`, if the lines below complete it."""
    below = text.find("\n", end, end + 1000) + 1
    if not below:
        return None
    margin = _MARGIN.match(text, below)
    line = text.rfind("\n", max(0, start - 1000), start) + 1
    columns = {start - line, (margin.end() if margin else below) - below}
    return next((whole for column in columns if (whole := _down_column(text, text[start:end], below, column))), None)


def _down_column(text: str, whole: str, line: int, column: int) -> str | None:
    """Add to the start of an id what continues it in a column, from a line on."""
    for _ in range(_MOST_LINES):
        rest = _REST.match(text, line + column)
        whole += rest[0] if rest else ""
        if SHAPE.fullmatch(whole):
            return whole
        line = text.find("\n", line, line + 1000) + 1
        if rest is None or not line:
            return None
    return None

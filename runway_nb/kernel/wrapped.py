"""Join ids that a terminal, a panel or a table has wrapped over lines. No I/O."""

from __future__ import annotations

import re

from ..model.task_id import SHAPE

_EDGE = r"[ \t│┃║|]{0,200}"
# One half of an id has at least 16 characters: this passes over most ends of lines quickly.
_SPLIT = re.compile(
    rf"[0-9a-fA-F-](?<![0-9A-Za-z-].)(?![0-9a-fA-F-]{{35}})"
    rf"(?:(?P<long>[0-9a-fA-F-]{{15,34}}){_EDGE}\n{_EDGE}(?=(?P<rest>[0-9a-fA-F-]{{1,20}})(?![0-9A-Za-z-]))"
    rf"|(?P<short>[0-9a-fA-F-]{{0,14}}){_EDGE}\n{_EDGE}(?=(?P<tail>[0-9a-fA-F-]{{16,35}})(?![0-9A-Za-z-])))",
    re.DOTALL,
)
_TASK_BEFORE = re.compile(r"task[ _-]?(?:id)?[\"']?[ \t]?[:= ][ \t]?[\"']?\Z", re.IGNORECASE)
_START = re.compile(
    r"[0-9a-fA-F](?<![0-9A-Za-z-].)[0-9a-fA-F]{7}-(?![0-9a-fA-F-]{27})[0-9a-fA-F-]{0,26}(?![0-9A-Za-z-])"
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
    text = _SPLIT.sub(_joined, text)
    return _with_ids_from_cells(text)


def _joined(match: re.Match[str]) -> str:
    whole = match[0][0] + (match["long"] or match["short"] or "") + (match["rest"] or match["tail"])
    if not SHAPE.fullmatch(whole):
        return match[0]
    if "-" not in whole and not _TASK_BEFORE.search(match.string[max(0, match.start() - 16) : match.start()]):
        return match[0]
    return f"{whole} \n "


def _with_ids_from_cells(text: str) -> str:
    """Join ids in the cells of a table, and in a log's column of messages, with what is below them."""
    parts, done = [], 0
    for start in _START.finditer(text):
        whole = _with_lines_below(text, start)
        if whole:
            parts += [text[done : start.start()], whole]
            done = start.end()
    return "".join(parts) + text[done:] if parts else text


def _with_lines_below(text: str, start: re.Match[str]) -> str | None:
    line = text.rfind("\n", max(0, start.start() - 1000), start.start()) + 1
    below = text.find("\n", start.end(), start.end() + 1000) + 1
    if not below:
        return None
    margin = _MARGIN.match(text, below)
    columns = {start.start() - line, (margin.end() if margin else below) - below}
    return next((whole for column in columns if (whole := _down_column(text, start[0], below, column))), None)


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

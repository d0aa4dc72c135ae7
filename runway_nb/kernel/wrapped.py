"""Join ids that a terminal, a panel or a table has wrapped over lines. No I/O."""

from __future__ import annotations

import re

from ..model.task_id import SHAPE

_EDGE = r"[ \t│┃║|]{0,200}"
# One half of an id has at least 16 characters: this passes over most ends of lines quickly.
_SPLIT = re.compile(
    rf"(?<![0-9A-Za-z-])(?:(?P<long>[0-9a-fA-F-]{{16,35}}){_EDGE}\n{_EDGE}(?=(?P<rest>[0-9a-fA-F-]{{1,20}})(?![0-9A-Za-z-]))"
    rf"|(?P<short>[0-9a-fA-F-]{{1,15}}){_EDGE}\n{_EDGE}(?=(?P<tail>[0-9a-fA-F-]{{16,35}})(?![0-9A-Za-z-])))"
)
_TASK_BEFORE = re.compile(r"task[ _-]?(?:id)?[\"']?[ \t]?[:= ][ \t]?[\"']?\Z", re.IGNORECASE)
# The start of a UUID that has room for the rest in the cell below.
_START = re.compile(r"(?<![0-9A-Za-z-])[0-9a-fA-F]{4}(?:[0-9a-fA-F]{4}(?:-[0-9a-fA-F-]{0,26})?)?(?![0-9A-Za-z-])")
_BORDER = re.compile("[│┃║|]")
_REST = re.compile(r"[0-9a-fA-F-]{1,32}(?![0-9A-Za-z-])")
_MOST_LINES = 4


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
    return _unwrapped_cells(text) if _BORDER.search(text) else text


def _joined(match: re.Match[str]) -> str:
    whole = (match["long"] or match["short"]) + (match["rest"] or match["tail"])
    if not SHAPE.fullmatch(whole):
        return match[0]
    if "-" not in whole and not _TASK_BEFORE.search(match.string[max(0, match.start() - 16) : match.start()]):
        return match[0]
    return f"{whole} \n "


def _unwrapped_cells(text: str) -> str:
    """Join an id with the same cell of the next lines, in a table with borders."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not _BORDER.search(line):
            continue
        for match in reversed(list(_START.finditer(line))):
            whole = _with_cells_below(match, lines[number + 1 : number + _MOST_LINES])
            if whole:
                # Spaces below keep the columns of the table where they are.
                lines[number] = lines[number][: match.start()] + whole + lines[number][match.end() :]
    return "\n".join(lines)


def _with_cells_below(start: re.Match[str], below: list[str]) -> str | None:
    whole = start[0]
    for line in below:
        rest = _REST.match(line, start.start())
        if rest is None or not _BORDER.search(line) or len(whole) + len(rest[0]) > 36:
            return None
        whole += rest[0]
        if "-" in whole and SHAPE.fullmatch(whole):
            return whole
    return None

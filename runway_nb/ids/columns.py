"""Which words of a text are in the credential column of a table: CSV, TSV, Markdown, psql, pandas. No I/O.

The header with the name is in one line and the values are in later ones, so that neither is next to the other.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from ..model.caching import cache_short
from .credentials import names_secret
from .places import Places

_LONGEST_HEADER = 2000
_NAME = re.compile(r"[\w#][\w .#/()-]{0,60}")
_RULE = re.compile(r"[\s|│┃║+:=~─━═┄┼╇╋╪├┤┡┩┏┓┌┐└┘┬┴╭╮╰╯╞╡-]*")
_BORDERS = re.compile("[|│┃║]")
_SEPARATORS = ("|", "\t", ",", ";")
_NO_HEADER = re.compile(r"[={}<>]|: |://")
_WORD = re.compile(r"(?:(?:api|access|secret|auth)[ ](?=key|token))?\S+", re.IGNORECASE)
_GAPS = re.compile(r"^ |\S {2,}\S")
_COLUMN_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*|[A-Z][A-Z0-9_]*")
_FIRST_ROW = re.compile(r"\n\d+ {2,}\S")  # of a printed Series or one-column frame: its index comes first
_BARE_ROW = re.compile(r"\n[\"']?[0-9a-fA-F-]{32,36}[\"']?[ \t]*(?:\n|\Z)")  # of a file with one column
_AROUND = " \t\"'`"


@dataclass(frozen=True)
class _Header:
    """The first line of a table: its separator (None for aligned columns) and its cells' texts and places."""

    separator: str | None
    cells: list[tuple[str, int, int]]
    secret: frozenset[int]


def credential_cells(text: str, names: Places, words: Sequence[tuple[int, int]]) -> set[int]:
    """Return where the words start that are in a column of credentials.

    Args:
        text: Cleaned by `logs.clean`.
        names: Where parts of names of credentials are in it.
        words: Where the words that look like ids start and end, in order.
    """
    found: set[int] = set()
    hints, place, start = names.starts, 0, 0
    starts, first = [word_start for word_start, _ in words], 0
    while (place := bisect_left(hints, start, place)) < len(hints):
        line = text.rfind("\n", start, hints[place]) + 1 or start
        end = text.find("\n", hints[place])
        if end < 0:
            break
        first = bisect_left(starts, line, first)
        if first == len(words):
            break
        header = _header(text[line:end]) if words[first][0] > end and end - line <= _LONGEST_HEADER else None
        if header and len(header.cells) == 1:
            has_rows = (_FIRST_ROW if text[line] == " " else _BARE_ROW).match(text, end)
            header = header if has_rows else None
        start = _read_rows(text, end + 1, header, words, found, first) if header else end + 1
    return found


@cache_short(1024)  # a text may repeat a small table
def _header(line: str) -> _Header | None:
    if _NO_HEADER.search(line):
        return None
    separator = next((mark for mark in _SEPARATORS if mark in line), "|" if _BORDERS.search(line) else None)
    cells = _cells(line, separator)
    texts = [text for text, _, _ in cells]
    if not cells or not all(_NAME.fullmatch(text) for text in texts if text):
        return None
    if separator is None and not (_GAPS.search(line) or all(map(_COLUMN_NAME.fullmatch, texts))):
        return None  # a sentence
    secret = frozenset(place for place, text in enumerate(texts) if names_secret(text))
    return _Header(separator, cells, secret) if secret else None


def _cells(line: str, separator: str | None) -> list[tuple[str, int, int]]:
    if separator is None:
        return [(match[0], match.start(), match.end()) for match in _WORD.finditer(line)]
    if separator == "|":
        line = _BORDERS.sub("|", line)
    cells, start = [], 0
    for part in line.split(separator):
        cells.append((part.strip(_AROUND), start, start + len(part)))
        start += len(part) + 1
    return cells


def _read_rows(
    text: str, start: int, header: _Header, words: Sequence[tuple[int, int]], found: set[int], place: int
) -> int:
    """Add the words from `place` on in the header's credential columns to `found`; return where the table ends."""
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        if not line.strip() or (header.separator and not _belongs(line, header)):
            break
        first = place
        while place < len(words) and words[place][0] < end:
            place += 1
        if first < place:
            spans = [(word_start - start, word_end - start) for word_start, word_end in words[first:place]]
            secret = _in_separated(header, line, spans) if header.separator else _in_aligned(header, line, spans)
            found.update(start + place_in_line for place_in_line in secret)
        start = end + 1
    return start


def _belongs(line: str, header: _Header) -> bool:
    """Whether a line is a row of a table with a separator, or a rule between rows."""
    if header.separator == "|":
        return bool(_BORDERS.search(line) or _RULE.fullmatch(line))
    return line.count(header.separator or "") >= len(header.cells) - 1


def _in_separated(header: _Header, line: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return which of the words in a row with separators are whole cells in a column of credentials."""
    mark = header.separator or ""
    if mark == "|":
        line = _BORDERS.sub("|", line)
    secret = []
    for start, end in spans:
        if line.count(mark, 0, start) in header.secret:
            close = line.find(mark, end)
            cell = line[line.rfind(mark, 0, start) + 1 : close if close >= 0 else None]
            if cell.strip(_AROUND).removeprefix("Bearer ") == line[start:end]:
                secret.append(start)
    return secret


def _in_aligned(header: _Header, line: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return which of the words in a row of aligned cells are in a column of credentials."""
    row = _cells(line, None)
    return [start for start, end in spans if _is_below(header, row, start, end, line[start:end])]


def _is_below(header: _Header, row: list[tuple[str, int, int]], start: int, end: int, word: str) -> bool:
    place = next((place for place, (_, first, last) in enumerate(row) if first <= start < last), None)
    if place is None:
        return False
    whole = row[place][0].removeprefix("Bearer ") == word
    if any(start == header.cells[cell][1] or end == header.cells[cell][2] for cell in header.secret):
        return True
    unnamed = len(row) - len(header.cells)  # pandas prints an index before the columns, without a name
    return whole and unnamed in (0, 1) and place - unnamed in header.secret

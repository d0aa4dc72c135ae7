"""Parts of a text that belong to a credential: ``{…}`` and ``[…]``, arguments of a call, a block. No I/O."""

from __future__ import annotations

import re

from .credentials import HINTS, names_secret

# All patterns start at a hint, in the text in lower case: so most of the text is passed over quickly.
_WORD = rf"(?:{'|'.join(HINTS)})[\w-]{{0,40}}"
_BRACKET = re.compile(rf"{_WORD}(?:[\"']?\]?[ \t]*(?::=|=>|[:=])\s{{0,40}}(?:\w{{1,20}}[ \t]?)?[{{\[(]|\()")
_BLOCK = re.compile(rf"{_WORD}[\"']?[ \t]{{0,40}}:[ \t]{{0,40}}[>|]?[+-]?[ \t]{{0,40}}(?:\#[^\n]{{0,200}})?(?=\n)")
_TABLE = re.compile(rf"{_WORD}[\"' ]?\]{{1,2}}[ \t]{{0,40}}(?=\n)")
_NEXT_TABLE = re.compile(r"\n[ \t]{0,40}\[")
_EITHER = re.compile(r"[()\[\]{}]")
_NAME_BEFORE = re.compile(r"[\w-]{0,40}\Z")
_KEY_BEFORE = re.compile(r"(?P<indent>[ \t]*)(?:-[ \t]+)?[\"']?[\w.-]{0,40}\Z")
_TABLE_BEFORE = re.compile(r"[ \t]*\[{1,2}[\"' ]?[\w.-]{0,80}\Z")
_LONGEST = 20_000  # characters of a section


def sections(text: str, lower: str) -> list[tuple[int, int]]:
    """Return where the sections of credentials are, in order and without overlaps.

    Args:
        text: Cleaned by `logs.clean`.
        lower: The same in lower case.
    """
    found = [*_brackets(text, lower), *_blocks(text, lower), *_tables(text, lower)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _brackets(text: str, lower: str) -> list[tuple[int, int]]:
    """Find ``"auth": {…}``, ``API_KEYS = […]`` and ``set_password(…)``."""
    spans: list[tuple[int, int]] = []
    done = 0
    for match in _BRACKET.finditer(lower):
        if match.start() >= done and names_secret(_name_at(text, match)):
            done = _closing(text, match.end())
            spans.append((match.end(), done))
    return spans


def _name_at(text: str, match: re.Match[str]) -> str:
    before = _NAME_BEFORE.search(text[max(0, match.start() - 40) : match.start()])
    return (before[0] if before else "") + re.split(r"[^\w-]", text[match.start() : match.end()], maxsplit=1)[0]


def _closing(text: str, start: int) -> int:
    """Return where the bracket that was opened before `start` is closed; the end of the line if it is not."""
    depth = 1
    for match in _EITHER.finditer(text, start, start + _LONGEST):
        depth += 1 if match[0] in "([{" else -1
        if not depth:
            return match.start()
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _line_before(text: str, place: int) -> str:
    return text[max(0, place - 120) : place].rpartition("\n")[2]


def _blocks(text: str, lower: str) -> list[tuple[int, int]]:
    """Find YAML's nested blocks, and values in the lines below their name."""
    spans: list[tuple[int, int]] = []
    done = 0
    for match in _BLOCK.finditer(lower):
        if match.start() < done:
            continue
        key = _KEY_BEFORE.fullmatch(_line_before(text, match.start()))
        if key and names_secret(_name_at(text, match)):
            done = _outdent(text, match.end() + 1, len(key["indent"].expandtabs()))
            spans.append((match.end(), done))
    return spans


def _outdent(text: str, start: int, indent: int) -> int:
    """Return where the first line starts, from `start` on, that is not indented more than `indent`."""
    limit = min(len(text), start + _LONGEST)
    while start < limit:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start : min(end, limit)].expandtabs()
        depth = len(line) - len(line.lstrip())
        if line.strip() and depth <= indent and not (depth == indent and line.lstrip().startswith("- ")):
            break
        start = end + 1
    return min(start, limit)


def _tables(text: str, lower: str) -> list[tuple[int, int]]:
    """Find the tables of TOML and the sections of INI files."""
    spans = []
    for match in _TABLE.finditer(lower):
        if _TABLE_BEFORE.fullmatch(_line_before(text, match.start())) and names_secret(_name_at(text, match)):
            after = _NEXT_TABLE.search(text, match.end())
            spans.append((match.end(), after.start() if after else len(text)))
    return spans

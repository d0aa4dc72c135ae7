"""A word-by-word difference of two texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from ..long import TEXT

MOST_WORDS = 1200
"""Maximum number of words to compare: more than a valid prompt has, and few enough to take a fraction of a second."""

_MIN_COMMON = 0.3  # share of both texts that must be equal; below it, marking every change is unreadable
_MAX_GAP_LETTERS = 3  # an equal stretch this short between two changes is counted as changed, or it cuts them up


class Change(Enum):
    """How a piece of text changed from the first text to the second."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A stretch of text.

    Attributes:
        change: Whether it is in both texts or only in one.
        text: The text, without surrounding spaces if it was removed or added.
    """

    change: Change
    text: str


@dataclass(frozen=True)
class _Word:
    text: str
    gap: str  # the spaces after it; they are not compared


def difference(a: str, b: str) -> list[Piece] | None:
    """Compare two texts word by word, ignoring spaces. A changed word is one removed and one added.

    Returns:
        The pieces of both texts in order. Without the added ones they are the first text, without the removed ones the
        second, apart from spaces. None if the texts are too different or too long for a useful result.
    """
    if max(len(a), len(b)) > TEXT:
        return [Piece(Change.KEPT, b.strip())] if a.split() == b.split() else None
    before, after = _words(a), _words(b)
    if [word.text for word in before] == [word.text for word in after]:
        return [Piece(Change.KEPT, b.strip())]
    if max(len(before), len(after)) > MOST_WORDS:
        return None
    runs = list(_runs(before, after))
    kept = sum(len(word.text) for same, old, _ in runs if same for word in old)
    total = sum(len(word.text) for word in (*before, *after))
    if 2 * kept < _MIN_COMMON * total:
        return None
    return [piece for run in runs for piece in _pieces(*run)]


# A punctuation mark is a word, and so is a character of a script that puts no spaces between words.
_PUNCTUATION = r"!-&(-,./:-@\[-^`{-~\u00a1-\u00bf\u2010-\u2018\u201a-\u2027\u2030-\u205e\u3001-\u303f\uff01-\uff0f"
_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"([{_PUNCTUATION}{_UNSPACED}]|[^\s{_PUNCTUATION}{_UNSPACED}]+)(\s*)")

_Run = tuple[bool, Sequence[_Word], Sequence[_Word]]  # whether both texts are equal here, and the words of each


def _words(text: str) -> list[_Word]:
    return [_Word(*match.groups()) for match in _WORD.finditer(text)]


def _runs(before: Sequence[_Word], after: Sequence[_Word]) -> Iterator[_Run]:
    """Split two texts into alternating equal and changed stretches."""
    codes = SequenceMatcher(None, [word.text for word in before], [word.text for word in after]).get_opcodes()
    changed: tuple[list[_Word], list[_Word]] = ([], [])
    for place, (tag, a_from, a_to, b_from, b_to) in enumerate(codes):
        old, new = before[a_from:a_to], after[b_from:b_to]
        is_inner = 0 < place < len(codes) - 1
        if tag == "equal" and not (is_inner and sum(len(word.text) for word in old) <= _MAX_GAP_LETTERS):
            if any(changed):
                yield False, *changed
                changed = ([], [])
            yield True, old, new
        else:
            changed = ([*changed[0], *old], [*changed[1], *new])
    if any(changed):
        yield False, *changed


def _pieces(same: bool, old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[Piece]:
    if same:
        yield Piece(Change.KEPT, "".join(word.text + word.gap for word in new))
        return
    gap = (new or old)[-1].gap
    if old:
        yield Piece(Change.REMOVED, _joined(old))
    if new:
        yield Piece(Change.ADDED, _joined(new))
    if gap:
        yield Piece(Change.KEPT, gap)


def _joined(words: Sequence[_Word]) -> str:
    return "".join(word.text + word.gap for word in words).rstrip()

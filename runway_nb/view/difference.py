"""What differs between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

MOST_WORDS = 1200
"""Words of a text that are compared one by one: more than an allowed prompt has, and still a fraction of a second."""

_ALIKE = 0.3  # the share of two texts that must be common, or their difference is only confetti
_SLIGHT = 3  # letters; fewer or as many in common between two changes would cut these up


class Fate(Enum):
    """What became of a piece of the first text in the second."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A stretch of text.

    Attributes:
        fate: What became of it.
        text: The text, without spaces around it if it is gone or new.
    """

    fate: Fate
    text: str


@dataclass(frozen=True)
class _Word:
    text: str
    gap: str  # the spaces behind it; they are not compared


def difference(a: str, b: str) -> list[Piece] | None:
    """Compare two texts word by word. Spaces do not count, and a changed word is gone and new.

    Returns:
        The pieces of both, in order: all but the new ones are the first text and all but the gone ones the second,
        apart from spaces. None where the texts are too unlike, or too long, for this to tell anything.
    """
    before, after = _words(a), _words(b)
    if [word.text for word in before] == [word.text for word in after]:
        return [Piece(Fate.KEPT, b.strip())]
    if max(len(before), len(after)) > MOST_WORDS:
        return None
    runs = list(_runs(before, after))
    kept = sum(len(word.text) for same, old, _ in runs if same for word in old)
    total = sum(len(word.text) for word in (*before, *after))
    if 2 * kept < _ALIKE * total:
        return None
    return [piece for run in runs for piece in _pieces(*run)]


# One sign is a word of its own, and so is a character of a script that parts no words.
_SIGN = r"!-&(-,./:-@\[-^`{-~\u00a1-\u00bf\u2010-\u2018\u201a-\u2027\u2030-\u205e\u3001-\u303f\uff01-\uff0f"
_UNPARTED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"([{_SIGN}{_UNPARTED}]|[^\s{_SIGN}{_UNPARTED}]+)(\s*)")

_Run = tuple[bool, Sequence[_Word], Sequence[_Word]]  # whether it is the same in both, and the words of each


def _words(text: str) -> list[_Word]:
    return [_Word(*match.groups()) for match in _WORD.finditer(text)]


def _runs(before: Sequence[_Word], after: Sequence[_Word]) -> Iterator[_Run]:
    """Part two texts into stretches, by turns the same and changed."""
    codes = SequenceMatcher(None, [word.text for word in before], [word.text for word in after]).get_opcodes()
    changed: tuple[list[_Word], list[_Word]] = ([], [])
    for place, (tag, a_from, a_to, b_from, b_to) in enumerate(codes):
        old, new = before[a_from:a_to], after[b_from:b_to]
        if tag == "equal" and not (0 < place < len(codes) - 1 and sum(len(word.text) for word in old) <= _SLIGHT):
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
        yield Piece(Fate.KEPT, "".join(word.text + word.gap for word in new))
        return
    gap = (new or old)[-1].gap
    if old:
        yield Piece(Fate.GONE, _joined(old))
    if new:
        yield Piece(Fate.NEW, _joined(new))
    if gap:
        yield Piece(Fate.KEPT, gap)


def _joined(words: Sequence[_Word]) -> str:
    return "".join(word.text + word.gap for word in words).rstrip()

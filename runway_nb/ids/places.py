"""Where some words are in a text, which of them are near a place, and which places look alike. No I/O."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

_ALIKE = {32: "0" * 32, 36: "00000000-0000-0000-0000-000000000000"}
_OPENING = frozenset("([")
_ZEROS = str.maketrans("123456789", "0" * 9)


class Places:
    """Where any of these words is in a text, in order.

    Args:
        text: In lower case.
        words: In lower case. They are literal, so that the time is short for a long text.
    """

    def __init__(self, text: str, words: Iterable[str]) -> None:
        present = [word for word in words if word in text]
        found = [match.start() for word in present for match in re.finditer(re.escape(word), text)]
        self.starts: Sequence[int] = sorted(found) if len(present) > 1 else found

    def __bool__(self) -> bool:
        return bool(self.starts)

    def between(self, start: int, end: int) -> Sequence[int]:
        """Return the places from `start` to before `end`."""
        return self.starts[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def any_between(self, start: int, end: int) -> bool:
        """Whether there is a place from `start` to before `end`."""
        place = bisect_left(self.starts, start)
        return place < len(self.starts) and self.starts[place] < end

    def last_before(self, end: int, reach: int, most: int) -> Sequence[int]:
        """Return up to `most` places before `end`, at most `reach` characters away, the nearest first."""
        place = bisect_left(self.starts, end)
        return [start for start in self.starts[max(0, place - most) : place][::-1] if start >= end - reach]


def with_like_words(text: str, words: Iterable[tuple[int, int]]) -> str:
    """Replace all ids of one shape by the same one, and all digits by 0, for a text of the same length.

    Args:
        text: Any text.
        words: Where the ids start and end, in order.
    """
    parts: list[str] = []
    done = 0
    for start, end in words:
        # Before a bracket, a word may be the name of a function, which starts with a letter.
        alike = text[start:end] if text[end : end + 1] in _OPENING else _ALIKE[end - start]
        parts += (text[done:start], alike)
        done = end
    parts.append(text[done:])
    return _with_zeros("".join(parts))


def _with_zeros(text: str) -> str:
    if text.isascii():
        return text.translate(_ZEROS)
    for digit in "123456789":
        text = text.replace(digit, "0")
    return text

"""Where some words are in a text, and which of them are near a place. No I/O."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence


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

"""Which words of a text are named as credentials, in code, configuration, commands and requests. No I/O.

A name is followed by its value, with only *glue* between them: quotes, separators, type annotations, wrappers. Where a
name has no value, it may mean any word in its line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from .credentials import HINTS, looks_like_secret, names_secret
from .notations import (
    COMMA_GLUE,
    DEFAULT_BEFORE,
    NAME_FIELD,
    OBJECT_EDGE,
    OWN_VALUE,
    PLAIN_GLUE,
    QUOTED_GLUE,
    TAKEN,
    TAKERS,
    USER_AFTER,
    USER_BEFORE,
    VALUE_FIELD,
    XML_GLUE,
)
from .places import Places, with_like_words
from .sections import sections

_REACH = 300  # characters between a name and its value at most
_MOST_NAMES = 6  # names before a word that are tried
_NAME = re.compile(r"[\w-]{0,60}")
_NAME_BACKWARDS = re.compile(r"[\w-]{0,40}(?:[ ][A-Za-z]{1,20}\b)?")  # far quicker than a search for the end

_LETTER_AFTER_COLON = re.compile(r":\s{0,3}[a-fA-F]")  # `OWN_VALUE` tells a number from a word
_LINE_PART = 2000  # characters of a line that a name without a value may mean
_BEFORE, _AFTER = 450, 400  # characters around a word on which the answer depends
_NEXT_LINE = 64  # characters below a name in which its value may start
_MOST_KNOWN = 4096  # answers to remember


class Naming:
    """Tells which words of a text are named as credentials.

    Most texts repeat themselves except for ids and numbers, so the answers for surroundings are remembered.

    Args:
        text: Cleaned by `logs.clean`.
        words: Where the words that look like ids start and end, in order.
    """

    def __init__(self, text: str, words: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._words = words
        self._lower = text.lower()
        self.hints = Places(self._lower, HINTS)
        self._takers = Places(self._lower, TAKERS)
        self._ats = Places(text, "@") if "://" in text else Places("", ())
        self._is_possible = bool(self.hints or self._takers or self._ats)
        self._names: dict[int, tuple[str, int, int]] = {}
        self._open_parts: dict[int, bool] = {}
        self._known: dict[str, bool] = {}
        self._line = (0, 0, False)

    def names(self, start: int, end: int) -> bool:
        """Whether the word from `start` to `end` is named as a credential."""
        if not self._is_possible:
            return self._is_half(start, end)
        if self.hints and self._in_section(start):
            return True
        near = self.hints.any_between(start - _BEFORE, start + _AFTER) or self._takers.any_between(start - 240, start)
        if not near and not self._ats.any_between(end, end + 200):
            return self._is_half(start, end)
        around = self._alike[max(0, start - _BEFORE) : start], self._alike[start : start + _AFTER]
        key = "\0".join(around)
        answer = self._known.get(key)
        if answer is None:
            answer = self._remember(key, self._is_named_nearby(start, end))
        return answer

    def may_name(self, start: int) -> bool:
        """Whether there is a name in the line of `start` that has no value, so that it may mean any word there."""
        if not self.hints.any_between(start - 2 * _LINE_PART, start + 2 * _LINE_PART):
            return False
        first, last, is_open = self._line
        if first <= start < last:
            return is_open
        first = self._text.rfind("\n", max(0, start - _LINE_PART), start) + 1
        last = self._text.find("\n", start, start + _LINE_PART)
        last = len(self._text) if last < 0 and start + _LINE_PART >= len(self._text) else last
        if (first or start < _LINE_PART) and last >= 0 and last - first <= _LINE_PART:
            self._line = first, last, self._has_open_name(first, last)
            return self._line[2]
        part = start // _LINE_PART
        return any(self._is_open_in(number, start) for number in (part - 1, part, part + 1))

    def _has_open_name(self, first: int, last: int) -> bool:
        """Whether a name in the line from `first` to `last` has no value."""
        hints = self.hints.between(first, last)
        if not hints:
            return False
        letters = [
            match.start() - first for match in _LETTER_AFTER_COLON.finditer(self._text, first, last + _NEXT_LINE)
        ]
        key = f"{self._alike[first : last + _NEXT_LINE]}{letters}"
        answer = self._known.get(key)
        if answer is None:
            answer = self._remember(key, any(self._is_open(hint, last + _NEXT_LINE) for hint in hints))
        return answer

    def _remember(self, key: str, answer: bool) -> bool:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = answer
        return answer

    @cached_property
    def _alike(self) -> str:
        """The text with all ids replaced by the same one, and all digits by 0: the same places, fewer differences."""
        return with_like_words(self._text, self._words)

    def _is_named_nearby(self, start: int, end: int) -> bool:
        if self.hints and (self._named_by_word(start) or self._in_object(start)):
            return True
        return self._is_taken(start) or self._is_user(start, end) or self._is_half(start, end)

    @cached_property
    def _sections(self) -> tuple[list[int], list[int]]:
        spans = sections(self._text, self._lower)
        return [start for start, _ in spans], [end for _, end in spans]

    def _in_section(self, start: int) -> bool:
        starts, ends = self._sections
        place = bisect_right(starts, start) - 1
        return place >= 0 and start < ends[place]

    def _named_by_word(self, start: int) -> bool:
        return any(self._leads_to(hint, start) for hint in self.hints.last_before(start, _REACH, _MOST_NAMES))

    def _leads_to(self, hint: int, start: int) -> bool:
        """Whether the name around a hint has the word at `start` as its value."""
        text = self._text
        name, begin, end = self._name_at(hint)
        if end >= start or not names_secret(name):
            return False
        mark = text[begin - 1 : begin]
        glue = QUOTED_GLUE if mark in ('"', "'") and text[end : end + 1] == mark else PLAIN_GLUE
        if glue.fullmatch(text, end, start) or (mark == "<" and XML_GLUE.fullmatch(text, end, start)):
            return True
        if not COMMA_GLUE.fullmatch(text, end, start):
            return False
        before = text[max(0, begin - 80) : begin]
        return bool(DEFAULT_BEFORE.search(before)) or not before.rpartition("\n")[2].strip("\"' \t")

    def _name_at(self, hint: int) -> tuple[str, int, int]:
        """Return a name with the word before it (``primary key``), and where the name itself starts and ends."""
        if hint not in self._names:
            match = _NAME.match(self._text, hint)
            end = match.end() if match else hint
            before = _NAME_BACKWARDS.match(self._text[max(0, hint - 62) : hint][::-1])
            context = before[0][::-1] if before else ""
            begin = hint - len(context.rpartition(" ")[2])
            self._names[hint] = context + self._text[hint:end], begin, end
        return self._names[hint]

    def _is_taken(self, start: int) -> bool:
        """Whether a client, a login or a command takes the word as its credential."""
        if not self._takers.any_between(start - 240, start):
            return False
        return bool(TAKEN.search(self._text[max(0, start - 240) : start]))

    def _is_user(self, start: int, end: int) -> bool:
        """Whether the word is in the part of a URL before ``@``."""
        if not self._ats.any_between(end, end + 200):
            return False
        before = self._text[max(0, start - 240) : start]
        return bool(USER_BEFORE.search(before) and USER_AFTER.match(self._text, end))

    def _is_half(self, start: int, end: int) -> bool:
        """Whether the word is one half of ``<id of a key>:<key>``."""
        text = self._text
        if text[end : end + 1] != ":" and text[start - 1 : start] != ":":
            return False
        return looks_like_secret(text[start : end + 33]) or looks_like_secret(text[max(0, start - 37) : end])

    def _in_object(self, start: int) -> bool:
        """Whether the word is the value in an object whose name field names a credential."""
        text = self._text
        if not self.hints.any_between(start - 400, start + 400):
            return False
        before = text[max(0, start - 400) : start]
        if not VALUE_FIELD.search(before[-60:]):
            return False
        edges = [match.start() for match in OBJECT_EDGE.finditer(before)]
        after = text[start : start + 400]
        edge = OBJECT_EDGE.search(after)
        around = before[edges[-1] if edges else 0 :] + "\n" + after[: edge.start() if edge else None]
        return any(names_secret(name) for name in NAME_FIELD.findall(around))

    def _is_open_in(self, part: int, start: int) -> bool:
        """Whether a part of the text has, in the line of `start`, a name without a value."""
        text = self._text
        line_start = text.rfind("\n", max(0, (part - 1) * _LINE_PART), start) + 1
        line_end = text.find("\n", start, (part + 2) * _LINE_PART)
        first = max(line_start, part * _LINE_PART)
        last = min((part + 1) * _LINE_PART, len(text) if line_end < 0 else line_end)
        if first >= last:
            return False
        if first not in self._open_parts:
            self._open_parts[first] = any(self._is_open(hint, len(text)) for hint in self.hints.between(first, last))
        return self._open_parts[first]

    def _is_open(self, hint: int, limit: int) -> bool:
        name, _, end = self._name_at(hint)
        return name.lower() != "pass" and names_secret(name) and not OWN_VALUE.match(self._text, end, limit)

"""Long texts and values, shortened. A service can send a megabyte anywhere; `Task.raw` has all of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..model.fields import safe_str
from ..model.text import printable_json, truncated

TEXT = 20_000
"""Characters that are drawn of a text behind a fold, such as the prompt: ten times the longest valid prompt."""
MESSAGE = 2000
"""Characters that are drawn of a text that is not folded, such as a message or a parameter."""
NAME = 200
"""Characters that are drawn of an id, a state or the name of a parameter."""

_DEEPEST = 64  # levels of a value
_LEAST_COST = 8  # characters that a number or a bracket counts as, with its indentation


def cut(text: str, most: int = TEXT) -> str:
    """Return a text, or its beginning and how much is missing."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… {len(text) - most:,} more characters, in task.raw"


def cut_name(text: str, most: int = NAME) -> str:
    """Return a text that is shown within a line, or its beginning."""
    return truncated(text, most)


def shortened(text: str, most: int = 120) -> str:
    """Return a text on one line, cut after a word if it is too long."""
    whole = text.strip()
    beginning = whole[: 20 * most]
    words = " ".join(beginning.split())
    if len(words) <= most:
        return words if len(whole) == len(beginning) else f"{words} …"
    room = most - len(" …")
    end = words.rfind(" ", 0, room + 1)
    return f"{words[: end if end > 0 else room]} …"


def as_json(value: object) -> str:
    """Return the beginning of a value as indented JSON, whatever it contains."""
    return printable_json(cut_value(value))


def as_text(value: object, most: int = MESSAGE) -> str:
    """Return the beginning of a value on one line: an object or a list as JSON, any other as Python writes it."""
    if isinstance(value, (Mapping, Sequence)) and not isinstance(value, str):
        return cut(json.dumps(cut_value(value, most), ensure_ascii=False), most)
    return cut(safe_str(value), most)


def cut_value(value: object, most: int = TEXT, *, cut_texts: bool = True) -> Any:
    """Return the beginning of a value, with only what JSON can contain. Short values are returned as an equal copy.

    Args:
        value: The value.
        most: How long it may be as indented JSON, roughly, in characters.
        cut_texts: Whether to cut the texts in it, too.
    """
    return _Beginning(most, cut_texts=cut_texts).of(value)


class _Beginning:
    def __init__(self, most: int, *, cut_texts: bool) -> None:
        self._left = most
        self._cut_texts = cut_texts

    def of(self, value: object, level: int = 0) -> Any:
        if value is None or isinstance(value, (bool, int, float)):
            self._left -= _LEAST_COST
            return value
        if isinstance(value, (Mapping, list, tuple)):
            if level == _DEEPEST:
                return "…"
            self._left -= _LEAST_COST
            return self._object(value, level) if isinstance(value, Mapping) else self._list(value, level)
        return self._text(safe_str(value))

    def _text(self, text: str) -> str:
        room, self._left = max(self._left, NAME), self._left - len(text) - _LEAST_COST
        return cut(text, room) if self._cut_texts else text

    def _object(self, value: Mapping[Any, Any], level: int) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for place, (key, child) in enumerate(value.items()):
            if self._left <= 0:
                shown["…"] = f"{len(value) - place:,} more, in task.raw"
                break
            shown[self._text(safe_str(key))] = self.of(child, level + 1)
        return shown

    def _list(self, value: Sequence[Any], level: int) -> list[Any]:
        shown: list[Any] = []
        for place, child in enumerate(value):
            if self._left <= 0:
                shown.append(f"… {len(value) - place:,} more, in task.raw")
                break
            shown.append(self.of(child, level + 1))
        return shown

"""Reads the fields of a record, in any spelling and of any type. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

_DEEPEST = 64  # levels of a JSON value
_NOTHING = frozenset({"", "-", "--", "n/a", "nan", "nil", "none", "null", "undefined"})
_MESSAGES = ("message", "msg", "detail", "error", "reason")  # where an object holds a message


class Fields:
    """Finds a field by any of its names, ignoring case and underscores. An empty value counts as absent."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = {_plain(key): value for key, value in data.items() if not _is_blank(value)}

    def get(self, *names: str) -> Any:
        """Return the first of these fields that is present, unchanged."""
        for name in names:
            if (plain := _plain(name)) in self._data:
                return self._data[plain]
        return None

    def text(self, *names: str) -> str | None:
        """Return a field as text, as `text_of` reads it."""
        return text_of(self.get(*names))

    def words(self, *names: str) -> str | None:
        """Return the first of these fields that says something, as `message_of` reads it; ``"null"`` does not."""
        texts = (message_of(self.get(name)) for name in names)
        return next((text for text in texts if text and text.lower() not in _NOTHING), None)

    def reference(self, *names: str) -> str | None:
        """Return the first of these fields that is an id or a link; ``0`` also counts as absent."""
        texts = (self.words(name) for name in names)
        return next((text for text in texts if text and text.strip("0.")), None)

    def mapping(self, *names: str) -> Mapping[str, Any]:
        """Return a field as an object, which may be sent as a JSON string; an empty one if it is neither."""
        value = self.get(*names)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return {}
        return value if isinstance(value, Mapping) and not nested_too_deeply(value) else {}


def text_of(value: object) -> str | None:
    """Return a value as text, an object or a list as JSON; None if it is empty."""
    if _is_blank(value) or nested_too_deeply(value):
        return None
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def message_of(value: object) -> str | None:
    """Return a value as text, as `text_of`; an object that carries a message is read as the message."""
    if isinstance(value, Mapping) and not nested_too_deeply(value):
        fields = Fields(value)
        for name in _MESSAGES:
            if isinstance(fields.get(name), (str, Mapping)):
                return message_of(fields.get(name))
    return text_of(value)


def _is_blank(value: object) -> bool:
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())


def nested_too_deeply(value: object) -> bool:
    """Whether a JSON value has more levels than any real record, and perhaps more than Python can serialize."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [child for each in level for child in _children(each)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


@lru_cache(maxsize=256)  # the same few names in every record
def _plain(name: object) -> str:
    return str(name).replace("_", "").lower()


def flag(value: object) -> bool | None:
    """Read a flag, sent as 1, "1" or true; None if it is absent."""
    word = (text_of(value) or "").lower()
    return None if word in _NOTHING else word in ("1", "1.0", "true", "yes", "y", "on")


def integer(value: object) -> int | None:
    """Read a whole number, sent as 400, "400" or 400.0; None if the value is not one."""
    try:
        return int((text_of(value) or "").removesuffix(".0"))
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """Read a time: naive as documented, aware if sent with a zone or as epoch seconds or milliseconds (UTC)."""
    if value is None or isinstance(value, bool):
        return None
    text = text_of(value) or ""
    try:
        if re.fullmatch(r"\d{9,}(\.\d+)?", text):
            return _from_epoch(float(text))
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError):
        return None


def _from_epoch(number: float) -> datetime:
    milliseconds = number >= 1e11  # as seconds that would be the year 5138
    return datetime.fromtimestamp(number / 1000 if milliseconds else number, timezone.utc)

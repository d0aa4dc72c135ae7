"""Reads the fields of a record, in any spelling and of any type. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

_DEEPEST = 64  # levels of a JSON value
_SCALARS = (str, int, float, type(None))
_CONTAINERS = (dict, list, Mapping)  # the first two are all that JSON has, and quicker to recognize
_LONGEST_NAME = 100  # characters of a key; no field has a longer name
_LONGEST_NUMBER = 64  # characters of a number or a time
_YEARS = range(1970, 3000)  # what can be added to, subtracted and written in every time zone
_NOTHING = frozenset({"", "-", "--", "n/a", "nan", "nil", "none", "null", "undefined"})
_MESSAGES = ("message", "msg", "detail", "error", "reason")  # where an object holds a message


class Fields:
    """Finds a field by any of its names, ignoring case and underscores. An empty value counts as absent."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = {
            plain_name(key): value
            for key, value in data.items()
            if isinstance(key, str) and len(key) <= _LONGEST_NAME and not _is_blank(value)
        }

    def get(self, *names: str) -> Any:
        """Return the first of these fields that is present, unchanged."""
        for name in names:
            if (plain := plain_name(name)) in self._data:
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
    if isinstance(value, str):
        return value.strip() or None
    return None if _is_blank(value) or nested_too_deeply(value) else _as_json(value)


def message_of(value: object) -> str | None:
    """Return a value as text, as `text_of`; an object that carries a message is read as the message."""
    if not isinstance(value, Mapping):
        return text_of(value)
    if not value or nested_too_deeply(value):
        return None
    while isinstance(value, Mapping):
        fields = Fields(value)
        found = (fields.get(name) for name in _MESSAGES)
        message = next((each for each in found if isinstance(each, (str, Mapping))), None)
        if message is None:
            return _as_json(value)
        value = message
    return text_of(value)


def scalar_of(value: object) -> str:
    """Return a text, a number or a flag as text; "" for anything else."""
    return (text_of(value) or "") if isinstance(value, (str, int, float)) else ""


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, (Mapping, list)) and not value)


def nested_too_deeply(value: object) -> bool:
    """Whether a JSON value has more levels than any real record, and perhaps more than Python can serialize."""
    level: list[Any] = [value] if isinstance(value, _CONTAINERS) else []
    for _ in range(_DEEPEST):
        level = [
            child
            for each in level
            for child in (each if isinstance(each, list) else each.values())
            if not isinstance(child, _SCALARS) and isinstance(child, _CONTAINERS) and child
        ]
        if not level:
            return False
    return True


def plain_name(name: str) -> str:
    """Return a field's name as it is compared: without underscores and in lower case."""
    return name.replace("_", "").lower()


def _as_json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, skipkeys=True, default=safe_str)
    except (ValueError, RecursionError):  # an object that contains itself
        return safe_str(value)


def safe_str(value: object) -> str:
    """Return ``str(value)``; if that raises, the name of the type."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001  # a foreign type's own method
        return f"<{type(value).__name__}>"


def flag(value: object) -> bool | None:
    """Read a flag, sent as 1, "1" or true; None if it is absent."""
    word = scalar_of(value).lower()
    return None if word in _NOTHING else word in ("1", "1.0", "true", "yes", "y", "on")


def integer(value: object) -> int | None:
    """Read a whole number, sent as 400, "400" or 400.0; None if the value is not one."""
    text = scalar_of(value)
    try:
        return int(text.removesuffix(".0")) if len(text) <= _LONGEST_NUMBER else None
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """Read a time: naive as documented; in UTC if sent with a zone or as epoch seconds or milliseconds.

    The result is None for a time outside the years 1970 to 2999: no task ended then, and times at either end of the
    calendar cannot be converted, added to or subtracted.
    """
    text = "" if isinstance(value, bool) else scalar_of(value)
    if len(text) > _LONGEST_NUMBER:
        return None
    try:
        at = _from_epoch(float(text)) if re.fullmatch(r"\d{9,}(\.\d+)?", text) else _from_iso(text)
    except (ValueError, OverflowError, OSError):
        return None
    return at if at.year in _YEARS else None


def _from_iso(text: str) -> datetime:
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return at if at.tzinfo is None else at.astimezone(timezone.utc)


def _from_epoch(number: float) -> datetime:
    milliseconds = number >= 1e11  # as seconds that would be the year 5138
    return datetime.fromtimestamp(number / 1000 if milliseconds else number, timezone.utc)

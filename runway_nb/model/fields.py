"""Reads the fields of a record, in any spelling and of any type. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

_DEEPEST = 64  # levels of a JSON value


class Fields:
    """Finds a field by any of its names, ignoring case and underscores. An empty value counts as absent."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = {_plain(key): value for key, value in data.items() if value not in (None, "")}

    def get(self, *names: str) -> Any:
        """Return the first of these fields that is present, unchanged."""
        for name in names:
            if (plain := _plain(name)) in self._data:
                return self._data[plain]
        return None

    def text(self, *names: str) -> str | None:
        """Return a field as text; None for an object or a list."""
        value = self.get(*names)
        if value is None or isinstance(value, (dict, list)):
            return None
        return str(value).strip() or None

    def mapping(self, *names: str) -> Mapping[str, Any]:
        """Return a field as an object, which may be sent as a JSON string; an empty one if it is neither."""
        value = self.get(*names)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return {}
        return value if isinstance(value, Mapping) and not nested_too_deeply(value) else {}


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
    if value is None:
        return None
    return str(value).strip().lower() in ("1", "1.0", "true", "yes")


def integer(value: object) -> int | None:
    """Read a whole number; None if the value is not one."""
    try:
        return int(str(value).strip())
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """Read a time: naive as documented, aware if sent with a zone or as epoch seconds or milliseconds (UTC)."""
    if value is None or isinstance(value, bool):
        return None
    text = str(value).strip()
    try:
        if re.fullmatch(r"\d{9,}(\.\d+)?", text):
            return _from_epoch(float(text))
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError):
        return None


def _from_epoch(number: float) -> datetime:
    milliseconds = number >= 1e11  # as seconds that would be the year 5138
    return datetime.fromtimestamp(number / 1000 if milliseconds else number, timezone.utc)

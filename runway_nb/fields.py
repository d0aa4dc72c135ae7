"""Reading a record's fields, however the service spells and types them. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

_DEEPEST = 64  # levels of a JSON value


class Fields:
    """Look-up of a field by any of its names, whatever their case and underscores; empty counts as absent."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = {_plain(key): value for key, value in data.items() if value not in (None, "")}

    def get(self, *names: str) -> Any:
        """Return the first of these that is there, as it came."""
        for name in names:
            if (plain := _plain(name)) in self._data:
                return self._data[plain]
        return None

    def text(self, *names: str) -> str | None:
        """Return it as text, None for an object or a list."""
        value = self.get(*names)
        if value is None or isinstance(value, (dict, list)):
            return None
        return str(value).strip() or None

    def mapping(self, *names: str) -> Mapping[str, Any]:
        """Return it as an object, which may have come as a JSON string; else an empty one."""
        value = self.get(*names)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return {}
        return value if isinstance(value, Mapping) and not nested_too_deeply(value) else {}


def nested_too_deeply(value: object) -> bool:
    """Whether a JSON value has more levels than any record, and perhaps more than Python can write out again."""
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
    """Read a flag, sent as 1, "1" or true; None where there is none."""
    if value is None:
        return None
    return str(value).strip().lower() in ("1", "1.0", "true", "yes")


def integer(value: object) -> int | None:
    """Read a whole number; None where there is none."""
    try:
        return int(str(value).strip())
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """Read a time: naive as documented, aware where it came with a zone or as epoch seconds or milliseconds (UTC)."""
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

"""What a task id looks like, how one is read from a value, and when two are the same. No I/O."""

from __future__ import annotations

import re

LONGEST_ID = 200
"""Characters of an id that a task can have."""

UUID_PATTERN = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
"""The usual shape, as a part of larger patterns."""

# A search is much quicker if the pattern starts with a character: what is before it is checked afterwards.
SHAPE: re.Pattern[str] = re.compile(
    r"[0-9a-fA-F](?<![0-9A-Za-z].)"
    r"(?:[0-9a-fA-F]{7}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{31})(?![0-9A-Za-z])",
    re.DOTALL,
)
"""A UUID or 32 hex digits as a whole word. An id may have another shape, but no other shape is found in a text."""

ANY_SHAPE: re.Pattern[str] = re.compile(rf"[0-9A-Za-z][\w.:~-]{{0,{LONGEST_ID - 1}}}", re.ASCII)
"""A single word, which is an id of any shape where an id is expected."""

_MISSING_TYPES = frozenset({"NAType", "NaTType", "Null"})  # pandas' two, and polars'


def is_missing(value: object) -> bool:
    """Whether a value means "nothing here": None, blank text, NaN, NaT or a data frame's own mark for it."""
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return True
    if isinstance(value, str):
        return not value.strip()
    if hasattr(type(value), "__len__"):
        return False  # a comparison would go through a whole table
    try:
        unequal = value != value  # noqa: PLR0124  # only NaN and numpy's NaT differ from themselves
    except Exception:  # noqa: BLE001  # a foreign type's own comparison
        return False
    return unequal is True or (type(unequal).__name__ in ("bool", "bool_") and bool(unequal))


def as_text(value: object) -> str | None:
    """Read a single task id.

    Args:
        value: A string (also numpy's) or a `uuid.UUID`.

    Returns:
        The id without the whitespace around it; None if the value is missing.

    Raises:
        TypeError: If the value is of another type.
    """
    if is_missing(value):
        return None
    if isinstance(value, str) or _is_uuid(value):
        return str(value).strip()
    raise TypeError(f"A task id must be a string, not {type(value).__name__}.")


def _is_uuid(value: object) -> bool:
    # Importing uuid takes longer than everything else that loading the extension needs.
    return any(kind.__name__ == "UUID" and kind.__module__ == "uuid" for kind in type(value).__mro__)


def canonical(task_id: str) -> str:
    """Return a form of an id that is equal for two spellings of one UUID: with or without hyphens, in any case."""
    word = task_id.strip()
    return word.replace("-", "").lower() if SHAPE.fullmatch(word) else word

"""The named fields of a value: of a dict, a row, a named tuple, a dataclass or another record. No I/O."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import re
from collections.abc import ItemsView, Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from ..model.task_id import SHAPE, is_missing
from .credentials import names_secret

VALUE_FIELDS = frozenset({"value", "val", "content", "data", "default", "text"})
"""The field that holds the value in an object with one field for the name and one for the value."""

_NAME_FIELDS = frozenset({"name", "key", "header", "field", "label", "variable"})


def own(value: object, name: str) -> Any:
    """Return an attribute that a value's class or instance really has, without running its ``__getattr__``; or None."""
    try:
        inspect.getattr_static(value, name)
    except AttributeError:
        return None
    return getattr(value, name, None)


def offers(value: object, *names: str) -> bool:
    """Whether the class of a value has all of these."""
    return all(hasattr(type(value), name) for name in names)


def plain(name: object) -> str:
    """Return a name in one spelling: lower case, without separators."""
    return re.sub(r"[\W_]", "", str(name)).lower()


def pairs_of(value: Any) -> list[tuple[Any, Any]] | None:
    """Return the names and values of a record; None if the value is not one."""
    if isinstance(value, (Mapping, ItemsView)):
        return list(value.items() if isinstance(value, Mapping) else value)
    if isinstance(value, type):
        return None
    if offers(value, "_mapping") and isinstance(value._mapping, Mapping):  # noqa: SLF001  # a public name of SQLAlchemy
        return list(value._mapping.items())  # noqa: SLF001  # as above
    if isinstance(value, tuple) and offers(value, "_fields"):
        return list(zip(getattr(value, "_fields", ()), value, strict=False))
    if dataclasses.is_dataclass(value):
        return [(field.name, getattr(value, field.name, None)) for field in dataclasses.fields(value)]
    return _pairs_by_interface(value)


def _pairs_by_interface(value: Any) -> list[tuple[Any, Any]] | None:
    kinds = (SimpleNamespace, argparse.Namespace)
    if isinstance(value, kinds) or offers(value, "__attrs_attrs__") or offers(value, "model_fields"):
        return [(name, getattr(value, name, None)) for name in getattr(value, "__dict__", ())]
    if offers(value, "keys", "__getitem__", "__len__") and not offers(value, "columns") and not offers(value, "dtype"):
        return [(key, value[key]) for key in value.keys()]  # noqa: SIM118  # sqlite3.Row iterates over its values
    if (names := structure_of(value)) and not value.ndim:
        return list(zip(names, value.tolist(), strict=False))
    return None


def structure_of(value: Any) -> tuple[str, ...] | None:
    """Return the field names of numpy's structured arrays and their rows; None for other values."""
    if not offers(value, "dtype", "tolist", "ndim"):
        return None
    names = getattr(value.dtype, "names", None)
    return names if isinstance(names, tuple) else None


def names_its_value(pairs: Iterable[tuple[Any, Any]]) -> bool:
    """Whether a record names a credential in one field: ``{"name": "Authorization", "value": …}``."""
    return any(plain(key) in _NAME_FIELDS and isinstance(item, str) and names_secret(item) for key, item in pairs)


def is_row(items: object, read: list[Any], *, nested: bool) -> bool:
    """Whether items are the fields of a row, where only words with the shape of an id are ids.

    Args:
        items: The list or tuple.
        read: What it holds.
        nested: Whether it is in another one.
    """
    if any(isinstance(item, (int, float, Decimal, date)) and not is_missing(item) for item in read):
        return True
    return (nested or isinstance(items, tuple)) and any(
        isinstance(item, str) and SHAPE.fullmatch(item.strip()) for item in read
    )

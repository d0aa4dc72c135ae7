"""The columns of tables, and which of them holds the task ids: pandas, polars, pyarrow, numpy. No I/O.

Kinds are recognized by the attributes of their classes, so that none of these packages is imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from ..model.task_id import SHAPE, is_missing
from .credentials import names_secret
from .fields import offers, own, plain, structure_of
from .search import is_of_other

Column = tuple[Any, Any]
"""A column's label and its values."""

_INDEX = object()  # marks an index without a name
QUERIES = ("collect", "fetchall", "compute")
"""Methods of queries whose result is not known yet, so that they hold no values."""

_TO_LIST = ("to_pylist", "to_list", "tolist", "as_py")
_MOST_LISTED = 8  # columns that a message lists


class UnclearTableError(ValueError):
    """A table without one clear column of task ids."""


def columns_of(value: Any) -> list[Column] | None:  # noqa: PLR0911  # one for each kind of table
    """Return the columns of a table, including those of its index; None if the value is not one."""
    if isinstance(value, type):
        return None
    if offers(value, "column_names", "column"):  # pyarrow
        return [(name, value.column(place)) for place, name in enumerate(value.column_names)]
    if offers(value, "columns", "iloc"):  # pandas: labels may repeat
        columns = [(label, value.iloc[:, place]) for place, label in enumerate(value.columns)]
        return columns + _levels(value.index)
    if offers(value, "columns", "get_column"):  # polars
        return [(name, value.get_column(name)) for name in value.columns]
    if offers(value, "nlevels", "get_level_values") and value.nlevels > 1:
        return _levels(value)
    if names := structure_of(value):
        return [(name, value[name]) for name in names]
    if offers(value, "columns", "__getitem__") and not any(offers(value, query) for query in QUERIES):
        return [(label, value[label]) for label in value.columns]
    if offers(value, "to_html", "to_latex") and (styled := own(value, "data")) is not None:  # pandas' Styler
        return columns_of(styled)
    return None


def named_part(value: Any) -> Any:
    """Return the part of a pandas Series that is named as its task ids: its index, or one label; None if none is."""
    index = getattr(value, "index", None) if offers(value, "index", "tolist", "iloc") else None
    if index is None:
        return None
    if plain(index.name) == "taskid" and not plain(value.name).endswith("taskid"):
        return index.tolist()
    values = value.tolist()
    labels = [plain(label) for label in index.tolist()]
    return [item for label, item in zip(labels, values, strict=True) if label == "taskid"] or None


def values_of(value: Any) -> list[Any] | None:
    """Return what a column, an array or a scalar of these packages holds; None if the value is none of them.

    A column that is named as a credential, or as the ids of something else, holds nothing.
    """
    if isinstance(value, type):
        return None
    method = next((each for each in _TO_LIST if offers(value, each)), None)
    if method is None:
        return None
    if _is_foreign(getattr(value, "name", None)):
        return []
    held = getattr(value, method)()
    items = held if isinstance(held, list) else [held]
    if offers(value, "index", "iloc"):  # a Series: its labels may name a row's fields
        return [item for label, item in zip(value.index.tolist(), items, strict=True) if not _is_foreign(label)]
    return items


def ids_among(columns: list[Column]) -> list[list[Any]]:
    """Choose the columns of ids: by their name, or because no other column holds only ids.

    Returns:
        The values of each. There are several if they have the same name.

    Raises:
        UnclearTableError: If there is no such column, or there are several with different names.
    """
    usable = [(label, column) for label, column in columns if not _is_foreign(label)]
    named = [_name(label) for label, _ in usable if _name(label).endswith("taskid")]
    if named:
        best = min(named, key=lambda name: (name != "taskid", "parent" in name))
        return [_list(column) for label, column in usable if _name(label) == best]
    alike = [(label, column) for label, column in usable if _all_ids(_list(column))]
    if len(alike) == 1:
        return [_list(alike[0][1])]
    found = "several columns of task ids" if alike else "no column of task ids"
    labels = [label for label, _ in alike or columns if alike or label is not _INDEX]
    listed = ", ".join("the index" if label is _INDEX else str(label) for label in labels[:_MOST_LISTED])
    listed += ", …" if len(labels) > _MOST_LISTED else ""
    within = f" ({listed})" if listed else ""
    raise UnclearTableError(f"The table has {found}{within}. Give the column itself, such as df['task_id'].")


def _levels(index: Any) -> list[Column]:
    names = [_INDEX if name is None else name for name in index.names]
    return [(name, index.get_level_values(place)) for place, name in enumerate(names)]


def _name(label: Any) -> str:
    """Return a label in one spelling; of several levels, the last that is not empty."""
    if isinstance(label, tuple):
        label = next((level for level in reversed(label) if not is_missing(level)), "")
    return "" if label is _INDEX else plain(label)


def _is_foreign(label: Any) -> bool:
    levels = label if isinstance(label, tuple) else (label,)
    return any(isinstance(level, str) and (names_secret(level) or is_of_other(level)) for level in levels)


def _list(column: Any) -> list[Any]:
    method = next((each for each in _TO_LIST if offers(column, each)), None)
    return list(column if method is None else getattr(column, method)())


def _all_ids(values: Iterable[Any]) -> bool:
    present = False
    for value in values:
        if is_missing(value):
            continue
        if not isinstance(value, (str, UUID)) or not SHAPE.fullmatch(str(value).strip()):
            return False
        present = True
    return present

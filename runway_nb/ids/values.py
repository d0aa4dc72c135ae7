"""Read the task ids in a variable's value: what each kind of value holds. No I/O.

Kinds are recognized by the attributes of their classes, so that no package is imported for it. Attributes are looked
up without running an object's ``__getattr__``, which may answer everything or open a connection.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Collection, Iterable, Mapping, ValuesView
from itertools import islice
from types import ModuleType
from typing import Any
from uuid import UUID

from ..model.task_id import ANY_SHAPE, SHAPE, is_missing
from ..service.key import Secret
from . import fields, frames
from .credentials import looks_like_secret, names_secret
from .search import find, is_of_other, single_id

MOST_ITEMS = 100_000
"""Items to read from one iterable at most: a generator may be endless."""

_DEEPEST = 60
_HOLDERS = ("task_id", "task", "task_ids", "tasks")
_INTERACTIVE = type(iter(int, 1))  # iter(input, ""): each step may wait for a person


class UnreadableError(ValueError):
    """A value that holds no ids, with one sentence that says what to give."""


class Reader:
    """Collects the ids in a value.

    Args:
        secrets: The keys in use, which are never ids.

    Attributes:
        ids: The ids found so far, with duplicates.
        left_out: How many words in texts may be credentials.
    """

    def __init__(self, secrets: Collection[Secret]) -> None:
        self._secrets = secrets
        self._seen: dict[tuple[int, bool], object] = {}
        self.ids: list[str] = []
        self.left_out = 0

    def read(self, value: object) -> None:
        """Add the ids in a value.

        Raises:
            ValueError: If it cannot hold ids, or cannot be read.
        """
        try:
            self._walk(value)
        except (UnreadableError, frames.UnclearTableError):
            raise
        except Exception as error:  # noqa: BLE001  # any object's own code may have raised it
            raise UnreadableError(
                f"A value of type {type(value).__name__} could not be read ({type(error).__name__}). "
                "Give its ids as a list."
            ) from None

    def _walk(self, value: Any, *, inside: bool = False, depth: int = 0) -> None:
        """Add the ids in a value. `inside` a response or a row, only certain ids count, and no value is an error."""
        if isinstance(value, (bytes, bytearray)):
            value = value.decode("utf-8", "replace")
        if is_missing(value):
            return
        if isinstance(value, (str, UUID)):
            self._add_text(str(value), inside=inside)
        elif (id(value), inside) not in self._seen and depth < _DEEPEST:
            self._seen[id(value), inside] = value  # kept, so that its id is not used again
            self._open(value, inside=inside, depth=depth + 1)

    def _open(self, value: Any, *, inside: bool, depth: int) -> None:
        """Read a value that holds others."""
        pairs = fields.pairs_of(value)
        if pairs is not None and fields.own(value, "task_id") is None:
            self._add_pairs(pairs, depth)
        elif (columns := frames.columns_of(value)) is not None:
            self._add_all(frames.ids_among(columns), depth)
        elif (named := frames.named_part(value)) is not None:
            self._add_all(named, depth)
        elif (column := frames.values_of(value)) is not None:
            self._add_items(column, inside=inside, depth=depth)
        elif (held := self._held(value)) is not None:
            self._add_all(held, depth)
        elif (text := fields.own(value, "text")) is not None and isinstance(text, str):
            self._add_text(text, inside=True)  # an HTTP response
        elif (items := _items(value)) is not None:
            self._add_items(items, inside=inside, depth=depth)
        elif not inside and not isinstance(value, Exception):
            raise UnreadableError(_hint(value))

    @staticmethod
    def _held(value: Any) -> Any:
        found = (fields.own(value, name) for name in _HOLDERS)
        return next((held for held in found if held is not None and not callable(held)), None)

    def _add_text(self, text: str, *, inside: bool) -> None:
        word = text.strip()
        if not inside and ANY_SHAPE.fullmatch(word):
            self.ids += [found] if (found := single_id(word, self._secrets)) else []
            return
        if looks_like_secret(word):
            return
        found_in_text = find(text, self._secrets)
        self.ids += found_in_text.ids
        self.left_out += found_in_text.left_out

    def _add_pairs(self, pairs: list[tuple[Any, Any]], depth: int) -> None:
        names = {fields.plain(key) for key, _ in pairs}
        # Older samples name the task by "id" and have no "taskId".
        own = ("id", "parentid") if "state" in names and "taskid" not in names else ()
        named_by_field = fields.names_its_value(pairs)
        for key, item in pairs:
            name = fields.plain(key)
            if name.endswith(("taskid", "taskids")) or name in own:
                self._add_all(item, depth)
                continue
            if isinstance(key, (str, UUID)) and SHAPE.fullmatch(str(key).strip()):  # results by task id
                self._add_text(str(key), inside=False)
            secret = names_secret(str(key)) or (named_by_field and name in fields.VALUE_FIELDS)
            if not secret and not is_of_other(str(key)):
                self._walk(item, inside=True, depth=depth)

    def _add_all(self, value: Any, depth: int) -> None:
        """Add a value whose name says that it holds ids. Numbers count, as in older samples."""
        column = frames.values_of(value)
        items = value if column is None else column
        if isinstance(items, (list, tuple, set, frozenset, deque)) and fields.pairs_of(items) is None:
            if depth < _DEEPEST and (id(items), False) not in self._seen:
                self._seen[id(items), False] = items
                for item in items:
                    self._add_all(item, depth + 1)
        elif isinstance(items, int) and not isinstance(items, bool):
            self.ids += [str(items)] if items else []
        else:
            self._walk(items, depth=depth)

    def _add_items(self, items: Iterable[Any], *, inside: bool, depth: int) -> None:
        """Add the ids in a list, column or row. Numbers beside them are passed over."""
        read = list(islice(items, MOST_ITEMS))
        if len(read) == 2 and isinstance(read[0], str) and names_secret(read[0]) and not SHAPE.fullmatch(read[0]):
            return  # ("Authorization", "…"), as in a list of headers
        texts = [item for item in read if isinstance(item, (str, UUID))]
        row = fields.is_row(items, read, nested=depth > 1)
        refused: UnreadableError | None = None
        for item in read:
            if refused and isinstance(item, (int, float)):
                continue  # one number has been refused, so all are: there may be very many
            try:
                self._walk(item, inside=inside or (row and isinstance(item, str)), depth=depth)
            except UnreadableError as error:
                refused = refused or error
        if refused and not texts and not self.ids:
            raise refused


def _items(value: Any) -> Iterable[Any] | None:
    """Return what an iterable holds; None if it is none, or reading it may wait for a person or never end."""
    if isinstance(value, (type, ModuleType, io.IOBase, _INTERACTIVE)):
        return None
    if isinstance(value, ValuesView) and isinstance(mapping := getattr(value, "mapping", None), Mapping):
        return [item for key, item in mapping.items() if not names_secret(str(key)) and not is_of_other(str(key))]
    waiting = fields.own(value, "queue")
    if isinstance(waiting, (deque, list)):  # queue.Queue: read without taking anything out
        return list(waiting)
    return value if isinstance(value, Iterable) else None


def _hint(value: object) -> str:
    kind = type(value).__name__
    if isinstance(value, io.IOBase):
        return f"A file ({kind}) is not read. Give its text, such as file.read()."
    for method in frames.QUERIES:
        if callable(getattr(type(value), method, None)):
            return f"A {kind} is a query whose result is not known yet. Give the result, such as value.{method}()."
    return (
        f"A value of type {kind} cannot hold task ids. "
        "Give an id, a text, a Task, a response, or a list, dict, Series or DataFrame of these."
    )

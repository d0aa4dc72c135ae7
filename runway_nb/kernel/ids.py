"""Find the task ids in a text or in a variable's value. No I/O.

Every id found here is looked up and so leaves the machine. Ids that belong to something else (a video, a request,
a key) are therefore skipped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

MOST_ITEMS = 100_000
"""Items to read from one iterable at most: a generator may be endless."""

_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_SHAPE = re.compile(rf"(?<![0-9A-Za-z])(?:{_UUID}|[0-9a-fA-F]{{32}})(?![0-9A-Za-z])")
_ANY_SHAPE = re.compile(r"[0-9A-Za-z][\w.:~-]{0,199}", re.ASCII)
_PLACEHOLDERS = frozenset({"", "0", "null", "none", "undefined", "nil", "nan", "n.a.", "true", "false", "string"})

# The key in any spelling ("parentTaskId" ends in it), the separator, and the value. An unquoted value that
# continues as code is not an id, as in a traceback: `task_id=uuid4()`, `task_id=task2.id`.
_KEYED = re.compile(
    r"[tT][aA][sS][kK][ _-]?[iI][dD](?P<gap>\\{0,4}[\"']?[ \t]{0,20}(?:=>?|:)[ \t]{0,20}|[ \t]{1,20})"
    r"(?:\\{0,4}[\"'](?P<quoted>[0-9A-Za-z][\w.:~-]{0,199})\\{0,4}[\"']"
    r"|(?P<bare>[0-9A-Za-z][\w-]{0,199})(?![\w(\[-]|\.\w))",
    re.ASCII,
)
_SHORTEST_LOOSE = 8  # characters of an id after "task id" without a separator: skips "task id 20 of 30"

# Words before an id of something else. An API key has the shape of an id and must not be sent as one.
_THINGS = ("video", "image", "file", "asset", "request", "trace", "span", "correlation", "session", "kernel", "user")
_SECRETS = ("key", "token", "secret", "password", "bearer", "authorization", "signature", "digest", "hash", "md5")
_OTHER_KEYS = (*(thing + word for thing in _THINGS for word in ("id", "uuid")), *_SECRETS)
_LINK = re.compile(r"https?:\\?/\\?/[^\s\"'<>]*$", re.IGNORECASE)
_MEDIA = re.compile(r"\.(?:mp4|mov|webm|gif|png|jpe?g|webp)\b", re.IGNORECASE)
_CONTEXT = 400  # characters before and after an id that can show what it belongs to


def find_task_ids(text: str) -> list[str]:
    """Find the task ids in a log, a JSON dump, a traceback or any other text.

    It finds UUIDs, separate groups of 32 hex digits, and the value of ``taskId`` in any spelling and of any
    shape. It also finds the value of ``parentTaskId``, because a parent is a task. It skips placeholders such as
    ``null``, ids that the word before them assigns to something else (``videoId``, ``request id``, ``api_key``),
    and ids in the links of clips and pictures.

    Args:
        text: The text. The time taken is linear in its length.

    Returns:
        The ids in order, without duplicates. Two spellings of one UUID count as one id, in its first spelling.
    """
    spans = [match.span(match.lastgroup or 0) for match in _KEYED.finditer(text) if _is_value(match)]
    spans += [match.span() for match in _SHAPE.finditer(text) if _is_task_id(text, match)]
    return _unique(text[start:end] for start, end in _outermost(spans))


def task_ids_in(value: object) -> list[str]:
    """Find the task ids in a variable's value.

    Args:
        value: An id or a text, a `Task`, an API response (as a dict, or as the HTTP library's object), a pandas
            Series or DataFrame, a numpy array, or a dict or iterable of these. An iterator is consumed.

    Returns:
        The ids in order, without duplicates. Missing values, and errors that name no task, are skipped.

    Raises:
        ValueError: If a value of this type cannot hold task ids, or it is a table without one clear column of them.
    """
    return _unique(_walk(value))


def _is_value(match: re.Match[str]) -> bool:
    """Whether the text after a task id's key is an id, not a placeholder, a variable or the next word."""
    quoted, bare = match["quoted"], match["bare"]
    if quoted:
        return quoted.lower() not in _PLACEHOLDERS
    if bare in _PLACEHOLDERS or not any(char.isdigit() for char in bare):
        return False
    return bool(match["gap"].strip()) or len(bare) >= _SHORTEST_LOOSE


def _is_task_id(text: str, match: re.Match[str]) -> bool:
    """Whether an id is not part of something longer, and nothing around it says that it belongs to something else."""
    start, end = match.span()
    before = text[max(0, start - _CONTEXT) : start]
    if "-" in match[0]:
        longer = before[-1:] == "-" and before[-2:-1].isalnum()
    else:
        longer = before[-1:] in ("-", "_") or text[end : end + 1] in ("-", "_")
    return not (longer or _is_other(before) or _in_media_link(before, text[end : end + _CONTEXT]))


def _in_media_link(before: str, after: str) -> bool:
    """Whether an id is in the link of a clip or picture, in its path or its signature."""
    link = _LINK.search(before) if "//" in before or "/\\/" in before else None
    return link is not None and bool(_MEDIA.search(link[0] + re.split(r"[\s\"'<>]", after, maxsplit=1)[0]))


def _is_other(before: str) -> bool:
    """Whether the words before an id, or its key, say that it belongs to something else."""
    words = before[-40:].rstrip("\\\"' \t=:>").lower()
    return re.sub("[ _-]", "", words).endswith(_OTHER_KEYS)


def _outermost(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last_end = 0
    for start, end in sorted(spans):
        if start >= last_end:
            yield start, end
            last_end = end


def _unique(ids: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for task_id in ids:
        first.setdefault(task_id.replace("-", "").lower() if _SHAPE.fullmatch(task_id) else task_id, task_id)
    return list(first.values())


def _walk(value: Any, *, inside: bool = False) -> Iterator[str]:
    """Yield the ids in a value. `inside` a response, only certain ids count, and no value is an error."""
    if _is_missing(value):
        return
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        yield from find_task_ids(value) if inside else _from_text(value)
    elif isinstance(value, Mapping):
        yield from _from_mapping(value)
    elif (named := _named(value)) is not None:
        yield from _keyed(named)
    elif hasattr(value, "tolist"):  # numpy's and pandas' own
        yield from _walk(value.tolist(), inside=inside)
    elif isinstance(value, Iterable):
        for item in islice(value, MOST_ITEMS):
            yield from _walk(item, inside=inside)
    elif not inside and not isinstance(value, Exception):
        raise ValueError(
            f"A value of type {type(value).__name__} cannot hold task ids. "
            "Give an id, a text, a Task, a response, or a list, dict, Series or DataFrame of these."
        )


def _from_text(text: str) -> list[str]:
    word = text.strip()
    if _ANY_SHAPE.fullmatch(word):
        return [] if word.lower() in _PLACEHOLDERS else [word]
    return find_task_ids(text)


def _from_mapping(mapping: Mapping[Any, Any]) -> Iterator[str]:
    names = {_plain(key) for key in mapping}
    # Older samples name the task by "id" and have no "taskId".
    own = ("id", "parentid") if "state" in names and "taskid" not in names else ()
    for key, item in mapping.items():
        name = _plain(key)
        if name.endswith(("taskid", "taskids")) or name in own:
            yield from _keyed(item)
            continue
        if _is_id(key):  # results by task id
            yield key
        if not _is_other(str(key)):
            yield from _walk(item, inside=True)


def _keyed(value: Any) -> Iterator[str]:
    """Yield the ids in a value whose key says that it holds ids. Numbers count, as in older samples."""
    if isinstance(value, int) and not isinstance(value, bool):
        yield from [str(value)] if value else []
    elif hasattr(value, "tolist"):
        yield from _keyed(value.tolist())
    elif isinstance(value, (list, tuple, set)):
        for item in value:
            yield from _keyed(item)
    else:
        yield from _walk(value)


def _named(value: Any) -> Any:
    """Return the part of a value that is named as its task ids (attribute, column, index or label), or None."""
    if hasattr(value, "columns"):
        return _column(value)
    index: Any = getattr(value, "index", None)
    if hasattr(index, "tolist"):  # a Series: a column, or a row
        if _plain(getattr(index, "name", None)) == "taskid" and not _plain(value.name).endswith("taskid"):
            return index
        return next((value[label] for label in index.tolist() if _plain(label) == "taskid"), None)
    names = ("task_id", "task", "task_ids", "tasks", "text")  # the last is an HTTP response's
    found = (getattr(value, name, None) for name in names)
    return next((it for it in found if it is not None and not callable(it)), None)


def _column(table: Any) -> Any:
    """Choose the column of ids: by its name, or because no other column holds only ids.

    Raises:
        ValueError: If there is no such column, or several.
    """
    columns = {column: table[column] for column in table.columns}
    index = getattr(table, "index", None)
    if hasattr(index, "tolist"):
        columns.setdefault(getattr(index, "name", None), index)
    named = [name for name in columns if _plain(name).endswith("taskid")]
    if named:
        return columns[min(named, key=lambda name: (_plain(name) != "taskid", "parent" in _plain(name)))]
    alike = [name for name, column in columns.items() if not _is_other(str(name)) and _all_ids(column)]
    if len(alike) == 1:
        return columns[alike[0]]
    found = "several columns of task ids" if alike else "no column of task ids"
    listed = ", ".join(map(str, alike or list(table.columns)))
    raise ValueError(f"The table has {found} ({listed}). Give the column itself, such as df['task_id'].")


def _all_ids(column: Iterable[Any]) -> bool:
    values = [value for value in column if not _is_missing(value)]
    return bool(values) and all(_is_id(value) for value in values)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and bool(_SHAPE.fullmatch(value.strip()))


def _is_missing(value: Any) -> bool:
    return value is None or type(value).__name__ == "NAType" or (isinstance(value, float) and math.isnan(value))


def _plain(name: object) -> str:
    return re.sub(r"[\W_]", "", str(name)).lower()

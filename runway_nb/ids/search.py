"""Find the task ids in a text. No I/O."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from ..model.task_id import SHAPE, canonical
from ..service.key import Secret
from .columns import credential_cells
from .credentials import looks_like_secret
from .links import MediaLinks
from .logs import clean
from .naming import Naming

_PLACEHOLDERS = frozenset({"", "0", "null", "none", "undefined", "nil", "nan", "n.a.", "true", "false", "string"})

# The key in any spelling ("parentTaskId" ends in it), the separator, and the value. An unquoted value that
# continues as code is not an id, as in a traceback: `task_id=uuid4()`, `task_id=task2.id`. Nor is a shortened one.
_KEYED = re.compile(
    r"[tT][aA][sS][kK][ _-]?[iI][dD]"
    r"(?P<gap>[\"']?[ \t]{0,20}(?:=>?|:)[ \t]{0,20}|(?:[ \t][^<>\n]{0,100})?>\s{0,20}|[ \t]{1,20})"
    r"(?:[\"'](?P<quoted>[0-9A-Za-z][\w.:~-]{0,199})[\"']"
    r"|(?P<bare>[0-9A-Za-z][\w-]{0,199})(?![\w(\[*…-]|\.[\w.]))",
    re.ASCII,
)
_SHORTEST_LOOSE = 8  # characters of an id after "task id" without a separator: skips "task id 20 of 30"
_SHORTENED = re.compile(r".*(?:\.\.|…|\*).*|(?=.*[a-fA-F])[0-9a-fA-F]{8}-[0-9a-fA-F-]{0,26}")
_TASK_PREFIX = re.compile(r"(?<![A-Za-z])task[_-]\Z", re.IGNORECASE)
_NAMED_TASK = re.compile(
    r"(?<![A-Za-z])(?:task|job|parent)s?(?:[ _-]?(?:id|key|uuid)s?)?[\"']?[ \t]*(?:=>|[:=#>])?[ \t]*[\[({]?[\"']?\Z",
    re.IGNORECASE,
)

# Words before an id of something else.
_THINGS = (
    *("video", "image", "file", "asset", "request", "trace", "span"),
    *("correlation", "session", "kernel", "user", "key"),
)
_OTHERS = (*(thing + word for thing in _THINGS for word in ("id", "uuid")), "signature", "digest", "hash", "md5")
_LAST_LETTERS = frozenset(letter for word in _OTHERS for letter in (word[-1], word[-1].upper()))
_SEPARATORS = re.compile("[ _-]")
_MOST_KNOWN = 4096  # answers to remember


@dataclass(frozen=True)
class Found:
    """The task ids in a text or a value.

    Attributes:
        ids: In order, without duplicates. Two spellings of one UUID count as one id, in its first spelling.
        left_out: How many other words look like ids but may be credentials.
    """

    ids: list[str]
    left_out: int = 0


def find(text: str, secrets: Collection[Secret] = ()) -> Found:
    """Find the task ids in a log, a JSON dump, a traceback or any other text.

    It finds UUIDs, separate groups of 32 hex digits, and the value of ``taskId`` in any spelling and of any
    shape. It also finds the value of ``parentTaskId``, because a parent is a task. It skips placeholders such as
    ``null``, ids that the word before them assigns to something else (``videoId``, ``request id``), ids in the links
    of clips and pictures, and words that are named as credentials anywhere in the text.

    Args:
        text: The text. The time taken is linear in its length.
        secrets: The keys in use. They are never ids, in any spelling.
    """
    text = clean(text)
    keyed = _without_overlaps(_values_of_keys(text))
    words = _outside([match.span() for match in SHAPE.finditer(text)], keyed)
    surely = {canonical(word) for word in {text[start:end] for start, end in keyed}}
    certain, maybe, named = _sorted_out(text, words, surely)
    named -= surely

    found = unique(text[start:end] for start, end in sorted([*keyed, *certain]))
    ids = [
        word
        for word in found
        if canonical(word) not in named and not looks_like_secret(word) and not is_secret(word, secrets)
    ]
    others = {canonical(word) for word in maybe if not is_secret(word, secrets)}
    return Found(ids, len(others - named - {canonical(word) for word in ids}))


def single_id(word: str, secrets: Collection[Secret] = ()) -> str | None:
    """Return a word that is given as an id, of any shape; None if it is a placeholder, shortened or a credential."""
    if (
        word.lower() in _PLACEHOLDERS
        or _SHORTENED.fullmatch(word)
        or looks_like_secret(word)
        or is_secret(word, secrets)
    ):
        return None
    return word


def is_secret(word: str, secrets: Collection[Secret]) -> bool:
    """Whether a word is one of the secrets or contains one, in any spelling."""
    return any(secret.is_in(word) for secret in secrets)


def unique(ids: Iterable[str]) -> list[str]:
    """Return ids in order without duplicates. Two spellings of a UUID are one id, in the first spelling."""
    first: dict[str, str] = {}
    for task_id in dict.fromkeys(ids):
        first.setdefault(canonical(task_id), task_id)
    return list(first.values())


def is_of_other(name: str) -> bool:
    """Whether the end of a name or a text says that what follows is the id of something else, such as ``videoId``."""
    if name.rstrip("\"' \t=:>_-")[-1:] not in _LAST_LETTERS:
        return False
    return _SEPARATORS.sub("", name.rstrip("\"' \t=:>").lower()).endswith(_OTHERS)


def _values_of_keys(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the values of task id keys are. The answer for each notation and value is remembered for a while."""
    known: dict[str, tuple[int, int] | None] = {}
    for match in _KEYED.finditer(text):
        start, end = match.span()
        whole = match[0]
        if text[end : end + 1] == ":" or whole not in known:
            span = _value_of(match)
            if len(known) >= _MOST_KNOWN:
                known.clear()
            if text[end : end + 1] != ":":
                known[whole] = (span[0] - start, span[1] - start) if span else None
        else:
            relative = known[whole]
            span = (start + relative[0], start + relative[1]) if relative else None
        if span:
            yield span


def _value_of(match: re.Match[str]) -> tuple[int, int] | None:
    """Return where the id is after a task id's key; None if there is a placeholder, a variable or the next word."""
    quoted, bare = match["quoted"], match["bare"]
    word = quoted or bare
    if word.lower() in _PLACEHOLDERS if quoted else word in _PLACEHOLDERS or not any(map(str.isdigit, word)):
        return None
    if _SHORTENED.fullmatch(word) or (not quoted and not match["gap"].strip() and len(word) < _SHORTEST_LOOSE):
        return None
    start, end = match.span("quoted" if quoted else "bare")
    if match.string[end : end + 1] == ":" and looks_like_secret(match.string[start : end + 33]):
        return None  # the id of a key and the key itself
    id_of_task = SHAPE.search(word)
    if id_of_task and id_of_task.end() == len(word) and _TASK_PREFIX.fullmatch(word, 0, id_of_task.start()):
        start += id_of_task.start()
    return start, end


def _without_overlaps(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _outside(words: Iterable[tuple[int, int]], spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the words that overlap none of the spans, both in order."""
    kept, place = [], 0
    for start, end in words:
        while place < len(spans) and spans[place][1] <= start:
            place += 1
        if place == len(spans) or end <= spans[place][0]:
            kept.append((start, end))
    return kept


def _sorted_out(
    text: str, words: list[tuple[int, int]], keyed: Collection[str]
) -> tuple[list[tuple[int, int]], set[str], set[str]]:
    """Separate task ids from other words of the same shape.

    Args:
        text: Cleaned by `logs.clean`.
        words: Where the words are.
        keyed: The values of task id keys (canonical), which stay ids even if they are also named as credentials.

    Returns:
        Where the ids are; the words that may be credentials; those that are named as such (canonical).
    """
    links, naming = MediaLinks(text), Naming(text, words)
    in_columns = credential_cells(text, naming.hints, words)
    certain, maybe, named = [], set(), set()
    sure: set[str] = set()
    for start, end in words:
        word = text[start:end].replace("-", "").lower()
        if word in named and word not in keyed:
            continue
        before = text[max(0, start - 48) : start]
        if _is_longer(text, start, end, before) or is_of_other(before) or links.hold(start):
            continue
        if start in in_columns or naming.names(start, end):
            named.add(word)
        elif text[start:end] in sure:
            continue  # once is enough
        elif text[start + 8] != "-" and naming.may_name(start) and not _NAMED_TASK.search(before):
            maybe.add(text[start:end])
        else:
            certain.append((start, end))
            sure.add(text[start:end])
    return certain, maybe, named


def _is_longer(text: str, start: int, end: int, before: str) -> bool:
    """Whether an id is a part of something longer. In `task-<id>`, the id is the whole."""
    if before[-1:] not in ("-", "_") and text[end : end + 1] not in ("-", "_"):
        return False
    if text[start + 8] == "-":
        return before[-1:] == "-" and before[-2:-1].isalnum() and not _TASK_PREFIX.search(before)
    return text[end : end + 1] in ("-", "_") or not _TASK_PREFIX.search(before)

"""Read a magic's line as a person types it: quotes, commas, ``;``, a trailing comment, times such as ``2h``."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from IPython.core.error import UsageError
from IPython.utils.process import arg_split

_COMMENT = re.compile(r"(?:^|\s)#")
_BRACES = re.compile(r"[{}]")
_LISTING = re.compile(r"[\[\](),]")
_AGO = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:(?P<seconds>s|secs?|seconds?)|(?P<minutes>m|mins?|minutes?)|(?P<hours>h|hrs?|hours?)"
    r"|(?P<days>d|days?)|(?P<weeks>w|weeks?))(?:\s+ago)?"
)


def parsed(magic: Callable[..., Any], line: str) -> Namespace:
    """Parse a line with the options that decorate a magic.

    Args:
        magic: A function decorated with ``magic_arguments``.
        line: The text after the magic's name.

    Raises:
        UsageError: If an option is unknown or lacks its value, or a quotation mark is not closed.
    """
    text = _without_comment(line).strip().removesuffix(";")
    try:
        words = [_unquoted(token) for token in arg_split(text)]
    except ValueError as error:
        raise UsageError(f"{error}. Close the quotation mark or remove it.") from None
    parser: ArgumentParser = magic.parser  # type: ignore[attr-defined]  # set by magic_arguments
    # Options may come between tasks; without any, the simpler parse gives the same in a fraction of the time.
    parse = parser.parse_intermixed_args if any(word.startswith("-") for word in words) else parser.parse_args
    try:
        return parse(words)
    except UsageError as error:
        raise UsageError(f"{error}. Run %{magic.__name__}? to see its options.") from None


def resolved(tokens: list[str], namespace: Mapping[str, Any]) -> list[str]:
    """Turn tokens into task ids. The name of a variable becomes the ids that it holds; other tokens are ids.

    Args:
        tokens: From the line.
        namespace: The user's variables.

    Returns:
        The ids in order, without duplicates.

    Raises:
        UsageError: If a variable or a list holds no task id, or a ``{…}`` could not be evaluated.
    """
    ids: list[str] = []
    for word in _words(tokens):
        if _BRACES.search(word):
            raise UsageError(f"{word} could not be evaluated. Check the names in it.")
        ids += _ids_held(word, namespace[word]) if word in namespace else [word]
    if tokens and not ids:
        raise UsageError("There is no task id in the line. Give an id, or a variable that holds one or more.")
    return list(dict.fromkeys(ids))


def found_in(text: str) -> list[str]:
    """Return the task ids in a cell's text, and print how many there are.

    Raises:
        UsageError: If there is no task id.
    """
    from .ids import find_task_ids

    found = find_task_ids(text)
    if not found:
        raise UsageError("There is no task id in the cell. Paste a log, a response or a list that contains task ids.")
    print(f"{len(found)} task {'id' if len(found) == 1 else 'ids'} found in the cell.")  # noqa: T201  # an answer
    return found


def options_of(magic: Callable[..., Any] | None) -> list[str]:
    """Return the options of a magic for completion; an empty list if it has no parser."""
    parser = getattr(magic, "parser", None)
    if parser is None:
        return []
    options = parser._option_string_actions  # noqa: SLF001  # argparse has no public list of them
    return [option for option in options if option != "--help"]


def parse_since(text: str, now: datetime | None = None) -> datetime:
    """Read a point in time as a person types it.

    Args:
        text: Such as ``2h``, ``45 min``, ``3 days``, ``today``, ``yesterday``, ``2026-11-01`` or ``2026-11-01 14:30``.
            Days and times without a zone are in the local zone.
        now: The current time, aware; by default the clock's.

    Returns:
        The point in time (UTC).

    Raises:
        ValueError: If the text is not a time. The message lists the accepted forms.
    """
    word = text.strip().lower()
    present = (now or datetime.now(timezone.utc)).astimezone()
    try:
        if match := _AGO.fullmatch(word):
            moment = present - timedelta(**{str(match.lastgroup): float(match[1])})
        elif word in ("today", "yesterday"):
            day = present.date() - timedelta(days=word == "yesterday")
            moment = datetime(day.year, day.month, day.day).astimezone()  # naive means local here
        else:
            moment = datetime.fromisoformat(word.upper().replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"“{text}” is not a valid time. Use 2h, 45 min, 3 days, today, yesterday, 2026-11-01 or 2026-11-01 14:30."
        ) from error


def _without_comment(line: str) -> str:
    """Remove a trailing comment. A ``#`` within quotes does not start one."""
    for match in _COMMENT.finditer(line):
        before = line[: match.start()]
        if before.count("'") % 2 == before.count('"') % 2 == 0:
            return before
    return line


def _words(tokens: list[str]) -> list[str]:
    """Split tokens at commas, and at the brackets of a list that a ``{…}`` expanded to."""
    parts = (part for token in tokens for part in _LISTING.split(token))
    return [word for part in parts if (word := part.strip(" '\""))]


def _ids_held(name: str, value: object) -> list[str]:
    from .ids import task_ids_in

    try:
        found = task_ids_in(value)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None
    if not found:
        raise UsageError(f"The variable {name} holds no task id. Give an id, or a variable that holds one or more.")
    return found


def _unquoted(token: str) -> str:
    token = token.strip(",")
    quoted = len(token) > 1 and token[0] == token[-1] and token[0] in "\"'"
    return token[1:-1] if quoted else token

"""Reading a magic's line: the tokens a person types, with quotes, commas, ``;`` and a trailing comment."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from typing import Any

from IPython.core.error import UsageError
from IPython.utils.process import arg_split

_COMMENT = re.compile(r"(?:^|\s)#")
_BRACES = re.compile(r"[{}]")
_LISTING = re.compile(r"[\[\](),]")


def parsed(magic: Callable[..., Any], line: str) -> Namespace:
    """Parse a line with the options that decorate a magic.

    Args:
        magic: A function decorated with ``magic_arguments``.
        line: What stands behind the magic's name.

    Raises:
        UsageError: If an option is unknown or lacks its value, or a quotation does not end.
    """
    tidy = _without_comment(line).strip().removesuffix(";")
    try:
        tokens = arg_split(tidy)
    except ValueError as error:
        raise UsageError(f"{error}: close the quotation, or leave the quotes out.") from None
    parser: ArgumentParser = magic.parser  # type: ignore[attr-defined]  # set by magic_arguments
    try:
        return parser.parse_intermixed_args([_bare(token) for token in tokens])  # options may stand between tasks
    except UsageError as error:
        raise UsageError(f"{error}. %{magic.__name__}? lists what it takes.") from None


def resolved(tokens: list[str], namespace: Mapping[str, Any]) -> list[str]:
    """Turn tokens into task ids: a variable's name stands for the ids it holds, anything else for itself.

    Args:
        tokens: From the line.
        namespace: The user's variables.

    Returns:
        Each id once, in order.

    Raises:
        UsageError: If a variable or a list holds no task id, or a ``{…}`` could not be evaluated.
    """
    ids: list[str] = []
    for word in _words(tokens):
        if _BRACES.search(word):
            raise UsageError(f"{word} could not be evaluated. Check the names in it.")
        ids += _held(word, namespace[word]) if word in namespace else [word]
    if tokens and not ids:
        raise UsageError("There is no task id in that. Give an id, or a variable that holds one or many.")
    return list(dict.fromkeys(ids))


def _without_comment(line: str) -> str:
    """Cut a trailing comment off; a ``#`` within quotes begins none."""
    for match in _COMMENT.finditer(line):
        before = line[: match.start()]
        if before.count("'") % 2 == before.count('"') % 2 == 0:
            return before
    return line


def _words(tokens: list[str]) -> list[str]:
    """Split at commas, and take the list apart that a ``{…}`` put into the line."""
    parts = (part for token in tokens for part in _LISTING.split(token))
    return [word for part in parts if (word := part.strip(" '\""))]


def _held(name: str, value: object) -> list[str]:
    from .ids import task_ids_in

    try:
        found = task_ids_in(value)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None
    if not found:
        raise UsageError(f"The variable {name} holds no task id. Give an id, or a variable that holds one or many.")
    return found


def _bare(token: str) -> str:
    token = token.strip(",")
    quoted = len(token) > 1 and token[0] == token[-1] and token[0] in "\"'"
    return token[1:-1] if quoted else token


def found_in(text: str) -> list[str]:
    """The task ids in a cell's text, with their number told.

    Raises:
        UsageError: If there is none.
    """
    from .ids import find_task_ids

    found = find_task_ids(text)
    if not found:
        raise UsageError("There is no task id in the cell. Paste a log, a response or a list that names some.")
    print(f"{len(found)} task {'id' if len(found) == 1 else 'ids'} found in the cell.")  # noqa: T201  # asked for
    return found


def options_of(magic: Callable[..., Any] | None) -> list[str]:
    """The options of a magic, for completion; none where it has no parser."""
    parser = getattr(magic, "parser", None)
    if parser is None:
        return []
    return [option for option in parser._option_string_actions if option != "--help"]  # noqa: SLF001  # argparse lists them nowhere else

"""Say why a word of a magic's line, or its value, is not looked up."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NoReturn

from ..service.key import known_keys
from .expression import parsed, refuse_secret_names
from .scope import Scope
from .usage import usage_error
from .words import shown

if TYPE_CHECKING:
    from ..ids.reading import Found

NO_ID = "Give an id, or a variable that holds one or more."
_CURLY = "“”„‟‘’‚«»"  # noqa: RUF001  # typed by word processors in place of straight quotes
_DASHES = "‐‑‒–—―−"  # noqa: RUF001  # the same for hyphens


def left_out(found: Found, more: str = "") -> str:
    """Say that words were left out because they may be secrets, and what to do if they are not.

    Args:
        found: What was found, with at least one word left out.
        more: " more", after ids that were found in the same text.
    """
    if found.left_out == 1:
        return (
            f"1{more} word looks like an id but may be a key or a password, so it was left out. "
            "If it is a task id, give it on its own."
        )
    return (
        f"{found.left_out}{more} words look like ids but may be keys or passwords, so they were left out. "
        "If they are task ids, give them on their own."
    )


def refuse_unknown(name: str, word: str, scope: Scope) -> NoReturn:
    """Raise with a sentence about a word that would be Python if its first name were a variable."""
    quotable = not re.search(r"[\s\"'()\[\]{}]", word)
    quotes = f' Put an id of an unusual shape in quotes: "{shown(word)}".' if quotable else ""
    raise usage_error(f"There is no variable named {shown(name)}.{scope.suggestion(name)}{quotes}")


def refuse_empty(what: str, found: Found | None = None) -> NoReturn:
    """Raise with a sentence that says that a value or a text holds no task id."""
    if found is not None and found.left_out:
        raise usage_error(f"{what} holds no task id. {left_out(found)}")
    raise usage_error(f"{what} holds no task id. {NO_ID}")


def refuse_word(word: str) -> NoReturn:
    """Raise with a sentence that says why a word is not used."""
    quoted = shown(word)
    if any(char in _CURLY for char in word):
        raise usage_error(f"{quoted} contains a curly quotation mark. Type straight ones: \"…\" or '…'.")
    if word[0] in _DASHES:
        raise usage_error(f"{quoted} begins with a long dash. Type two hyphens: --{shown(word.lstrip(_DASHES))}.")
    if any(char in _DASHES for char in word):
        raise usage_error(f"{quoted} contains a long dash. Type a hyphen: -.")
    tree = parsed(word)
    if tree is not None and not isinstance(tree, ast.Constant):
        refuse_secret_names(tree)
        raise usage_error(f"{quoted} is an expression. Write it in braces: {{{quoted}}}.")
    from ..ids.reading import find  # not needed for a line without mistakes

    inside = find(word, known_keys()).ids
    if len(inside) == 1:
        raise usage_error(f"{quoted} is not a task id. Did you mean {inside[0]}?")
    raise usage_error(f'{quoted} is not a task id. Put an id of an unusual shape in quotes, such as "my.id:1".')

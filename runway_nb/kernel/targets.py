"""Turn the words of a magic's line, or a cell's text, into task ids."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..model.command import PLAIN_ID
from ..model.task_id import ANY_SHAPE, SHAPE
from ..model.text import printable
from ..service.key import known_keys
from ..view.say import say
from .expression import NotPythonError, expand, parsed, raised, sole_expression, value_of
from .keys import refuse_keys, without_keys
from .refusals import NO_ID, left_out, refuse_empty, refuse_unknown, refuse_word
from .scope import Scope, is_builtin
from .usage import usage_error
from .words import cut, has_expansion, inside_brackets, shown, unquoted

if TYPE_CHECKING:
    from ..ids.reading import Found

_DOLLAR_ITEM = re.compile(r"\$[^\W\d][\w.]*[\[(]")
_FIELD = re.compile(r"[\"']?[\w-]*task[_-]?ids?[\"']?\s*[=:]+", re.IGNORECASE)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)


def resolved(words: Sequence[str], scope: Scope) -> list[str]:
    """Return the task ids that the words of a line name.

    Args:
        words: As `words.cut` returns them: ids, quoted ids, variables, expressions, lists of these.
        scope: The variables.

    Returns:
        The ids in order, without duplicates.

    Raises:
        UsageError: If a word is not an id and holds none, or is a secret. Nothing may then be looked up.
    """
    try:
        task_ids = [task_id for word in _with_fields(words) for task_id in _ids_in(word, scope)]
    except RecursionError:
        raise usage_error("The line has too many brackets inside each other.") from None
    if words and not task_ids:
        raise usage_error(f"There is no task id in the line. {NO_ID}")
    refuse_keys(task_ids)
    return list(dict.fromkeys(task_ids))


def expanded(words: Sequence[str], scope: Scope) -> list[str]:
    """Return words that are not ids as lower-case text, without quotes and with ``{…}`` and ``$name`` expanded."""
    texts = [word if (text := unquoted(word)) is None else text for word in words]
    return [expand(text, scope).strip().lower() for text in texts]


def found_in(text: str) -> list[str]:
    """Return the task ids in a cell's text, and print how many there are.

    Raises:
        UsageError: If there is no task id.
    """
    found = _search(text)
    refuse_keys(found.ids)
    if not found.ids:
        more = f" {left_out(found)}" if found.left_out else ""
        raise usage_error(
            f"There is no task id in the cell. Paste a log, a response or a list that contains task ids.{more}"
        )
    count = f"{len(found.ids)} task {'id' if len(found.ids) == 1 else 'ids'} found in the cell."
    say(f"{count} {left_out(found, more=' more')}" if found.left_out else count)
    return found.ids


def _with_fields(words: Sequence[str]) -> Iterable[str]:
    """Join ``task_id:`` and the word after it, as copied from a log or from JSON."""
    field = ""
    for word in words:
        if _FIELD.fullmatch(word):
            field = word
            continue
        yield f"{field} {word}" if field else word
        field = ""
    if field:
        yield field


def _ids_in(word: str, scope: Scope) -> list[str]:
    text = unquoted(word)
    expression = sole_expression(word if text is None else text)
    if expression is not None:
        return _read(expression, scope)
    _refuse_dollar_items(word if text is None else text)
    if text is not None:
        filled = expand(text, scope)
        return _quoted(filled) if filled == text or re.search(r"\s", filled) else _filled(word, filled)
    expands = has_expansion(word)
    text = expand(word, scope) if expands else word
    if _FIELD.match(text) or "://" in text:
        return _search(text).ids or refuse_word(word)
    if not expands:
        return _bare(word, scope)
    return _filled(word, text)


def _filled(word: str, text: str) -> list[str]:
    """Return the one id that a word with ``{…}`` in it became; the text of a whole list, for example, is none."""
    if not ANY_SHAPE.fullmatch(text):
        raise usage_error(f"{shown(word)} becomes {shown(text)}, which is not a task id.")
    return [text]


def _refuse_dollar_items(text: str) -> None:
    """Raise for ``$ids[0]``: IPython would expand ``$ids`` alone, to the text of the whole list."""
    if _DOLLAR_ITEM.match(text) and parsed(text[1:]) is not None:
        raise usage_error(f"A $ takes a name and its attributes only. Write {{{shown(text[1:])}}}.")


def _quoted(text: str) -> list[str]:
    if not text.strip():
        return []
    refuse_keys([text])
    if not re.search(r"\s", text):
        return [text]
    return _search(text).ids or refuse_empty("The text in quotes")


def _bare(word: str, scope: Scope) -> list[str]:
    refuse_keys([word])
    if PLAIN_ID.fullmatch(word):
        return [word]
    tree = parsed(word)
    inner = inside_brackets(word) if word[0] in "([" else None
    if inner is not None and not isinstance(tree, _COMPREHENSIONS):
        elements = [each.removeprefix("*") or each for each in cut(inner) if each != "None"]
        return [task_id for each in elements for task_id in _ids_in(each, scope)]
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return _quoted(tree.value)
    if isinstance(tree, ast.Name):
        return _named(tree.id, scope)
    if isinstance(tree, _COMPREHENSIONS) or (tree is not None and _is_readable(tree, word, scope)):
        return _read(word, scope)
    return refuse_word(word)


def _named(name: str, scope: Scope) -> list[str]:
    if scope.holds(name):
        return _read(name, scope)
    return [name] if SHAPE.fullmatch(name) else refuse_unknown(name, name, scope)


def _is_readable(tree: ast.expr, word: str, scope: Scope) -> bool:
    """Whether an expression is attributes, items and calls of a variable, or a call of a built-in function.

    Raises:
        UsageError: If it is of a variable that does not exist.
    """
    if isinstance(tree, ast.Constant):
        return tree.value is None or isinstance(tree.value, bool)
    root, called = tree, False
    while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
        called = isinstance(root, ast.Call)
        root = root.func if isinstance(root, ast.Call) else root.value
    if not isinstance(root, ast.Name):
        return False
    return scope.holds(root.id) or (called and is_builtin(root.id)) or refuse_unknown(root.id, word, scope)


def _read(expression: str, scope: Scope) -> list[str]:
    """Evaluate an expression once, and return the ids in its value."""
    try:
        return _in_value(expression, value_of(expression, scope))
    except NotPythonError:
        return refuse_word(expression)


def _in_value(expression: str, value: Any) -> list[str]:
    from ..ids.reading import read  # not needed until a line names a value

    if isinstance(value, str):
        refuse_keys([value])
    try:
        found = read(value, known_keys())
    except ValueError as error:
        raise usage_error(f"{shown(expression)}: {printable(without_keys(str(error)))}") from None
    except Exception as error:  # noqa: BLE001  # the value's own iterator or property
        raise usage_error(raised(expression, error)) from None
    kind = "variable" if isinstance(parsed(expression), ast.Name) else "expression"
    if not found.ids:
        refuse_empty(f"The {kind} {shown(expression)}", found)
    if found.left_out:
        say(f"In {shown(expression)}, {left_out(found)}")
    return found.ids


def _search(text: str) -> Found:
    from ..ids.reading import find  # not needed until a line or a cell is searched

    return find(text, known_keys())

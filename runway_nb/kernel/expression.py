"""Evaluate the expressions of a magic's line, and expand ``{…}`` and ``$name`` to text."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from string import Formatter
from symtable import symtable
from typing import Any

from ..ids.credentials import names_secret
from ..model.task_id import is_missing
from .scope import Scope, is_builtin
from .usage import usage_error
from .words import inside_brackets, shown

_DOLLAR = re.compile(r"\$(\$?)([^\W\d]\w*(?:\.[^\W\d]\w*)*)")


class NotPythonError(Exception):
    """A ``{…}`` does not contain an expression."""


def parsed(text: str) -> ast.expr | None:
    """Return a text as an expression, or None if it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as "invalid decimal literal", about words that are not Python
        try:
            return ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def sole_expression(text: str) -> str | None:
    """Return the expression of a text that is exactly ``{expression}`` or ``$name``, or None.

    A dict or set display is an expression with its braces.
    """
    dollar = _DOLLAR.fullmatch(text)
    if dollar:
        return None if dollar[1] else dollar[2]
    inner = inside_brackets(text) if text.startswith("{") else None
    if inner is None or (text.startswith("{{") and text.endswith("}}")):
        return None
    return next((each for each in (inner.strip(), text) if parsed(each) is not None), None)


def value_of(text: str, scope: Scope) -> Any:
    """Evaluate an expression.

    Raises:
        UsageError: If it names a secret or an unknown variable, or raises an error.
        NotPythonError: If it is no expression.
    """
    tree = parsed(text)
    if tree is None:
        raise NotPythonError
    refuse_secret_names(tree)
    for name in sorted(_free_names(text)):
        if not scope.holds(name) and not is_builtin(name):
            raise usage_error(f"There is no variable named {shown(name)}.{scope.suggestion(name)}")
    try:
        return scope.evaluate(tree)
    except Exception as error:  # noqa: BLE001  # the user's own code may raise anything
        raise usage_error(raised(text, error)) from None


def raised(text: str, error: Exception) -> str:
    """Return one sentence about the error that an expression raised."""
    try:
        message = shown(str(error))
    except Exception:  # noqa: BLE001  # the error's own __str__
        message = ""
    return f"{shown(text)} raised {type(error).__name__}{': ' if message else ''}{message.rstrip('.')}."


def refuse_secret_names(tree: ast.expr) -> None:
    """Raise if the value of an expression is named like a credential.

    Raises:
        UsageError: With the name.
    """
    for name in _last_names(tree):
        if names_secret(name):
            raise usage_error(
                f"{shown(name)} is the name of a secret, and a secret is never looked up. Give the id of a task."
            )


def expand(text: str, scope: Scope) -> str:
    """Replace ``{expression}`` and ``$name`` by their values, as IPython does; ``{{``, ``}}`` and ``$$`` are escapes.

    Text with braces that contain no expression, such as JSON, is returned unchanged.

    Raises:
        UsageError: As `value_of`, or if a value does not fit its format.
    """
    if not {"{", "}", "$"} & set(text):
        return text
    try:
        fields = list(Formatter().parse(text))
        return "".join(_expanded(*each, scope) for each in fields)
    except (ValueError, NotPythonError):
        return text


def _expanded(literal: str, name: str | None, form: str | None, conversion: str | None, scope: Scope) -> str:
    start = _DOLLAR.sub(lambda match: f"${match[2]}" if match[1] else str(_present(match[2], scope)), literal)
    if name is None:
        return start
    if form and parsed(name) is None:
        name, form = f"{name}:{form}", ""  # the colon of a slice, not of a format
    value = Formatter().convert_field(_present(name, scope), conversion)
    try:
        return start + format(value, expand(form or "", scope))
    except Exception as error:  # noqa: BLE001  # a foreign type's own __format__
        raise usage_error(raised(name, error)) from None


def _present(name: str, scope: Scope) -> Any:
    """Return the value of an expression that is to become text; None and NaN are refused."""
    value = value_of(name, scope)
    if is_missing(value) and not isinstance(value, str):
        raise usage_error(f"{shown(name)} is {shown(str(value))}, so there is nothing to fill in. Check the value.")
    return value


def _free_names(text: str) -> set[str]:
    """Return the names that an expression reads and does not bind itself, as a comprehension does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tables = [symtable(text.strip(), "<magic line>", "eval")]
    outer = []
    for table in tables:
        tables += table.get_children()
        outer += [each for each in table.get_symbols() if table is tables[0] or each.is_global()]
    bound = {each.get_name() for each in outer if each.is_assigned()}  # with :=
    return {each.get_name() for each in outer} - bound


def _last_names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that say what the value of an expression is: the last one of ``a.b["c"]``."""
    if isinstance(tree, ast.Name):
        yield tree.id
    elif isinstance(tree, ast.Attribute):
        yield tree.attr
    elif isinstance(tree, ast.Subscript):
        keys = list(_texts(tree.slice))
        yield from keys or _last_names(tree.value)
    elif isinstance(tree, ast.Call):
        yield from _last_names(tree.func)
        for argument in tree.args:
            yield from _texts(argument)
            if isinstance(tree.func, ast.Name) and is_builtin(tree.func.id):  # such as str() or next()
                yield from _last_names(argument)
        if isinstance(tree.func, ast.Attribute) and hasattr(str, tree.func.attr):  # the text, as in `key.strip()`
            yield from _last_names(tree.func.value)
    else:
        for child in ast.iter_child_nodes(tree):
            yield from _last_names(child)


def _texts(tree: ast.expr) -> Iterator[str]:
    parts = tree.elts if isinstance(tree, ast.Tuple) else [tree]
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value

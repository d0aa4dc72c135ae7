"""The variables that a magic's line can name: those of the function that runs it, then the user's."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import CodeType, FrameType
from typing import Any

from .usage import usage_error

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_MACHINERY = ("IPython", "decorator", "runway_nb")  # IPython 7 wraps magics with the package decorator
_CLOSEST = 0.7  # similarity from which a name is suggested


@dataclass(frozen=True)
class Scope:
    """The variables that a line can name.

    Attributes:
        user: The user's namespace.
        local: The variables of the function that runs the line; empty in a cell.
        hidden: Names that this function or one around it binds, but that have no value where the line runs.
        uncertain: Whether the names that the functions around bind could not be found out.
    """

    user: dict[str, Any]
    local: Mapping[str, Any] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    uncertain: bool = False

    @classmethod
    def of_caller(cls, user: dict[str, Any]) -> Scope:
        """Return the scope of the code that called the magic.

        Args:
            user: The user's namespace.
        """
        frame = _caller()
        if frame is None or frame.f_locals is user:
            return cls(user)
        local = _locals(frame)
        hidden = _bound_around(frame)
        return cls(user, local, (hidden or frozenset()) - set(local), uncertain=hidden is None)

    def holds(self, name: str) -> bool:
        """Whether a variable of this name has a value here.

        Raises:
            UsageError: If it belongs to a function around this one, or may do so.
        """
        if name in self.local:
            return True
        if name in self.hidden:
            raise usage_error(
                f"The variable {name} of the surrounding function has no value here. "
                "Pass it to the function that runs this line as an argument."
            )
        if self.uncertain and name in self.user:
            raise usage_error(
                f"The variable {name} may belong to a surrounding function whose source is not available. "
                "Pass it to the function that runs this line as an argument."
            )
        return name in self.user

    def suggestion(self, name: str) -> str:
        """Return " Did you mean …?" with the most similar variable, or nothing."""
        names = [each for each in {**self.user, **self.local} if not each.startswith("_")]
        close = get_close_matches(name, names, n=1, cutoff=_CLOSEST)
        return f" Did you mean {close[0]}?" if close else ""

    def evaluate(self, tree: ast.expr) -> Any:
        """Evaluate an expression."""
        code = compile(ast.Expression(tree), "<magic line>", "eval")
        # One dict holds all names, because a comprehension does not see the locals of an eval.
        names = {**self.user, **self.local} if self.local else self.user
        return eval(code, names)  # noqa: S307  # the user's own words


def is_builtin(name: str) -> bool:
    """Whether a name is one of Python's built-in ones."""
    return hasattr(builtins, name)


def _caller() -> FrameType | None:
    """Return the frame outside of IPython and this package that runs the magic."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # IPython finds locals like this too
    while frame is not None:
        package = str(frame.f_globals.get("__name__")).partition(".")[0]
        if package not in _MACHINERY and not frame.f_code.co_filename.startswith("<decorator-gen"):
            return frame
        frame = frame.f_back
    return None


def _locals(frame: FrameType) -> dict[str, Any]:
    """Return a frame's variables; those of a comprehension include the ones of the function that runs it."""
    outer = frame.f_back
    if frame.f_code.co_name in _COMPREHENSIONS and outer and any(it is frame.f_code for it in outer.f_code.co_consts):
        return {**_locals(outer), **frame.f_locals}
    return dict(frame.f_locals)


def _bound_around(frame: FrameType) -> frozenset[str] | None:
    """Return the names that a frame's function and the functions around it bind; None if their source is missing."""
    code = frame.f_code
    own = _bound(code)
    nested = code.co_flags & inspect.CO_NESTED or "<locals>" in str(frame.f_locals.get("__qualname__"))
    if not nested:
        return own
    around = list(_functions_around(code))
    return own.union(*around) if around else None


def _bound(code: CodeType) -> frozenset[str]:
    if not code.co_flags & inspect.CO_OPTIMIZED:  # a cell, a module or a class, whose names no function inside sees
        return frozenset()
    return frozenset((*code.co_varnames, *code.co_cellvars, *code.co_freevars))


def _functions_around(code: CodeType) -> Iterator[frozenset[str]]:
    """Yield the names that each function around a nested one binds. They are only in its source, compiled again."""
    source = "".join(linecache.getlines(code.co_filename))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module = compile(source, code.co_filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    yield from _paths_to(code, module, ())


def _paths_to(code: CodeType, within: CodeType, around: tuple[frozenset[str], ...]) -> Iterator[frozenset[str]]:
    around = (*around, _bound(within))
    for inner in within.co_consts:
        if isinstance(inner, CodeType):
            # Two lambdas in one line cannot be distinguished: the names of both are then hidden.
            if (inner.co_name, inner.co_firstlineno) == (code.co_name, code.co_firstlineno):
                yield frozenset().union(*around)
            yield from _paths_to(code, inner, around)

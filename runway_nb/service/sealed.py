"""`sealed` runs code that handles the key, so that the key is in nothing that it raises.

While the key is read or sent, the frames of requests, urllib3, http.client, a keyring or ``os.environ`` hold it. A
verbose traceback, a debugger and a crash reporter print what is in frames, so these frames end here.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from traceback import walk_tb
from typing import Any, TypeVar

T = TypeVar("T")

_LIBRARIES = frozenset({"requests", "urllib3", "http", "idna", "keyring"})
_LINKS = ("__traceback__", "__context__", "__cause__")
_DEEPEST = 4  # levels of lists in an exception's attributes
_PLAIN = (bool, int, float, type(None))


class _Raised:
    """What a call has raised."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def sealed(call: Callable[[], T], hide: Callable[[str], str] | None = None) -> T:
    """Call a function. What it raises keeps its type and arguments, but no frame, context or cause.

    Args:
        call: A function that mentions the key in its body only, not in the line that passes it: a debugger evaluates
            the names in that line. No `functools.partial`, whose repr shows its arguments.
        hide: Masks the key in a text; None if what is raised cannot quote it.

    Raises:
        BaseException: What the function raises.
    """
    before = sys.exc_info()[1]  # the exception that the caller is handling, if any
    try:
        outcome = _outcome(call, hide)
    except BaseException as error:  # noqa: BLE001  # an interrupt inside `_outcome`, which was handling another error
        outcome = _Raised(_bare(error, hide))
    if not isinstance(outcome, _Raised):
        return outcome
    try:
        raise outcome.error  # noqa: TRY301  # here, so that the traceback has no frame below this one
    except BaseException as error:
        _set(error, "__context__", before)  # an interrupt at an `except` line leaves another one behind
        raise
    finally:
        del outcome, before  # the traceback refers to this frame: no reference cycle


def _outcome(call: Callable[[], T], hide: Callable[[str], str] | None) -> T | _Raised:
    try:
        return call()
    except BaseException as error:  # noqa: BLE001  # raised by the caller
        return _Raised(_bare(error, hide))


def _bare(error: BaseException, hide: Callable[[str], str] | None) -> BaseException:
    """Remove frames, context and cause from an exception, and from those in it, such as the members of a group."""
    pending, seen = [error], set()
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        for link in _LINKS:
            _set(each, link, None)
        held = [*each.args, *vars(each).values()]
        pending += [part for part in _flat(held) if isinstance(part, BaseException)]
        if hide is not None:
            _set(each, "args", tuple(_harmless(part, hide) for part in each.args))
            vars(each).update({name: _harmless(part, hide) for name, part in vars(each).items()})
    return error


def _set(error: BaseException, name: str, value: object) -> None:
    getattr(BaseException, name).__set__(error, value)  # not `setattr`: a frozen dataclass would refuse it


def _flat(parts: list[Any]) -> list[Any]:
    return [inner for part in parts for inner in (part if isinstance(part, (list, tuple)) else (part,))]


def _harmless(part: Any, hide: Callable[[str], str], level: int = 0) -> Any:
    """Return what an exception holds, without the key and without objects of the libraries, which hold the request."""
    if isinstance(part, (*_PLAIN, BaseException)):
        return part
    if isinstance(part, str):
        return part if hide(part) == part else hide(part)
    if _root(type(part)) in _LIBRARIES or level > _DEEPEST:
        return None
    if type(part) in (list, tuple):
        return type(part)(_harmless(each, hide, level + 1) for each in part)
    try:
        shown = repr(part)
    except Exception:  # noqa: BLE001  # the `repr` of any class
        return None
    return part if hide(shown) == shown else None


def interruption(error: BaseException) -> BaseException | None:
    """Return the exception that interrupted a request and that the caller should get; None if the request failed.

    An interruption is whatever a signal handler raised, even if a library raised its own error because of it; an
    exception of a type that neither Python nor one of our libraries defines; and a lack of memory or stack.
    """
    handlers = [getattr(signal.getsignal(number), "__code__", None) for number in signal.valid_signals()]
    found: BaseException | None = None
    each: BaseException | None = error
    while each is not None:  # a library passes the traceback on to its own error, so the innermost one counts
        if any(frame.f_code in handlers for frame, _ in walk_tb(each.__traceback__)):
            found = each
        each = each.__context__
    if found is not None:
        return found
    kinds = {_root(kind) for kind in type(error).__mro__}
    is_ours = _root(type(error)) in sys.stdlib_module_names or kinds & _LIBRARIES
    return None if is_ours and not isinstance(error, (MemoryError, RecursionError)) else error


def _root(kind: type) -> str:
    return kind.__module__.partition(".")[0]


def variables(*names: str) -> tuple[str | None, ...]:
    """Return environment variables, None for one that is not set. Sealed: the frames that read one hold them all."""
    return sealed(lambda: _read(names))


def variable(name: str) -> str | None:
    """Return an environment variable, as `variables`."""
    return variables(name)[0]


def _read(names: tuple[str, ...]) -> tuple[str | None, ...]:
    return tuple(map(os.environ.get, names))

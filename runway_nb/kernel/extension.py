"""Load the extension into IPython and unload it: magics, completion and the hook that closes re-run cells' cards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from .debug_magic import RunwayDebugMagics
from .line import options_of
from .magic import RunwayMagics, session_if_any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.core.magic import Magics


class _Loaded(NamedTuple):
    """What `load` added to a shell."""

    shell: InteractiveShell
    magics: tuple[Magics, ...]
    matcher: Callable[[str], list[str]]


_loaded: _Loaded | None = None
_CALL = re.compile(r"^\s*%{0,2}(runway\w*)\s")


def load(shell: InteractiveShell) -> None:
    """Add the magics, completion and the hook for re-run cells. Loading again replaces what was loaded."""
    global _loaded  # noqa: PLW0603  # a kernel has one shell, and `unload` needs what `load` added
    if _loaded is not None:
        unload(_loaded.shell)
    main = RunwayMagics(shell)
    magics = (main, RunwayDebugMagics(main))
    shell.register_magics(*magics)
    matcher = completer(
        lambda: shell.Completer.text_until_cursor,
        lambda name: options_of(next((getattr(each, name) for each in magics if hasattr(each, name)), None)),
        main.known_ids,
    )
    shell.Completer.custom_matchers.append(matcher)
    shell.events.register("pre_run_cell", _forget_cell)
    _loaded = _Loaded(shell, magics, matcher)


def unload(shell: InteractiveShell) -> None:
    """Remove everything that `load` added, and stop everything that runs."""
    global _loaded
    if _loaded is None:
        return
    loaded, _loaded = _loaded, None
    shell.events.unregister("pre_run_cell", _forget_cell)
    shell.Completer.custom_matchers.remove(loaded.matcher)
    for magics in loaded.magics:
        _unregister(shell, magics)
    if session_if_any():
        from .session import close_session

        close_session()


def _forget_cell(_: object) -> None:
    session = session_if_any()
    if session:
        session.forget_cell()


def _unregister(shell: InteractiveShell, magics: Magics) -> None:
    manager: Any = shell.magics_manager
    for kind, names in magics.magics.items():
        for name in names:
            manager.magics[kind].pop(name, None)
    manager.registry.pop(type(magics).__name__, None)
    shell.configurables.remove(magics)


def completer(
    line_until_cursor: Callable[[], str],
    options: Callable[[str], Iterable[str]],
    known_ids: Callable[[str], Iterable[str]],
) -> Callable[[str], list[str]]:
    """Make a matcher for IPython's completer.

    Args:
        line_until_cursor: Returns the line being completed.
        options: Returns the options of a magic, by its name.
        known_ids: Returns the ids of seen tasks that begin with a prefix, the most recent first.
    """

    def complete_runway(text: str) -> list[str]:
        call = _CALL.match(line_until_cursor())
        if call is None:
            return []
        if text.startswith("-"):
            return [option for option in options(call[1]) if option.startswith(text)]
        return list(known_ids(text))

    return complete_runway

"""Load the extension into IPython and unload it: magics, completion and the hook that closes re-run cells' cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from .debug_magic import RunwayDebugMagics
from .magic import RunwayMagics, session_if_any
from .matcher import matcher_for

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.core.magic import Magics

    from .completion import Completion


class _Loaded(NamedTuple):
    """What `load` added to a shell."""

    shell: InteractiveShell
    magics: tuple[Magics, ...]
    matcher: Callable[[Any], Any]


_loaded: _Loaded | None = None


def load(shell: InteractiveShell) -> None:
    """Add the magics, completion and the hook for re-run cells. Loading again replaces what was loaded."""
    global _loaded  # noqa: PLW0603  # a kernel has one shell, and `unload` needs what `load` added
    if _loaded is not None:
        unload(_loaded.shell)
    main = RunwayMagics(shell)
    magics = (main, RunwayDebugMagics(main))
    shell.register_magics(*magics)
    matcher = matcher_for(lambda: _completion(magics, main), shell)
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


def _completion(magics: tuple[Magics, ...], main: RunwayMagics) -> Completion:
    from .completion import Completion

    def magic_named(name: str) -> Callable[..., Any] | None:
        return next((getattr(each, name) for each in magics if hasattr(each, name)), None)

    return Completion(magic_named, main.seen, lambda: main.shell.user_ns)


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

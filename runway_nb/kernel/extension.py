"""Load the extension into IPython and unload it: magics, completion and the hook that closes re-run cells' cards.

IPython counts an extension as loaded once `load` has returned, and until `unload` has. So an
interrupted `load` leaves nothing behind, and an interrupted `unload` leaves everything loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..service.overrides import use_media_networks
from .debug_magic import RunwayDebugMagics
from .magic import RunwayMagics, session_if_any
from .matcher import matcher_for

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.core.magic import Magics

    from .completion import Completion

_KINDS = (RunwayMagics, RunwayDebugMagics)


class _Loaded(NamedTuple):
    """What `load` adds to a shell."""

    shell: InteractiveShell
    magics: tuple[Magics, ...]
    matcher: Callable[[Any], Any]


_loaded: _Loaded | None = None


def load(shell: InteractiveShell) -> None:
    """Add the magics, completion and the hook for re-run cells. Loading again replaces what was loaded."""
    global _loaded  # noqa: PLW0603  # a kernel has one shell, and an interrupted `unload` adds it again
    if _loaded is not None:
        unload(_loaded.shell)
    try:
        main = RunwayMagics(shell)
        magics = (main, RunwayDebugMagics(main))
        _loaded = _Loaded(shell, magics, matcher_for(lambda: _completion(magics, main), shell))
        _add(_loaded)
    except BaseException:
        use_media_networks(())
        _remove(shell)
        _loaded = None
        raise


def unload(shell: InteractiveShell) -> None:
    """Remove everything that `load` added, and stop everything that runs."""
    global _loaded  # noqa: PLW0603  # as above
    loaded = _loaded
    if loaded is None:
        return
    try:
        if session_if_any():
            from .session import close_session

            close_session()
        use_media_networks(())
        _remove(shell)
        _loaded = None
    except BaseException:
        _remove(shell)
        _add(loaded)
        raise


def _add(loaded: _Loaded) -> None:
    shell = loaded.shell
    shell.register_magics(*loaded.magics)
    shell.configurables.extend(each for each in loaded.magics if each not in shell.configurables)
    shell.Completer.custom_matchers.append(loaded.matcher)
    shell.events.register("pre_run_cell", _forget_cell)


def _remove(shell: InteractiveShell) -> None:
    """Remove whatever `load` has added so far."""
    if _forget_cell in shell.events.callbacks["pre_run_cell"]:
        shell.events.unregister("pre_run_cell", _forget_cell)
    matchers = shell.Completer.custom_matchers
    matchers[:] = [each for each in matchers if getattr(each, "__module__", "") != matcher_for.__module__]
    manager: Any = shell.magics_manager
    for kind in _KINDS:
        for table, names in kind.magics.items():
            for name in names:
                manager.magics[table].pop(name, None)
        manager.registry.pop(kind.__name__, None)
    shell.configurables[:] = [each for each in shell.configurables if not isinstance(each, _KINDS)]


def _completion(magics: tuple[Magics, ...], main: RunwayMagics) -> Completion:
    from .completion import Completion

    def magic_named(name: str) -> Callable[..., Any] | None:
        return next((getattr(each, name) for each in magics if hasattr(each, name)), None)

    return Completion(magic_named, main.seen, lambda: main.shell.user_ns)


def _forget_cell(_: object) -> None:
    session = session_if_any()
    if session:
        session.forget_cell()

"""What a card is drawn on: a notebook's output area, or a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from IPython.core.getipython import get_ipython
from IPython.display import display

from ..view.long import MESSAGE, cut
from ..view.mime import Bundle
from ..view.say import say
from .captured import Captured
from .request import current_request


class Placed(Protocol):
    """A bundle that was put on a surface."""

    def replace(self, bundle: Bundle, *, final: bool) -> None:
        """Put another in its place.

        Args:
            bundle: What to draw.
            final: Whether no other is expected to follow. A terminal prints only this one.
        """

    def tell(self, line: str) -> None:
        """Print a line in between; only a terminal does."""


class Surface(Protocol):
    """Where cards are drawn.

    Attributes:
        has_thread_updates: Whether what a background thread changes is drawn.
        replaces: Whether a bundle can be replaced while the reader looks at it.
    """

    has_thread_updates: bool
    replaces: bool

    def put(self, bundle: Bundle) -> Placed:
        """Draw a bundle."""


class NotebookSurface:
    """A notebook's output area."""

    has_thread_updates = True
    replaces = True

    def put(self, bundle: Bundle) -> Placed:
        """Display the bundle under its own display id."""
        captured = Captured(bundle)  # first: an Output may receive the bundle while it is sent
        handle = display(bundle.forms, raw=True, metadata=dict(bundle.metadata), display_id=True)
        return _Output(handle, captured)


class ConsoleSurface(NotebookSurface):
    """jupyter console or qtconsole: they show a bundle once, as text, so changes and the end are printed.

    The bundle keeps its widget view and gets its updates, in case another front-end is taken for a console.
    """

    replaces = False

    def put(self, bundle: Bundle) -> Placed:
        """Display the bundle, and print what changes later."""
        return _Both(super().put(bundle), _Printed())


class ColabSurface(NotebookSurface):
    """Colab's stock kernel, where what a thread changes does not render."""

    has_thread_updates = False


class TerminalSurface:
    """A terminal: printed text stays, so each change prints another line, and the end prints another card."""

    has_thread_updates = False
    replaces = False

    def put(self, bundle: Bundle) -> Placed:
        """Print the text of the bundle."""
        printed = _Printed()
        printed.replace(bundle, final=True)
        return printed


class Displayed:
    """All that was displayed of one card or board: it can be shown again in another cell.

    Args:
        surface: What it is drawn on.
    """

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._placed: list[Placed] = []
        self._cell: int | None = None
        self._prints = True

    def show(self, draw: Callable[[], Bundle]) -> None:
        """Draw it here, unless this cell has already drawn it."""
        shell = get_ipython()
        cell = shell.execution_count if shell is not None else None
        if self._cell is None or self._cell != cell:
            self._cell = cell
            self._placed.append(self._surface.put(draw()))

    def replace(self, draw: Callable[[], Bundle], *, final: bool) -> None:
        """Replace it wherever it was drawn; `final` as in `Placed.replace`."""
        if self._placed:
            bundle = draw()
            for placed in self._placed:
                placed.replace(bundle, final=final and self._prints)

    def tell(self, line: str) -> None:
        """Print a line in between, as `Placed.tell` does."""
        for placed in self._placed if self._prints else ():
            placed.tell(line)

    def mute(self) -> None:
        """Print nothing from now on: a later output shows the same. Output areas are still updated."""
        self._prints = False


class _Output:
    def __init__(self, handle: Any, captured: Captured) -> None:
        self._handle = handle
        self._captured = captured

    def replace(self, bundle: Bundle, *, final: bool) -> None:  # noqa: ARG002  # an output area shows every one
        self._handle.update(bundle.forms, raw=True, metadata=dict(bundle.metadata))
        self._captured.replace(bundle)

    def tell(self, line: str) -> None:
        """Say nothing: the card does."""


class _Printed:
    def replace(self, bundle: Bundle, *, final: bool) -> None:
        if final:
            say(bundle.text)

    def tell(self, line: str) -> None:
        say(f"  {cut(line, MESSAGE)}")


class _Both:
    def __init__(self, *placed: Placed) -> None:
        self._placed = placed

    def replace(self, bundle: Bundle, *, final: bool) -> None:
        for each in self._placed:
            each.replace(bundle, final=final)

    def tell(self, line: str) -> None:
        for each in self._placed:
            each.tell(line)


def current_surface() -> Surface:
    """Return the surface that this process draws on."""
    shell = get_ipython()
    if getattr(shell, "kernel", None) is None:
        return TerminalSurface()
    if is_colab(shell):
        return ColabSurface()
    request = current_request()
    if request is not None and request.is_from_console:
        return ConsoleSurface()
    return NotebookSurface()


def is_colab(shell: object) -> bool:
    """Whether a shell is that of Colab's stock kernel."""
    return type(shell).__module__.startswith("google.colab")


def publish(bundle: Bundle) -> None:
    """Display a bundle that will not change."""
    display(bundle.forms, raw=True, metadata=dict(bundle.metadata))

"""What a card is drawn on: a notebook's output area, or a terminal."""

from __future__ import annotations

from typing import Any, Protocol

from IPython.core.getipython import get_ipython
from IPython.display import display

from .view.markup import printable

Bundle = tuple[dict[str, Any], dict[str, Any]]
"""A display bundle and its metadata."""


class Placed(Protocol):
    """A bundle that was put on a surface."""

    def replace(self, bundle: Bundle, *, final: bool) -> None:
        """Put another in its place.

        Args:
            bundle: What to draw.
            final: Whether nothing is expected to follow. A terminal prints only this one.
        """

    def tell(self, line: str) -> None:
        """Say something between; only a terminal does."""


class Surface(Protocol):
    """Where cards are drawn.

    Attributes:
        has_thread_updates: Whether what a background thread changes is drawn.
        replaces: Whether what was put can be replaced while the reader looks at it.
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
        """Display the bundle under an id of its own."""
        data, metadata = bundle
        return _Output(display(data, raw=True, metadata=metadata, display_id=True))


class ColabSurface(NotebookSurface):
    """Colab's stock kernel, where what a thread changes does not render."""

    has_thread_updates = False


class TerminalSurface:
    """A terminal: what was printed stays, so that a change is a further line, and the end a further card."""

    has_thread_updates = False
    replaces = False

    def put(self, bundle: Bundle) -> Placed:
        """Print the text of the bundle."""
        printed = _Printed()
        printed.replace(bundle, final=True)
        return printed


class _Output:
    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def replace(self, bundle: Bundle, *, final: bool) -> None:  # noqa: ARG002  # an output area shows every one
        data, metadata = bundle
        self._handle.update(data, raw=True, metadata=metadata)

    def tell(self, line: str) -> None:
        """Say nothing: the card does."""


class _Printed:
    def replace(self, bundle: Bundle, *, final: bool) -> None:
        if final:
            print(bundle[0]["text/plain"], flush=True)  # noqa: T201  # the terminal is the surface

    def tell(self, line: str) -> None:
        print(f"  {printable(line)}", flush=True)  # noqa: T201  # as above


def current_surface() -> Surface:
    """Tell what this process draws on."""
    shell = get_ipython()
    if getattr(shell, "kernel", None) is None:
        return TerminalSurface()
    if type(shell).__module__.startswith("google.colab"):
        return ColabSurface()
    return NotebookSurface()

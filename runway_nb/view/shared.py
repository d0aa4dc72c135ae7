"""Widget models that all cards and boards of a kernel share: a layout, the styles and the style sheet.

They are opened once, so that each further card opens only what differs between cards. Cards and boards never close
them; they live until the extension is unloaded.
"""

from __future__ import annotations

from threading import RLock
from typing import Any

from .disconnected import DISCONNECTED, notice
from .markup import fragment
from .style import sheet


class Shared:
    """The shared models.

    Attributes:
        layout: An empty layout: the style sheet lays out everything except a card's or board's own box.
        sheet: The style sheet and the notice for a kernel that was restarted, as a child for every card and board: the
            first one may be deleted from the notebook.
    """

    def __init__(self) -> None:
        import ipywidgets as widgets  # not at the top: unloading asks this module whether there is anything to close

        self._styles: dict[type, Any] = {}
        self.layout = widgets.Layout()
        content = str(fragment(sheet(), notice()))
        self.sheet = widgets.HTML(content, **self.look(widgets.HTML), _dom_classes=("runway-sheet",))

    def look(self, kind: Any) -> dict[str, Any]:
        """Return the layout and the style for a kind of widget, as arguments of its class."""
        style_class = kind.style.klass  # the trait knows it; the name differs between ipywidgets 7 and 8
        if style_class not in self._styles:
            self._styles[style_class] = style_class()
        return {"layout": self.layout, "style": self._styles[style_class]}

    @property
    def is_open(self) -> bool:
        """Whether all of them are alive; ``Widget.close_all()`` closes them."""
        return all(model.comm is not None for model in self._models)

    def close(self) -> None:
        """Close all of them."""
        for model in self._models:
            model.close()

    @property
    def _models(self) -> list[Any]:
        return [self.sheet, self.layout, *self._styles.values()]


_shared: Shared | None = None
_lock = RLock()  # a press in a thread may open the first card, too


def shared() -> Shared:
    """Return the kernel's shared models, opening them if they are not open."""
    global _shared  # noqa: PLW0603  # one set per kernel is the point
    with _lock:
        if _shared is None or not _shared.is_open:
            if _shared is not None:
                _shared.close()  # someone closed a few of them
            _shared = Shared()
        return _shared


def disconnect_shared() -> None:
    """Tell cards and boards, if there are any, that their kernel ends. They stay on the page and say so.

    A front-end gives disconnected views this class itself when it restarts the kernel or sees it die, but not when the
    server shuts the kernel down.
    """
    if _shared is not None:
        _shared.sheet.add_class(DISCONNECTED)


def close_shared() -> None:
    """Close the shared models, if there are any. Cards that are still shown lose their style."""
    global _shared  # as above
    with _lock:
        models, _shared = _shared, None
    if models is not None:
        models.close()

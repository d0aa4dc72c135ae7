"""`Captured`: a bundle that `ipywidgets.Output` captured, which front-ends do not update by its display id."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Mapping
from threading import RLock
from typing import Any

from ..view.mime import WIDGET_VIEW, Bundle
from .request import current_request

_awaiting: deque[Captured] = deque(maxlen=16)
"""Those replaced before the front-end said what an Output holds, the latest few: nothing else may keep them."""


class Captured:
    """Keeps a bundle up to date in the Outputs that are open when it is displayed; does nothing if none is.

    The front-end tells the kernel what an Output holds only between cells, so an outdated entry may arrive after its
    replacement was made. Each change of an Output is checked for one.

    Args:
        bundle: The bundle that is displayed next.
    """

    def __init__(self, bundle: Bundle) -> None:
        request = current_request()
        self._outputs = () if request is None else request.open_outputs()
        self._unseen = set(self._outputs)
        self._latest = bundle
        self._outdated: set[int] = set()
        self._lock = RLock()  # a thread replaces the bundle while the kernel's own receives a change
        update = weakref.WeakMethod(self._update)  # an Output may show many cards, one after another

        def on_change(change: dict[str, Any]) -> None:
            if (still_shown := update()) is not None:
                still_shown(change["owner"])

        for output in self._outputs:
            output.observe(on_change, "outputs")
            weakref.finalize(self, output.unobserve, on_change, "outputs").atexit = False

    def replace(self, bundle: Bundle) -> None:
        """Replace it wherever an Output holds it."""
        if not self._outputs:
            return
        with self._lock:
            self._outdated.add(_mark(self._latest.data))
            self._latest = bundle
            self._outdated.discard(_mark(bundle.data))
            if self._unseen and self not in _awaiting:
                _awaiting.append(self)
        for output in self._outputs:
            self._update(output)

    def _update(self, output: Any) -> None:
        before = tuple(output.outputs)
        with self._lock:
            entries = tuple(self._current(entry) for entry in before)
            if entries != before:
                self._unseen.discard(output)
            if not self._unseen and self in _awaiting:
                _awaiting.remove(self)
        if entries != before:
            output.outputs = entries  # outside of the lock: observers of the user's run here

    def _current(self, entry: dict[str, Any]) -> dict[str, Any]:
        if _mark(entry.get("data", {})) not in self._outdated:
            return entry
        return {**entry, "data": dict(self._latest.data), "metadata": dict(self._latest.metadata)}


def _mark(data: Mapping[str, Any]) -> int:
    """Identify a bundle by a number, since a video may be embedded in it."""
    return hash((data.get(WIDGET_VIEW, {}).get("model_id"), str(data.get("text/html"))))

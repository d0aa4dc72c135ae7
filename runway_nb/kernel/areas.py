"""`Areas`: which cell or Output shows what, so that nothing is followed that is no longer on the page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import Any

from IPython.core.getipython import get_ipython

from ..model.sighting import Following
from ..screen.presenter import Presenter
from ..screen.request import Request, current_request

_MOST_NEWER_RUNS = 3  # of a cell, before what another window showed there is closed

Outputs = frozenset[str]
"""The model ids of the `ipywidgets.Output` widgets that capture what is displayed; empty for the cell itself."""


@dataclass
class _Shown:
    presenter: Presenter
    request: Request
    cell: str | None
    outputs: Outputs
    captured: bool  # by %%capture: it is not in the cell's output, and any cell may show it
    newer_runs: int = 0


class Areas:
    """What is on the page, by the cell and the Outputs that show it."""

    def __init__(self) -> None:
        self._shown: list[_Shown] = []
        self._cells: dict[Outputs, str | None] = {}
        self._running: str | None = None
        self._publisher: Any = None

    def keep(self, presenter: Presenter) -> None:
        """Note that the running request shows this."""
        self._listen()
        request = current_request() or Request("", "", None, answers_input=False)
        self._running = request.msg_id  # its cell may have begun before there was a session
        outputs = _outputs(request)
        # A widget's callback runs outside of any cell: what it shows belongs to the cell that used the Output first.
        first = self._cells.setdefault(outputs, request.cell) if outputs else None
        cell = first if request.cell is None else request.cell
        self._shown.append(_Shown(presenter, request, cell, outputs, captured=not _is_of_kernel(_publisher())))

    def begin_cell(self) -> None:
        """Close what the cell that is about to run showed before: its output is replaced, its widgets are not.

        Another window goes on showing the output of its own run, and another cell may show what %%capture captured.
        Such a run is no longer followed, and is closed after a few newer ones: its page may have been reloaded since.
        """
        request = current_request()
        if request is None or request.cell is None or request.msg_id == self._running:
            return  # as the last of these: a cell that runs code as a cell, such as %rerun, keeps its output
        self._running = request.msg_id
        for shown in [each for each in self._shown if each.cell == request.cell]:
            shown.newer_runs += 1
            here = shown.request.session == request.session
            if (here and not shown.captured) or shown.newer_runs >= _MOST_NEWER_RUNS:
                self._close(shown)
            elif shown.newer_runs == 1:  # later, the reader may have resumed it
                shown.presenter.unfollow(Following.OFF if here else Following.ELSEWHERE)

    def close(self) -> None:
        """Close everything."""
        for shown in list(self._shown):
            self._close(shown)
        self._stop_listening()

    def leave(self) -> None:
        """Stop everything, and leave it on the page."""
        for shown in self._shown:
            shown.presenter.closed()
        self._shown.clear()
        self._stop_listening()

    def _stop_listening(self) -> None:
        self._cells.clear()
        if self._publisher is not None:
            del self._publisher.clear_output  # its class's is used again
            self._publisher = None

    def _listen(self) -> None:
        """Listen for `clear_output`. The publisher's own hooks are not called for it before ipykernel 6.25."""
        publisher = _publisher()
        if self._publisher is None and _is_of_kernel(publisher):
            clear = publisher.clear_output

            @wraps(clear)
            def clear_output(*args: Any, **kwargs: Any) -> Any:
                self._cleared()
                return clear(*args, **kwargs)

            publisher.clear_output = clear_output
            self._publisher = publisher

    def _cleared(self) -> None:
        """Close what the running request showed where it clears the output now."""
        request = current_request()
        if request is None:
            return
        outputs = _outputs(request)
        for shown in [each for each in self._shown if each.outputs == outputs and not each.captured]:
            if outputs or shown.request.msg_id == request.msg_id:
                self._close(shown)

    def _close(self, shown: _Shown) -> None:
        self._shown.remove(shown)
        shown.presenter.close()


def _outputs(request: Request) -> Outputs:
    return frozenset(output.model_id for output in request.open_outputs())


def _publisher() -> Any:
    return getattr(get_ipython(), "display_pub", None)


def _is_of_kernel(publisher: Any) -> bool:
    """Whether it sends to the front-end: a terminal's does not, nor the one that %%capture puts in its place."""
    return hasattr(publisher, "register_hook")

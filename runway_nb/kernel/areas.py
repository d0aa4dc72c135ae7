"""`Areas`: which cell or Output shows what, so that nothing is followed that is no longer on the page.

What is shown is not kept here: a live card or board is kept by its connection to the front-end, and what is followed by
the watcher. Nothing keeps plain HTML that will not change.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import wraps
from typing import Any

from IPython.core.getipython import get_ipython

from ..model.sighting import Following
from ..screen.presenter import Presenter
from ..screen.request import Request, current_request

_MOST_NEWER_RUNS = 3  # of a cell, before what another window showed there is closed
_MOST_UNFOLLOWED = 100  # live cards and boards of one run, and of all cells without an id; JupyterLab shows 50 outputs
_MOST_OUTPUTS = 1000  # whose cell is remembered

Outputs = frozenset[str]
"""The model ids of the `ipywidgets.Output` widgets that capture what is displayed; empty for the cell itself."""


@dataclass
class _Shown:
    reference: weakref.ref[Presenter]
    request: Request
    cell: str | None
    outputs: Outputs
    captured: bool  # by %%capture: it is not in the cell's output, and any cell may show it
    tasks: frozenset[str]
    newer_runs: int = 0

    @property
    def presenter(self) -> Presenter | None:
        """The card or board; None if nothing keeps it any more."""
        return self.reference()

    @property
    def is_followed(self) -> bool:
        """Whether any of its tasks is followed."""
        presenter = self.presenter
        return presenter is not None and presenter.is_followed

    @property
    def _place(self) -> tuple[object, ...]:
        return self.cell, self.outputs, self.tasks

    def is_repeated_by(self, later: _Shown) -> bool:
        """Whether a later one shows the same again: the cell was run again, or its code is a loop.

        Where the front-end sends the cell's id, `Areas.begin_cell` has closed what an earlier run showed.
        """
        mine, other = self.request, later.request
        is_same = self._place == later._place and (mine.session, mine.code) == (other.session, other.code)
        is_new_run = mine.msg_id != other.msg_id and mine.cell is None and mine.code != 0
        return is_same and not (self.captured or later.captured) and (is_new_run or not self.is_followed)


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
        while len(self._cells) > _MOST_OUTPUTS:
            del self._cells[next(iter(self._cells))]
        cell = first if request.cell is None else request.cell
        tasks = frozenset(each.task_id for each in presenter.sightings)
        captured = not _is_of_kernel(_publisher())
        self._add(_Shown(weakref.ref(presenter), request, cell, outputs, captured, tasks))

    def _add(self, new: _Shown) -> None:
        """Add what is shown now. What shows the same, and the oldest of too many, becomes plain HTML."""
        self._shown = [each for each in self._shown if each.presenter is not None]
        for shown in [each for each in self._shown if each.is_repeated_by(new)]:
            self._freeze(shown)
        self._shown.append(new)
        surplus = [each for each in self._shown[:-1] if self._is_surplus(each, new)]
        for shown in surplus[: max(len(surplus) - _MOST_UNFOLLOWED + 1, 0)]:
            self._freeze(shown)

    def _is_surplus(self, shown: _Shown, new: _Shown) -> bool:
        is_here = shown.cell is None or shown.request.msg_id == new.request.msg_id
        return is_here and not shown.captured and not shown.is_followed

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
            elif shown.newer_runs == 1 and (presenter := shown.presenter):  # later, the reader may have resumed it
                presenter.unfollow(Following.OFF if here else Following.ELSEWHERE)

    def close(self) -> None:
        """Close everything."""
        for shown in list(self._shown):
            self._close(shown)
        self._stop_listening()

    def leave(self) -> None:
        """Stop everything, and leave it on the page."""
        for shown in self._shown:
            if presenter := shown.presenter:
                presenter.withdraw()
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
        if presenter := shown.presenter:
            presenter.close()

    def _freeze(self, shown: _Shown) -> None:
        self._shown.remove(shown)
        if presenter := shown.presenter:
            presenter.freeze()


def _outputs(request: Request) -> Outputs:
    return frozenset(output.model_id for output in request.open_outputs())


def _publisher() -> Any:
    return getattr(get_ipython(), "display_pub", None)


def _is_of_kernel(publisher: Any) -> bool:
    """Whether it sends to the front-end: a terminal's does not, nor the one that %%capture puts in its place."""
    return hasattr(publisher, "register_hook")

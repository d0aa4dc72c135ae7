"""What comes after the first looks of a cell: `follow_up`, or `interrupted`, which shows what was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from ..model.sighting import Following
from ..model.wait_errors import LooksInterruptedError, WaitInterruptedError
from .board import BoardPresenter
from .following import stop
from .presenter import Presenter


def follow_up(presenter: Presenter, then: Callable[[Presenter], object] | None, began: float) -> None:
    """Call `then`, such as to follow what is shown. The time since `began` counts toward its timeout."""
    if then is not None:
        presenter.elapsed = monotonic() - began
        then(presenter)
        presenter.elapsed = 0.0


def interrupted(interrupt: KeyboardInterrupt, presenter: Presenter | None, wanted: int) -> KeyboardInterrupt:
    """Stop what an interrupted cell began, show it, and return the error that says so.

    Args:
        interrupt: The interrupt.
        presenter: What the cell shows; None if it had not come to that.
        wanted: How many tasks it was about.
    """
    if presenter is None:
        return interrupt if isinstance(interrupt, LooksInterruptedError) else LooksInterruptedError(0, wanted)
    sightings = presenter.sightings
    going_on = tuple(each.task_id for each in sightings if each.following is Following.ON)
    stop(presenter)
    if isinstance(presenter, BoardPresenter):
        presenter.gathered()
    presenter.display()
    if isinstance(interrupt, (LooksInterruptedError, WaitInterruptedError)):
        return interrupt
    if going_on:
        return WaitInterruptedError(going_on)
    return LooksInterruptedError(sum(each.fetched for each in sightings), wanted)

"""`Services`: what showing tasks needs from outside, and `Mode`: how they are followed where they are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..model.task import TaskState
from .options import ShowOptions
from .surface import Surface

if TYPE_CHECKING:
    from ..follow.watcher import Watcher
    from ..view.card.widget import TaskCard

_Presenter_contra = TypeVar("_Presenter_contra", contravariant=True)


class Mode(Protocol[_Presenter_contra]):
    """How tasks are followed on a surface.

    Attributes:
        draws_later: Whether a thread draws, after the call that caused it has returned.
    """

    draws_later: bool

    def watch(self, presenter: _Presenter_contra) -> None:
        """Follow the tasks that have not ended, as ``--watch`` does."""

    def follow(self, presenter: _Presenter_contra, task_id: str | None = None) -> None:
        """Follow one task, or all that have not ended, because a control was pressed."""

    def look(self, presenter: _Presenter_contra, task_id: str | None = None) -> None:
        """Look once at one task, or at all that may have changed."""


@dataclass(frozen=True)
class Services:
    """What showing tasks needs from outside.

    Attributes:
        watcher: Returns the watcher; may raise a RunwayError, such as for a missing key.
        surface: What is drawn on.
        mode: How tasks are followed there.
        usual: Returns how long tasks usually stay in a state.
        open_card: Makes the card of another task, to be put inside what is shown.
    """

    watcher: Callable[[], Watcher]
    surface: Surface
    mode: Mode[Any]
    usual: Callable[[TaskState], timedelta | None]
    open_card: Callable[[str, ShowOptions], TaskCard]

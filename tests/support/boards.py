"""Boards for tests: the simulator's batch as sightings, in any number, and what can be read on a board."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import ipywidgets

from runway_nb.model.errors import TaskNotFoundError
from runway_nb.model.origin import admit_api
from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
from runway_nb.screen.surface import publish  # noqa: F401  # for the cells that import everything from here
from runway_nb.simulator import BATCH, Record
from runway_nb.view.board import saved
from runway_nb.view.board.query import PAGE_SIZE
from runway_nb.view.board.widget import TaskBoard
from runway_nb.view.card.widget import TaskCard
from runway_nb.view.mime import Bundle

from .cards import plain

STARTED = datetime.now(timezone.utc)
"""When the tests started: the records' ages count from here, because a live board reads the real clock."""

CLIPS_URL = "http://127.0.0.1:9/clips"
admit_api(CLIPS_URL)  # as a client would
PREPARE = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from support.boards import *
"""
"""A cell that makes all of this available in a kernel."""


@dataclass
class Actions:
    """Remembers what the controls of a board or a card asked for, by name and in order."""

    calls: list[str] = field(default_factory=list)

    def look(self) -> None:
        self.calls.append("look")

    def follow(self, task_id: str | None = None) -> None:
        self.calls.append(f"follow {task_id}" if task_id else "follow")

    def unfollow(self) -> None:
        self.calls.append("unfollow")

    def open_task(self, task_id: str) -> TaskCard:
        self.calls.append(f"open {task_id}")
        return TaskCard(Sighting(task_id), self)

    def display(self) -> None:
        self.calls.append("display")

    def closed(self) -> None:
        self.calls.append("closed")


def batch(count: int = len(BATCH), clips_url: str = CLIPS_URL, at: datetime = STARTED) -> list[Sighting]:
    """Return what a look at the simulator's batch finds; beyond its size, its tasks are repeated under other ids."""
    return [_sighting(place, clips_url, at) for place in range(count)]


def answered(task_id: str, record: Record, clips_url: str = CLIPS_URL, at: datetime = STARTED) -> Sighting:
    """Return a task as the simulator answers for it, at a moment that is also the simulator's start."""
    return Sighting(task_id).saw(Task.from_data(record.data(task_id, clips_url, at, at), task_id), at)


def changed(sighting: Sighting, record: Record) -> Sighting:
    """Return a sighting with another look added, which finds the task as another record."""
    return sighting.saw(answered(sighting.task_id, record).task, datetime.now(timezone.utc))


def make_board(sightings: list[Sighting], actions: Actions | None = None, *, gathers: bool = False) -> TaskBoard:
    """Make a board whose cards only remember what they were asked for; unless it gathers, it draws within `update`."""
    return TaskBoard(
        sightings,
        actions or Actions(),
        open_card=lambda sighting: TaskCard(sighting, Actions()),
        gathers=gathers,
    )


def bundle_of(board: TaskBoard) -> Bundle:
    """Return what a board is displayed as."""
    return saved.board(board.sightings, datetime.now(timezone.utc)).live(board.model_id)


class Reader:
    """Finds the controls of a board and reads what they show.

    Args:
        board: The board.

    Attributes:
        html: The rows' markup, in order.
        buttons: The rows' buttons, in order.
        states: The filter by state.
        causes: The filter by cause.
        order: The control of the order.
        search: The field of the search.
        toggle: The control that follows all tasks.
    """

    def __init__(self, board: TaskBoard) -> None:
        self._board = board
        at = next(at for at, part in enumerate(board.children) if part.description == "Next")
        pairs = board.children[at + 1 : at + 1 + 2 * PAGE_SIZE]
        self.html, self.buttons = pairs[::2], pairs[1::2]
        self.states, self.causes, self.order = self._all(ipywidgets.ToggleButtons)
        (self.search,) = self._all(ipywidgets.Text)
        (self.toggle,) = self._all(ipywidgets.ToggleButton)

    @property
    def rows(self) -> list[str]:
        """The rows as text."""
        return [plain(row.value) for row in self.html if row.value]

    @property
    def prompts(self) -> list[str]:
        """The prompts of the rows, for tasks whose prompt is ``shot`` and a number."""
        return re.findall(r"shot \d\d", " ".join(self.rows))

    @property
    def text(self) -> str:
        """All text except labels."""
        return " ".join(plain(part.value) for part in self._all(ipywidgets.HTML))

    def button(self, description: str) -> ipywidgets.Button:
        """Return the button with this label."""
        return next(part for part in self._all(ipywidgets.Button) if part.description == description)

    def _all(self, kind: type) -> list[Any]:
        return [part for part in self._board.children if isinstance(part, kind)]


def markup(widget: Any) -> str:
    """Return all markup of a board or a card, including what is open inside."""
    own = widget.value if isinstance(widget, ipywidgets.HTML) else ""
    return own + "".join(map(markup, getattr(widget, "children", ())))


def choose(choice: ipywidgets.ToggleButtons, label: str) -> None:
    """Press the button whose label ends like this."""
    choice.index = next(at for at, option in enumerate(choice.options) if option.endswith(label))


def _sighting(place: int, clips_url: str, at: datetime) -> Sighting:
    task = BATCH[place % len(BATCH)]
    again = place // len(BATCH)
    task_id = str(UUID(int=UUID(task.task_id).int ^ again))
    if task.record is None:
        return Sighting(task_id).failed(TaskNotFoundError(404, "", task_id), at)
    return answered(task_id, task.record, clips_url, at)

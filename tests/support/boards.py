"""Boards to look at: the simulator's batch as sightings, as many as wanted, and actions that only take notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

from runway_nb.errors import TaskNotFoundError
from runway_nb.sighting import Sighting
from runway_nb.simulator import BATCH, Record
from runway_nb.task import Task
from runway_nb.view import board_html, bundle
from runway_nb.view.board import TaskBoard
from runway_nb.view.card import TaskCard

NOW = datetime.now(timezone.utc)
PREPARE = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from support.boards import *
"""
"""A cell that makes all of this available in a kernel."""


@dataclass
class Actions:
    """What a board's or a card's controls asked for, by name and in order."""

    calls: list[str] = field(default_factory=list)

    def look(self) -> None:
        self.calls.append("look")

    def follow(self) -> None:
        self.calls.append("follow")

    def unfollow(self) -> None:
        self.calls.append("unfollow")

    def display(self) -> None:
        self.calls.append("display")

    def closed(self) -> None:
        self.calls.append("closed")


def batch(count: int = len(BATCH), clips_url: str = "http://127.0.0.1:9/clips") -> list[Sighting]:
    """Give what a look at the simulator's batch would bring; further tasks than it has are its tasks once more."""
    return [_sighting(at, clips_url) for at in range(count)]


def seen(task_id: str, record: Record, clips_url: str = "http://127.0.0.1:9/clips") -> Sighting:
    """Give a task as the simulator would answer."""
    return Sighting(task_id).saw(Task.from_data(record.data(task_id, clips_url, NOW, NOW), task_id), NOW)


def changed(sighting: Sighting, record: Record) -> Sighting:
    """Give a further look at a task, which has become something else."""
    return sighting.saw(seen(sighting.task_id, record).task, datetime.now(timezone.utc))


def make_board(sightings: list[Sighting], actions: Actions | None = None) -> TaskBoard:
    """Make a board whose cards only take notes."""
    return TaskBoard(sightings, actions or Actions(), open_card=lambda sighting: TaskCard(sighting, Actions()))


def bundle_of(board: TaskBoard) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what a board is displayed as, and its metadata."""
    data = board_html.static(board.sightings, datetime.now(timezone.utc))
    return bundle.live(data, board.model_id), bundle.metadata(board.sightings)


def _sighting(at: int, clips_url: str) -> Sighting:
    task = BATCH[at % len(BATCH)]
    again = at // len(BATCH)
    task_id = str(UUID(int=UUID(task.task_id).int ^ again))
    if task.record is None:
        return Sighting(task_id).failed(TaskNotFoundError(404, "", task_id), NOW)
    return seen(task_id, task.record, clips_url)

"""From tasks and a query to everything a board's controls show. Pure but for the choices, which grow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..failure import Cause
from ..sighting import Following, Sighting
from ..task import TaskState
from . import board_html, board_words
from .filtering import STATES, Entry, Query, Tally, select, tally
from .markup import fragment
from .style import live

_WAY = tuple(state.value for state in TaskState if state is not TaskState.UNKNOWN)


@dataclass(frozen=True)
class Row:
    """A row of the page.

    Attributes:
        html: What it shows.
        tooltip: What its control does; "" for a row without one.
        is_open: Whether the card below is its task's.
    """

    html: str
    tooltip: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class Shown:
    """Everything that the controls show.

    Attributes:
        summary: The progress, and the numbers behind the states' controls.
        states: The states' labels.
        state: Which is chosen.
        bars: The bars behind the causes' controls.
        causes: The causes' labels; none if no task failed.
        cause: Which is chosen; None while others than failed tasks are shown.
        advice: What stands below the causes.
        results: Which rows are shown.
        page: Which page, from 0.
        pages: How many there are.
        rows: The page.
        on_page: The ids of its tasks.
        card_is_open: Whether there is a card to close.
        status: The line at the foot.
        follow: Traits of the control that follows.
        unfinished: Whether any task may still change.
    """

    summary: str
    states: tuple[str, ...]
    state: int
    bars: str
    causes: tuple[str, ...]
    cause: int | None
    advice: str
    results: str
    page: int
    pages: int
    rows: Sequence[Row]
    on_page: Sequence[str]
    card_is_open: bool
    status: str
    follow: Mapping[str, Any]
    unfinished: bool


@dataclass
class Choices:
    """What there is to choose from. It grows at its end, so that no control moves or means something else.

    Attributes:
        states: Words for `Query.state`.
        causes: Causes for `Query.cause`; empty until a task failed.
    """

    states: list[str] = field(default_factory=lambda: [""])
    causes: list[Cause | None] = field(default_factory=list)

    def take_in(self, counted: Tally) -> None:
        """Offer every state and cause that there is, and the states that tasks may yet come through."""
        ahead = _WAY if counted.ended < counted.total else ()
        _grow(self.states, [state for state in STATES if state in ahead or counted.states.get(state)])
        _grow(self.causes, [None, *counted.causes] if counted.causes else [])

    def rank(self, counted: Tally) -> None:
        """Put the causes in order, most failures first. Do so once at most: a control then means something else."""
        self.causes[:] = [None, *counted.causes] if counted.causes else []  # at once: another thread may be reading


def shown(entries: Sequence[Entry], query: Query, choices: Choices, opened: str, now: datetime) -> Shown:
    """Say what the controls show.

    Args:
        entries: All tasks, as given.
        query: What the user asked for.
        choices: What was offered so far.
        opened: The id of the task whose card is open, or "".
        now: The present (UTC).
    """
    counted = tally(entries)
    choices.take_in(counted)
    page = select(entries, query)
    sightings = [entry.sighting for entry in entries]
    return Shown(
        summary=board_html.summary(counted, choices.states, live),
        states=tuple(map(board_words.state_name, choices.states)),
        state=choices.states.index(query.state),
        bars=board_html.bars(counted, choices.causes, live),
        causes=tuple(map(board_words.cause_name, choices.causes)),
        cause=choices.causes.index(query.cause) if query.state == TaskState.FAIL.value and choices.causes else None,
        advice=board_words.retries(counted),
        results=str(fragment(board_words.results(page, query))),
        page=page.number,
        pages=page.pages,
        rows=[_row(entry, query, opened, now) for entry in page.rows] or [Row(board_html.nothing(page, live))],
        on_page=[entry.sighting.task_id for entry in page.rows],
        card_is_open=bool(opened),
        status=board_words.status(sightings),
        follow=_follow(sightings, counted),
        unfinished=counted.ended < counted.total,
    )


def _row(entry: Entry, query: Query, opened: str, now: datetime) -> Row:
    shown = board_html.row(entry, now, live, query.words)
    return Row(shown, board_words.opened(entry), is_open=entry.sighting.task_id == opened)


def _follow(sightings: Sequence[Sighting], counted: Tally) -> dict[str, Any]:
    followed = any(sighting.following is Following.ON for sighting in sightings)
    stopped = not followed and any(board_words.stopped(sighting) for sighting in sightings)
    return {
        "value": followed,
        "description": "Resume" if stopped else "Auto-refresh",
        "icon": "play" if stopped else "repeat",
        "tooltip": "Look again and again until all tasks have ended",
        "disabled": counted.ended == counted.total,
    }


def _grow(offered: list[Any], seen: Iterable[Any]) -> None:
    offered += [each for each in seen if each not in offered]

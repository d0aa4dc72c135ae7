"""From rows and a query to everything that a board's controls show. Pure, except that the choices grow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...model.failure import Cause
from ...model.sighting import Following, Sighting
from ...model.task import TaskState
from .. import words
from ..markup import fragment
from ..style import live
from . import html as board_html
from . import words as board_words
from .query import STATES, Query, Tally, select, tally
from .row import Row

_KNOWN_STATES = tuple(state.value for state in TaskState if state is not TaskState.UNKNOWN)


@dataclass(frozen=True)
class ShownRow:
    """What the controls of one row show.

    Attributes:
        html: The row.
        tooltip: What its button does; "" for a row without a button.
        is_open: Whether the open card shows its task.
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
        state: Which of them is chosen.
        bars: The bars behind the causes' controls.
        causes: The causes' labels; none if no task failed.
        cause: Which of them is chosen; None unless only failed tasks are shown.
        advice: The line below the causes.
        results: Which rows are shown.
        page: Which page, from 0.
        pages: Number of pages.
        rows: The rows of the page.
        on_page: The ids of their tasks.
        card_is_open: Whether there is a card to close.
        status: The line at the foot.
        follow: Traits of the toggle that follows all tasks.
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
    rows: Sequence[ShownRow]
    on_page: Sequence[str]
    card_is_open: bool
    status: str
    follow: Mapping[str, Any]
    unfinished: bool


@dataclass
class Choices:
    """The filters on offer. New ones go to the end, so that no control moves or changes its meaning.

    Attributes:
        states: Words for `Query.state`.
        causes: Causes for `Query.cause`, None for all; empty until a task failed.
    """

    states: list[str] = field(default_factory=lambda: [""])
    causes: list[Cause | None] = field(default_factory=list)

    def take_in(self, counted: Tally) -> None:
        """Offer every state and cause that occurs, and the states that unfinished tasks may still reach."""
        ahead = _KNOWN_STATES if counted.ended < counted.total else ()
        _grow(self.states, [state for state in STATES if state in ahead or counted.states.get(state)])
        _grow(self.causes, [None, *counted.causes] if counted.causes else [])

    def rank(self, counted: Tally) -> None:
        """Sort the causes, most failures first. Call it at most once: it changes what the controls mean."""
        self.causes[:] = [None, *counted.causes] if counted.causes else []  # in one step: another thread may read it


def shown(
    rows: Sequence[Row], query: Query, choices: Choices, opened: str, now: datetime, *, fetching: bool = False
) -> Shown:
    """Return what the controls show.

    Args:
        rows: All tasks, as given.
        query: The filters, the order and the page.
        choices: The filters offered so far; new ones are added.
        opened: The id of the task whose card is open, or "".
        now: The present (UTC).
        fetching: Whether first looks are under way.
    """
    counted = tally(rows, fetching=fetching)
    choices.take_in(counted)
    page = select(rows, query)
    sightings = [row.sighting for row in rows]
    return Shown(
        summary=board_html.summary(counted, choices.states, now, live),
        states=tuple(map(board_words.state_name, choices.states)),
        state=choices.states.index(query.state),
        bars=board_html.bars(counted, choices.causes, live),
        causes=tuple(map(board_words.cause_name, choices.causes)),
        cause=choices.causes.index(query.cause) if query.state == TaskState.FAIL.value and choices.causes else None,
        advice=board_words.retries(counted),
        results=str(fragment(board_words.results(page, query))),
        page=page.number,
        pages=page.pages,
        rows=[_row(row, query, opened, now) for row in page.rows] or [ShownRow(board_html.nothing(page, live))],
        on_page=[row.sighting.task_id for row in page.rows],
        card_is_open=bool(opened),
        status=board_words.status(sightings),
        follow=_follow(sightings, counted),
        unfinished=counted.ended < counted.total,
    )


def _row(row: Row, query: Query, opened: str, now: datetime) -> ShownRow:
    drawn = board_html.draw_row(row, now, live, query.words)
    return ShownRow(drawn, board_words.opened(row), is_open=row.sighting.task_id == opened)


def _follow(sightings: Sequence[Sighting], counted: Tally) -> dict[str, Any]:
    followed = any(sighting.following is Following.ON for sighting in sightings)
    stopped = not followed and any(board_words.stopped(sighting) for sighting in sightings)
    return {
        **words.follow_toggle(on=followed, stopped=stopped),
        "tooltip": "Check automatically until all tasks have ended",
        "disabled": counted.ended == counted.total,
    }


def _grow(offered: list[Any], occurring: Iterable[Any]) -> None:
    offered += [each for each in occurring if each not in offered]

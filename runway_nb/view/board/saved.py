"""The saved board: HTML with inline styles only, and text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from ...model.sighting import Sighting
from ...model.task import Task
from .. import words
from ..card import html as card_html
from ..fault import contained
from ..long import cut_name
from ..markup import Html, element, fragment
from ..mime import Bundle
from ..style import framed, saved
from ..terminal import text_table
from . import words as board_words
from .html import BOARD_WIDTH, progress, sized
from .query import STATES, Order, Tally, ordered, tally
from .row import Row

SAVED_ROWS = 200
"""Maximum number of rows in a saved board; a thousand would add most of a megabyte to the notebook file."""

_TEXT_COLUMNS = ("State", "Task", "Cause or prompt")
_COLUMNS = (("State", "states"), ("Task", "tasks"), ("Prompt", ""))  # the name and the role of each


def board(sightings: Iterable[Sighting], now: datetime, *, width: int = BOARD_WIDTH, fetching: bool = False) -> Bundle:
    """Draw a board as HTML and as text, with the same numbers and a table.

    Args:
        sightings: What is known about each task, in the order to show.
        now: The present (UTC).
        width: Maximum width in pixels.
        fetching: Whether first looks are under way.
    """
    known = list(sightings)
    rows = [Row.of(place, sighting) for place, sighting in enumerate(known)]
    counted = tally(rows, fetching=fetching)
    shown = _board(rows, counted, now, width)
    return Bundle({"text/html": str(shown), "text/plain": _text_board(rows, counted, now)}).about(known)


def _board(rows: Sequence[Row], counted: Tally, now: datetime, width: int) -> Html:
    head = element("tr", *(element("th", name, **saved(f"heading narrow {role}")) for name, role in _COLUMNS))
    lines = (contained(partial(_row, row), partial(_faulty, row)) for row in _kept(rows))
    return element(
        "div",
        progress(counted, saved),
        element("div", _counts(counted), _line(board_words.from_record(counted)), **saved("facts")),
        _causes(counted),
        element("table", element("thead", head), element("tbody", *lines), **saved("table even")),
        element("div", _foot(rows, now), **saved("foot")),
        **framed(width),
    )


def _text_board(rows: Sequence[Row], counted: Tally, now: datetime) -> str:
    cells = [contained(partial(_text_row, row), partial(_faulty_text, row)) for row in _kept(rows)]
    causes = [f"{board_words.times(count)} {cause.value}" for cause, count in counted.causes.items()]
    above = [
        f"{board_words.progress(counted)}: {_counts(counted)}",
        board_words.from_record(counted),
        ", ".join(causes),
        board_words.retries(counted),
    ]
    return text_table(_TEXT_COLUMNS, cells, above="\n".join(filter(None, above)), below=_foot(rows, now))


def _counts(counted: Tally) -> str:
    states = (state for state in STATES if counted.states.get(state))
    return " · ".join(f"{board_words.state_name(state)} {counted.states[state]}" for state in states)


def _causes(counted: Tally) -> Html | None:
    if not counted.causes:
        return None
    most = max(counted.causes.values())
    lines = (
        element(
            "div",
            element("div", **sized(saved, "saved-bar", 30 * count / most)),
            f"{board_words.times(count)} {cause.value}",
            **saved("saved-cause"),
        )
        for cause, count in counted.causes.items()
    )
    return element("div", *lines, element("div", board_words.retries(counted)), **saved("facts"))


def _row(row: Row) -> Html:
    if row.fault:
        return _faulty(row, row.fault)
    task = row.sighting.task
    _, task_id, when, cause = _facts(row)
    shown = card_html.link(task.video_url, task_id, saved) if task and task.video_url else task_id
    return _cells(
        fragment(card_html.badge(task, saved, row.sighting.error), _line(cause, "value")),
        fragment(shown, _line(when, "subject")),
        element("div", board_words.text(row), dir="auto"),
    )


def _faulty(row: Row, fault: str) -> Html:
    return _cells(card_html.unknown(saved), cut_name(row.sighting.task_id), words.fault(fault))


def _faulty_text(row: Row, fault: str) -> tuple[str, str, str]:
    return words.marked_state(Task("")), cut_name(row.sighting.task_id), words.fault(fault)


def _cells(*cells: str) -> Html:
    return element("tr", *(element("td", cell, **saved("cell narrow line-below")) for cell in cells))


def _line(text: str, roles: str = "") -> Html | None:
    return element("div", text, **saved(roles)) if text else None


def _facts(row: Row) -> tuple[str, str, str, str]:
    """The state, the id, the moment and the cause, as text."""
    sighting = row.sighting
    cause = row.reading.cause.value if row.reading else ""
    state = words.marked_state(sighting.task, sighting.error)
    return state, cut_name(sighting.task_id), words.moment(row.dated) if row.dated else "", cause


def _text_row(row: Row) -> tuple[str, str, str]:
    if row.fault:
        return _faulty_text(row, row.fault)
    state, task_id, _, cause = _facts(row)
    text = board_words.text(row)
    return state, task_id, f"{cause}: {text}" if cause else text


def _kept(rows: Sequence[Row]) -> Sequence[Row]:
    return rows if len(rows) <= SAVED_ROWS else ordered(rows, Order.STATE)[:SAVED_ROWS]


def _foot(rows: Sequence[Row], now: datetime) -> str:
    left = len(rows) - SAVED_ROWS
    more = "1 more task is" if left == 1 else f"{left} more tasks are"
    cut = f"{more} not listed; failed tasks come first. " if left > 0 else ""
    again = "" if all(row.sighting.settled for row in rows) else " Run the cell again to update."
    return f"{cut}As of {words.moment(now)}.{again}"

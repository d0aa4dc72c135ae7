"""The fragments of a live board, and the saved one, as pure functions to `Html`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from ..failure import Cause
from ..sighting import Sighting
from ..task import TaskState
from . import board_words, html, words
from .filtering import STATES, Entry, Order, Page, Tally, ordered, tally
from .markup import Html, admitted, element, fragment
from .style import STATE_MARKS, Skin, framed, saved
from .table import text_table

BOARD_WIDTH = 760
"""Pixels."""

SAVED_ROWS = 200
"""Rows of a saved board at most; one of a thousand would weigh most of a megabyte in the notebook's file."""

_TEXT_COLUMNS = ("State", "Task", "Cause or prompt")
_SAVED_COLUMNS = (("State", 22), ("Task", 30), ("Prompt", 48))  # percent: front-ends make columns of one width


def summary(counted: Tally, states: Iterable[str], skin: Skin) -> Html:
    """Draw how far the tasks are, and the number of each state; its name stands in the control above it.

    Args:
        counted: The numbers.
        states: The states' words, "" for all.
        skin: How it looks.
    """
    numbers = ((counted.states.get(state, 0) if state else counted.total, state) for state in states)
    tiles = (
        element(
            "div", str(count), _unseen(board_words.state_name(state), skin), **skin("tile" if count else "tile none")
        )
        for count, state in numbers
    )
    return fragment(_progress(counted, skin), element("div", *tiles, **skin("tile-numbers")))


def bars(counted: Tally, causes: Sequence[Cause | None], skin: Skin) -> Html:
    """Draw the number of failures of each cause as a bar; its name stands in the control above it.

    Args:
        counted: The numbers.
        causes: The causes, None for all.
        skin: How it looks.
    """
    counts = ((counted.causes.get(cause, 0) if cause else counted.failed, cause) for cause in causes)
    lines = (
        element(
            "div",
            element("div", **_sized(skin, "bar", 100 * count / max(counted.failed, 1))) if cause else None,
            element(
                "span", board_words.times(count), _unseen(board_words.cause_name(cause), skin), **skin("bar-count")
            ),
            **skin("bar-line"),
        )
        for count, cause in counts
    )
    return fragment(*lines)


def row(entry: Entry, now: datetime, skin: Skin, searched: Sequence[str] = ()) -> Html:
    """Draw a task as a row.

    Args:
        entry: The task.
        now: The present (UTC).
        skin: How it looks.
        searched: The words of a search, case-folded, to be marked.
    """
    head = element(
        "div",
        html.badge(entry.sighting.task, skin),
        element("span", board_words.remark(entry, now), **skin("remark" if entry.reading else "remark quiet")),
        element("span", words.short(entry.sighting.task_id), **skin("short")),
        element("span", board_words.age(entry, now), title=board_words.dated(entry), **skin("age")),
        **skin("row-head"),
    )
    text = _marked(board_words.text(entry, searched), searched, skin)
    line = element("div", text, dir="auto", **skin("row-text"))
    return element("div", _thumbnail(entry, skin), element("div", head, line, **skin("row-body")), **skin("row"))


def nothing(page: Page, skin: Skin) -> Html:
    """Draw what stands in place of rows."""
    return element("div", board_words.nothing(page), **skin("empty"))


def static(sightings: Iterable[Sighting], now: datetime, *, width: int = BOARD_WIDTH) -> dict[str, str]:
    """The board as HTML on inline styles alone, and as text: the same numbers, and a table.

    Args:
        sightings: What is known of each task, in the order to show.
        now: The present (UTC).
        width: Pixels at most.

    Returns:
        ``text/html`` and ``text/plain``.
    """
    entries = [Entry.of(place, sighting) for place, sighting in enumerate(sightings)]
    counted = tally(entries)
    shown = _saved_board(entries, counted, now, width)
    return {"text/html": str(shown), "text/plain": _text_board(entries, counted, now)}


def _saved_board(entries: Sequence[Entry], counted: Tally, now: datetime, width: int) -> Html:
    head = element("tr", *(element("th", name, **_sized(saved, "heading", share)) for name, share in _SAVED_COLUMNS))
    lines = (element("tr", *_cells(entry)) for entry in _kept(entries))
    return element(
        "div",
        _progress(counted, saved),
        element("div", _counts(counted), **saved("facts")),
        _saved_causes(counted),
        element("table", element("thead", head), element("tbody", *lines), **saved("table")),
        element("div", _foot(entries, now), **saved("foot")),
        **framed(width),
    )


def _text_board(entries: Sequence[Entry], counted: Tally, now: datetime) -> str:
    rows = [_text_row(entry) for entry in _kept(entries)]
    causes = [f"{board_words.times(count)} {cause.value}" for cause, count in counted.causes.items()]
    above = [f"{board_words.progress(counted)}: {_counts(counted)}", ", ".join(causes), board_words.retries(counted)]
    return text_table(_TEXT_COLUMNS, rows, above="\n".join(filter(None, above)), below=_foot(entries, now))


def _progress(counted: Tally, skin: Skin) -> Html:
    parts = (
        element("div", **_sized(skin, f"part {state}", share)) for state, share in board_words.shares(counted).items()
    )
    text = element("b", board_words.progress(counted))
    return element("div", text, element("div", *parts, **skin("track")), **skin("progress"))


def _unseen(text: str, skin: Skin) -> Html:
    """Text for who hears the board instead of seeing it."""
    return element("span", f" {text} ", **skin("unseen"))


def _sized(skin: Skin, roles: str, percent: float) -> dict[str, str]:
    look = dict(skin(roles))
    return {**look, "style": ";".join(filter(None, (look.get("style"), f"width:{percent:.1f}%")))}


def _thumbnail(entry: Entry, skin: Skin) -> Html:
    task = entry.sighting.task
    url = admitted(task.video.image_url) if task and task.video else None
    state = task.state if task else TaskState.UNKNOWN
    inside = element("img", src=url, alt="", loading="lazy", **skin("thumb-image")) if url else STATE_MARKS[state]
    return element("div", inside, **skin("thumb"))


def _marked(text: str, searched: Sequence[str], skin: Skin) -> Html:
    if not searched:
        return fragment(text)
    pieces = re.split(f"({'|'.join(map(re.escape, searched))})", text, flags=re.IGNORECASE)
    return fragment(*(element("mark", piece, **skin("found")) if at % 2 else piece for at, piece in enumerate(pieces)))


def _counts(counted: Tally) -> str:
    states = (state for state in STATES if counted.states.get(state))
    return " · ".join(f"{board_words.state_name(state)} {counted.states[state]}" for state in states)


def _saved_causes(counted: Tally) -> Html | None:
    if not counted.causes:
        return None
    most = max(counted.causes.values())
    lines = (
        element(
            "div",
            element("div", **_sized(saved, "saved-bar", 30 * count / most)),
            f"{board_words.times(count)} {cause.value}",
            **saved("saved-cause"),
        )
        for cause, count in counted.causes.items()
    )
    return element("div", *lines, element("div", board_words.retries(counted)), **saved("facts"))


def _cells(entry: Entry) -> list[Html]:
    task = entry.sighting.task
    _, task_id, when, cause = _facts(entry)
    shown = html.link(task.video_url, task_id, saved) if task and task.video_url else task_id
    cells = (
        fragment(html.badge(task, saved), _under(cause, "value")),
        fragment(shown, _under(when, "when")),
        element("div", board_words.text(entry), dir="auto"),
    )
    return [element("td", cell, **saved("cell line-below")) for cell in cells]


def _under(text: str, role: str) -> Html | None:
    return element("div", text, **saved(role)) if text else None


def _facts(entry: Entry) -> tuple[str, str, str, str]:
    """All columns but the last, as text."""
    sighting = entry.sighting
    cause = entry.reading.cause.value if entry.reading else ""
    state = words.marked_state(sighting.task)
    return state, sighting.task_id, words.moment(entry.dated) if entry.dated else "", cause


def _text_row(entry: Entry) -> tuple[str, str, str]:
    state, task_id, _, cause = _facts(entry)
    text = board_words.text(entry)
    return state, task_id, f"{cause}: {text}" if cause else text


def _kept(entries: Sequence[Entry]) -> Sequence[Entry]:
    return entries if len(entries) <= SAVED_ROWS else ordered(entries, Order.STATE)[:SAVED_ROWS]


def _foot(entries: Sequence[Entry], now: datetime) -> str:
    left = len(entries) - SAVED_ROWS
    cut = f"{left} more tasks are not listed here; what failed stands first. " if left > 0 else ""
    again = "" if all(entry.sighting.settled for entry in entries) else " Run the cell again to look."
    return f"{cut}As of {words.moment(now)}.{again}"

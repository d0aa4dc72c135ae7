"""The fragments of a board, as pure functions to `Html`.

A board is drawn again after every look, and most looks change nothing on the screen. Each function therefore reduces
what it draws to a few strings, and the drawing of those strings is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from ...model.failure import Cause
from ...model.task import Task, TaskState
from .. import words
from ..card import html
from ..fault import contained
from ..markup import Html, admitted, element, fragment, image
from ..style import STATE_MARKS, Skin
from . import words as board_words
from .query import Page, Tally
from .row import Row

BOARD_WIDTH = 760
"""Pixels."""

_REMEMBERED_ROWS = 128  # a dozen pages, over all boards
_REMEMBERED_SUMMARIES = 16
_LONG = 4000  # characters of a row that is drawn each time, so that the remembered ones stay below a few megabytes


def summary(counted: Tally, states: Iterable[str], now: datetime, skin: Skin) -> Html:
    """Draw the progress, and the number of tasks in each state; the control above it shows the state's name.

    Args:
        counted: The numbers.
        states: The states' words, "" for all.
        now: The present (UTC).
        skin: How it looks.
    """
    tiles = tuple(
        (counted.states.get(state, 0) if state else counted.total, board_words.state_name(state)) for state in states
    )
    return _summary(progress(counted, skin, board_words.from_record(counted, now)), tiles, skin)


def progress(counted: Tally, skin: Skin, note: str = "") -> Html:
    """Draw how many tasks have ended, as words and a bar.

    Args:
        counted: The numbers.
        skin: How it looks.
        note: What to add on the same line or, in a narrow window, below it.
    """
    return _progress(board_words.progress(counted), note, tuple(board_words.shares(counted).items()), skin)


def bars(counted: Tally, causes: Sequence[Cause | None], skin: Skin) -> Html:
    """Draw the number of failures of each cause as a bar; the control above it shows the cause's name.

    Args:
        counted: The numbers.
        causes: The causes, None for all.
        skin: How it looks.
    """
    counts = ((counted.causes.get(cause, 0) if cause else counted.failed, cause) for cause in causes)
    most = max(counted.failed, 1)
    lines = ((count, board_words.cause_name(cause), 100 * count / most if cause else None) for count, cause in counts)
    return _bars(tuple(lines), skin)


def draw_row(row: Row, now: datetime, skin: Skin, searched: Sequence[str] = ()) -> Html:
    """Draw the row of a task.

    Args:
        row: The task.
        now: The present (UTC).
        skin: How it looks.
        searched: The words of a search, case-folded, to be marked.
    """
    parts = contained(lambda: _parts(row, now, skin, searched), lambda fault: _faulty_parts(row, fault, skin))
    return _draw_row(parts, skin) if parts.size <= _LONG else _draw_row.__wrapped__(parts, skin)


def nothing(page: Page, skin: Skin) -> Html:
    """Draw what a page without rows shows."""
    return element("div", board_words.nothing(page), **skin("empty"))


def sized(skin: Skin, roles: str, percent: float) -> dict[str, str]:
    """Add a width to a style."""
    look = dict(skin(roles))
    return {**look, "style": ";".join(filter(None, (look.get("style"), f"width:{percent:.1f}%")))}


class _RowParts(NamedTuple):
    """All that a row shows: rows with equal parts look the same."""

    badge: Html
    thumbnail: str
    mark: str
    remark: str
    failed: bool
    short_id: str
    age: str
    dated: str
    text: str
    searched: tuple[str, ...]

    @property
    def size(self) -> int:
        """The number of characters of all parts."""
        return sum(len(str(part)) for part in self)


def _parts(row: Row, now: datetime, skin: Skin, searched: Sequence[str]) -> _RowParts:
    if row.fault:
        return _faulty_parts(row, row.fault, skin)
    task = row.sighting.task
    return _RowParts(
        badge=html.badge(task, skin, row.sighting.error),
        thumbnail=_thumbnail_url(task),
        mark=STATE_MARKS[task.state if task else TaskState.UNKNOWN],
        remark=board_words.remark(row, now),
        failed=row.reading is not None,
        short_id=words.short(row.sighting.task_id),
        age=board_words.age(row, now),
        dated=board_words.dated(row),
        text=board_words.text(row, searched),
        searched=tuple(searched),
    )


def _faulty_parts(row: Row, fault: str, skin: Skin) -> _RowParts:
    """Return the parts of the row of a task that cannot be drawn."""
    return _RowParts(
        badge=html.unknown(skin),
        thumbnail="",
        mark=STATE_MARKS[TaskState.UNKNOWN],
        remark="",
        failed=False,
        short_id=words.short(row.sighting.task_id),
        age="",
        dated="",
        text=words.fault(fault),
        searched=(),
    )


@lru_cache(_REMEMBERED_ROWS)
def _draw_row(parts: _RowParts, skin: Skin) -> Html:
    head = element(
        "div",
        parts.badge,
        element("span", parts.remark, **skin("remark" if parts.failed else "remark quiet")),
        element("span", parts.short_id, **skin("short")),
        element("span", parts.age, title=parts.dated, **skin("age")),
        **skin("row-head"),
    )
    shown = image(parts.thumbnail, "", **skin("thumb-image")) if parts.thumbnail else parts.mark
    line = element("div", _marked(parts.text, parts.searched, skin), dir="auto", **skin("row-text"))
    return element(
        "div",
        element("div", shown, **skin("thumb")),
        element("div", head, line, **skin("row-body")),
        **skin("row"),
    )


@lru_cache(_REMEMBERED_SUMMARIES)
def _summary(above: Html, tiles: tuple[tuple[int, str], ...], skin: Skin) -> Html:
    drawn = (
        element("div", str(count), _spoken(name, skin), **skin("tile" if count else "tile none"))
        for count, name in tiles
    )
    return fragment(above, element("div", *drawn, **skin("tile-numbers")))


@lru_cache(_REMEMBERED_SUMMARIES)
def _progress(text: str, note: str, shares: tuple[tuple[str, float], ...], skin: Skin) -> Html:
    track = element(
        "div", *(element("div", **sized(skin, f"part {state}", share)) for state, share in shares), **skin("track")
    )
    line: Html = element("b", text)
    if note:
        line = element(
            "div",
            line,
            element("span", " · ", **skin("dot quiet")),
            element("span", note, title=note, **skin("remark quiet")),
            **skin("row-text"),
        )
    return element("div", line, track, **skin("progress"))


@lru_cache(_REMEMBERED_SUMMARIES)
def _bars(lines: tuple[tuple[int, str, float | None], ...], skin: Skin) -> Html:
    drawn = (
        element(
            "div",
            None if share is None else element("div", **sized(skin, "bar", share)),
            element("span", board_words.times(count), _spoken(name, skin), **skin("bar-count")),
            **skin("bar-line"),
        )
        for count, name, share in lines
    )
    return fragment(*drawn)


def _spoken(text: str, skin: Skin) -> Html:
    """Text for a screen reader: the control beside it shows the same."""
    return element("span", f" {text} ", **skin("unseen"))


def _thumbnail_url(task: Task | None) -> str:
    return (admitted(task.video.image_url) if task and task.video else None) or ""


def _marked(text: str, searched: Sequence[str], skin: Skin) -> Html:
    if not searched:
        return fragment(text)
    pieces = re.split(f"({'|'.join(map(re.escape, searched))})", text, flags=re.IGNORECASE)
    return fragment(*(element("mark", piece, **skin("found")) if at % 2 else piece for at, piece in enumerate(pieces)))

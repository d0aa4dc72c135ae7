"""A list of tasks seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ...model.failure import read_failure
from ...model.sighting import Sighting
from ...model.task import Task, TaskState
from .. import words
from ..card import html
from ..fault import contained
from ..long import MESSAGE, cut, cut_name, shortened
from ..markup import Html, element
from ..mime import Bundle
from ..style import framed, saved
from ..terminal import text_table

_COLUMNS = ("State", "Task", "Last seen", "Prompt or cause")
_FOOT = "%runway TASK checks a task again; %runway? lists the options."


def draw(sightings: Sequence[Sighting], now: datetime, missing: str = "") -> Bundle:
    """Draw a list of tasks.

    Args:
        sightings: The tasks, in the order to show them.
        now: The current time (UTC).
        missing: A sentence about what the record lacks; "" for none.
    """
    items = element("ul", *(_item(sighting, now) for sighting in sightings), **saved("list"))
    below = f"{missing} {_FOOT}".strip()
    foot = element("div", below, **saved("foot flush"))
    rows = [_row(sighting, now) for sighting in sightings]
    shown = element("div", items, foot, **framed())
    below = f"{missing}\n{_FOOT}".strip()
    return Bundle({"text/html": str(shown), "text/plain": text_table(_COLUMNS, rows, below=below)})


def _item(sighting: Sighting, now: datetime) -> Html:
    return contained(
        lambda: _drawn_item(sighting, now),
        lambda fault: element("li", html.faulty(sighting.task_id, fault, saved), **saved("list-item")),
    )


def _drawn_item(sighting: Sighting, now: datetime) -> Html:
    head = element(
        "div",
        html.badge(sighting.task, saved),
        " ",
        element("span", cut_name(sighting.task_id), **saved("id")),
        " ",
        element("span", _seen(sighting, now), **saved("when")),
        **saved("list-head"),
    )
    return element("li", head, element("div", _about(sighting), dir="auto", **saved("list-text")), **saved("list-item"))


def _row(sighting: Sighting, now: datetime) -> tuple[str, str, str, str]:
    task_id = cut_name(sighting.task_id)
    return contained(
        lambda: (words.marked_state(sighting.task), task_id, _seen(sighting, now), _about(sighting)),
        lambda fault: (words.marked_state(Task("")), task_id, "", words.fault(fault)),
    )


def _seen(sighting: Sighting, now: datetime) -> str:
    return words.ago(sighting.seen_at, now) if sighting.seen_at else ""


def _about(sighting: Sighting) -> str:
    task = sighting.task
    if task is None:
        return cut(str(sighting.error or ""), MESSAGE)
    failed = task.state is TaskState.FAIL
    return shortened(f"{read_failure(task).cause.value}: {task.fail_msg}" if failed else task.prompt)

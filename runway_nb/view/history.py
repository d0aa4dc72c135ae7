"""The tasks seen, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..failure import read_failure
from ..sighting import Sighting
from ..task import TaskState
from . import html, words
from .markup import Html, element
from .style import saved
from .table import text_table

_COLUMNS = ("State", "Task", "Last seen", "Prompt or cause")
_BELOW = "%runway TASK looks again; %runway? lists the options."


def bundle(sightings: Sequence[Sighting], now: datetime) -> dict[str, str]:
    """Draw tasks seen, in the order to show.

    Args:
        sightings: What is known of each.
        now: The present (UTC).
    """
    items = element("ul", *(_item(sighting, now) for sighting in sightings), **saved("list"))
    foot = element("div", _BELOW, **saved("foot flush"))
    rows = [_row(sighting, now) for sighting in sightings]
    return {
        "text/html": str(element("div", items, foot, **saved("card"))),
        "text/plain": text_table(_COLUMNS, rows, below=_BELOW),
    }


def _item(sighting: Sighting, now: datetime) -> Html:
    head = element(
        "div",
        html.badge(sighting.task, saved),
        " ",
        element("span", sighting.task_id, **saved("id")),
        " ",
        element("span", _seen(sighting, now), **saved("when")),
        **saved("list-head"),
    )
    return element("li", head, element("div", _about(sighting), dir="auto", **saved("list-text")), **saved("list-item"))


def _row(sighting: Sighting, now: datetime) -> tuple[str, str, str, str]:
    return words.marked_state(sighting.task), sighting.task_id, _seen(sighting, now), _about(sighting)


def _seen(sighting: Sighting, now: datetime) -> str:
    return words.ago(sighting.seen_at, now) if sighting.seen_at else ""


def _about(sighting: Sighting) -> str:
    task = sighting.task
    if task is None:
        return str(sighting.error or "")
    failed = task.state is TaskState.FAIL
    return words.shortened(f"{read_failure(task).cause.value}: {task.fail_msg}" if failed else task.prompt)

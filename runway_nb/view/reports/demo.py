"""The list of demo tasks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

from ..markup import Html, element
from ..mime import Bundle
from ..style import framed, saved


class Example(Protocol):
    """What the list needs of a demo task."""

    @property
    def task_id(self) -> str:
        """The id to look up."""

    @property
    def shows(self) -> str:
        """What it demonstrates, in a few words."""

    @property
    def group(self) -> str:
        """The heading it is listed under."""


def draw(tasks: Sequence[Example]) -> Bundle:
    """Draw the list in groups, the first one unfolded.

    Args:
        tasks: The tasks, sorted by group.
    """
    groups = [(name, list(members)) for name, members in groupby(tasks, key=lambda task: task.group)]
    title = element("div", element("b", _TITLE), f" {_HINT}", **saved("facts"))
    folds = (_fold(name, members, unfolded=index == 0) for index, (name, members) in enumerate(groups))
    shown = element("div", title, *folds, **framed())
    return Bundle({"text/html": str(shown), "text/plain": _text(groups)})


_TITLE = "The API is simulated locally."
_HINT = "No key or network is needed. %runway_demo off switches back to the real service."


def _fold(name: str, tasks: Sequence[Example], *, unfolded: bool) -> Html:
    items = (
        element(
            "li",
            element("code", f"%runway {task.task_id}", **saved("code")),
            " ",
            element("span", task.shows, **saved("shows")),
            **saved("list-pair"),
        )
        for task in tasks
    )
    summary = element("summary", f"{name} ({len(tasks)})")
    listed = element("ul", *items, **saved("list"))
    return element("details", summary, listed, open="" if unfolded else None, **saved("facts"))


def _text(groups: Sequence[tuple[str, Sequence[Example]]]) -> str:
    lines = [f"{_TITLE} {_HINT}"]
    for name, tasks in groups:
        lines += ["", name, *(f"  %runway {task.task_id:<36}  {task.shows}" for task in tasks)]
    return "\n".join(lines)

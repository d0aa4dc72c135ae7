"""The demo tasks, listed by what they show."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

from .markup import Html, element
from .style import saved


class Shown(Protocol):
    """A demo task, as far as the list shows it."""

    @property
    def task_id(self) -> str:
        """What to look up."""

    @property
    def shows(self) -> str:
        """What it shows."""

    @property
    def group(self) -> str:
        """Which kind of thing that is."""


def bundle(tasks: Sequence[Shown]) -> dict[str, str]:
    """Draw the list, the first group unfolded.

    Args:
        tasks: The tasks, with those of one group beside one another.
    """
    groups = [(name, list(members)) for name, members in groupby(tasks, key=lambda task: task.group)]
    title = element("div", element("b", _TITLE), f" {_BELOW}", **saved("facts"))
    folds = (_fold(name, members, unfolded=index == 0) for index, (name, members) in enumerate(groups))
    return {"text/html": str(element("div", title, *folds, **saved("card"))), "text/plain": _text(groups)}


_TITLE = "The API is played locally."
_BELOW = "No key and no network are needed; %runway_demo off goes back to the service."


def _fold(name: str, tasks: Sequence[Shown], *, unfolded: bool) -> Html:
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


def _text(groups: Sequence[tuple[str, Sequence[Shown]]]) -> str:
    lines = [f"{_TITLE} {_BELOW}"]
    for name, tasks in groups:
        lines += ["", name, *(f"  %runway {task.task_id:<36}  {task.shows}" for task in tasks)]
    return "\n".join(lines)

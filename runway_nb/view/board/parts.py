"""The controls that a `TaskBoard` is made of, and what they show."""

from __future__ import annotations

from collections.abc import Mapping
from threading import get_ident
from typing import Any

import ipywidgets as widgets

from ..shared import shared
from .query import PAGE_SIZE, Order
from .shown import Shown, ShownRow


class BoardParts:
    """The controls, in the order of the keyboard.

    Words and numbers that change are in HTML *behind* the controls of states, causes and rows, never in their labels:
    a front-end rebuilds a set of buttons when a label changes, and a press at that moment would be lost.
    """

    def __init__(self) -> None:
        self._showing = 0
        self._sheet = shared().sheet
        self.summary = _html("summary-box")
        self.states = _choice("tiles")
        self.bars = _html("bars-box")
        self.causes = _choice("causes")
        self.advice = _html("advice")
        self.search = widgets.Text(
            placeholder="Search prompts, messages, ids",
            description="Search",
            **shared().look(widgets.Text),
            _dom_classes=("runway-search",),
        )
        self.order = _choice(
            "order",
            options=[order.value for order in Order],
            tooltips=[f"Sort the tasks: {order.value}" for order in Order],
        )
        self.results = _html("results")
        self.clear = _button("Clear filters", "Show all tasks again", "clear")
        self.previous = _button(
            "Previous", "Previous page; the first wraps around to the last", "previous", "chevron-left"
        )
        self.next = _button("Next", "Next page; the last wraps around to the first", "next", "chevron-right")
        self.rows = [_html("row-box") for _ in range(PAGE_SIZE)]
        self.buttons = [_button("Open", "", "open") for _ in range(PAGE_SIZE)]
        self.follow = widgets.ToggleButton(
            description="Auto-refresh",
            **shared().look(widgets.ToggleButton),
            _dom_classes=("runway-button", "runway-follow-all"),
        )
        self.look = _button("Refresh", "Check the unfinished tasks now", "look-all", "refresh")
        self.status = _html("status")
        self.close_card = _button("Close the card", "Close the card below", "shut")

    @property
    def all(self) -> tuple[Any, ...]:
        """All of them; what is opened comes after."""
        pairs = (part for pair in zip(self.rows, self.buttons, strict=True) for part in pair)
        filters = (self._sheet, self.summary, self.states, self.bars, self.causes, self.advice, self.search, self.order)
        page = (self.results, self.clear, self.previous, self.next, *pairs)
        return (*filters, *page, self.follow, self.look, self.status, self.close_card)

    @property
    def is_showing(self) -> bool:
        """Whether a control that changes right now does so because of `show` and not of the user."""
        return self._showing == get_ident()

    def show(self, shown: Shown) -> None:
        """Bring the controls up to date; only what differs is sent. One thread at a time."""
        self._showing = get_ident()
        try:
            self.summary.value = shown.summary
            _choose(self.states, shown.states, shown.state)
            self.bars.value = shown.bars
            _choose(self.causes, shown.causes, shown.cause)
            self.advice.value = shown.advice
            self.results.value = shown.results
            self.previous.disabled = self.next.disabled = shown.pages < 2
            for place in range(PAGE_SIZE):
                self._show_row(place, shown.rows[place] if place < len(shown.rows) else None)
            self.close_card.disabled = not shown.card_is_open
            self.status.value = shown.status
            _set(self.follow, shown.follow)
            self.look.disabled = not shown.unfinished
        finally:
            self._showing = 0

    def close(self) -> None:
        """Close them, except for the style sheet, which other boards and cards share."""
        for part in self.all:
            if part is not self._sheet:
                part.close()

    def _show_row(self, place: int, row: ShownRow | None) -> None:
        self.rows[place].value = row.html if row else ""
        traits: dict[str, Any] = {"disabled": row is None or not row.tooltip}  # which also hides it
        if row is not None:
            traits |= {
                "tooltip": row.tooltip,
                "description": "Close" if row.is_open else "Open",
                "icon": "chevron-down" if row.is_open else "chevron-right",
                "button_style": "info" if row.is_open else "",
            }
        _set(self.buttons[place], traits)


def _html(name: str) -> Any:
    return widgets.HTML(**shared().look(widgets.HTML), _dom_classes=(f"runway-{name}",))


def _choice(name: str, **traits: Any) -> Any:
    classes = ("runway-choice", f"runway-{name}")
    return widgets.ToggleButtons(**traits, **shared().look(widgets.ToggleButtons), _dom_classes=classes)


def _button(description: str, tooltip: str, name: str, icon: str = "") -> Any:
    return widgets.Button(
        description=description,
        tooltip=tooltip,
        icon=icon,
        **shared().look(widgets.Button),
        _dom_classes=("runway-open",) if name == "open" else ("runway-button", f"runway-{name}"),
    )


def _choose(choice: Any, labels: tuple[str, ...], chosen: int | None) -> None:
    with choice.hold_sync():
        if choice.options != labels:
            choice.options = labels
        if choice.index != chosen:
            choice.index = chosen


def _set(widget: Any, traits: Mapping[str, Any]) -> None:
    with widget.hold_sync():
        for name, value in traits.items():
            setattr(widget, name, value)

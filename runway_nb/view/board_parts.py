"""The controls that a `TaskBoard` is made of, and what they show."""

from __future__ import annotations

from collections.abc import Mapping
from threading import get_ident
from typing import Any

import ipywidgets as widgets

from .board_style import board_rules
from .board_view import Row, Shown
from .filtering import PAGE_SIZE, Order
from .markup import style_sheet


class BoardParts:
    """The controls, in the order of the keyboard. They share a layout, and those of a kind a style.

    Words and numbers that change stand in HTML *behind* the controls of states, causes and rows, never in their
    labels: a front-end makes a set of buttons anew when a label changes, and whoever was about to press one would
    lose it.
    """

    def __init__(self) -> None:
        self._showing = 0
        self.sheet = widgets.HTML(str(style_sheet(board_rules())), _dom_classes=("runway-sheet",))
        self._layout = self.sheet.layout
        self.summary = self._html("summary-box")
        self.states = self._choice("tiles", None)
        self.bars = self._html("bars-box")
        self.causes = self._choice("causes", self.states.style)
        self.advice = self._html("advice")
        self.search = widgets.Text(
            placeholder="Search prompts, messages, ids",
            description="Search",
            layout=self._layout,
            _dom_classes=("runway-search",),
        )
        self.order = self._choice(
            "order",
            self.states.style,
            options=[order.value for order in Order],
            tooltips=[f"Sort the tasks: {order.value}" for order in Order],
        )
        self.results = self._html("results")
        self.clear = self._button("Clear filters", "Show all tasks again", None, "clear")
        self.previous = self._button(
            "Previous", "Previous page; the last after the first", self.clear.style, "previous"
        )
        self.next = self._button("Next", "Next page; the first after the last", self.clear.style, "next")
        self.previous.icon, self.next.icon = "chevron-left", "chevron-right"
        self.rows = [self._html("row-box") for _ in range(PAGE_SIZE)]
        self.buttons = [self._button("Open", "", self.clear.style, "open") for _ in range(PAGE_SIZE)]
        self.follow = widgets.ToggleButton(
            description="Auto-refresh", layout=self._layout, _dom_classes=("runway-button", "runway-follow-all")
        )
        self.look = self._button("Refresh", "Look now at the tasks that have not ended", self.clear.style, "look-all")
        self.look.icon = "refresh"
        self.status = self._html("status")
        self.close_card = self._button("Close the card", "Close the card below", self.clear.style, "shut")

    @property
    def all(self) -> tuple[Any, ...]:
        """All of them; what is opened comes after."""
        pairs = (part for pair in zip(self.rows, self.buttons, strict=True) for part in pair)
        filters = (self.sheet, self.summary, self.states, self.bars, self.causes, self.advice, self.search, self.order)
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
        """Close them, their styles and their layout."""
        styles = {id(part.style): part.style for part in self.all}
        for part in (*self.all, *styles.values(), self._layout):
            part.close()

    def _show_row(self, place: int, row: Row | None) -> None:
        self.rows[place].value = row.html if row else ""
        traits: dict[str, Any] = {"disabled": row is None or not row.tooltip}  # and thereby hidden
        if row is not None:
            traits |= {
                "tooltip": row.tooltip,
                "description": "Close" if row.is_open else "Open",
                "icon": "chevron-down" if row.is_open else "chevron-right",
                "button_style": "info" if row.is_open else "",
            }
        _set(self.buttons[place], traits)

    def _html(self, name: str) -> Any:
        return widgets.HTML(layout=self._layout, style=self.sheet.style, _dom_classes=(f"runway-{name}",))

    def _choice(self, name: str, style: Any, **traits: Any) -> Any:
        shared = {} if style is None else {"style": style}
        classes = ("runway-choice", f"runway-{name}")
        return widgets.ToggleButtons(layout=self._layout, _dom_classes=classes, **traits, **shared)

    def _button(self, description: str, tooltip: str, style: Any, name: str) -> Any:
        return widgets.Button(
            description=description,
            tooltip=tooltip,
            layout=self._layout,
            _dom_classes=("runway-open",) if name == "open" else ("runway-button", f"runway-{name}"),
            **({} if style is None else {"style": style}),
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

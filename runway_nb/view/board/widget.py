"""`TaskBoard`: many tasks in one output, as a fixed number of ipywidgets' core controls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timezone
from threading import RLock
from typing import Any

import ipywidgets as widgets
import traitlets

from ...model.sighting import Sighting
from ..card.widget import Actions, TaskCard
from ..style import AS_TYPED
from ..weak_callback import weak_callback
from .burst import Burst
from .html import BOARD_WIDTH
from .parts import BoardParts
from .query import Order, Query, tally
from .row import Row
from .shown import Choices, shown

_PAUSE = 0.2  # seconds between two changes of the screen


class TaskBoard(widgets.Box):  # type: ignore[misc]  # ipywidgets is untyped
    """Many tasks: a summary that is also the filter, a search, pages of rows, and the card of the one that is open.

    The number of widgets is the same for two tasks and for thousands. Updates are gathered, and only what is on the
    screen is sent.

    Args:
        sightings: What is known about each task, in the order to show. A repeated task is shown once.
        actions: What the board's own controls do, for all tasks that have not ended.
        open_card: Makes the live card of a task, to be shown below; the board closes it.
        show_card: Brings that card up to date.
        gathers: Whether updates in quick succession are drawn together, a little later and in another thread.
        is_fetching: Returns whether first looks are under way; the summary then counts them.

    Attributes:
        tasks: The latest `Task` of each, in order, a trait to ``observe``; None where none was seen.
        opened: The id of the task whose card is open, a trait to ``observe``; "" for none.
        card: That card; None for none.
    """

    tasks = traitlets.List(read_only=True)
    opened = traitlets.Unicode(read_only=True)

    def __init__(
        self,
        sightings: Iterable[Sighting],
        actions: Actions,
        *,
        open_card: Callable[[Sighting], TaskCard],
        show_card: Callable[[TaskCard, Sighting], None] = TaskCard.show,
        gathers: bool = True,
        is_fetching: Callable[[], bool] = lambda: False,
    ) -> None:
        known = {sighting.task_id: sighting for sighting in sightings}
        self.card: TaskCard | None = None
        self._rows = [Row.of(place, sighting) for place, sighting in enumerate(known.values())]
        self._places = {task_id: place for place, task_id in enumerate(known)}
        self._query = Query()
        self._lock = RLock()  # of the rows and the query; never held while something is sent
        self._actions = actions
        self._open_card = open_card
        self._show_card = show_card
        self._is_fetching = is_fetching
        self._choices = Choices()
        self._parts = BoardParts()
        super().__init__(
            self._parts.all,
            layout=widgets.Layout(max_width=f"{BOARD_WIDTH}px"),
            _dom_classes=("runway-board", *AS_TYPED),
        )
        self._burst = Burst(weak_callback(self._publish), _PAUSE if gathers else 0.0)
        self._burst.now()
        self._listen()

    @property
    def sightings(self) -> list[Sighting]:
        """The latest of each task, in order."""
        with self._lock:
            return [row.sighting for row in self._rows]

    def update(self, sighting: Sighting) -> None:
        """Update a task; any thread may call it. The screen follows within a fifth of a second.

        Raises:
            KeyError: If the task is not on the board.
        """
        with self._lock:
            place = self._places[sighting.task_id]
            self._rows[place] = self._rows[place].seen(sighting)
        self._burst.ask()

    def flush(self) -> None:
        """Bring the screen up to date at once."""
        self._burst.now()

    def gathered(self) -> None:
        """Put the causes in order and bring the screen up to date: all tasks were looked at for the first time."""
        with self._lock:
            if self._query.cause is None:  # a control in use keeps its place and its meaning
                self._choices.rank(tally(self._rows))
        self.flush()

    def open_task(self, task_id: str) -> None:
        """Show a task's card below the rows, in place of the one shown there.

        Raises:
            KeyError: If the task is not on the board.
        """
        with self._lock:
            sighting = self._rows[self._places[task_id]].sighting
        self._put(self._open_card(sighting))

    def close_task(self) -> None:
        """Close the card that is open."""
        self._put(None)

    def close(self) -> None:
        """Close the board, its models and its open card, and stop following for it."""
        if self.comm is None:
            return
        self._burst.end()
        self._actions.closed()
        if self.card is not None:
            self.card.close()
        self._parts.close()
        self.layout.close()
        super().close()

    def _ipython_display_(self) -> None:
        # As for a card: what `show` has already displayed is not shown twice as the cell's value.
        self._actions.display()

    def _publish(self) -> None:
        """Bring everything on the screen up to date. `Burst` never calls it twice at once."""
        with self._lock:
            rows, query, card = list(self._rows), self._query, self.card
        self._view = shown(rows, query, self._choices, self.opened, _now(), fetching=self._is_fetching())
        self._parts.show(self._view)
        if card is not None:
            sighting = rows[self._places[card.sighting.task_id]].sighting
            if card.sighting is not sighting:
                self._show_card(card, sighting)
        self.set_trait("tasks", [row.sighting.task for row in rows])

    def _ask(self, change: Callable[[Query], Query]) -> None:
        """Change the query and show the result."""
        with self._lock:
            self._query = change(self._query)
        self._burst.now()

    def _on_choice(self, choice: Any, change: Callable[[Query, int], Query]) -> None:
        choose = weak_callback(self._choose)
        choice.observe(lambda event: choose(lambda query: change(query, event["new"])), "index")

    def _choose(self, change: Callable[[Query], Query]) -> None:
        if not self._parts.is_showing:
            self._ask(change)

    def _on_look(self, _: object) -> None:
        self._actions.look()

    def _on_follow(self, event: dict[str, Any]) -> None:
        if self._parts.is_showing:
            return  # the toggle followed the watcher, not the user
        if event["new"]:
            self._actions.follow()
        else:
            self._actions.unfollow()

    def _on_open(self, place: int) -> None:
        if place >= len(self._view.on_page):
            return  # the page has become shorter since the press
        task_id = self._view.on_page[place]
        if task_id == self.opened:
            self.close_task()
        else:
            self.open_task(task_id)

    def _turn(self, by: int) -> None:
        """Go to another page. After the last comes the first, so that no control is disabled while it is used."""
        page, pages = self._view.page, self._view.pages
        self._ask(lambda query: replace(query, page=(page + by) % pages))

    def _clear(self) -> None:
        self._ask(Query.cleared)
        self._parts.search.value = ""

    def _put(self, card: TaskCard | None) -> None:
        """Show a card at the end, where the front-end rebuilds nothing for it, and close the one before."""
        former, self.card = self.card, card
        self.children = (*self._parts.all, card) if card else self._parts.all
        if former is not None:
            former.close()
        self.set_trait("opened", card.sighting.task_id if card else "")
        self._burst.now()

    def _listen(self) -> None:
        parts, choices = self._parts, self._choices
        ask, clear, turn = weak_callback(self._ask), weak_callback(self._clear), weak_callback(self._turn)
        open_place, close_task = weak_callback(self._on_open), weak_callback(self.close_task)
        self._on_choice(parts.states, lambda query, at: query.with_state(choices.states[at]))
        self._on_choice(parts.causes, lambda query, at: query.with_cause(choices.causes[at]))
        self._on_choice(parts.order, lambda query, at: replace(query, order=list(Order)[at], page=0))
        parts.search.observe(lambda change: ask(lambda query: replace(query, text=change["new"], page=0)), "value")
        parts.clear.on_click(lambda _: clear())
        parts.previous.on_click(lambda _: turn(-1))
        parts.next.on_click(lambda _: turn(+1))
        parts.look.on_click(weak_callback(self._on_look))
        parts.follow.observe(weak_callback(self._on_follow), "value")
        parts.close_card.on_click(lambda _: close_task())
        for place, button in enumerate(parts.buttons):
            button.on_click(lambda _, place=place: open_place(place))


def _now() -> datetime:
    return datetime.now(timezone.utc)

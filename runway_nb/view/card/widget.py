"""`TaskCard`: one task as ipywidgets' core controls, kept up to date with each `Sighting` it gets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timezone
from threading import RLock
from typing import Any, Protocol

import ipywidgets as widgets
import traitlets

from ...model.defaults import DEFAULT_WIDTH
from ...model.media import NOTHING_EMBEDDED, Embedded
from ...model.sighting import Following, Sighting
from ...model.task import Task
from ...model.task_id import LONGEST_ID
from .. import words
from ..fault import contained
from ..markup import fragment
from ..shared import shared
from ..style import AS_TYPED, live
from ..weak_callback import weak_callback
from . import html
from .notes import notes_of


class Actions(Protocol):
    """What a card's controls do. The card asks through these and imports nothing that fetches."""

    def look(self) -> None:
        """Look at the task now."""

    def follow(self) -> None:
        """Check automatically until the task ends."""

    def unfollow(self) -> None:
        """Stop that."""

    def open_task(self, task_id: str) -> TaskCard:
        """Make the card of another task."""

    def display(self) -> None:
        """Show the card here."""

    def closed(self) -> None:
        """The card is gone."""


class TaskCard(widgets.Box):  # type: ignore[misc]  # ipywidgets is untyped
    """One task: badge, prompt, steps, player, notes, facts, and the controls that look again.

    A card opens six widgets and a layout for its own box; the styles and the other layouts are shared by all cards. One
    more widget leads to the parent task, and there is one fewer where the task has ended and cannot be followed. The
    player is a separate widget that changes only with the video; everything else that changes is in another, so that
    most changes are one message.

    Args:
        sighting: What is known about the task.
        actions: What the controls do.
        width: Maximum width in pixels.
        embedded: Media to embed.

    Attributes:
        task: The latest `Task`, a trait to ``observe``; None before the first good look.
        sighting: The latest `Sighting`, a trait to ``observe``: errors and following too.
    """

    task = traitlets.Instance(Task, allow_none=True, read_only=True)
    sighting = traitlets.Instance(Sighting, read_only=True)

    def __init__(
        self,
        sighting: Sighting,
        actions: Actions,
        *,
        width: int = DEFAULT_WIDTH,
        embedded: Embedded = NOTHING_EMBEDDED,
    ) -> None:
        self._actions = actions
        self._embedded = embedded
        self._drawn: dict[str, tuple[object, str]] = {}
        self._children_lock = RLock()  # a press and a look in a thread may both add a part
        info, player, status = self._draw(sighting)
        self._info = _html("content", info)
        self._player = _html("player-box", player)
        self._status = _html("status", status)
        self._follow = None if sighting.settled else self._follow_toggle(sighting)
        refresh = {"description": "Refresh", "icon": "refresh", "tooltip": "Check the task now"}
        self._look = _control(widgets.Button, "look", **refresh)
        parent = contained(lambda: self._parent_button(sighting), lambda _: None)
        controls = (part for part in (self._follow, self._look, parent) if part is not None)
        super().__init__(
            (shared().sheet, self._info, self._player, *controls, self._status),
            layout=widgets.Layout(max_width=f"{width}px"),
            _dom_classes=("runway-card", *AS_TYPED),
        )
        self._hold(sighting)
        self._look.on_click(weak_callback(self._on_look))

    def show(self, sighting: Sighting, embedded: Embedded | None = None) -> None:
        """Bring the card up to date, sending only what changed. Any thread may call it, one at a time.

        Args:
            sighting: What is known now.
            embedded: Media to embed; None for the same as before.
        """
        if embedded is not None:
            self._embedded = embedded
        self._info.value, self._player.value, self._status.value = self._draw(sighting)
        try:
            self._hold(sighting)
        finally:  # also if an observer raises
            self._show_follow(sighting)

    def _show_follow(self, sighting: Sighting) -> None:
        if self._follow is not None:
            with self._follow.hold_sync():
                for name, value in _follow_traits(sighting).items():
                    setattr(self._follow, name, value)
        elif not sighting.settled:  # the task had ended and goes on after all
            self._follow = self._follow_toggle(sighting)
            self._append(self._follow)

    async def finished(self) -> Task:
        """Wait for the task's end, following it if it is not followed yet.

        Returns:
            The terminal Task, failed or not.

        Raises:
            WaitTimeoutError: If the watch reached its deadline; the task goes on.
            RunwayError: If following stopped for another reason, such as a key that is not accepted.
        """
        loop = asyncio.get_running_loop()
        changed = asyncio.Event()

        def wake(_: object) -> None:
            loop.call_soon_threadsafe(changed.set)

        self.observe(wake, "sighting")
        try:
            if not self.sighting.settled and self.sighting.following is not Following.ON:
                self._actions.follow()
            while not self.sighting.settled and self.sighting.following is Following.ON:
                await changed.wait()
                changed.clear()
        finally:
            self.unobserve(wake, "sighting")
        task: Task = self.sighting.terminal_task()
        return task

    def close(self) -> None:
        """Close the card and all its models, and stop following for it."""
        if self.comm is None:
            return
        self._actions.closed()
        _, *own = self.children  # the first is the style sheet, which is shared
        for part in (*own, self.layout):
            part.close()
        super().close()

    def _ipython_display_(self) -> None:
        # Not _repr_mimebundle_: a card that `show` has already displayed is not shown twice as the cell's value.
        self._actions.display()

    def _follow_toggle(self, sighting: Sighting) -> widgets.ToggleButton:
        toggle = _control(widgets.ToggleButton, "follow", **_follow_traits(sighting))
        toggle.observe(weak_callback(self._on_toggle), "value")
        return toggle

    def _parent_button(self, sighting: Sighting) -> widgets.Button | None:
        parent = sighting.task.parent_task_id if sighting.task else None
        if parent is None or len(parent) > LONGEST_ID:
            return None
        tooltip = f"The task that this one extends: {parent}"
        button = _control(widgets.Button, "parent", description=_OPEN_PARENT, icon="level-up", tooltip=tooltip)
        switch = weak_callback(self._switch_parent)
        button.on_click(lambda pressed: switch(pressed, parent))
        return button

    def _switch_parent(self, button: widgets.Button, task_id: str) -> None:
        """Open the parent's card below, or close it."""
        opened = [child for child in self.children if isinstance(child, TaskCard)]
        if opened:
            with self._children_lock:
                self.set_trait("children", tuple(child for child in self.children if child not in opened))
            opened[0].close()
            button.description = _OPEN_PARENT
        else:
            parent = self._actions.open_task(task_id)
            parent.add_class("runway-inside")
            self._append(parent)
            button.description = _CLOSE_PARENT

    def _append(self, part: widgets.Widget) -> None:
        """Add a part at the end, where the front-end rebuilds nothing for it; the style sheet puts it in its place."""
        with self._children_lock:
            self.set_trait("children", (*self.children, part))

    def _draw(self, sighting: Sighting) -> tuple[str, str, str]:
        """Draw the info, the player and the status line."""
        return contained(
            lambda: self._draw_parts(sighting),
            lambda fault: (str(html.faulty(sighting.task_id, fault, live)), "", ""),
        )

    def _draw_parts(self, sighting: Sighting) -> tuple[str, str, str]:
        now = datetime.now(timezone.utc)
        task, embedded = sighting.task, self._embedded
        notes = notes_of(sighting, now, embedded, live=True)
        seen = (sighting.task_id, task, sighting.steps, sighting.whole, notes)
        info = self._once("info", seen, lambda: str(html.info(sighting, notes, live)))
        player = self._once("player", (task, embedded), lambda: str(fragment(html.media(task, live, embedded))))
        return info, player, words.status(sighting, now)

    def _once(self, part: str, seen: object, draw: Callable[[], str]) -> str:
        """Draw a part, or return what was drawn for the same before: an unchanged poll builds no HTML."""
        before = self._drawn.get(part)
        if before is None or before[0] != seen:
            before = self._drawn[part] = (seen, draw())
        return before[1]

    def _hold(self, sighting: Sighting) -> None:
        try:
            self.set_trait("task", sighting.task)
        finally:
            self.set_trait("sighting", sighting)  # last, so that its observers find the new task

    def _on_look(self, _: object) -> None:
        self._actions.look()

    def _on_toggle(self, change: dict[str, Any]) -> None:
        if change["new"] == (self.sighting.following is Following.ON):
            return  # the toggle followed the watcher, not the user
        if change["new"]:
            self._actions.follow()
        else:
            self._actions.unfollow()


_OPEN_PARENT = "Parent task"
_CLOSE_PARENT = "Close parent"


def _html(name: str, value: str) -> Any:
    return widgets.HTML(value, **shared().look(widgets.HTML), _dom_classes=(f"runway-{name}",))


def _control(kind: Any, name: str, **traits: Any) -> Any:
    return kind(**traits, **shared().look(kind), _dom_classes=("runway-control", f"runway-{name}"))


def _follow_traits(sighting: Sighting) -> dict[str, Any]:
    return {
        **words.follow_toggle(on=sighting.following is Following.ON, stopped=sighting.following.gave_up),
        "tooltip": "Check automatically until the task ends",
        "disabled": sighting.settled,
    }

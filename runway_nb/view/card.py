"""`TaskCard`: one task as ipywidgets' core controls, kept true to each `Sighting` it is shown."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any, Protocol

import ipywidgets as widgets
import traitlets

from ..settings import DEFAULT_WIDTH
from ..sighting import Following, Sighting
from ..task import Task
from . import html, words
from .markup import fragment, style_sheet
from .style import live, style_rules


class Actions(Protocol):
    """What a card's controls do. The card asks through these and imports nothing that fetches."""

    def look(self) -> None:
        """Look at the task now."""

    def follow(self) -> None:
        """Look again and again until the task ends."""

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

    Six widgets (a seventh leads to the parent task) that share one layout, so that a card opens few comms. The
    player is a widget of its own that changes only with the video; the rest is another, so that most changes are
    one message.

    Args:
        sighting: What is known of the task.
        actions: What the controls do.
        width: Pixels at most.
        embedded: Media to carry along.

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
        embedded: html.Embedded = html.NOTHING_EMBEDDED,
    ) -> None:
        now = _now()
        self._actions = actions
        self._embedded = embedded
        self._info = widgets.HTML(str(html.info(sighting, now, live, self._embedded)), _dom_classes=("runway-content",))
        shared = {"layout": self._info.layout, "style": self._info.style}
        self._player = widgets.HTML(self._player_html(sighting), _dom_classes=("runway-player-box",), **shared)
        self._status = widgets.HTML(words.status(sighting, now), _dom_classes=("runway-status",), **shared)
        self._follow = widgets.ToggleButton(
            **_follow_traits(sighting), layout=self._info.layout, _dom_classes=("runway-control", "runway-follow")
        )
        self._look = widgets.Button(
            description="Refresh",
            icon="refresh",
            tooltip="Look at the task now",
            layout=self._info.layout,
            _dom_classes=("runway-control", "runway-look"),
        )
        parent = self._parent_button(sighting)
        controls = (self._follow, self._look, *([parent] if parent else []))
        super().__init__(
            (self._info, self._player, *controls, self._status),
            layout=widgets.Layout(max_width=f"{width}px"),
            _dom_classes=("runway-card",),
        )
        self._hold(sighting)
        self._follow.observe(self._on_toggle, "value")
        self._look.on_click(lambda _: self._actions.look())

    def show(self, sighting: Sighting, embedded: html.Embedded | None = None) -> None:
        """Bring the card up to date, sending only what changed. Any thread may call it, one at a time.

        Args:
            sighting: What is known now.
            embedded: Media to carry along; None for the same as before.
        """
        now = _now()
        if embedded is not None:
            self._embedded = embedded
        self._hold(sighting)
        self._info.value = str(html.info(sighting, now, live, self._embedded))
        self._player.value = self._player_html(sighting)
        self._status.value = words.status(sighting, now)
        with self._follow.hold_sync():
            for name, value in _follow_traits(sighting).items():
                setattr(self._follow, name, value)

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
        styles = (self._info.style, self._follow.style, self._look.style)
        for part in (*self.children, *styles, self._info.layout, self.layout):
            part.close()
        super().close()

    def _ipython_display_(self) -> None:
        # Not _repr_mimebundle_: a card that `show` has already displayed is not shown twice as the cell's value.
        self._actions.display()

    def _parent_button(self, sighting: Sighting) -> widgets.Button | None:
        parent = sighting.task.parent_task_id if sighting.task else None
        if parent is None:
            return None
        button = widgets.Button(
            description=_OPEN_PARENT,
            icon="level-up",
            tooltip=f"The task that this one extends: {parent}",
            layout=self._info.layout,
            style=self._look.style,
            _dom_classes=("runway-control",),
        )
        button.on_click(lambda pressed: self._switch_parent(pressed, parent))
        return button

    def _switch_parent(self, button: widgets.Button, task_id: str) -> None:
        """Open the parent's card below, or close it. At the end, where it makes the front-end rebuild nothing."""
        children: tuple[widgets.Widget, ...] = self.children
        if isinstance(children[-1], TaskCard):
            self.set_trait("children", children[:-1])
            children[-1].close()
            button.description = _OPEN_PARENT
        else:
            opened = self._actions.open_task(task_id)
            opened.add_class("runway-inside")
            self.set_trait("children", (*children, opened))
            button.description = _CLOSE_PARENT

    def _player_html(self, sighting: Sighting) -> str:
        # The style sheet travels with the part that changes least.
        return str(fragment(_STYLE, html.media(sighting.task, live, self._embedded)))

    def _hold(self, sighting: Sighting) -> None:
        self.set_trait("task", sighting.task)
        self.set_trait("sighting", sighting)  # last: who waits for it finds the task there

    def _on_toggle(self, change: dict[str, Any]) -> None:
        if change["new"] == (self.sighting.following is Following.ON):
            return  # the toggle followed the watcher, not the user
        if change["new"]:
            self._actions.follow()
        else:
            self._actions.unfollow()


_OPEN_PARENT = "Parent task"
_CLOSE_PARENT = "Close parent"
_STYLE = style_sheet(style_rules())


def _follow_traits(sighting: Sighting) -> dict[str, Any]:
    stopped = sighting.following not in (Following.OFF, Following.ON, Following.ENDED)
    return {
        "value": sighting.following is Following.ON,
        "description": "Resume" if stopped else "Auto-refresh",
        "icon": "play" if stopped else "repeat",
        "tooltip": "Look again and again until the task ends",
        "disabled": sighting.settled,
    }


def _now() -> datetime:
    return datetime.now(timezone.utc)

"""`Presenter`: tasks on the screen. What is drawn, and what a notebook saves of it, follow each sighting."""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ..follow.listener import Deliver, Listener
from ..model.errors import RunwayError
from ..model.sighting import Following, Sighting
from ..model.task import Task
from .options import ShowOptions
from .services import Services
from .surface import Displayed
from .trouble import DrawingLog, with_trouble

if TYPE_CHECKING:
    from ..follow.entry import Follower
    from ..follow.watcher import Watcher
    from ..view.card.widget import TaskCard
    from ..view.mime import Bundle


class Presenter(ABC):
    """Shows tasks on a surface and follows them for it. The controls of a card or board act through it.

    Args:
        services: What it needs from outside.
        sightings: What is known about each task at first.
        options: How to show and follow them.
    """

    def __init__(self, services: Services, sightings: Iterable[Sighting], options: ShowOptions) -> None:
        self._services = services
        self._options = options
        self._sightings = {each.task_id: self._with_usual(each) for each in sightings}
        self._deliver: Deliver | None = None
        self._drawing_log = DrawingLog()
        self._listener_reference: Callable[[], Listener | None] = _no_listener
        self._followers: dict[str, Follower] = {}
        self._asked: Watcher | None = None  # to look, at least once
        self.elapsed = 0.0  # seconds of the timeout that are over when following begins, with the first look
        self._displayed = Displayed(services.surface)

    @property
    def sightings(self) -> list[Sighting]:
        """What is shown of each task, in order."""
        return list(self._sightings.values())

    @property
    def tasks(self) -> list[Task | None]:
        """The latest task of each, in order; None where none was seen."""
        return [each.task for each in self.sightings]

    @property
    def settled(self) -> bool:
        """Whether all tasks have ended."""
        return all(each.settled for each in self.sightings)

    @property
    def is_followed(self) -> bool:
        """Whether any task is followed for this."""
        return any(each.following is Following.ON for each in self.sightings)

    def display(self) -> None:
        """Show the tasks here, unless this cell has already shown them."""
        self._displayed.show(self._bundle)

    def show(self, sighting: Sighting) -> None:
        """Update the screen and the saved output. The watcher calls it in one of its threads."""
        before, self._sightings[sighting.task_id] = self._sightings[sighting.task_id], sighting
        try:
            sighting = self._sightings[sighting.task_id] = self._with_usual(sighting)
            self._draw(before, sighting)
        except Exception as error:  # noqa: BLE001  # also an observer's: in a thread it would be shown nowhere else
            self._show_trouble(before, sighting, error)
        else:
            self._drawing_log.reset()

    def look(self, task_id: str | None = None) -> None:
        """Look now at one of the tasks, or at all that may have changed."""
        self._services.mode.look(self, task_id)

    def follow(self, task_id: str | None = None) -> None:
        """Look again and again until one task ends, or all have."""
        self._services.mode.follow(self, task_id)

    def watch(self) -> None:
        """Follow the tasks as ``--watch`` does."""
        self._services.mode.watch(self)

    def subscribe(self, deliver: Deliver | None = None) -> None:
        """Have the watcher follow the tasks that have not ended.

        Args:
            deliver: Where the screen is drawn; None for the watcher's threads.
        """
        self.unfollow()
        self._draw_by(deliver)
        for sighting in self.sightings:
            if not sighting.settled:
                self._follow(sighting.task_id)

    def expect_following(self, *, save: bool = False) -> None:
        """Show that the tasks are followed, as they will be in a moment.

        Args:
            save: Whether to save it, too: a page reloaded meanwhile then finds the live card again.
        """
        self._sightings = {key: each if each.settled else each.due(None) for key, each in self._sightings.items()}
        if save:
            self._replace(final=False)

    def follow_task(self, task_id: str) -> None:
        """Have the watcher follow one of the tasks, besides those that it follows already."""
        if not self.is_followed:
            self._draw_by(None)  # a wait that has ended leaves its own deliver function
        self._follow(task_id)

    def ask(self, task_id: str | None = None, deliver: Deliver | None = None) -> list[str]:
        """Have the watcher look once.

        Args:
            task_id: At which task; None for each that may have changed, and for a single one in any case.
            deliver: As for `subscribe`.

        Returns:
            The tasks that it looks at.
        """
        if not self.is_followed:
            self._draw_by(deliver)
        changing = [each.task_id for each in self.sightings if not each.settled or len(self._sightings) == 1]
        return [each for each in (changing if task_id is None else [task_id]) if self._ask(each)]

    def look_at_ended(self) -> None:
        """Have the watcher look, after everything else, at the tasks that only the record says have ended."""
        for sighting in self.sightings:
            if sighting.settled and sighting.from_record and (watcher := self._watcher_for(sighting.task_id)):
                self._asked = watcher
                watcher.look(sighting, self._listener, last=True)

    def unfollow(self, following: Following = Following.OFF) -> None:
        """Stop following.

        Args:
            following: What the screen shows: OFF, or INTERRUPTED.
        """
        followers, self._followers = self._followers, {}
        for follower in followers.values():
            follower.stop(following)

    def unfollow_task(self, task_id: str) -> None:
        """Stop following one of the tasks."""
        follower = self._followers.pop(task_id, None)
        if follower is not None:
            follower.stop()

    def open_task(self, task_id: str) -> TaskCard:
        """Make the card of another task."""
        return self._services.open_card(task_id, self._options)

    def withdraw(self) -> None:
        """Stop following, and cancel the looks that were asked for. What is shown stays."""
        self.unfollow()
        if self._asked is not None:
            self._asked.forget(self._listener)

    def closed(self) -> None:
        """Stop following, and drop the live widgets: what was shown is gone."""
        self.withdraw()

    def freeze(self) -> None:
        """Close, and replace the live widgets with plain HTML: a later output shows the same, or there are too many."""
        self._displayed.mute()
        self.close()
        self._replace(final=False)

    @abstractmethod
    def close(self) -> None:
        """Stop following, and close the live widgets. What is saved stays."""

    @abstractmethod
    def _draw(self, before: Sighting, sighting: Sighting) -> None:
        """Draw what changed."""

    @abstractmethod
    def _bundle(self) -> Bundle:
        """Make the display bundle of what is shown now."""

    def _replace(self, *, final: bool) -> None:
        self._displayed.replace(self._bundle, final=final)

    def _tell(self, line: str) -> None:
        self._displayed.tell(line)

    def _follow(self, task_id: str) -> None:
        if watcher := self._watcher_for(task_id):
            sighting = self._sightings[task_id] = self._sightings[task_id].due(None)
            pace = {"interval": self._options.interval, "timeout": self._options.timeout, "elapsed": self.elapsed}
            self._followers[task_id] = watcher.follow(sighting, self._listener, **pace)

    def _ask(self, task_id: str) -> bool:
        if watcher := self._watcher_for(task_id):
            self._asked = watcher
            watcher.look(self._sightings[task_id], self._listener)
        return watcher is not None

    def _watcher_for(self, task_id: str) -> Watcher | None:
        """Return the watcher, or show on a task why there is none."""
        try:
            return self._services.watcher()
        except RunwayError as error:
            sighting = self._sightings[task_id].stopped(Following.OFF)
            self.show(sighting.failed(error, datetime.now(timezone.utc)))
            return None

    def _draw_by(self, deliver: Deliver | None) -> None:
        if deliver is not self._deliver:  # kept where it can be: order holds only within one listener
            self._deliver, self._listener_reference = deliver, _no_listener

    @property
    def _listener(self) -> Listener:
        """What gets the sightings. The watcher keeps it while there are any, and it keeps this presenter."""
        listener = self._listener_reference()
        if listener is None:
            listener = Listener(self.show, on_error=self._drawing_log.log, deliver=self._deliver)
            self._listener_reference = weakref.ref(listener)
        return listener

    def _show_trouble(self, before: Sighting, sighting: Sighting, error: Exception) -> None:
        failed = self._sightings[sighting.task_id] = with_trouble(sighting, error)
        try:
            self._draw(before, failed)
        except Exception as again:  # noqa: BLE001  # nothing can be drawn: it is tried again with the next sighting
            self._drawing_log.log(again)

    def _with_usual(self, sighting: Sighting) -> Sighting:
        return replace(sighting, usual=self._services.usual(sighting.task.state)) if sighting.task else sighting


def _no_listener() -> None:
    """Return no listener: none is needed yet."""

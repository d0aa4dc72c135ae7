"""`Presenter`: tasks on the screen. What is drawn, and what a notebook saves of it, stay true to each sighting."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython

from .errors import RunwayError
from .following import look_here, wait
from .listener import Listener
from .settings import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, DEFAULT_WIDTH, check_pace
from .sighting import Following, Sighting
from .task import TaskState

if TYPE_CHECKING:
    from .listener import Deliver
    from .surface import Bundle, Placed, Surface
    from .view.card import TaskCard
    from .watcher import Subscription, Watcher

_UPGRADE = " If it stays, upgrade ipykernel: 7.0.0 and 7.0.1 cannot draw from a thread."


@dataclass(frozen=True)
class ShowOptions:
    """How tasks are shown and followed.

    Attributes:
        interval: Seconds between two looks while followed.
        timeout: Seconds after which following stops; the task goes on.
        width: Pixels of a card at most.
        static: Plain HTML instead of widgets.
        embed: Carry the media in the output, so that it outlives their links.
        freeze: Turn a card into plain HTML as soon as its task has ended.

    Raises:
        ValueError: If nothing can be followed at this pace.
    """

    interval: float = DEFAULT_INTERVAL
    timeout: float = DEFAULT_TIMEOUT
    width: int = DEFAULT_WIDTH
    static: bool = False
    embed: bool = False
    freeze: bool = False

    def __post_init__(self) -> None:
        check_pace(self.interval, self.timeout)


@dataclass(frozen=True)
class Services:
    """What showing tasks needs from around it.

    Attributes:
        watcher: Gives who looks again; it may raise a RunwayError, such as for a missing key.
        surface: What is drawn on.
        usual: Tells how long tasks usually stay in a state.
        open_card: Makes the card of another task, to be put inside what is shown.
    """

    watcher: Callable[[], Watcher]
    surface: Surface
    usual: Callable[[TaskState], timedelta | None]
    open_card: Callable[[str, ShowOptions], TaskCard]


class Presenter(ABC):
    """Shows tasks on a surface and follows them for it. It is what a card's or board's controls act through.

    Args:
        services: What it needs from around it.
        sightings: What is known of each task to begin with.
        options: How to show and follow them.
    """

    def __init__(self, services: Services, sightings: Iterable[Sighting], options: ShowOptions) -> None:
        self._services = services
        self._options = options
        self._sightings = {each.task_id: self._with_usual(each) for each in sightings}
        self._deliver: Deliver | None = None
        self._listener = Listener(self.show, on_error=self._cannot_draw)
        self._subscriptions: dict[str, Subscription] = {}
        self._placed: list[Placed] = []
        self._displayed_in: int | None = None

    @property
    def sightings(self) -> list[Sighting]:
        """What is shown of each task, in order."""
        return list(self._sightings.values())

    @property
    def settled(self) -> bool:
        """Whether all tasks have ended."""
        return all(each.settled for each in self.sightings)

    @property
    def is_followed(self) -> bool:
        """Whether any task is followed for this."""
        return any(each.following is Following.ON for each in self.sightings)

    @property
    def has_thread_updates(self) -> bool:
        """Whether what a background thread changes is drawn."""
        return self._services.surface.has_thread_updates

    def display(self) -> None:
        """Show the tasks here, unless this cell has already shown them."""
        shell = get_ipython()
        execution = shell.execution_count if shell is not None else None
        if self._displayed_in is None or self._displayed_in != execution:
            self._displayed_in = execution
            self._placed.append(self._services.surface.put(self._bundle()))

    def show(self, sighting: Sighting) -> None:
        """Bring the screen, and what would be saved of it, up to date. The watcher calls it, in a thread of its own."""
        sighting = self._with_usual(sighting)
        before, self._sightings[sighting.task_id] = self._sightings[sighting.task_id], sighting
        self._draw(before, sighting)

    def look(self, task_id: str | None = None) -> None:
        """Look now at one of the tasks, or at all that may have changed."""
        if self.has_thread_updates:
            self.ask(task_id)
        else:
            look_here(self, task_id)

    def follow(self) -> None:
        """Look again and again until the tasks end."""
        if self.has_thread_updates:
            self.expect_following()
            self._replace(final=False)  # what is saved says so: a page reloaded meanwhile finds the live card again
            self.subscribe()
        else:
            wait(self)

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

    def expect_following(self) -> None:
        """Say already that the tasks are followed, as they will be in a moment."""
        self._sightings = {key: each if each.settled else each.due(None) for key, each in self._sightings.items()}

    def follow_task(self, task_id: str) -> None:
        """Have the watcher follow one of the tasks, besides those that it follows already."""
        if not self.is_followed:
            self._draw_by(None)  # a wait that is over has left what drew for it
        self._follow(task_id)

    def ask(self, task_id: str | None = None, deliver: Deliver | None = None) -> list[str]:
        """Have the watcher look once.

        Args:
            task_id: At which task; None for each that may have changed, and for a single one in any case.
            deliver: As for `subscribe`.

        Returns:
            The tasks that it was asked to look at.
        """
        if not self.is_followed:
            self._draw_by(deliver)
        changing = [each.task_id for each in self.sightings if not each.settled or len(self._sightings) == 1]
        return [each for each in (changing if task_id is None else [task_id]) if self._ask(each)]

    def unfollow(self, following: Following = Following.OFF) -> None:
        """Stop following.

        Args:
            following: What the screen is told: OFF, or INTERRUPTED.
        """
        subscriptions, self._subscriptions = self._subscriptions, {}
        for subscription in subscriptions.values():
            subscription.stop(following)

    def unfollow_task(self, task_id: str) -> None:
        """Stop following one of the tasks."""
        subscription = self._subscriptions.pop(task_id, None)
        if subscription is not None:
            subscription.stop()

    def open_task(self, task_id: str) -> TaskCard:
        """Make the card of another task, which looks at it by itself."""
        return self._services.open_card(task_id, self._options)

    def closed(self) -> None:
        """What was shown is gone: nothing is followed for it any more."""
        self.unfollow()

    @abstractmethod
    def close(self) -> None:
        """Stop following, and close the live widgets; what is saved stays."""

    @abstractmethod
    def _draw(self, before: Sighting, sighting: Sighting) -> None:
        """Draw what changed."""

    @abstractmethod
    def _bundle(self) -> Bundle:
        """Make the display bundle of what is shown now."""

    def _replace(self, *, final: bool) -> None:
        """Replace what was displayed, and what would be saved of it."""
        bundle = self._bundle()
        for placed in self._placed:
            placed.replace(bundle, final=final)

    def _tell(self, line: str) -> None:
        for placed in self._placed:
            placed.tell(line)

    def _follow(self, task_id: str) -> None:
        options = self._options
        if watcher := self._watcher_for(task_id):
            sighting = self._sightings[task_id] = self._sightings[task_id].due(None)
            self._subscriptions[task_id] = watcher.follow(
                sighting, self._listener, interval=options.interval, timeout=options.timeout
            )

    def _ask(self, task_id: str) -> bool:
        watcher = self._watcher_for(task_id)
        if watcher is not None:
            watcher.look(self._sightings[task_id], self._listener)
        return watcher is not None

    def _watcher_for(self, task_id: str) -> Watcher | None:
        """Give the watcher, or show for a task why there is none."""
        try:
            return self._services.watcher()
        except RunwayError as error:
            sighting = self._sightings[task_id].stopped(Following.OFF)
            self.show(sighting.failed(error, datetime.now(timezone.utc)))
            return None

    def _draw_by(self, deliver: Deliver | None) -> None:
        if deliver is not self._deliver:  # kept where it can be: order holds only within one listener
            self._deliver = deliver
            self._listener = Listener(self.show, on_error=self._cannot_draw, deliver=deliver)

    def _cannot_draw(self, error: Exception) -> None:
        """Stop what draws to no effect, and try to say so: nobody else hears of a thread's error."""
        what = f"This could not be brought up to date ({type(error).__name__}: {error}). Run the cell again."
        why = RunwayError(what + (_UPGRADE if isinstance(error, LookupError) else ""))
        followed = list(self._subscriptions)
        self.unfollow()
        for task_id in followed or self._sightings:
            sighting = self._sightings[task_id].stopped(Following.OFF)
            told = sighting.failed(why, sighting.looked_at or datetime.now(timezone.utc))
            if followed:
                self._listener.post(told)  # behind the news of the stop, which is in line and knows no error
                self._listener.send()
            else:
                self.show(told)

    def _with_usual(self, sighting: Sighting) -> Sighting:
        return replace(sighting, usual=self._services.usual(sighting.task.state)) if sighting.task else sighting

"""`BoardPresenter`: many tasks on the screen, as one live board or as a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ..model.media import NOTHING_EMBEDDED
from ..model.sighting import Following, Sighting
from ..model.text import one_line
from ..service.media import embedded_media
from ..view import words
from ..view.board import saved
from ..view.board.burst import Burst
from ..view.say import say
from ..view.weak_callback import weak_callback
from .live_tasks import LiveTasks
from .options import ShowOptions
from .presenter import Presenter
from .services import Services

if TYPE_CHECKING:
    from ..model.task import Task
    from ..view.board.widget import TaskBoard
    from ..view.card.widget import TaskCard
    from ..view.mime import Bundle

_FETCHING = "Fetching {} tasks. Interrupt to show those fetched so far."
_TABLE_PAUSE = 1.0  # seconds between two replacements of a plain table while it is fetched


class BoardPresenter(Presenter):
    """Shows many tasks.

    Args:
        services: What it needs from outside.
        sightings: What is known about each task at first.
        options: How to show and follow them.

    Attributes:
        board: The live board; None for a plain table, and once it is closed.
    """

    def __init__(self, services: Services, sightings: Iterable[Sighting], options: ShowOptions) -> None:
        super().__init__(services, sightings, options)
        self._live = LiveTasks(self.sightings)
        self._coming = {each.task_id for each in self.sightings}  # tasks whose first look is still to come
        self._gathers_later = False
        self._follows_all = False
        self._shows_progress = options.static and services.mode.draws_later
        self._table = Burst(weak_callback(self._replace_table), _TABLE_PAUSE)
        self.board: TaskBoard | None = None
        if not options.static:
            from ..view.board.widget import TaskBoard  # ipywidgets, which a plain table does without

            self.board = TaskBoard(
                self.sightings,
                self,
                open_card=self._open_card,
                show_card=self._show_card,
                gathers=services.mode.draws_later,
                is_fetching=lambda: bool(self._coming),
            )

    @property
    def tasks(self) -> list[Task | None]:
        """The latest task of each, in order, as one list that is kept up to date; None where none was seen."""
        return self._live.tasks

    def close(self) -> None:
        """Stop following, and close the live board; the saved table stays."""
        board = self.board
        self.closed()
        if board is not None:
            board.close()

    def closed(self) -> None:
        """Stop following, and drop the live board."""
        self._table.end()
        super().closed()
        self.board = None

    def tell_fetching(self) -> None:
        """Print that the tasks are being looked at, where nothing else is shown until then."""
        say(_FETCHING.format(len(self._sightings)))

    def await_looks(self) -> None:
        """Call `gathered` once the watcher has looked at every task."""
        self._gathers_later = True

    def look_at_ended(self) -> None:
        """Look, after everything else, at what the record says has ended, and follow what goes on after all."""
        self._follows_all = True
        super().look_at_ended()

    def unfollow(self, following: Following = Following.OFF) -> None:
        """Stop following, as for a single card."""
        self._follows_all = False
        super().unfollow(following)

    def gathered(self) -> None:
        """Put the causes in order and bring what is saved up to date: the first looks are over."""
        self._gathers_later = False
        self._coming.clear()
        if self.board is not None:
            self.board.gathered()
        self._replace(final=False)

    def _draw(self, before: Sighting, sighting: Sighting) -> None:
        self._live.show(sighting)
        came = sighting.task_id in self._coming and (sighting.fetched or sighting.following is not Following.ON)
        if came:  # also if following stopped before the first look: none will come
            self._coming.discard(sighting.task_id)
        if self.board is not None:
            self.board.update(sighting)
        if before.following is Following.ON and sighting.following is not Following.ON:
            state = sighting.task.state_text if sighting.task else one_line(str(sighting.error or words.NOT_SEEN))
            if sighting.following is not Following.INTERRUPTED:  # one line after the table says that, for all tasks
                self._tell(f"{words.clock(datetime.now(timezone.utc))}  {sighting.task_id}  {state}")
            # Replacing an output rebuilds it, and the reader loses their place, so do it only once all have ended.
            if not self.is_followed:
                self._replace(final=True)
        if came:
            self._go_on_from(sighting)

    def _replace_table(self) -> None:
        self._replace(final=False)

    def _go_on_from(self, sighting: Sighting) -> None:
        """Follow what the record said has ended but goes on, and finish the first looks after the last one."""
        goes_on = sighting.fetched and not sighting.settled and sighting.task_id not in self._followers
        if self._follows_all and goes_on:
            self._follow(sighting.task_id)
        if self._gathers_later and not self._coming:
            self.gathered()
        elif self._coming and self._shows_progress:
            self._table.ask()

    def _follow(self, task_id: str) -> None:
        if not self._sightings[task_id].fetched:
            self._coming.add(task_id)
        super()._follow(task_id)

    def _bundle(self) -> Bundle:
        bundle = saved.board(self.sightings, datetime.now(timezone.utc), fetching=bool(self._coming))
        return bundle if self.board is None else bundle.live(self.board.model_id)

    def _open_card(self, sighting: Sighting) -> TaskCard:
        from ..view.card.widget import TaskCard

        media = embedded_media(sighting.task) if self._options.embed and sighting.task else NOTHING_EMBEDDED
        return TaskCard(sighting, _RowActions(self, sighting.task_id), width=self._options.width, embedded=media)

    def _show_card(self, card: TaskCard, sighting: Sighting) -> None:
        task = sighting.task
        video_came = task is not None and task.video != (card.task and card.task.video)
        card.show(sighting, embedded_media(task) if self._options.embed and task and video_came else None)


class _RowActions:
    """What the controls of a card that is open on a board do: they act through the board, which updates the card."""

    def __init__(self, board: BoardPresenter, task_id: str) -> None:
        self._board = board
        self._task_id = task_id

    def look(self) -> None:
        self._board.look(self._task_id)

    def follow(self) -> None:
        self._board.follow(self._task_id)

    def unfollow(self) -> None:
        self._board.unfollow_task(self._task_id)

    def open_task(self, task_id: str) -> TaskCard:
        return self._board.open_task(task_id)

    def display(self) -> None:
        """Show nothing: the card is part of the board."""

    def closed(self) -> None:
        """Do nothing: the board goes on following."""

"""`BoardPresenter`: many tasks on the screen, as one live board or as a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .embedding import embedded_media
from .presenter import Presenter, Services, ShowOptions
from .sighting import Following, Sighting
from .view import board_html, bundle, words
from .view.html import NOTHING_EMBEDDED

if TYPE_CHECKING:
    from .surface import Bundle
    from .view.board import TaskBoard
    from .view.card import TaskCard


class BoardPresenter(Presenter):
    """Shows many tasks.

    Args:
        services: What it needs from around it.
        sightings: What is known of each task to begin with.
        options: How to show and follow them.

    Attributes:
        board: The live board; None for a plain table.
    """

    def __init__(self, services: Services, sightings: Iterable[Sighting], options: ShowOptions) -> None:
        super().__init__(services, sightings, options)
        self.board: TaskBoard | None = None
        if not options.static:
            from .view.board import TaskBoard  # ipywidgets, which a plain table does without

            self.board = TaskBoard(
                self.sightings,
                self,
                open_card=self._open_card,
                show_card=self._show_card,
                gathers=self.has_thread_updates,
            )

    def close(self) -> None:
        """Stop following, and close the live board; the saved table stays."""
        self.unfollow()
        if self.board is not None:
            self.board.close()

    def gathered(self) -> None:
        """All tasks were looked at: what would be saved is brought up to date."""
        if self.board is not None:
            self.board.gathered()
        self._replace(final=False)

    def _draw(self, before: Sighting, sighting: Sighting) -> None:
        if self.board is not None:
            self.board.update(sighting)
        if before.following is Following.ON and sighting.following is not Following.ON:
            state = sighting.task.state_text if sighting.task else str(sighting.error)
            self._tell(f"{words.clock(datetime.now(timezone.utc))}  {sighting.task_id}  {state}")
            # A replaced output is drawn anew and loses the reader's place, so that only the end of all is worth it.
            if not self.is_followed:
                self._replace(final=True)

    def _bundle(self) -> Bundle:
        data = board_html.static(self.sightings, datetime.now(timezone.utc))
        shown = bundle.live(data, self.board.model_id) if self.board is not None else dict(data)
        return shown, bundle.metadata(self.sightings)

    def _open_card(self, sighting: Sighting) -> TaskCard:
        from .view.card import TaskCard

        media = embedded_media(sighting.task) if self._options.embed and sighting.task else NOTHING_EMBEDDED
        return TaskCard(sighting, _Row(self, sighting.task_id), width=self._options.width, embedded=media)

    def _show_card(self, card: TaskCard, sighting: Sighting) -> None:
        task = sighting.task
        video_came = task is not None and task.video != (card.task and card.task.video)
        card.show(sighting, embedded_media(task) if self._options.embed and task and video_came else None)


class _Row:
    """What the controls of a card that is open on a board do: the board is told, and tells the card."""

    def __init__(self, board: BoardPresenter, task_id: str) -> None:
        self._board = board
        self._task_id = task_id

    def look(self) -> None:
        self._board.look(self._task_id)

    def follow(self) -> None:
        if self._board.has_thread_updates:
            self._board.follow_task(self._task_id)
        else:
            self._board.follow()  # in the foreground, where one wait is for all

    def unfollow(self) -> None:
        self._board.unfollow_task(self._task_id)

    def open_task(self, task_id: str) -> TaskCard:
        return self._board.open_task(task_id)

    def display(self) -> None:
        """Show nothing: the card is part of the board."""

    def closed(self) -> None:
        """Let following go on: it is the board's."""

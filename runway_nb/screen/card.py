"""`CardPresenter`: one task on the screen, as a live card or as plain HTML that is replaced when it changes."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ..model.media import NOTHING_EMBEDDED, Embedded
from ..model.sighting import Following, Sighting
from ..service.media import embedded_media
from ..view import words
from ..view.card import saved
from .options import ShowOptions
from .presenter import Presenter
from .services import Services

if TYPE_CHECKING:
    from ..view.card.widget import TaskCard
    from ..view.mime import Bundle


class CardPresenter(Presenter):
    """Shows one task.

    Args:
        services: What it needs from outside.
        sighting: What is known about the task at first.
        options: How to show and follow it.

    Attributes:
        card: The live card; None for plain HTML, and once it is closed.
    """

    def __init__(self, services: Services, sighting: Sighting, options: ShowOptions) -> None:
        super().__init__(services, [sighting], options)
        self.card: TaskCard | None = None
        self._embedded = self._media(None, sighting)
        if not (options.static or (options.freeze and sighting.settled)):
            from ..view.card.widget import TaskCard  # ipywidgets, which plain HTML does without

            self.card = TaskCard(self.sighting, self, width=options.width, embedded=self._embedded)

    @property
    def sighting(self) -> Sighting:
        """What is shown."""
        return self.sightings[0]

    @property
    def live_card(self) -> TaskCard:
        """The live card.

        Raises:
            RuntimeError: If the task is shown as plain HTML.
        """
        if self.card is None:
            raise RuntimeError("This task is shown as plain HTML, without a card.")
        return self.card

    def close(self) -> None:
        """Stop following, and close the live card; the saved one stays."""
        card = self.card
        self.closed()
        if card is not None:
            card.close()

    def closed(self) -> None:
        """Stop following, and drop the live card."""
        super().closed()
        self.card = None

    def _draw(self, before: Sighting, sighting: Sighting) -> None:
        self._embedded = self._media(before, sighting)
        if sighting.following is Following.ON:
            self._tell_news(before, sighting)
        live = self.card
        frozen = live is not None and self._options.freeze and sighting.settled
        if frozen:
            self.card = None
        # Replacing an output rebuilds it and loses the focus, so it is done only for a change of the task itself, and
        # when following stops: what is saved must then work without the live card.
        left = before.following is Following.ON and sighting.following is not Following.ON
        if frozen or left or self._essence(before) != self._essence(sighting):
            self._replace(final=sighting.following is not Following.ON)
        if live is not None:
            live.show(sighting, self._embedded)  # last, so that a new player is built only once
        if live is not None and frozen:
            live.close()

    def _tell_news(self, before: Sighting, sighting: Sighting) -> None:
        """Print the result of a look in one line, where printed text stays."""
        if sighting.looked_at is None:
            return
        if sighting.error is not None:
            if str(sighting.error) != str(before.error):
                self._tell(f"{words.clock(sighting.looked_at)}  {sighting.error}")
        elif sighting.task is not None and sighting.task.state_text != (before.task and before.task.state_text):
            self._tell(f"{words.clock(sighting.looked_at)}  {sighting.task.state_text}")

    def _bundle(self) -> Bundle:
        now = datetime.now(timezone.utc)
        bundle = saved.card(self.sighting, now, width=self._options.width, embedded=self._embedded)
        return bundle if self.card is None else bundle.live(self.card.model_id)

    def _essence(self, sighting: Sighting) -> object:
        """Return what is worth a new output. Plain HTML shows a failed look, too; a live card does so itself."""
        task = sighting.task
        facts = task and (task.state_text, task.video, task.expired, task.fail_msg, task.prompt)
        gave_up = sighting.following if sighting.following.gave_up else None
        return facts, gave_up, str(sighting.error) if self.card is None else None

    def _media(self, before: Sighting | None, sighting: Sighting) -> Embedded:
        task = sighting.task
        if not self._options.embed or task is None:
            return NOTHING_EMBEDDED
        if before is not None and before.task is not None and before.task.video == task.video:
            return self._embedded
        return embedded_media(task)

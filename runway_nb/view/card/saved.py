"""The saved card: HTML that needs only inline styles, and text."""

from __future__ import annotations

from datetime import datetime, timezone

from ...model.defaults import DEFAULT_WIDTH
from ...model.media import NOTHING_EMBEDDED, Embedded
from ...model.sighting import Sighting
from ...model.task import Task
from ..fault import contained
from ..markup import element
from ..mime import Bundle
from ..style import framed, saved
from . import html, text
from .notes import notes_of


def card(
    sighting: Sighting, now: datetime, *, width: int = DEFAULT_WIDTH, embedded: Embedded = NOTHING_EMBEDDED
) -> Bundle:
    """Draw a card as HTML and as text.

    Args:
        sighting: What is known about the task.
        now: The current time (UTC).
        width: Maximum width in pixels.
        embedded: Media to embed in the card.
    """
    return contained(
        lambda: _card(sighting, now, width, embedded), lambda fault: _faulty(sighting, fault, width)
    ).about([sighting])


def task_card(task: Task) -> Bundle:
    """Draw the card of a task that was just looked up."""
    now = datetime.now(timezone.utc)
    return card(Sighting(task.task_id).saw(task, now), now)


def _card(sighting: Sighting, now: datetime, width: int, embedded: Embedded) -> Bundle:
    notes = notes_of(sighting, now, embedded)
    shown = html.card(sighting, notes, width=width, embedded=embedded)
    return Bundle({"text/html": str(shown), "text/plain": text.card(sighting, notes)})


def _faulty(sighting: Sighting, fault: str, width: int) -> Bundle:
    shown = element("div", html.faulty(sighting.task_id, fault, saved), **framed(width))
    return Bundle({"text/html": str(shown), "text/plain": text.faulty(sighting.task_id, fault)})

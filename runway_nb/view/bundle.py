"""The display bundle: one output that is a live widget, a readable card in a saved notebook, and text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from ..settings import DEFAULT_WIDTH
from ..sighting import Following, Sighting
from ..task import Task
from . import html, text

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def task_bundle(task: Task) -> dict[str, str]:
    """The static card of a Task that was just looked up."""
    now = datetime.now(timezone.utc)
    return static(Sighting(task.task_id).saw(task, now), now)


def static(
    sighting: Sighting, now: datetime, *, width: int = DEFAULT_WIDTH, embedded: html.Embedded = html.NOTHING_EMBEDDED
) -> dict[str, str]:
    """The card as HTML and as text.

    Args:
        sighting: What is known.
        now: The present (UTC).
        width: Pixels at most.
        embedded: Media to carry along.
    """
    shown = html.card(sighting, now, width=width, embedded=embedded)
    return {"text/html": str(shown), "text/plain": text.card(sighting, now)}


def live(data: dict[str, str], model_id: str) -> dict[str, Any]:
    """Add the view of a live widget to a static bundle; the front-end shows the richest it can."""
    return {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": model_id}, **data}


def metadata(sightings: Sequence[Sighting]) -> dict[str, Any]:
    """What the output says of itself, for whoever handles the saved file."""
    settled = all(sighting.settled for sighting in sightings)
    followed = any(sighting.following is Following.ON for sighting in sightings)
    if len(sightings) == 1:
        task = sightings[0].task
        state = task.state_text if task else None
        return {
            "runway_nb": {"task_id": sightings[0].task_id, "state": state, "settled": settled, "followed": followed}
        }
    return {"runway_nb": {"task_ids": [each.task_id for each in sightings], "settled": settled, "followed": followed}}

"""Tasks to test with: one moment that all tests call now, and sightings made from records."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
VIDEO = "https://file.com/k/clip.mp4"
POSTER = "https://file.com/m/clip.png"
IMAGE = "https://example.com/image.jpg"
MODERATED = "Your prompt was caught by our AI moderator. Please adjust it and try again."
BUSY = "Reached the limit for concurrent generations. Wait until one of them has ended."


def seen(*states: str, task_id: str = "ee60", at: datetime = NOW, **data: Any) -> Sighting:
    """See a task in one state after the other, a minute apart, the last one at a moment.

    Args:
        *states: The states; none for ``success``.
        task_id: The task.
        at: When it was last seen.
        **data: Further fields of the record, by the API's names.
    """
    states = states or ("success",)
    sighting = Sighting(task_id)
    for left, state in zip(range(len(states) - 1, -1, -1), states, strict=True):
        task = Task.from_data({"taskId": task_id, "state": state, **data}, task_id)
        sighting = sighting.saw(task, at - timedelta(minutes=left))
    return sighting


def finished_record(**changes: Any) -> dict[str, Any]:
    """Give a record with every field filled in, as of a finished task."""
    return {
        "taskId": "ee60",
        "parentTaskId": "0e53cf7b-8e67-416c-bb97-efee88a9017d",
        "generateParam": {"prompt": "A cat dances", "imageUrl": IMAGE, "expandPrompt": True, "seed": 7},
        "state": "success",
        "generateTime": "2026-11-24 10:00:00",
        "videoInfo": {"videoId": "485da89c-7fca", "taskId": "ee60", "videoUrl": VIDEO, "imageUrl": POSTER},
        "failCode": None,
        "failMsg": "",
        "expireFlag": 0,
        **changes,
    }

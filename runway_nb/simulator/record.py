"""One task as the service keeps it, and its ``data`` as record-detail sends it, in each form seen in the wild."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from runway_nb.task import LINK_LIFE

Data = dict[str, Any]
Dialect = Callable[[Data], Data]


@dataclass(frozen=True)
class Record:
    """What the service knows of one task, apart from its id.

    Attributes:
        state: The state's word.
        prompt: The prompt.
        clip: Name of the clip in ``clips/`` that a finished task shows, without its ending; None sends no video.
        image: File name in ``clips/`` of the reference image; None sends none.
        expand_prompt: Sent as it is; None sends none.
        age: How long before the simulator's start the video was completed.
        parent: Id of the task that this one extends.
        fail_msg: The service's words for a failure.
        linked: Whether a finished video comes with its link.
        dialect: Rewrites the documented form into another; None leaves it.
    """

    state: str = "success"
    prompt: str = ""
    clip: str | None = "neon-cat"
    image: str | None = None
    expand_prompt: bool | None = None
    age: timedelta = timedelta(minutes=4)
    parent: str = ""
    fail_msg: str = ""
    linked: bool = True
    dialect: Dialect | None = None

    def data(self, task_id: str, clips_url: str, started: datetime, now: datetime) -> Data:
        """Write it as the ``data`` of an answer.

        Args:
            task_id: The id it is kept under.
            clips_url: Where the clips are served, without a slash at the end.
            started: The moment that `age` counts back from, aware.
            now: The present, aware; decides whether the link has expired.
        """
        params: Data = {"prompt": self.prompt}
        if self.image:
            params["imageUrl"] = f"{clips_url}/{self.image}"
        if self.expand_prompt is not None:
            params["expandPrompt"] = self.expand_prompt
        data: Data = {
            "taskId": task_id,
            "parentTaskId": self.parent,
            "generateParam": params,
            "state": self.state,
            "expireFlag": 0,
        }
        if self.state == "success":
            data |= self._outcome(task_id, clips_url, started - self.age, now)
        elif self.state == "fail":
            data |= {"failCode": 400, "failMsg": self.fail_msg}
        return self.dialect(data) if self.dialect else data

    def _outcome(self, task_id: str, clips_url: str, completed: datetime, now: datetime) -> Data:
        expired = now - completed >= LINK_LIFE
        video: Data = {"videoId": _video_id(task_id), "taskId": task_id}
        if self.clip and self.linked:
            # An expired link leads nowhere, as it does on the service; thumbnails stay.
            video["videoUrl"] = f"{clips_url}/{'expired/' if expired else ''}{self.clip}.mp4"
        if self.clip:
            video["imageUrl"] = f"{clips_url}/{self.clip}.jpg"
        written = completed.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        return {"generateTime": written, "videoInfo": video, "expireFlag": int(expired)}


def nulls(data: Data) -> Data:
    """Name every field, with null or "" for what the documented form leaves out."""
    absent = {"generateTime": "", "videoInfo": None, "failCode": "", "failMsg": ""}
    return {**absent, **data, "generateParam": {"imageUrl": None, "expandPrompt": None, **data["generateParam"]}}


def bare(data: Data) -> Data:
    """Keep the id and the state; all else is null."""
    return {key: value if key in ("taskId", "state") else None for key, value in nulls(data).items()}


def sampled(data: Data) -> Data:
    """Put a failure's fields beside ``state: "success"``, as the reference's own sample does."""
    return {**data, "failCode": 400, "failMsg": "Generation failed, please try again later"}


def sister(data: Data) -> Data:
    """Write as the sister endpoints do: parameters as a JSON string, epoch milliseconds, booleans, other spellings."""
    spelling = {"wait": "waiting", "queueing": "queuing"}
    written = {
        **data,
        "generateParam": json.dumps(data["generateParam"]),
        "state": spelling.get(data["state"], data["state"]),
        "expireFlag": bool(data["expireFlag"]),
    }
    if "generateTime" in data:
        completed = datetime.fromisoformat(data["generateTime"]).replace(tzinfo=timezone.utc)
        written["generateTime"] = int(completed.timestamp() * 1000)
    return written


def old(data: Data) -> Data:
    """Write as older samples do: a number as id, 0 as parent, no ``taskId``."""
    kept = {key: value for key, value in data.items() if key not in ("taskId", "parentTaskId")}
    return {"id": 12345, "parentId": 0, **kept}


def _video_id(task_id: str) -> str:
    """Make up an id for a task's video that stays the same from look to look."""
    return str(uuid5(NAMESPACE_URL, f"video:{task_id}"))


Answer = Mapping[str, Any] | None
"""What stands under ``data``; None is a task that the service does not know."""

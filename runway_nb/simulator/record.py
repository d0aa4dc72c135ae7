"""A simulated task, and its ``data`` in every form that the API is known to send."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ..model.expiry import LINK_LIFE

Data = dict[str, Any]
Dialect = Callable[[Data], Data]


@dataclass(frozen=True)
class Record:
    """What the service knows about a task, apart from its id.

    Attributes:
        state: The state, by the API's name.
        prompt: The prompt.
        clip: The finished video: a file in ``clips/``, without the ``.mp4``; None for no video.
        image: The reference image: a file in ``clips/``; None for no image.
        expand_prompt: The value of ``expandPrompt``; None leaves it out.
        age: How long before the simulator's start the video was finished.
        parent: The id of the task that this one extends.
        fail_msg: The service's message for a failure.
        linked: Whether a finished video has a link.
        dialect: Converts the documented form into another one; None sends the documented form.
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
        """Return the ``data`` of an answer.

        Args:
            task_id: The task's id.
            clips_url: The base URL of the clips, without a slash at the end.
            started: When the simulator started (aware); `age` is counted back from it.
            now: The current time (aware); it decides whether the link has expired.
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
            # As on the service, an expired video link is broken, while the thumbnail still works.
            video["videoUrl"] = f"{clips_url}/{'expired/' if expired else ''}{self.clip}.mp4"
        if self.clip:
            video["imageUrl"] = f"{clips_url}/{self.clip}.jpg"
        written = completed.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        return {"generateTime": written, "videoInfo": video, "expireFlag": int(expired)}


def nulls(data: Data) -> Data:
    """Include every field, with null or "" where the documented form leaves it out."""
    absent = {"generateTime": "", "videoInfo": None, "failCode": "", "failMsg": ""}
    return {**absent, **data, "generateParam": {"imageUrl": None, "expandPrompt": None, **data["generateParam"]}}


def bare(data: Data) -> Data:
    """Keep the id and the state, and set every other field to null."""
    return {key: value if key in ("taskId", "state") else None for key, value in nulls(data).items()}


def sampled(data: Data) -> Data:
    """Add a failure's fields to ``state: "success"``, as in the API reference's sample."""
    return {**data, "failCode": 400, "failMsg": "Generation failed, please try again later"}


def sister(data: Data) -> Data:
    """Convert to the sister endpoints' form: a JSON string, epoch milliseconds, booleans and other spellings."""
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
    """Convert to the form of older samples: a number as id, 0 as parent, no ``taskId``."""
    kept = {key: value for key, value in data.items() if key not in ("taskId", "parentTaskId")}
    return {"id": 12345, "parentId": 0, **kept}


def _video_id(task_id: str) -> str:
    """Return a made-up video id that is the same in every look-up of a task."""
    return str(uuid5(NAMESPACE_URL, f"video:{task_id}"))


Answer = Mapping[str, Any] | None
"""The ``data`` of an answer; None if the task is unknown."""

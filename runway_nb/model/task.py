"""A task as record-detail describes it, read once and tolerantly into frozen values. No I/O.

The service's answers vary: fields are missing, null or empty, parameters arrive as a JSON string,
times as epoch milliseconds, flags as booleans. Every answer is read as far as possible, and
`Task.raw` keeps it unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any

from . import drawing
from .errors import BadResponseError
from .expiry import LinkLife, expires_at, life_of
from .fields import Fields, flag, integer, moment, scalar_of


class TaskState(str, Enum):
    """The state of a task. `UNKNOWN` is any word that the API reference does not list; it counts as not finished."""

    WAIT = "wait"
    QUEUEING = "queueing"
    GENERATING = "generating"
    SUCCESS = "success"
    FAIL = "fail"
    UNKNOWN = "unknown"

    @property
    def is_terminal(self) -> bool:
        """Whether the task has ended. Only this property decides it."""
        return self in (TaskState.SUCCESS, TaskState.FAIL)

    @classmethod
    def read(cls, value: object) -> TaskState:
        """Read the API's word for a state, in any spelling in use."""
        word = scalar_of(value).lower()
        try:
            return cls(_SPELLINGS.get(word, word))
        except ValueError:
            return cls.UNKNOWN


GENERATE_TIME = ("generateTime", "completeTime")
"""The names of the field with the time when the video was completed."""
_LONGEST_STATE = 200  # characters
_SPELLINGS = {"waiting": "wait", "queuing": "queueing", "queued": "queueing", "failed": "fail", "succeeded": "success"}


@dataclass(frozen=True)
class Video:
    """The finished video.

    Attributes:
        url: The link to play and download it, valid for 14 days; None if the service sent none.
        image_url: The link to its thumbnail.
        video_id: The service's id of the video.
        task_id: The task it belongs to, according to the service.
    """

    url: str | None = None
    image_url: str | None = None
    video_id: str | None = None
    task_id: str | None = None


@dataclass(frozen=True)
class Task:
    """A task as seen by one look.

    Attributes:
        task_id: The id it is looked up by.
        state: Its state, from the API's ``state`` alone.
        parent_task_id: The task that this one extends, or None.
        prompt: The prompt; "" if the service sent none.
        image_url: The reference image, or the frame that an extension starts from.
        expand_prompt: Whether the service should enhance the prompt; None if it does not say.
        generate_time: When the video was completed. Naive as documented (without a time zone); aware if the service
            sent epoch milliseconds or a zone.
        video: The video, or None.
        fail_code: Always 400 on failures according to the reference; `fail_msg` tells them apart.
        fail_msg: The service's words for a failure; "" if it sent none.
        expired: Whether the service says that the link has expired.
        raw: The response's ``data``, unchanged.
    """

    task_id: str
    state: TaskState = TaskState.UNKNOWN
    parent_task_id: str | None = None
    prompt: str = ""
    image_url: str | None = None
    expand_prompt: bool | None = None
    generate_time: datetime | None = None
    video: Video | None = None
    fail_code: int | None = None
    fail_msg: str = ""
    expired: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def from_data(cls, data: Mapping[str, Any], task_id: str | None = None) -> Task:
        """Read a response's ``data``.

        Args:
            data: The object under ``data``, in any shape seen in practice.
            task_id: The requested id, used if the response does not name one.

        Raises:
            BadResponseError: If ``data`` is not an object.
        """
        if not isinstance(data, Mapping):
            raise BadResponseError(
                "The service's answer has an unknown shape: its data is not an object. Try again later."
            )
        top = Fields(data)
        param = Fields(top.mapping("generateParam", "param"))
        return cls(
            task_id=top.reference("taskId") or task_id or top.reference("id") or "",
            state=TaskState.read(top.get("state")),
            parent_task_id=top.reference("parentTaskId", "parentId"),
            prompt=param.text("prompt") or "",
            image_url=param.reference("imageUrl"),
            expand_prompt=flag(param.get("expandPrompt")),
            generate_time=moment(top.get(*GENERATE_TIME)),
            video=_video(Fields(top.mapping("videoInfo"))),
            fail_code=integer(top.get("failCode")),
            fail_msg=top.words("failMsg") or "",
            expired=bool(flag(top.get("expireFlag"))),
            raw=data,
        )

    @cached_property
    def state_text(self) -> str:
        """The state in words; for an unknown state, at most 200 characters of the service's own."""
        if self.state is TaskState.UNKNOWN:
            words = (Fields(self.raw).words("state") or "")[:_LONGEST_STATE]
            return " ".join(words.split()) or "unknown"
        return str(self.state.value)

    @property
    def doing(self) -> str:
        """What the task is doing, such as ``waiting``."""
        return "waiting" if self.state is TaskState.WAIT else self.state_text

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """All generation parameters in the answer, including the prompt."""
        return Fields(self.raw).mapping("generateParam", "param")

    @property
    def video_url(self) -> str | None:
        """The link to play now; None without a video, without a link, or once the link has expired."""
        return self.video.url if self.video and not self.expired else None

    @property
    def expires_at(self) -> datetime | None:
        """When the link expires (UTC). An estimate: 14 days after `generate_time`, whose zone is not documented."""
        return expires_at(self.generate_time) if self.video is not None else None

    def link_life(self, now: datetime) -> LinkLife:
        """Return the state of the link.

        Args:
            now: The current time, with a time zone.
        """
        return life_of(self.video_url, expired=self.expired, ends=self.expires_at, now=now)

    def _repr_mimebundle_(self, **_: object) -> Mapping[str, Any]:
        """Return the representations that a front-end shows for a Task that is a cell's value."""
        return drawing.draw_task(self)


def _video(info: Fields) -> Video | None:
    video = Video(*(info.reference(name) for name in ("videoUrl", "imageUrl", "videoId", "taskId")))
    return None if video == Video() else video

"""What record-detail says of a task, read once and tolerantly into frozen values. No I/O.

The service's answers vary: fields are missing, null or empty, parameters arrive as a JSON string,
times as epoch milliseconds, flags as booleans. Whatever comes is read as well as it can be, and
`Task.raw` keeps it as it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from .fields import Fields, flag, integer, moment

LINK_LIFE = timedelta(days=14)
"""How long a video link lives (the API reference)."""

EXPIRING_WITHIN = timedelta(days=3)
"""From here on a link's end is worth a warning."""


class TaskState(str, Enum):
    """Where a task stands. `UNKNOWN` is any word the API reference does not list; it counts as not finished."""

    WAIT = "wait"
    QUEUEING = "queueing"
    GENERATING = "generating"
    SUCCESS = "success"
    FAIL = "fail"
    UNKNOWN = "unknown"

    @property
    def is_terminal(self) -> bool:
        """Whether the task has ended. The only place that decides it."""
        return self in (TaskState.SUCCESS, TaskState.FAIL)

    @classmethod
    def read(cls, value: object) -> TaskState:
        """Read the API's word for a state, in any of the spellings in use."""
        word = str(value or "").strip().lower()
        try:
            return cls(_SPELLINGS.get(word, word))
        except ValueError:
            return cls.UNKNOWN


_SPELLINGS = {"waiting": "wait", "queuing": "queueing", "queued": "queueing", "failed": "fail", "succeeded": "success"}


class LinkLife(Enum):
    """How the video's link stands."""

    NONE = "none"  # there is no video
    FRESH = "fresh"  # more than three days left, or no way to tell
    EXPIRING = "expiring"  # three days or less, or past the estimate while the service still says it is there
    EXPIRED = "expired"


@dataclass(frozen=True)
class Video:
    """The finished video.

    Attributes:
        url: Where to play and download it, valid 14 days; None if the service sent none.
        image_url: Its thumbnail.
        video_id: The service's id of the video.
        task_id: The task it belongs to, as the service says.
    """

    url: str | None = None
    image_url: str | None = None
    video_id: str | None = None
    task_id: str | None = None


@dataclass(frozen=True)
class Task:
    """A task as one look-up saw it.

    Attributes:
        task_id: The id it is looked up by.
        state: Decided by the API's ``state`` alone.
        parent_task_id: The task that this one extends, or None.
        prompt: The prompt, "" if the service sent none.
        image_url: The reference image, or the frame an extension began from.
        expand_prompt: Whether the service was to enhance the prompt; None if it does not say.
        generate_time: When the video was completed. Naive as documented (no zone is stated); aware where
            the service sent epoch milliseconds or a zone.
        video: The video, or None.
        fail_code: Always 400 on failures, says the reference; `fail_msg` tells them apart.
        fail_msg: The service's words for a failure, "" if none.
        expired: Whether the service says that the link has expired.
        raw: The response's ``data``, as it came.
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
            data: The object under ``data``, in any of the shapes seen in the wild.
            task_id: The id that was asked for, used where the response names none.
        """
        top = Fields(data)
        param = Fields(top.mapping("generateParam", "param"))
        return cls(
            task_id=top.text("taskId") or task_id or top.text("id") or "",
            state=TaskState.read(top.get("state")),
            parent_task_id=_id(top.text("parentTaskId", "parentId")),
            prompt=param.text("prompt") or "",
            image_url=param.text("imageUrl"),
            expand_prompt=flag(param.get("expandPrompt")),
            generate_time=moment(top.get("generateTime", "completeTime")),
            video=_video(Fields(top.mapping("videoInfo"))),
            fail_code=integer(top.get("failCode")),
            fail_msg=top.text("failMsg") or "",
            expired=bool(flag(top.get("expireFlag"))),
            raw=data,
        )

    @property
    def state_text(self) -> str:
        """The state in words; an unknown one by the service's own name."""
        if self.state is TaskState.UNKNOWN:
            return " ".join(str(self.raw.get("state") or "").split()) or "unknown"
        return str(self.state.value)

    @property
    def doing(self) -> str:
        """The state as what the task is doing, such as ``waiting``."""
        return "waiting" if self.state is TaskState.WAIT else self.state_text

    @property
    def parameters(self) -> Mapping[str, Any]:
        """All generation parameters the service named, the prompt among them."""
        return Fields(self.raw).mapping("generateParam", "param")

    @property
    def video_url(self) -> str | None:
        """The link that plays now: None without a video, without a link, or once it has expired."""
        return self.video.url if self.video and not self.expired else None

    @property
    def expires_at(self) -> datetime | None:
        """When the link ends (UTC). An estimate: 14 days after `generate_time`, whose zone is not documented."""
        if self.generate_time is None or self.video is None:
            return None
        done = self.generate_time if self.generate_time.tzinfo else self.generate_time.replace(tzinfo=timezone.utc)
        try:
            return done.astimezone(timezone.utc) + LINK_LIFE
        except OverflowError:  # at the end of the calendar, where no real time is
            return None

    def link_life(self, now: datetime) -> LinkLife:
        """Tell how the link stands.

        Args:
            now: The present, aware.
        """
        if self.expired:
            return LinkLife.EXPIRED
        if self.video_url is None:
            return LinkLife.NONE
        if self.expires_at is None or self.expires_at - now > EXPIRING_WITHIN:
            return LinkLife.FRESH
        return LinkLife.EXPIRING

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show the static card where a Task is a cell's last expression."""
        # The one import against the house's direction: IPython asks the value itself how it looks.
        from .view.bundle import task_bundle

        return task_bundle(self)


def _id(text: str | None) -> str | None:
    return None if text == "0" else text  # older samples say parentId 0 for "none"


def _video(info: Fields) -> Video | None:
    video = Video(info.text("videoUrl"), info.text("imageUrl"), info.text("videoId"), info.text("taskId"))
    return None if video == Video() else video

"""The texts of a card: the same for the live card, the saved one and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..model.errors import RunwayError, TaskNotFoundError
from ..model.fields import plain_name
from ..model.sighting import Following, Sighting
from ..model.task import Task, TaskState
from ..model.text import truncated
from . import long
from .style import STATE_MARKS

NOT_SEEN = "not seen yet"
"""In place of the state: no look has found the task so far."""
NOT_FOUND = "not found"
"""In place of the state: the service answered that it does not know the task."""
NOT_WHOLE = "The record has only the main facts of this task, not the full response: links and parameters are missing."
"""Beside a task whose answer the record did not keep, as `Sighting.whole` says."""
RUN_ELSEWHERE = "this cell was run again in another window"
"""Why following stopped, as `Following.ELSEWHERE` says."""

_WITH_A_ROW = ("prompt", "imageurl", "expandprompt")
_MOST_PARAMETERS = 100  # of those without a row of their own
_LONG_WAIT = 20  # seconds until the next look
_LONGEST_STATE = 18  # characters; about as wide as a badge can be


def state_text(task: Task | None, error: RunwayError | None = None) -> str:
    """Return the state in words; without a task `NOT_FOUND` or `NOT_SEEN`, as the latest error decides."""
    if task is not None:
        return task.state_text
    return NOT_FOUND if isinstance(error, TaskNotFoundError) else NOT_SEEN


def marked_state(task: Task | None, error: RunwayError | None = None) -> str:
    """Return the state as a shape and a few words, such as ``✓ success``; `error` as for `state_text`."""
    return f"{STATE_MARKS[task.state if task else TaskState.UNKNOWN]} {short_state(state_text(task, error))}"


def short_state(state: str) -> str:
    """Return a state, or its beginning: the service may invent one with a name of any length."""
    return truncated(state, _LONGEST_STATE)


def headline(sighting: Sighting) -> str:
    """Return the text beside the id: when the task finished, or how long it took to fail."""
    task = sighting.task
    if task is None:
        return ""
    watched = len(sighting.steps) > 1 and all(step.watched_from_start for step in sighting.steps[1:])
    if task.state is TaskState.FAIL and watched:
        return f"after {duration(sighting.steps[-1].since - sighting.steps[0].since)}"
    if task.generate_time is not None:
        zone = " UTC" if task.generate_time.tzinfo else ""
        return f"{task.generate_time:%Y-%m-%d %H:%M:%S}{zone}"
    return ""


def status(sighting: Sighting, now: datetime) -> str:
    """Return a live card's last line: how long so far, when the task was checked, and when it is checked next."""
    parts = []
    if sighting.following is Following.ON and sighting.steps and not sighting.settled:
        elapsed = duration(now - sighting.steps[0].since)
        parts.append(f"{elapsed} so far")
    if sighting.looked_at is not None:
        parts.append(f"checked {clock(sighting.looked_at)}")
    if sighting.following is Following.ON and not sighting.settled:
        wait = (sighting.next_at - now).total_seconds() if sighting.next_at else 0
        # The line does not tick. Before a long wait it names the time, which stays true.
        due = clock(sighting.next_at) if sighting.next_at and wait >= _LONG_WAIT else f"in {duration(wait)}"
        parts.append(f"next {due}" if wait >= 0.5 else "checking…")
    return " · ".join(parts) or "not checked yet"


def fault(reason: str) -> str:
    """Return what is shown in place of a task, with the reason as `fault.contained` words it."""
    return f"This task {reason}. To see its raw response, use --json."


def follow_toggle(*, on: bool, stopped: bool) -> dict[str, Any]:
    """Return the state, label and icon of the control that follows, as traits of a toggle.

    Args:
        on: Whether it follows.
        stopped: Whether following stopped before the end, so that it can be resumed.
    """
    label, icon = ("Resume", "play") if stopped else ("Auto-refresh", "repeat")
    return {"value": on, "description": label, "icon": icon}


def dwell(sighting: Sighting, index: int) -> str:
    """Return how long the task was in a step, or since when it is in its latest one; "" if that is unknown."""
    step = sighting.steps[index]
    if index + 1 == len(sighting.steps):
        return f"since {step.since:%H:%M:%S}" if step.watched_from_start else f"seen {step.since:%H:%M:%S}"
    lasted = duration(sighting.dwell(index, step.since))
    if sighting.steps[index + 1].watched_from_start:
        return lasted if step.watched_from_start else f"{lasted} or more"
    return f"at most {lasted}" if step.watched_from_start else ""


def record(sighting: Sighting) -> str:
    """Return a saved card's last line: when it was true and, if the task had not ended, how to look again."""
    if sighting.task is None or sighting.seen_at is None:
        return f"{state_text(None, sighting.error).capitalize()}; run the cell again to update."
    if sighting.settled:
        return f"Checked {moment(sighting.seen_at)}."
    return f"Was {sighting.task.doing} at {moment(sighting.seen_at)}; run the cell again to update."


def details(task: Task) -> list[tuple[str, str]]:
    """Return the task's further facts, as pairs of label and value, each of a length that can be drawn."""
    rows: list[tuple[str, str | None]] = [
        ("prompt enhanced", {True: "yes", False: "no", None: None}[task.expand_prompt]),
        ("reference image", task.image_url),
        ("extends task", task.parent_task_id),
        ("video id", task.video.video_id if task.video else None),
        ("thumbnail", task.video.image_url if task.video else None),
        ("link valid until", _valid_until(task)),
    ]
    return [(label, long.cut(value, long.MESSAGE)) for label, value in rows if value] + _parameters(task.parameters)


def summary(task: Task) -> str:
    """Return the details in a few words."""
    words = [
        {True: "prompt enhanced", False: "prompt as written", None: ""}[task.expand_prompt],
        "reference image" if task.image_url else "",
        f"extends {short(task.parent_task_id)}" if task.parent_task_id else "",
        f"video {short(task.video.video_id)}" if task.video and task.video.video_id else "",
    ]
    return " · ".join(word for word in words if word)


def video_line(task: Task) -> str:
    """Return the text beside the plain link to the video."""
    return f"link valid until {until}" if (until := _valid_until(task)) else "links are valid for 14 days"


def duration(span: timedelta | float) -> str:
    """Return a span of time in its two largest units, such as ``2 min 10 s``."""
    seconds = max(0, round(span.total_seconds() if isinstance(span, timedelta) else span))
    units = [("day", seconds // 86400), ("h", seconds // 3600 % 24), ("min", seconds // 60 % 60), ("s", seconds % 60)]
    first = next((index for index, (_, count) in enumerate(units) if count), len(units) - 1)
    shown = [(unit, count) for unit, count in units[first : first + 2] if count] or [("s", 0)]
    return " ".join(f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}" for unit, count in shown)


def clock(at: datetime) -> str:
    """Return a time, such as ``12:03:41 UTC``."""
    return f"{at:%H:%M:%S} UTC"


def moment(at: datetime) -> str:
    """Return a date and time, such as ``24 Nov 2026, 12:03 UTC``."""
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago something was in the largest unit, such as ``2 min ago``."""
    if now - at < timedelta(seconds=5):
        return "just now"
    number, unit = duration(now - at).split()[:2]
    return f"{number} {unit} ago"


def short(task_id: str | None) -> str:
    """Return the beginning of an id, enough to recognise it by."""
    task_id = task_id or ""
    return task_id if len(task_id) <= 10 else f"{task_id[:8]}…"


def _parameters(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the parameters that have no row of their own."""
    others = [
        (key, value)
        for key, value in parameters.items()
        if _is_given(value) and plain_name(str(key)[: long.NAME]) not in _WITH_A_ROW
    ]
    rows = [(long.cut_name(str(key)), long.as_text(value)) for key, value in others[:_MOST_PARAMETERS]]
    left = len(others) - _MOST_PARAMETERS
    return [*rows, ("more parameters", f"{left:,}, in task.raw")] if left > 0 else rows


def _is_given(value: object) -> bool:
    return bool(value) if isinstance(value, str) else value is not None


def _valid_until(task: Task) -> str | None:
    if task.expires_at is None or task.expired:
        return None
    return f"about {task.expires_at.day} {task.expires_at:%b %Y}"

"""Reads and makes the rows of the record. A damaged column loses its own value only. No I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ..model.sighting import Sighting, Step
from ..model.task import Task, TaskState

_EARLIEST = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LONGEST_STATE = 200  # characters of the service's own word for a state
_LONGEST_LINK = 8192  # characters

Row = tuple[object, ...]


class Found(NamedTuple):
    """What a query found.

    Attributes:
        sightings: The tasks.
        damaged: How many of the rows could not be read, or not completely.
    """

    sightings: list[Sighting]
    damaged: int


def read(row: Row, step_rows: Sequence[Row]) -> tuple[Sighting | None, bool]:
    """Read a task.

    Args:
        row: Its id, state, prompt, failure message, time, and answer; the answer is "" if it was not asked for, or
            not kept.
        step_rows: For each step: state, text, time, and whether it was watched.

    Returns:
        The task, and whether the rows are damaged. None if not even its id and a time can be read.
    """
    task_id, state, prompt, fail_msg, last_seen, raw = row
    steps = read_steps(step_rows)
    at = moment(last_seen)
    seen = at or (steps[-1].since if steps else None)
    if not isinstance(task_id, str) or not task_id or seen is None:
        return None, True
    answer = _answer(raw)
    sound = at is not None and len(steps) == len(step_rows) and (answer is not None or raw == "")
    sound = sound and all(isinstance(each, str) for each in (state, prompt, fail_msg))
    task = None if answer is None else _task(answer, task_id)
    whole = task is not None
    if task is None:
        task = Task.from_data(_facts(task_id, _word(state, steps), _text(prompt), _text(fail_msg)), task_id)
    return Sighting(task_id, task, seen, steps, looked_at=seen, from_record=True, whole=whole), not sound


def read_steps(rows: Sequence[Row]) -> tuple[Step, ...]:
    """Read the steps of one task, in order, without the damaged ones."""
    steps = [
        Step(TaskState.read(_text(state)), _text(text), at, watched == 1)
        for state, text, since, watched in rows
        if (at := moment(since)) is not None and _text(text)
    ]
    return tuple(sorted(steps, key=lambda step: step.since))


def moment(value: object) -> datetime | None:
    """Read a time; None if it is not one."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        at = at and (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
    return at if at and at >= _EARLIEST else None


def decoded(text: bytes) -> str:
    """Read text that may be damaged: SQLite's own decoder would fail for the whole query."""
    return text.decode("utf-8", "replace")


def iso(at: datetime) -> str:
    """Write a time, so that it sorts as text."""
    return at.astimezone(timezone.utc).isoformat(timespec="microseconds")


def storable(text: str, most: int | None = None) -> str:
    """Return a text that UTF-8 can hold, cut if it is too long. Half a surrogate pair is valid in JSON, not in UTF-8.

    Args:
        text: The text.
        most: Its longest form, in bytes; None for any.
    """
    data = text.encode("utf-8", "replace")
    return data[:most].decode("utf-8", "ignore")


def written_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps with the text that the file holds."""
    return tuple(replace(step, text=storable(step.text, _LONGEST_STATE)) for step in steps)


def written_answer(task: Task, most: int) -> str:
    """Return a task's answer as JSON; "" if it is too large, or cannot be written."""
    try:
        answer = json.dumps(dict(task.raw), default=str)
    except (TypeError, ValueError, RecursionError):
        return ""
    return answer if len(answer) <= most else ""


def without_answer(sighting: Sighting, most: int) -> Sighting:
    """Return a sighting with no more than the facts about its task.

    Args:
        sighting: The sighting; it must have a task.
        most: The longest text, in bytes.
    """
    task = sighting.seen_task()
    prompt, fail_msg = storable(task.prompt, most), storable(task.fail_msg, most)
    links = (task.image_url, task.parent_task_id, *(vars(task.video).values() if task.video else ()))
    slim = replace(
        task,
        prompt=prompt,
        fail_msg=fail_msg,
        raw=_facts(sighting.task_id, storable(task.state_text, _LONGEST_STATE), prompt, fail_msg),
    )
    if any(link and len(link) > _LONGEST_LINK for link in links):
        slim = replace(slim, image_url=None, parent_task_id=None, video=None)
    return replace(sighting, task=slim, steps=written_steps(sighting.steps), whole=False)


def _answer(raw: object) -> Mapping[str, Any] | None:
    try:
        answer = json.loads(raw) if isinstance(raw, str) and raw else None
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _task(answer: Mapping[str, Any], task_id: str) -> Task | None:
    try:
        return Task.from_data(answer, task_id)
    except (ValueError, TypeError, ArithmeticError, RecursionError):  # JSON that was never an answer of the service
        return None


def _facts(task_id: str, state: str, prompt: str, fail_msg: str) -> dict[str, Any]:
    """Return a task's facts as the service would send them."""
    return {"taskId": task_id, "state": state, "generateParam": {"prompt": prompt}, "failMsg": fail_msg}


def _word(state: object, steps: Sequence[Step]) -> str:
    """Return a state in the service's own word, which only the steps have for a state that is unknown to us."""
    known = TaskState.read(_text(state))
    return steps[-1].text if steps and steps[-1].state is known is TaskState.UNKNOWN else known.value


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return decoded(value)
    return value if isinstance(value, str) else ""

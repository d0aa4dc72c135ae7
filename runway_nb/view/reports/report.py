"""A Markdown report of a task, to copy into a support ticket.

Everything the service sent is in code blocks and code spans, so that none of it is read as Markdown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from ...model.expiry import LinkLife, as_utc
from ...model.failure import read_failure
from ...model.sighting import Sighting
from ...model.task import Task, TaskState
from ...model.text import one_line, printable
from .. import words
from ..mime import Bundle
from .redaction import Redaction

_LEFT_OUT = "The prompt, other texts in the parameters and all links are left out."
_LINKS = {
    LinkLife.NONE: "none",
    LinkLife.FRESH: "valid",
    LinkLife.EXPIRING: "near or past the end of its 14 days",
    LinkLife.EXPIRED: "expired, according to the service",
}


@dataclass(frozen=True)
class Environment:
    """Where a report was made.

    Attributes:
        versions: Names and versions of Python and the relevant packages.
        front_end: What the kernel knows about its front-end. It does not know which program shows its output.
        platform: The operating system, without the machine's name.
    """

    versions: tuple[tuple[str, str], ...]
    front_end: str
    platform: str


def markdown(sighting: Sighting, *, redact: bool, now: datetime, environment: Environment) -> str:
    """Return the report. It cannot contain the API key, which this module never receives.

    Args:
        sighting: The task.
        redact: Whether to leave out the prompt and all links.
        now: The current time (UTC).
        environment: Where this runs.
    """
    cleaned = Redaction(sighting.task.prompt if sighting.task else "") if redact else None
    clean = cleaned.text if cleaned else str
    parts = [f"## Runway task {_span(sighting.task_id)}"]
    parts += [f"> {_LEFT_OUT}"] if redact else []
    parts.append(_list(_facts(sighting, now)))
    if sighting.error is not None:
        parts.append(
            f"The latest check failed ({type(sighting.error).__name__}):\n\n{_block(clean(str(sighting.error)))}"
        )
    if sighting.task is not None:
        parts += _task_sections(sighting.task, clean, redact=redact)
    if sighting.steps:
        parts.append(f"### States seen (UTC)\n\n{_list(_timeline(sighting))}")
    parts.append(f"### Environment\n\n{_list(_environment_facts(environment))}")
    if sighting.task is not None:
        raw = cleaned.value(sighting.task.raw) if cleaned else sighting.task.raw
        shown = json.dumps(raw, indent=2, ensure_ascii=False, default=str)
        parts.append(f"### Raw response\n\n{_block(shown, 'json')}")
    return "\n\n".join(parts) + "\n"


def source(report: str) -> Bundle:
    """Return an output that shows the report as Markdown source, ready to copy, instead of rendering it."""
    return Bundle({"text/markdown": _block(report.rstrip("\n"), "markdown"), "text/plain": report})


def _task_sections(task: Task, clean: Callable[[str], str], *, redact: bool) -> Iterator[str]:
    if task.fail_msg:
        yield f"### The service's message\n\n{_block(clean(task.fail_msg))}"
    if not redact:
        if task.prompt:
            yield f"### Prompt\n\n{_block(task.prompt)}"
        links = [*_links(task)]
        if links:
            yield f"### Links\n\n{_list(links)}"


def _facts(sighting: Sighting, now: datetime) -> Iterator[str]:
    task = sighting.task
    if task is None:
        yield "State: not seen"
    else:
        yield f"State: {_span(task.state_text)}"
        if task.fail_code is not None:
            yield f"Code: {task.fail_code}"
        if task.state is TaskState.FAIL:
            reading = read_failure(task)
            yield f"Cause, read from the message by runway_nb: {reading.cause.value}"
            yield f"Worth sending again unchanged: {reading.retry.value}"
        yield f"Extends task: {_span(task.parent_task_id) if task.parent_task_id else 'none'}"
        if task.video and task.video.video_id:
            yield f"Video id: {_span(task.video.video_id)}"
        yield f"Prompt: {len(task.prompt)} characters"
        yield f"Generated: {_generated(task)}"
        yield f"Video link: {_LINKS[task.link_life(now)]}{_until(task)}"
    yield f"First seen: {_time(sighting.steps[0].since if sighting.steps else sighting.seen_at)}"
    yield f"Last seen: {_time(sighting.seen_at)}"
    if sighting.looked_at != sighting.seen_at:
        yield f"Last checked: {_time(sighting.looked_at)}"
    yield f"Reported: {_time(now)}"


def _generated(task: Task) -> str:
    if task.generate_time is None:
        return "not reported"
    if task.generate_time.tzinfo is None:
        return f"{task.generate_time:%Y-%m-%d %H:%M:%S} (without a time zone)"
    moment = as_utc(task.generate_time)
    return _time(moment) if moment else task.generate_time.isoformat(" ")  # at either end of the calendar


def _until(task: Task) -> str:
    if task.expires_at is None or task.expired:
        return ""
    return f", until about {task.expires_at:%Y-%m-%d}"


def _links(task: Task) -> Iterator[str]:
    named = {
        "Video": task.video.url if task.video else None,
        "Thumbnail": task.video.image_url if task.video else None,
        "Reference image": task.image_url,
    }
    for name, url in named.items():
        if url:
            yield f"{name}: {_span(url)}"


def _timeline(sighting: Sighting) -> Iterator[str]:
    for index, step in enumerate(sighting.steps):
        is_last = index + 1 == len(sighting.steps)
        lasted = "" if is_last else words.dwell(sighting, index)
        seen = "" if step.watched_from_start else " (may have begun earlier)"
        yield f"{step.since:%Y-%m-%d %H:%M:%S} {_span(step.text)}{f', for {lasted}' if lasted else ''}{seen}"


def _environment_facts(environment: Environment) -> Iterator[str]:
    for name, number in environment.versions:
        yield f"{name} {number}"
    yield f"Runs in: {environment.front_end}"
    yield f"Platform: {environment.platform}"


def _list(lines: Iterator[str] | list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S} UTC" if at else "never"


def _block(text: str, language: str = "text") -> str:
    """Return a text as a code block, with a fence longer than any in the text."""
    shown = printable(text)
    fence = _fence(shown, 3)
    return f"{fence}{language}\n{shown}\n{fence}"


def _span(text: str) -> str:
    """Return a text as a code span on one line."""
    shown = one_line(text)
    fence = _fence(shown, 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _fence(text: str, least: int) -> str:
    """Return `least` backticks, or more if the text has that many in a row."""
    return "`" * max(least, 1 + max(map(len, re.findall("`+", text)), default=0))

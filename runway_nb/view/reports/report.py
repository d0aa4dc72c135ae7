"""A Markdown report of a task, to copy into a support ticket.

Everything the service sent is in code blocks and code spans, so that none of it is read as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial

from ...model.expiry import LinkLife
from ...model.failure import Reading, read_failure
from ...model.fields import Fields
from ...model.sighting import Sighting
from ...model.task import GENERATE_TIME, Task, TaskState
from ...model.text import one_line, printable
from .. import words
from ..fault import contained
from ..long import MESSAGE, NAME, as_json, cut, cut_name, cut_value
from ..mime import Bundle
from .redaction import Redaction

_LEFT_OUT = "The prompt, other texts in the parameters and all links are left out."
_LINKS = {
    LinkLife.NONE: "none",
    LinkLife.FRESH: "valid",
    LinkLife.EXPIRING: "near or past the end of its 14 days",
    LinkLife.EXPIRED: "expired, according to the service",
}
_OF_THE_ANSWER = {"Extends task", "Prompt", "Generated", "Video link"}  # unknown if only the facts were kept


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
    cleaned = contained(lambda: _redaction(sighting.task), lambda _: Redaction(None)) if redact else None
    sections: dict[str, Callable[[], Iterator[str]]] = {
        "The latest check": lambda: _failed_look(sighting, cleaned),
        "The service's words": lambda: _service_words(sighting.task, cleaned),
        "The states seen": lambda: _states(sighting),
        "The environment": lambda: iter([f"### Environment\n\n{_list(_environment_facts(environment))}"]),
        "The raw response": lambda: _raw(sighting, cleaned),
    }
    parts = [f"## Runway task {_span(sighting.task_id)}"]
    parts += [f"> {_LEFT_OUT}"] if redact else []
    parts.append(_list(_facts(sighting, now)))
    for name, section in sections.items():
        parts += _section(name, section)
    return "\n\n".join(parts) + "\n"


def _section(name: str, draw: Callable[[], Iterator[str]]) -> list[str]:
    return contained(lambda: list(draw()), lambda fault: [f"{name} {fault}."])


def source(report: str) -> Bundle:
    """Return an output that shows the report as Markdown source, ready to copy, instead of rendering it."""
    return Bundle({"text/markdown": _block(report.rstrip("\n"), "markdown"), "text/plain": report})


def _redaction(task: Task | None) -> Redaction:
    return Redaction(task.prompt if task else "")


def _failed_look(sighting: Sighting, cleaned: Redaction | None) -> Iterator[str]:
    error = sighting.error
    if error is not None:
        yield f"The latest check failed ({type(error).__name__}):\n\n{_block(_clean(str(error), cleaned))}"


def _service_words(task: Task | None, cleaned: Redaction | None) -> Iterator[str]:
    if task is None:
        return
    if task.fail_msg:
        yield f"### The service's message\n\n{_block(_clean(task.fail_msg, cleaned))}"
    if cleaned is None:
        if task.prompt:
            yield f"### Prompt\n\n{_block(cut(task.prompt))}"
        links = [*_links(task)]
        if links:
            yield f"### Links\n\n{_list(links)}"


def _states(sighting: Sighting) -> Iterator[str]:
    if sighting.steps:
        yield f"### States seen (UTC)\n\n{_list(_timeline(sighting))}"


def _raw(sighting: Sighting, cleaned: Redaction | None) -> Iterator[str]:
    task = sighting.task
    if task is None:
        return
    if not sighting.whole:
        yield f"### Raw response\n\n{words.NOT_WHOLE}"
        return
    # Redacted before its texts are cut: the beginning of a JSON text could not be read.
    raw = cleaned.value(cut_value(task.raw, cut_texts=False)) if cleaned else task.raw
    yield f"### Raw response\n\n{_block(as_json(raw), 'json')}"


def _clean(text: str, cleaned: Redaction | None) -> str:
    return cut(cleaned.text(text) if cleaned else text)


def _facts(sighting: Sighting, now: datetime) -> Iterator[str]:
    for label, fact in _FACTS.items():
        shown = contained(partial(fact, sighting, now), str)
        if shown and (sighting.whole or label not in _OF_THE_ANSWER):
            yield f"{label}: {shown}"


def _of_task(fact: Callable[[Task], str]) -> Callable[[Sighting, datetime], str]:
    """Return a fact about a task as one about a sighting, which may have none."""
    return lambda sighting, _: fact(sighting.task) if sighting.task is not None else ""


def _reading(task: Task) -> Reading | None:
    return read_failure(task) if task.state is TaskState.FAIL else None


def _generated(task: Task) -> str:
    at = task.generate_time
    if at is None:
        sent = Fields(task.raw).text(*GENERATE_TIME)
        return f"{_span(sent)}, which is not a usable time" if sent else "not reported"
    return _time(at) if at.tzinfo else f"{at:%Y-%m-%d %H:%M:%S} (without a time zone)"


def _video_link(task: Task, now: datetime) -> str:
    return f"{_LINKS[task.link_life(now)]}{_until(task)}"


def _until(task: Task) -> str:
    if task.expires_at is None or task.expired:
        return ""
    return f", until about {task.expires_at:%Y-%m-%d}"


_FACTS: Mapping[str, Callable[[Sighting, datetime], str]] = {
    "State": lambda sighting, _: _span(sighting.task.state_text) if sighting.task else "not seen",
    "Code": _of_task(lambda task: "" if task.fail_code is None else str(task.fail_code)),
    "Cause, read from the message by runway_nb": _of_task(
        lambda task: reading.cause.value if (reading := _reading(task)) else ""
    ),
    "Worth sending again unchanged": _of_task(lambda task: reading.retry.value if (reading := _reading(task)) else ""),
    "Extends task": _of_task(lambda task: _span(task.parent_task_id) if task.parent_task_id else "none"),
    "Video id": _of_task(lambda task: _span(task.video.video_id) if task.video and task.video.video_id else ""),
    "Prompt": _of_task(lambda task: f"{len(task.prompt):,} character{'' if len(task.prompt) == 1 else 's'}"),
    "Generated": _of_task(_generated),
    "Video link": lambda sighting, now: _video_link(sighting.task, now) if sighting.task else "",
    "First seen": lambda sighting, _: _time(sighting.steps[0].since if sighting.steps else sighting.seen_at),
    "Last seen": lambda sighting, _: _time(sighting.seen_at),
    "Last checked": lambda sighting, _: _time(sighting.looked_at) if sighting.looked_at != sighting.seen_at else "",
    "Reported": lambda _, now: _time(now),
}
"""The facts at the top, by label; "" where there is none."""


def _links(task: Task) -> Iterator[str]:
    named = {
        "Video": task.video.url if task.video else None,
        "Thumbnail": task.video.image_url if task.video else None,
        "Reference image": task.image_url,
    }
    for name, url in named.items():
        if url:
            yield f"{name}: {_span(url, MESSAGE)}"


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


def _span(text: str, most: int = NAME) -> str:
    """Return a text as a code span on one line, cut if it is too long; there is no empty code span in Markdown."""
    shown = one_line(cut_name(text, most))
    if not shown:
        return "(empty)"
    fence = _fence(shown, 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _fence(text: str, least: int) -> str:
    """Return `least` backticks, or more if the text has that many in a row."""
    return "`" * max(least, 1 + max(map(len, re.findall("`+", text)), default=0))

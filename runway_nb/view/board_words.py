"""What a board says, in words: one wording for the live board, the saved one and the terminal's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ..failure import Cause, Retry
from ..sighting import Following, Sighting
from ..task import LinkLife, Task, TaskState
from . import words
from .filtering import PAGE_SIZE, Entry, Page, Query, Tally
from .notes import trouble_title
from .style import STATE_MARKS

_SHOWN = 180  # characters of a text in a row; no window shows more of one line
_LEAD = 30  # characters before the first match of a search


def progress(tally: Tally) -> str:
    """How far the tasks are, such as ``132 of 200 ended``."""
    if tally.ended < tally.total:
        return f"{tally.ended} of {tally.total} ended"
    return f"{tally.total} tasks, all ended" if tally.total != 1 else "1 task, ended"


def state_name(state: str) -> str:
    """A state's mark and word; "" stands for all."""
    return f"{STATE_MARKS[TaskState.read(state)]} {state}" if state else "all"


def cause_name(cause: Cause | None) -> str:
    """A cause's words; None stands for all."""
    return cause.value if cause else "all failures"


def times(count: int) -> str:
    """A count before what is counted."""
    return f"{count} ×"  # noqa: RUF001  # the sign, and no letter


def retries(tally: Tally) -> str:
    """What sending the failed tasks again would bring, as a sentence; "" if none failed."""
    outcomes = {
        Retry.NOW: "{} can work now",
        Retry.LATER: "{} can work later",
        Retry.NO: "{} will fail again",
        Retry.UNKNOWN: "of {} nothing is known",
    }
    told = [text.format(tally.retries[retry]) for retry, text in outcomes.items() if tally.retries.get(retry)]
    return f"Sent again unchanged, {', '.join(told)}." if told else ""


def results(page: Page, query: Query) -> str:
    """Which rows are shown, of how many, and by which filters."""
    first = page.number * PAGE_SIZE + 1
    last = first + len(page.rows) - 1
    rows = f"{first}–{last} of " if first < last else ""  # noqa: RUF001  # a dash between numbers
    count = f"{rows}{page.matching}" if page.matching == page.total else f"{rows}{page.matching} (of {page.total})"
    text = f"“{query.text.strip()}”" if query.words else ""
    return " · ".join(filter(None, (count, query.cause.value if query.cause else query.state, text)))


def nothing(page: Page) -> str:
    """What stands in place of rows where there are none."""
    return "No task matches. Clear the filters to see all." if page.total else "There are no tasks."


def status(sightings: Sequence[Sighting]) -> str:
    """The line at the board's foot: when a task was last looked at, and how many are followed."""
    looks = [sighting.looked_at for sighting in sightings if sighting.looked_at is not None]
    followed = sum(sighting.following is Following.ON for sighting in sightings)
    given_up = sum(stopped(sighting) for sighting in sightings)
    parts = [
        f"checked {words.clock(max(looks))}" if looks else "not looked at yet",
        f"following {followed}" if followed else "",
        f"stopped watching {given_up} that still go on" if given_up else "",
    ]
    return " · ".join(filter(None, parts))


def remark(entry: Entry, now: datetime) -> str:
    """What stands beside a row's badge: the cause of a failure, or what is not as it should be."""
    sighting, task = entry.sighting, entry.sighting.task
    if entry.reading is not None:
        return entry.reading.cause.value
    if task is not None and task.state is TaskState.SUCCESS:
        life = task.link_life(now)
        return {LinkLife.EXPIRED: "link expired", LinkLife.NONE: "no link", LinkLife.EXPIRING: _ending(task)}.get(
            life, ""
        )
    if sighting.error is not None:
        title = trouble_title(sighting.error)
        return "last look failed" if task is not None else f"{title[:1].lower()}{title[1:]}"
    return "stopped watching" if stopped(sighting) else ""


def text(entry: Entry, searched: Sequence[str] = ()) -> str:
    """The line of a row: the prompt, or why the task could not be seen; in a search the text that was found.

    Args:
        entry: The task.
        searched: The words of the search, case-folded.
    """
    texts = list(filter(None, _lines(entry.sighting)))
    shown = next((each for each in texts if any(word in each.casefold() for word in searched)), texts[0])
    return _around(shown, searched)


def age(entry: Entry, now: datetime) -> str:
    """How long ago a task ended or how long it has been seen going on, in one unit; "" where that is not known."""
    if entry.dated is None:
        return ""
    seconds = max(timedelta(0), now - entry.dated).total_seconds()
    if seconds < 60:
        return "< 1 min"
    largest = words.duration(seconds).split()[:2]
    return " ".join(largest) if entry.sighting.settled else f"> {' '.join(largest)}"


def dated(entry: Entry) -> str:
    """The same as a moment."""
    if entry.dated is None:
        return ""
    at = words.moment(entry.dated)
    return f"ended {at}" if entry.sighting.settled else f"seen since {at}"


def opened(entry: Entry) -> str:
    """The tooltip of the control that opens a task's card."""
    return f"Show task {words.short(entry.sighting.task_id)} below"


def _lines(sighting: Sighting) -> tuple[str, ...]:
    error, task = str(sighting.error or ""), sighting.task
    if task is None:
        return (error or "Not looked at yet.", sighting.task_id)
    return (task.prompt or "no prompt", task.fail_msg, sighting.task_id, error)


def _around(shown: str, searched: Sequence[str]) -> str:
    """Cut a text to what a row can show: its beginning, or what surrounds the first match."""
    shown = " ".join(shown.split())
    found = [at for at in (shown.casefold().find(word) for word in searched) if at >= 0]
    start = max(0, min(found, default=0) - _LEAD)
    start = 0 if start < _LEAD else start
    cut = shown[start : start + _SHOWN]
    return f"{'… ' if start else ''}{cut}{' …' if len(shown) > start + _SHOWN else ''}"


def _ending(task: Task) -> str:
    return f"link ends about {task.expires_at.day} {task.expires_at:%b}" if task.expires_at else ""


def stopped(sighting: Sighting) -> bool:
    """Whether following was given up before the task ended, by other than the user's own hand."""
    return sighting.following not in (Following.OFF, Following.ON, Following.ENDED) and not sighting.settled


def shares(tally: Tally) -> Mapping[str, float]:
    """The parts of the progress bar, in percent of all tasks: what succeeded and what failed."""
    return {
        state: 100 * tally.states.get(state, 0) / max(tally.total, 1)
        for state in (TaskState.SUCCESS.value, TaskState.FAIL.value)
    }

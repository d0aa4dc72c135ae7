"""What a board says, in words: one wording for the live board, the saved board and the text board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ...model.expiry import LinkLife
from ...model.failure import Cause, Retry
from ...model.sighting import Following, Sighting
from ...model.task import Task, TaskState
from .. import long, words
from ..style import STATE_MARKS
from .query import PAGE_SIZE, Page, Query, Tally
from .row import Row

_SHOWN = 180  # characters of a text in a row; no window is wide enough for more
_LEAD = 30  # characters before the first match of a search


def progress(tally: Tally) -> str:
    """How many tasks have ended, such as ``132 of 200 ended``; before that, how many were fetched."""
    if tally.fetched is not None and tally.fetched < tally.total:
        return f"Fetching {tally.fetched} of {tally.total}"
    if tally.ended < tally.total:
        return f"{tally.ended} of {tally.total} ended"
    return f"{tally.total} tasks, all ended" if tally.total != 1 else "1 task, ended"


def from_record(tally: Tally, now: datetime | None = None) -> str:
    """How many rows come from the record, and how old the oldest is; "" if none do.

    Args:
        tally: The numbers.
        now: The present (UTC), to give the age; None to give the moment, which stays true in a saved board.
    """
    count, oldest = tally.from_record, tally.oldest
    if not count or oldest is None:
        return ""
    if now is not None:  # short, for it follows the progress on one line
        span = _age(now - oldest)
        old = f"{'up to ' if count > 1 else ''}{span}" if span else "less than 1 min"
        return f"{count} from the record, {old} old"
    rows, seen = ("row", "seen") if count == 1 else ("rows", "the oldest seen")
    return f"{count} {rows} from the record, {seen} on {words.moment(oldest)}"


def state_name(state: str) -> str:
    """A state's mark and word; "all" for the empty string."""
    return f"{STATE_MARKS[TaskState.read(state)]} {state}" if state else "all"


def cause_name(cause: Cause | None) -> str:
    """A cause's words; None means all failures."""
    return cause.value if cause else "all failures"


def times(count: int) -> str:
    """A count, to put before what is counted."""
    return f"{count} ×"  # noqa: RUF001  # the sign, not the letter


def retries(tally: Tally) -> str:
    """Whether the failed tasks can work if they are sent again, as a sentence; "" if no task failed."""
    outcomes = {
        Retry.NOW: "{} can work now",
        Retry.LATER: "{} can work later",
        Retry.NO: "{} will fail again",
        Retry.UNKNOWN: "{} may or may not work",
    }
    parts = [text.format(tally.retries[retry]) for retry, text in outcomes.items() if tally.retries.get(retry)]
    return f"Sent again unchanged, {', '.join(parts)}." if parts else ""


def results(page: Page, query: Query) -> str:
    """Which rows are shown, out of how many, and the filters in use."""
    first = page.number * PAGE_SIZE + 1
    last = first + len(page.rows) - 1
    rows = f"{first}–{last} of " if first < last else ""  # noqa: RUF001  # a dash between numbers
    count = f"{rows}{page.matching}" if page.matching == page.total else f"{rows}{page.matching} (of {page.total})"
    text = f"“{query.text.strip()}”" if query.words else ""
    return " · ".join(filter(None, (count, query.cause.value if query.cause else query.state, text)))


def nothing(page: Page) -> str:
    """What a page without rows says."""
    return "No task matches. Clear the filters to see all." if page.total else "There are no tasks."


def status(sightings: Sequence[Sighting]) -> str:
    """The line at the foot of the board: when a task was last looked at, how many are followed, and why no longer."""
    looks = [sighting.looked_at for sighting in sightings if sighting.looked_at is not None]
    followed = sum(sighting.following is Following.ON for sighting in sightings)
    given_up = [sighting for sighting in sightings if stopped(sighting)]
    elsewhere = any(sighting.following is Following.ELSEWHERE for sighting in given_up)
    parts = [
        f"checked {words.clock(max(looks))}" if looks else "not checked yet",
        f"following {followed}" if followed else "",
        f"stopped following {len(given_up)} unfinished" if given_up else "",
        words.RUN_ELSEWHERE if elsewhere else "",
    ]
    return " · ".join(filter(None, parts))


def remark(row: Row, now: datetime) -> str:
    """The remark beside a row's badge: the cause of a failure, or another problem; "" if there is none."""
    sighting, task = row.sighting, row.sighting.task
    if row.reading is not None:
        return row.reading.cause.value
    if task is not None and task.state is TaskState.SUCCESS:
        life, none = task.link_life(now), "no link" if sighting.whole else ""
        return {LinkLife.EXPIRED: "link expired", LinkLife.NONE: none, LinkLife.EXPIRING: _ending(task, now)}.get(
            life, ""
        )
    if sighting.error is not None:
        title = sighting.error.title
        return "last check failed" if task is not None else f"{title[:1].lower()}{title[1:]}"
    return "no longer followed" if stopped(sighting) else ""


def text(row: Row, searched: Sequence[str] = ()) -> str:
    """The text of a row: the prompt, or why the task could not be looked up; during a search, the text that matched.

    Args:
        row: The task.
        searched: The words of the search, case-folded.
    """
    texts = list(filter(None, _lines(row.sighting)))
    shown = next((each for each in texts if any(word in each.casefold() for word in searched)), texts[0])
    return _around(shown, searched)


def age(row: Row, now: datetime) -> str:
    """How long ago a task ended or was first seen unfinished, in one unit; "" if that is not known."""
    if row.dated is None:
        return ""
    span = _age(now - row.dated)
    if not span:
        return "< 1 min"
    return span if row.sighting.settled else f"> {span}"


def dated(row: Row) -> str:
    """The moment that `age` counts from, such as ``ended 24 Nov 2026, 12:03 UTC``; "" if it is not known."""
    if row.dated is None:
        return ""
    at = words.moment(row.dated)
    return f"ended {at}" if row.sighting.settled else f"first seen {at}"


def opened(row: Row) -> str:
    """The tooltip of the control that opens a task's card."""
    return f"Show task {words.short(row.sighting.task_id)} below"


def stopped(sighting: Sighting) -> bool:
    """Whether following stopped before the task ended, and not because the user switched it off."""
    return sighting.following.gave_up and not sighting.settled


def shares(tally: Tally) -> Mapping[str, float]:
    """The parts of the progress bar, in percent of all tasks: succeeded and failed."""
    return {
        state: 100 * tally.states.get(state, 0) / max(tally.total, 1)
        for state in (TaskState.SUCCESS.value, TaskState.FAIL.value)
    }


def _age(span: timedelta) -> str:
    """A span of time in its largest unit; "" below a minute: seconds would change, and be sent, with every look."""
    return "" if span < timedelta(minutes=1) else " ".join(words.duration(span).split()[:2])


def _lines(sighting: Sighting) -> tuple[str, ...]:
    error, task = str(sighting.error or ""), sighting.task
    if task is None:
        texts = [error or "Not checked yet.", sighting.task_id]
    else:
        texts = [task.prompt or "no prompt", task.fail_msg, sighting.task_id, error]
    return tuple(text[: long.TEXT] for text in texts)


def _around(shown: str, searched: Sequence[str]) -> str:
    """Cut a text to what a row can show: its beginning, or the part around the first match."""
    shown = " ".join(shown.split())
    found = [at for at in (shown.casefold().find(word) for word in searched) if at >= 0]
    start = max(0, min(found, default=0) - _LEAD)
    start = 0 if start < _LEAD else start
    cut = shown[start : start + _SHOWN]
    return f"{'… ' if start else ''}{cut}{' …' if len(shown) > start + _SHOWN else ''}"


def _ending(task: Task, now: datetime) -> str:
    if task.expires_at is None:
        return ""
    if task.expires_at <= now:  # the estimate; the service does not say so yet
        return "link may have expired"
    return f"link expires about {task.expires_at.day} {task.expires_at:%b}"

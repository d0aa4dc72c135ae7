"""The panels of a card, in words: trouble, the end of following, a failure, a link's end, an unusual wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import (
    AuthenticationError,
    ConnectionFailedError,
    MaintenanceError,
    RateLimitError,
    RunwayError,
    TaskNotFoundError,
)
from ..failure import prompt_problems, read_failure
from ..sighting import Following, Sighting
from ..task import LinkLife, Task, TaskState
from .words import clock, duration, moment

UNUSUALLY_LONG = {
    TaskState.WAIT: timedelta(minutes=2),
    TaskState.QUEUEING: timedelta(minutes=10),
    TaskState.GENERATING: timedelta(minutes=10),
}
"""From here on a state gets a hint. Clients of this API give a whole task up after 10 to 15 minutes."""


@dataclass(frozen=True)
class Note:
    """A panel on the card.

    Attributes:
        kind: ``"info"``, ``"warn"`` or ``"bad"``.
        title: Its first words, in bold.
        beside: What stands beside the title.
        lines: What stands below.
    """

    kind: str
    title: str
    beside: str = ""
    lines: tuple[str, ...] = ()


def notes_of(sighting: Sighting, now: datetime) -> list[Note]:
    """All that deserves a panel, most urgent first.

    Args:
        sighting: What is known.
        now: The present (UTC); nothing in the wording ticks with it, so that an unchanged card stays unchanged.
    """
    found = [_trouble(sighting), _following(sighting)]
    if sighting.task is not None:
        found += [_failure(sighting.task), _link(sighting.task, now), _lasting(sighting, now)]
    return [note for note in found if note is not None]


def _trouble(sighting: Sighting) -> Note | None:
    error = sighting.error
    if error is None:
        return None
    from_when = f"What is shown is from {_when(sighting)}." if sighting.task else ""
    slower = "Every card slows down." if isinstance(error, RateLimitError) and sighting.next_at else ""
    lines = tuple(line for line in (str(error), slower, from_when) if line)
    gone = isinstance(error, TaskNotFoundError) and sighting.task is not None
    title = "The service no longer knows this task" if gone else trouble_title(error)
    return Note("bad" if isinstance(error, AuthenticationError) else "info", title, lines=lines)


def _when(sighting: Sighting) -> str:
    if sighting.seen_at is None:
        return "an earlier look"
    looked_at = sighting.looked_at or sighting.seen_at
    return clock(sighting.seen_at) if looked_at.date() == sighting.seen_at.date() else moment(sighting.seen_at)


def trouble_title(error: RunwayError) -> str:
    """What a failed look means, in a few words."""
    if isinstance(error, RateLimitError):
        return "Rate limited"
    if isinstance(error, AuthenticationError):
        return "The key was not accepted"
    if isinstance(error, TaskNotFoundError):
        return "The service knows no such task"
    if isinstance(error, ConnectionFailedError):
        return "No connection"
    if isinstance(error, MaintenanceError):
        return "The service is under maintenance"
    return "The last look failed"


def _following(sighting: Sighting) -> Note | None:
    lasted = f" after {duration(sighting.followed_for)}" if sighting.followed_for else ""
    still = f"still {sighting.task.doing}; the task goes on" if sighting.task else "the task goes on"
    if sighting.following is Following.DEADLINE:
        return Note(
            "warn", f"Stopped watching{lasted}", f", {still}.", ("Resume, or run the cell again, to go on watching.",)
        )
    if sighting.following is Following.INTERRUPTED:
        return Note("info", "Stopped waiting", f", {still}.", ("Resume, or run the cell again, to go on watching.",))
    if sighting.following is Following.REFUSED:
        return Note(
            "bad",
            "Stopped watching",
            ", since looking again would bring the same.",
            ("Once this is mended, press Resume or run the cell again.",),
        )
    if sighting.following is Following.LOST:
        return Note("warn", f"Stopped watching{lasted}", ": the service went on not knowing this task.")
    return None


def _failure(task: Task) -> Note | None:
    if task.state is not TaskState.FAIL:
        return None
    reading = read_failure(task)
    code = f" · code {task.fail_code}" if task.fail_code is not None else ""
    words = f"“{task.fail_msg}”" if task.fail_msg else "The service gave no reason."
    return Note("bad", reading.title, code, (words, reading.advice, *prompt_problems(task.prompt)))


def _link(task: Task, now: datetime) -> Note | None:
    if task.state is not TaskState.SUCCESS:
        return None
    life = task.link_life(now)
    if life is LinkLife.EXPIRED:
        return Note("warn", "The video has expired.", " The service kept it for 14 days and no longer has it.")
    if life is LinkLife.NONE:
        return Note(
            "warn",
            "There is no video link.",
            " The task succeeded, but the service sent none.",
            ("Refresh in a minute; if it stays so, ask the service's support with the task id.",),
        )
    if life is LinkLife.EXPIRING and task.expires_at is not None:
        keep = "To keep the file, open the video and download it."
        return Note("warn", _expiring(task.expires_at, now), lines=(keep,))
    return None


def _expiring(expires_at: datetime, now: datetime) -> str:
    left = expires_at - now
    date = f"about {expires_at.day} {expires_at:%b}"
    if left <= timedelta(0):
        return f"The link is past its 14 days ({date}) and may stop working any moment."
    if left < timedelta(hours=1):
        return f"The link expires within the hour ({date})."
    hours = round(left / timedelta(hours=1))
    within = f"{hours} h" if hours < 36 else f"{round(hours / 24)} days"
    return f"The link expires in about {within} ({date})."


def _lasting(sighting: Sighting, now: datetime) -> Note | None:
    if not sighting.steps or sighting.following is not Following.ON:
        return None
    step = sighting.steps[-1]
    limit = max(3 * sighting.usual, timedelta(minutes=1)) if sighting.usual else UNUSUALLY_LONG.get(step.state)
    if limit is None or now - step.since < limit:
        return None
    usual = f"; usually it takes {duration(sighting.usual)}" if sighting.usual else ", which is unusually long"
    title = f"{sighting.task.doing.capitalize() if sighting.task else step.text} for over {duration(limit)}"
    return Note("info", title, f"{usual}. Long is not failed: the service ends a task itself, and this card will tell.")

"""The panels of a card, as texts: a failed look, the end of following, a failure, a link's expiry, a long wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ...model.errors import AuthenticationError, RateLimitError, TaskNotFoundError
from ...model.expiry import LinkLife
from ...model.failure import prompt_problems, read_failure
from ...model.media import NOTHING_EMBEDDED, Embedded
from ...model.sighting import Following, Sighting
from ...model.task import Task, TaskState
from ..long import MESSAGE, cut
from ..words import NOT_WHOLE, RUN_ELSEWHERE, clock, duration, moment

UNUSUALLY_LONG = {
    TaskState.WAIT: timedelta(minutes=2),
    TaskState.QUEUEING: timedelta(minutes=10),
    TaskState.GENERATING: timedelta(minutes=10),
}
"""After this long in a state, a card says so. Clients of this API give up on a task after 10 to 15 minutes."""


@dataclass(frozen=True)
class Note:
    """A panel on the card.

    Attributes:
        kind: ``"info"``, ``"warn"`` or ``"bad"``.
        title: The first words, in bold.
        beside: The text that continues the title.
        lines: The lines below.
    """

    kind: str
    title: str
    beside: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Advice:
    """What the reader can do here: a live card has controls, a saved card and a terminal have none."""

    go_on: str
    retry: str
    wait: str


_LIVE = _Advice(
    go_on="Press Resume or run the cell again to go on watching.",
    retry="Once this is fixed, press Resume or run the cell again.",
    wait="Refresh in a minute",
)
_SAVED = _Advice(
    go_on="Run this again with --watch to go on watching.",
    retry="Once this is fixed, run this again.",
    wait="Run this again in a minute",
)


def notes_of(
    sighting: Sighting, now: datetime, embedded: Embedded = NOTHING_EMBEDDED, *, live: bool = False
) -> tuple[Note, ...]:
    """Return the panels of a card, most urgent first.

    Args:
        sighting: What is known about the task.
        now: The current time (UTC). The texts do not tick with it, so that an unchanged card is not drawn again.
        embedded: The media in the card.
        live: Whether the card has controls.
    """
    advice = _LIVE if live else _SAVED
    found = [_trouble(sighting), _following(sighting, advice)]
    if sighting.task is not None:
        found += [_failure(sighting.task), _link(sighting, sighting.task, now, advice), _lasting(sighting, now)]
    if embedded.problem:
        missing = "thumbnail" if embedded.video else "video"
        found.append(Note("warn", f"The {missing} is not embedded.", f" {embedded.problem}"))
    return tuple(note for note in found if note is not None)


def _trouble(sighting: Sighting) -> Note | None:
    error = sighting.error
    if error is None:
        return None
    from_when = f"This shows the task as of {_when(sighting)}." if sighting.task else ""
    slower = "All cards slow down." if isinstance(error, RateLimitError) and sighting.next_at else ""
    less = "" if sighting.whole else NOT_WHOLE
    lines = tuple(line for line in (cut(str(error), MESSAGE), slower, from_when, less) if line)
    gone = isinstance(error, TaskNotFoundError) and sighting.task is not None
    title = "The service no longer knows this task" if gone else error.title
    return Note("bad" if isinstance(error, AuthenticationError) else "info", title, lines=lines)


def _when(sighting: Sighting) -> str:
    if sighting.seen_at is None:
        return "an earlier check"
    looked_at = sighting.looked_at or sighting.seen_at
    return clock(sighting.seen_at) if looked_at.date() == sighting.seen_at.date() else moment(sighting.seen_at)


def _following(sighting: Sighting, advice: _Advice) -> Note | None:
    lasted = f" after {duration(sighting.followed_for)}" if sighting.followed_for else ""
    still = f"still {sighting.task.doing}; the task goes on" if sighting.task else "the task goes on"
    if sighting.following is Following.DEADLINE:
        return Note("warn", f"Stopped watching{lasted}", f", {still}.", (advice.go_on,))
    if sighting.following is Following.INTERRUPTED:
        return Note("info", "Stopped waiting", f", {still}.", (advice.go_on,))
    if sighting.following is Following.ELSEWHERE:
        return Note("info", "Stopped watching", f": {RUN_ELSEWHERE}; {still}.", (advice.go_on,))
    if sighting.following is Following.REFUSED:
        return Note(
            "bad",
            "Stopped watching",
            ", because another check would get the same answer.",
            (advice.retry,),
        )
    if sighting.following is Following.LOST:
        return Note("warn", f"Stopped watching{lasted}", ": the service still does not know this task.")
    return None


def _failure(task: Task) -> Note | None:
    if task.state is not TaskState.FAIL:
        return None
    reading = read_failure(task)
    code = f" · code {task.fail_code}" if task.fail_code is not None else ""
    words = f"“{cut(task.fail_msg, MESSAGE)}”" if task.fail_msg else "The service gave no reason."
    return Note("bad", reading.title, code, (words, reading.advice, *prompt_problems(task.prompt)))


def _link(sighting: Sighting, task: Task, now: datetime, advice: _Advice) -> Note | None:
    if task.state is not TaskState.SUCCESS:
        return None
    life = task.link_life(now)
    if life is LinkLife.EXPIRED:
        return Note("warn", "The video has expired.", " The service kept it for 14 days and no longer has it.")
    if life is LinkLife.NONE and sighting.whole:
        return Note(
            "warn",
            "There is no video link.",
            " The task succeeded, but the service sent no link.",
            (f"{advice.wait}; if there is still no link, contact the service's support with the task id.",),
        )
    if life is LinkLife.EXPIRING and task.expires_at is not None:
        keep = "To keep the file, download it from the link."
        return Note("warn", _expiring(task.expires_at, now), lines=(keep,))
    return None


def _expiring(expires_at: datetime, now: datetime) -> str:
    left = expires_at - now
    date = f"about {expires_at.day} {expires_at:%b}"
    if left <= timedelta(0):
        return f"The link is past its 14 days ({date}) and may stop working at any time."
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
    advice = "A long wait is not a failure: the service ends the task itself, and this card will show it."
    return Note("info", title, f"{usual}. {advice}")

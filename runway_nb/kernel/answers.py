"""What the magics display besides cards and boards: reports, lists and raw responses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone
from functools import partial
from typing import Any

from ..model.fields import safe_str
from ..model.lineage import trace
from ..model.sighting import Sighting
from ..model.text import printable_json
from ..record.history import TaskHistory
from ..screen.surface import publish
from ..view import words
from ..view.fault import contained
from ..view.mime import Bundle
from ..view.reports import compare, demo, history, lineage, report
from ..view.say import say
from .session import Session

_RECENT = 20  # tasks that a bare %runway lists
_NOTHING_SEEN = "No tasks seen yet. %runway TASK shows one; %runway_demo lists some to try without a key."
_NOTHING_FOUND = "No task in the record matches. %runway_history without options lists the latest ones."


def show_recent(session: Session) -> None:
    """List the tasks seen last."""
    record = session.history
    _show_list([record.known(task_id) for task_id in record.ids()[:_RECENT]], _NOTHING_SEEN)


def show_found(record: TaskHistory, sightings: Sequence[Sighting]) -> None:
    """List tasks that were found in the record, and say what is missing in it."""
    missing = _missing(record)
    _show_list(sightings, f"{missing}\n{_NOTHING_FOUND}" if missing else _NOTHING_FOUND, missing)


def show_json(sightings: Sequence[Sighting]) -> None:
    """Show raw responses, and print why a task could not be looked up."""
    for each in sightings:
        if each.error is not None:
            say(f"{each.task_id}: {contained(partial(str, each.error), words.fault)}")
    _say_what_is_missing(sightings)
    raw = {each.task_id: contained(partial(_raw, each), words.fault) for each in sightings if each.task is not None}
    shown: Any = next(iter(raw.values())) if len(sightings) == 1 else raw
    publish(Bundle({"application/json": shown, "text/plain": printable_json(shown)}).about(sightings))


def show_lineages(session: Session, sightings: Sequence[Sighting]) -> None:
    """Show the chain of tasks that each task extends.

    Raises:
        RunwayError: If a task could not be looked up.
    """
    _say_what_is_missing(sightings)
    for sighting in sightings:
        chain = trace(sighting.seen_task(), session.lookup.one)
        publish(lineage.draw(chain, _now(), embedded=session.media(chain.tasks)))


def show_comparison(session: Session, first: Sighting, second: Sighting) -> None:
    """Show two tasks side by side."""
    _say_what_is_missing((first, second))
    media = session.media(each.task for each in (first, second) if each.task is not None)
    publish(compare.draw(first, second, _now(), embedded=media))


def show_report(sighting: Sighting, environment: report.Environment, *, redact: bool) -> None:
    """Show a Markdown report of a task."""
    publish(report.source(report.markdown(sighting, redact=redact, now=_now(), environment=environment)))


def show_demo() -> None:
    """List the demo tasks."""
    from ..simulator import DEMO_TASKS  # imported only for the demo

    publish(demo.draw(DEMO_TASKS))


def _say_what_is_missing(sightings: Sequence[Sighting]) -> None:
    """Say for which tasks the record has kept only the facts."""
    for each in sightings:
        if not each.whole:
            say(f"{each.task_id}: {words.NOT_WHOLE}")


def _raw(sighting: Sighting) -> Any:
    """Return a raw response with only what JSON can contain."""
    return json.loads(json.dumps(dict(sighting.seen_task().raw), default=safe_str))


def _missing(record: TaskHistory) -> str:
    """Say what is not in the record; "" if it has everything."""
    trouble, dropped = record.trouble, record.dropped()
    sentences = []
    if trouble is not None:
        sentences.append(f"The record cannot be fully used ({trouble.reason}). {trouble.advice}.")
    if dropped != (0, 0):
        sentences.append(
            f"To stay within {record.limits.file >> 20} MiB, the record has dropped the oldest tasks ({dropped.tasks}) "
            f"and full answers ({dropped.answers}; state, prompt and times of these tasks are kept)."
        )
    return " ".join(sentences)


def _show_list(sightings: Sequence[Sighting], otherwise: str, missing: str = "") -> None:
    publish(history.draw(sightings, _now(), missing) if sightings else Bundle({"text/plain": otherwise}))


def _now() -> datetime:
    return datetime.now(timezone.utc)

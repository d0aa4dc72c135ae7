"""The card as plain text, for terminals and other places that show only text."""

from __future__ import annotations

from collections.abc import Sequence

from ...model.sighting import Sighting
from ...model.task import Task, TaskState
from ...model.text import printable
from .. import words
from ..long import MESSAGE, cut, cut_name, shortened
from ..style import STATE_MARKS
from ..terminal import terminal_width, wrapped
from .notes import Note

_SIGNS = {"bad": "✕", "warn": "!", "info": "·"}
_PROMPT_AT_MOST = 480  # characters; --json shows longer ones in full


def card(sighting: Sighting, notes: Sequence[Note]) -> str:
    """Draw a card as plain text, wrapped to the terminal.

    Args:
        sighting: What is known about the task.
        notes: Its panels.
    """
    width = terminal_width()
    task = sighting.task
    state = task.state if task else TaskState.UNKNOWN
    head = [
        STATE_MARKS[state],
        words.state_text(task, sighting.error),
        cut_name(sighting.task_id),
        words.headline(sighting),
    ]
    lines = ["  ".join(part for part in head if part)]
    if task is not None:
        lines += wrapped(shortened(task.prompt, _PROMPT_AT_MOST) or "no prompt", width, "  ")
    if len(sighting.steps) > 1:
        lines += wrapped(_way(sighting), width, "  ")
    for note in notes:
        lines += _note(note, width)
    if task is not None:
        rows = [("video", cut(task.video_url or "", MESSAGE)), *words.details(task)]
        lines += [f"  {label:<17} {value}" for label, value in rows if value]
    lines.append(f"  {words.record(sighting)}")
    return printable("\n".join(lines))


def faulty(task_id: str, fault: str) -> str:
    """Draw the card of a task that cannot be drawn, as `html.faulty` does."""
    return printable(f"{words.marked_state(Task(''))}  {cut_name(task_id)}\n  {words.fault(fault)}")


def _note(note: Note, width: int) -> list[str]:
    first, *rest = [f"{note.title}{note.beside}", *note.lines]
    shown = wrapped(first, width, f"  {_SIGNS[note.kind]} ", "    ")
    for line in rest:
        shown += wrapped(line, width, "    ")
    return shown


def _way(sighting: Sighting) -> str:
    *passed, last = [
        f"{step.text} {words.dwell(sighting, index)}".rstrip() for index, step in enumerate(sighting.steps)
    ]
    return " → ".join([*passed, sighting.steps[-1].text if sighting.settled else last])

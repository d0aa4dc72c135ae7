"""The same card for a terminal, and for wherever only text is shown."""

from __future__ import annotations

from datetime import datetime

from ..sighting import Sighting
from ..task import TaskState
from . import words
from .markup import printable
from .notes import Note, notes_of
from .style import STATE_MARKS
from .wrapping import terminal_width, wrapped

_SIGNS = {"bad": "✕", "warn": "!", "info": "·"}
_PROMPT_AT_MOST = 480  # characters; --json shows all of a longer one


def card(sighting: Sighting, now: datetime) -> str:
    """Draw a card as plain text, wrapped to the terminal.

    Args:
        sighting: What is known.
        now: The present (UTC).
    """
    width = terminal_width()
    task = sighting.task
    state = task.state if task else TaskState.UNKNOWN
    head = [STATE_MARKS[state], task.state_text if task else "not seen yet", sighting.task_id, words.headline(sighting)]
    lines = ["  ".join(part for part in head if part)]
    if task is not None:
        prompt = " ".join(task.prompt.split())
        cut = prompt if len(prompt) <= _PROMPT_AT_MOST else f"{prompt[:_PROMPT_AT_MOST].rstrip()} …"
        lines += wrapped(cut or "no prompt", width, "  ")
    if len(sighting.steps) > 1:
        lines += wrapped(_way(sighting), width, "  ")
    for note in notes_of(sighting, now):
        lines += _note(note, width)
    if task is not None:
        rows = [("video", task.video_url or ""), *words.details(task)]
        lines += [f"  {label:<17} {value}" for label, value in rows if value]
    lines.append(f"  {words.record(sighting)}")
    return printable("\n".join(lines))


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

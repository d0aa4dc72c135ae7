"""A task and the tasks it extends, as a strip of small cards and as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ...model.lineage import Break, Lineage, Link
from ...model.media import NOTHING_EMBEDDED, Embedded
from ...model.sighting import Sighting
from ...model.text import printable
from .. import words
from ..card import html
from ..card.notes import Note, notes_of
from ..fault import contained
from ..long import MESSAGE, cut, cut_name, shortened
from ..markup import Html, element, image
from ..mime import Bundle
from ..style import framed, saved
from ..terminal import terminal_width, wrapped

_MOST_PROMPT = 160  # characters; enough to recognise a task, whose own card has the rest
_TEXT_INDENT = "     "


def draw(lineage: Lineage, now: datetime, *, embedded: Mapping[str, Embedded] | None = None) -> Bundle:
    """Draw a chain, oldest task first, with the requested task marked.

    Args:
        lineage: The chain.
        now: The current time (UTC).
        embedded: Media to embed, by task id.
    """
    asked = lineage.asked
    data = {"text/html": str(_html(lineage, now, embedded or {})), "text/plain": printable(_text(lineage, now))}
    return Bundle(data).about([Sighting(asked.task_id, asked.task)])


def _html(lineage: Lineage, now: datetime, embedded: Mapping[str, Embedded]) -> Html:
    cards = [
        _card(lineage, place, now, embedded.get(link.task_id, NOTHING_EMBEDDED))
        for place, link in enumerate(lineage.chain)
    ]
    problem = _problem(lineage)
    return element(
        "div",
        element("div", element("b", _title(lineage)), **saved("strip-title")),
        html.note(problem, saved) if problem else None,
        element("ol", *cards, **saved("strip")),
        element("div", f"Checked {words.moment(now)}.", **saved("foot")),
        **framed(),
    )


def _card(lineage: Lineage, place: int, now: datetime, embedded: Embedded) -> Html:
    link = lineage.chain[place]
    return contained(
        lambda: _drawn_card(lineage, place, now, embedded),
        lambda fault: element("li", html.faulty(link.task_id, fault, saved), **saved("mini")),
    )


def _drawn_card(lineage: Lineage, place: int, now: datetime, embedded: Embedded) -> Html:
    link = lineage.chain[place]
    is_asked = link is lineage.asked
    head = element(
        "div",
        "→" if place else None,
        html.badge(link.task, saved, link.error),
        element("span", _caption(lineage, place), **saved("mini-place")),
        **saved("mini-head"),
    )
    task_id = element("div", cut_name(link.task_id), **saved("mini-id"))
    remarks = (html.note(remark, lambda roles: saved(f"{roles} mini-note")) for remark in _remarks(link, now))
    prompt = shortened(link.task.prompt, _MOST_PROMPT) if link.task else ""
    shown = prompt or element("i", "no prompt")
    text = element("div", shown, dir="auto", **saved("mini-prompt")) if link.task else None
    picture = _picture(link, embedded)
    return element(
        "li",
        head,
        picture,
        text,
        *remarks,
        _player(link, embedded),
        task_id,
        **saved("mini asked" if is_asked else "mini"),
    )


def _picture(link: Link, embedded: Embedded) -> Html | None:
    video = link.task.video if link.task else None
    source = html.source_of(embedded.poster, video.image_url if video else None)
    if source is None:
        return None
    return element("div", image(source, "Thumbnail of the video", **saved("mini-picture")), **saved("media"))


def _player(link: Link, embedded: Embedded) -> Html | None:
    """Draw the player, folded, so that no clip is loaded until its player is unfolded and started."""
    url = link.task.video_url if link.task else None
    source = html.source_of(embedded.video, url)
    if source is None:
        return None
    player = element("video", src=source, controls="", playsinline="", preload="none", **saved("mini-player"))
    below = element("div", html.link(url, "Open the video", saved)) if url else None
    return element("details", element("summary", "Play"), player, below, **saved("mini-play"))


def _title(lineage: Lineage) -> str:
    count = len(lineage.chain)
    kind = lineage.problem.kind if lineage.problem else None
    if kind is Break.LOOP:
        return "This task extends itself" if count == 1 else f"A chain of {count} tasks with a loop"
    if kind is Break.TOO_LONG:
        return f"The last {count} tasks of a longer chain"
    if kind is Break.UNSEEN:
        return f"A chain of {count} tasks; the first one could not be looked up"
    return "This task does not extend another task" if count == 1 else f"A chain of {count} tasks"


def _caption(lineage: Lineage, place: int) -> str:
    asked = " · requested" if lineage.chain[place] is lineage.asked else ""
    return f"{place + 1} of {len(lineage.chain)}{asked}"


def _remarks(link: Link, now: datetime) -> list[Note]:
    """Return the notes on a task, without the advice that its own card gives."""
    notes = notes_of(Sighting(link.task_id, task=link.task, error=link.error), now)
    return [note if link.error else replace(note, lines=()) for note in notes]


def _problem(lineage: Lineage) -> Note | None:
    """Return the note above the chain. A parent that could not be looked up has its note on its own card."""
    problem = lineage.problem
    if problem is None or problem.kind is Break.UNSEEN:
        return None
    parent = cut_name(problem.parent_task_id)
    if problem.kind is Break.LOOP:
        return Note("warn", "The chain has a loop", f": its first task extends {parent}, which is also in the chain.")
    return Note("info", "The chain continues", f" with {parent}. To see the earlier tasks, use --lineage with that id.")


def _text(lineage: Lineage, now: datetime) -> str:
    width = terminal_width()
    lines = [_title(lineage)]
    problem = _problem(lineage)
    if problem is not None:
        lines += wrapped(f"{problem.title}{problem.beside}", width, "! ", "  ")
    for place, link in enumerate(lineage.chain):
        lines += _text_card(lineage, place, link, now, width)
    return "\n".join(lines)


def _text_card(lineage: Lineage, place: int, link: Link, now: datetime, width: int) -> list[str]:
    return contained(
        lambda: _drawn_text_card(lineage, place, link, now, width),
        lambda fault: [f"{place + 1:>3}  {cut_name(link.task_id)}", f"{_TEXT_INDENT}{words.fault(fault)}"],
    )


def _drawn_text_card(lineage: Lineage, place: int, link: Link, now: datetime, width: int) -> list[str]:
    task = link.task
    state = words.marked_state(task, link.error)
    asked = "  ← requested" if link is lineage.asked else ""
    lines = [f"{place + 1:>3}  {state}  {cut_name(link.task_id)}{asked}"]
    if task is not None:
        lines += wrapped(shortened(task.prompt, _MOST_PROMPT) or "no prompt", width, _TEXT_INDENT)
    for remark in _remarks(link, now):
        text = "\n".join((f"{remark.title}{remark.beside}", *remark.lines))
        lines += wrapped(text, width, f"{_TEXT_INDENT}! ", f"{_TEXT_INDENT}  ")
    return [*lines, f"{_TEXT_INDENT}video {cut(task.video_url, MESSAGE)}"] if task and task.video_url else lines

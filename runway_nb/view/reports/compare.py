"""Two tasks side by side: how they differ in prompt, parameters and outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from ...model.media import NOTHING_EMBEDDED, Embedded
from ...model.sighting import Sighting
from ...model.task import Task
from ...model.text import printable
from .. import words
from ..card import html
from ..card.notes import notes_of
from ..fault import contained
from ..long import MESSAGE, cut, cut_name, shortened
from ..markup import Html, element, fragment
from ..mime import Bundle
from ..style import framed, saved
from ..terminal import terminal_width, wrapped
from .comparison import NAMES, Comparison, Fact
from .difference import Change, Piece

COMPARE_WIDTH = 760
"""Pixels."""

_ABSENT = "none"
_TEXT_PROMPT = 1000  # characters in a terminal

_SAME = "The prompts are the same:"
_LITTLE_IN_COMMON = "The prompts have little in common:"
_NO_PROMPT = "no prompt"
_LEGEND_A = Piece(Change.REMOVED, "only in A")
_LEGEND_B = Piece(Change.ADDED, "only in B")


def draw(
    a: Sighting,
    b: Sighting,
    now: datetime,
    *,
    width: int = COMPARE_WIDTH,
    embedded: Mapping[str, Embedded] | None = None,
) -> Bundle:
    """Draw two tasks side by side, or one below the other in a narrow output.

    Args:
        a: The first task.
        b: The second task.
        now: The current time (UTC).
        width: Maximum width in pixels.
        embedded: Media to embed, by task id.
    """
    compared = contained(lambda: Comparison.of(a, b), lambda fault: Comparison((a, b), fault=fault))
    shown = _html(compared, now, width, embedded or {})
    return Bundle({"text/html": str(shown), "text/plain": printable(_text(compared, now))})


# --- as HTML ----------------------------------------------------------------------------------------------------------


def _html(compared: Comparison, now: datetime, width: int, embedded: Mapping[str, Embedded]) -> Html:
    sides = (
        _side(name, sighting, now, embedded.get(sighting.task_id, NOTHING_EMBEDDED))
        for name, sighting in zip(NAMES, compared.pair, strict=True)
    )
    shared = compared.shared
    return element(
        "div",
        element("div", element("b", compared.summary()), **saved("strip-title")),
        element("div", *sides, **saved("sides")),
        _prompts(compared),
        _table(compared.rows) if compared.rows else None,
        element("div", shared, **saved("facts")) if shared else None,
        element("div", f"Compared at {words.moment(now)}.", **saved("foot")),
        **framed(width),
    )


def _side(name: str, sighting: Sighting, now: datetime, embedded: Embedded) -> Html:
    return contained(
        lambda: _drawn_side(name, sighting, now, embedded),
        lambda fault: element("div", element("b", name), html.faulty(sighting.task_id, fault, saved), **saved("side")),
    )


def _drawn_side(name: str, sighting: Sighting, now: datetime, embedded: Embedded) -> Html:
    head = element(
        "div",
        element("b", name),
        html.badge(sighting.task, saved, sighting.error),
        element("span", cut_name(sighting.task_id), **saved("id")),
        **saved("head"),
    )
    task = sighting.task
    url = task.video_url if task else None
    below = element("div", html.link(url, "Open the video", saved), **saved("facts")) if url else None
    notes = (html.note(note, saved) for note in notes_of(sighting, now))
    return element("div", head, html.media(task, saved, embedded), below, *notes, **saved("side"))


def _prompts(compared: Comparison) -> Html | None:
    a, b = (sighting.task for sighting in compared.pair)
    if a is None or b is None or compared.fault:
        return None
    if compared.prompt is None:
        title = fragment(_LITTLE_IN_COMMON)
        shown = [
            _prompt_line(element("b", f"{name} "), _prompt(task)) for name, task in zip(NAMES, (a, b), strict=True)
        ]
    elif compared.same_prompt:
        title, shown = fragment(_SAME), [_prompt_line(_prompt(b))]
    else:
        title = fragment("The prompts: ", _piece(_LEGEND_A), _piece(_LEGEND_B))
        shown = [_prompt_line(*map(_piece, compared.prompt))]
    return element("div", element("div", title, **saved("subject")), *shown, **saved("prompts"))


def _prompt_line(*inside: str) -> Html:
    return element("div", *inside, dir="auto", **saved("words"))


def _prompt(task: Task) -> str:
    return cut(task.prompt) or element("i", _NO_PROMPT)


def _piece(piece: Piece) -> Html:
    if piece.change is Change.REMOVED:
        return fragment(element("del", piece.text, **saved("gone")), " ")
    if piece.change is Change.ADDED:
        return element("ins", piece.text, **saved("new"))
    return fragment(cut(piece.text))


def _table(rows: Sequence[Fact]) -> Html:
    head = element(
        "tr",
        element("th", **saved("heading narrow first")),
        *(element("th", name, **saved("heading narrow")) for name in NAMES),
    )
    lines = (element("tr", *contained(partial(_cells, row), _faulty_cells)) for row in rows)
    return element("table", element("thead", head), element("tbody", *lines), **saved("table even"))


def _label(row: Fact) -> Html:
    text = element("b", f"≠ {row.label}") if row.differs else row.label
    return element("td", text, **saved("cell narrow first"))


def _cells(row: Fact) -> tuple[Html, ...]:
    return _label(row), _cell(row.a), _cell(row.b)


def _faulty_cells(fault: str) -> tuple[Html, ...]:
    return (element("td", words.fault(fault), colspan="3", **saved("cell narrow")),)


def _cell(value: str) -> Html:
    return element("td", html.link(value, value, saved) if value else _ABSENT, **saved("cell narrow"))


# --- as text ----------------------------------------------------------------------------------------------------------


def _text(compared: Comparison, now: datetime) -> str:
    width = terminal_width()
    lines = wrapped(compared.summary(), width, "")
    for name, sighting in zip(NAMES, compared.pair, strict=True):
        lines += _text_side(name, sighting, now, width)
    lines += _text_prompts(compared, width)
    for row in compared.rows:
        mark = "≠" if row.differs else " "
        lines.append(f"{mark} {row.label:<17} A  {row.a or _ABSENT}")
        lines.append(f"  {'':<17} B  {row.b or _ABSENT}")
    return "\n".join([*lines, *(wrapped(compared.shared, width, "  ") if compared.shared else [])])


def _text_side(name: str, sighting: Sighting, now: datetime, width: int) -> list[str]:
    return contained(
        lambda: list(_drawn_text_side(name, sighting, now, width)),
        lambda fault: [f"{name}  {cut_name(sighting.task_id)}", f"   {words.fault(fault)}"],
    )


def _drawn_text_side(name: str, sighting: Sighting, now: datetime, width: int) -> Iterator[str]:
    task = sighting.task
    state = words.marked_state(task, sighting.error)
    yield f"{name}  {state}  {cut_name(sighting.task_id)}"
    for note in notes_of(sighting, now):
        yield from wrapped("\n".join((f"{note.title}{note.beside}", *note.lines)), width, "   ! ", "     ")
    if task is not None and task.video_url:
        yield f"   video {cut(task.video_url, MESSAGE)}"


def _text_prompts(compared: Comparison, width: int) -> list[str]:
    a, b = (sighting.task for sighting in compared.pair)
    if a is None or b is None or compared.fault:
        return []
    if compared.prompt is None:
        lines = [_LITTLE_IN_COMMON]
        for name, task in zip(NAMES, (a, b), strict=True):
            lines += wrapped(shortened(task.prompt, _TEXT_PROMPT) or _NO_PROMPT, width, f"  {name}  ", "     ")
        return lines
    title = _SAME if compared.same_prompt else f"The prompts: {_text_piece(_LEGEND_A)}{_text_piece(_LEGEND_B)}"
    shown = cut("".join(map(_text_piece, compared.prompt))) or _NO_PROMPT
    return [title, *wrapped(" ".join(shown.split()), width, "  ")]


def _text_piece(piece: Piece) -> str:
    if piece.change is Change.REMOVED:
        return f"[-{piece.text}-] "
    return f"{{+{piece.text}+}}" if piece.change is Change.ADDED else piece.text

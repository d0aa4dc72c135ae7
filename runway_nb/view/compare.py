"""Two tasks side by side: what differs in prompt, parameters and outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ..sighting import Sighting
from ..task import Task
from . import html, words
from .comparison import NAMES, Comparison, Row
from .difference import Fate, Piece
from .html import NOTHING_EMBEDDED, Embedded
from .markup import Html, admitted, element, fragment, printable
from .notes import notes_of
from .style import framed, saved
from .wrapping import terminal_width, wrapped

COMPARE_WIDTH = 760
"""Pixels."""

_ABSENT = "none"
_TEXT_PROMPT = 1000  # characters in a terminal

_SAME = "The prompts are the same:"
_UNLIKE = "The prompts have little in common:"
_NO_PROMPT = "no prompt"
_LEGEND_A = Piece(Fate.GONE, "only in A")
_LEGEND_B = Piece(Fate.NEW, "only in B")


def bundle(
    a: Sighting,
    b: Sighting,
    now: datetime,
    *,
    width: int = COMPARE_WIDTH,
    embedded: Mapping[str, Embedded] | None = None,
) -> dict[str, str]:
    """Draw two tasks beside one another, or under one another where that is too narrow.

    Args:
        a: What is known of the first task.
        b: What is known of the second.
        now: The present (UTC).
        width: Pixels at most.
        embedded: Media to carry along, by the id of their task.

    Returns:
        ``text/html`` and ``text/plain``.
    """
    compared = Comparison.of(a, b)
    shown = _html(compared, now, width, embedded or {})
    return {"text/html": str(shown), "text/plain": printable(_text(compared, now))}


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
    head = element(
        "div",
        element("b", name),
        html.badge(sighting.task, saved),
        element("span", sighting.task_id, **saved("id")),
        **saved("head"),
    )
    task = sighting.task
    url = task.video_url if task else None
    below = element("div", html.link(url, "Open the video", saved), **saved("facts")) if url else None
    notes = (html.note(note, saved) for note in notes_of(sighting, now))
    return element("div", head, html.media(task, saved, embedded), below, *notes, **saved("side"))


def _prompts(compared: Comparison) -> Html | None:
    a, b = (sighting.task for sighting in compared.pair)
    if a is None or b is None:
        return None
    if compared.prompt is None:
        title = fragment(_UNLIKE)
        shown = [_words(element("b", f"{name} "), _prompt(task)) for name, task in zip(NAMES, (a, b), strict=True)]
    elif compared.same_prompt:
        title, shown = fragment(_SAME), [_words(_prompt(b))]
    else:
        title = fragment("The prompts: ", _piece(_LEGEND_A), _piece(_LEGEND_B))
        shown = [_words(*map(_piece, compared.prompt))]
    return element("div", element("div", title, **saved("subject")), *shown, **saved("prompts"))


def _words(*inside: str) -> Html:
    return element("div", *inside, dir="auto", **saved("words"))


def _prompt(task: Task) -> str:
    return task.prompt or element("i", _NO_PROMPT)


def _piece(piece: Piece) -> Html:
    if piece.fate is Fate.GONE:
        return fragment(element("del", piece.text, **saved("gone")), " ")
    if piece.fate is Fate.NEW:
        return element("ins", piece.text, **saved("new"))
    return fragment(piece.text)


def _table(rows: Sequence[Row]) -> Html:
    head = element(
        "tr",
        element("th", **saved("heading narrow first")),
        *(element("th", name, **saved("heading narrow")) for name in NAMES),
    )
    lines = (element("tr", _label(row), _cell(row, row.a), _cell(row, row.b)) for row in rows)
    return element("table", element("thead", head), element("tbody", *lines), **saved("table even"))


def _label(row: Row) -> Html:
    text = element("b", f"≠ {row.label}") if row.differs else row.label
    return element("td", text, **saved("cell narrow first"))


def _cell(row: Row, value: str) -> Html:
    picture = None
    if row.label == "reference image" and admitted(value):
        picture = element("img", src=value, alt="Reference image", loading="lazy", **saved("reference inset"))
    return element("td", picture, html.link(value, value, saved) if value else _ABSENT, **saved("cell narrow"))


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


def _text_side(name: str, sighting: Sighting, now: datetime, width: int) -> Iterator[str]:
    task = sighting.task
    state = words.marked_state(task)
    yield f"{name}  {state}  {sighting.task_id}"
    for note in notes_of(sighting, now):
        yield from wrapped("\n".join((f"{note.title}{note.beside}", *note.lines)), width, "   ! ", "     ")
    if task is not None and task.video_url:
        yield f"   video {task.video_url}"


def _text_prompts(compared: Comparison, width: int) -> list[str]:
    a, b = (sighting.task for sighting in compared.pair)
    if a is None or b is None:
        return []
    if compared.prompt is None:
        lines = [_UNLIKE]
        for name, task in zip(NAMES, (a, b), strict=True):
            lines += wrapped(words.shortened(task.prompt, _TEXT_PROMPT) or _NO_PROMPT, width, f"  {name}  ", "     ")
        return lines
    title = _SAME if compared.same_prompt else f"The prompts: {_text_piece(_LEGEND_A)}{_text_piece(_LEGEND_B)}"
    shown = "".join(map(_text_piece, compared.prompt)) or _NO_PROMPT
    return [title, *wrapped(" ".join(shown.split()), width, "  ")]


def _text_piece(piece: Piece) -> str:
    if piece.fate is Fate.GONE:
        return f"[-{piece.text}-] "
    return f"{{+{piece.text}+}}" if piece.fate is Fate.NEW else piece.text

"""The fragments of a card, as pure functions to `Html`.

Each takes a skin (`style.live` or `style.saved`), so that the live card and the saved one differ only in how
they are styled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...model.errors import RunwayError
from ...model.media import NOTHING_EMBEDDED, Embedded, Media
from ...model.sighting import Sighting
from ...model.task import Task, TaskState
from .. import words
from ..long import as_json, cut, cut_name
from ..markup import Html, admitted, data_uri, element, fragment, image
from ..style import Skin, framed, live, saved
from .notes import Note

_PATH = (TaskState.WAIT, TaskState.QUEUEING, TaskState.GENERATING, TaskState.SUCCESS)
_FOLDED_FROM = 400  # characters of a prompt; about five lines


def card(sighting: Sighting, notes: Sequence[Note], *, width: int, embedded: Embedded = NOTHING_EMBEDDED) -> Html:
    """Draw the saved card: one element with inline styles, without scripts or ids, that loads only the task's media.

    Args:
        sighting: What is known about the task.
        notes: Its panels.
        width: Maximum width in pixels.
        embedded: Media to embed in the card.
    """
    foot = element("div", words.record(sighting), **saved("foot"))
    return element(
        "div",
        top(sighting, saved),
        media(sighting.task, saved, embedded),
        bottom(sighting, notes, saved),
        foot,
        **framed(width),
    )


def info(sighting: Sighting, notes: Sequence[Note], skin: Skin) -> Html:
    """Draw a live card without its player: the part above it and the part below."""
    above = element("div", top(sighting, skin), **skin("top"))
    return fragment(above, element("div", bottom(sighting, notes, skin), **skin("bottom")))


def top(sighting: Sighting, skin: Skin) -> Html:
    """Draw the badge, id, time, prompt and steps."""
    head = element(
        "div",
        badge(sighting.task, skin, sighting.error),
        element("span", cut_name(sighting.task_id), **skin("id")),
        element("span", words.headline(sighting), **skin("when")) if words.headline(sighting) else None,
        **skin("head"),
    )
    return fragment(head, prompt(sighting.task, skin), steps(sighting, skin))


def bottom(sighting: Sighting, notes: Sequence[Note], skin: Skin) -> Html:
    """Draw the notes and the folded facts."""
    return fragment(*(note(each, skin) for each in notes), _facts(sighting, skin))


def badge(task: Task | None, skin: Skin, error: RunwayError | None = None) -> Html:
    """Draw the state as a shape and words; `error` as for `words.state_text`."""
    state = task.state if task else TaskState.UNKNOWN
    role = f"badge {state.value} ended" if state.is_terminal else f"badge {state.value}"
    role = f"{role} long" if state is TaskState.UNKNOWN else role
    return element("span", words.marked_state(task, error), **skin(role))


def unknown(skin: Skin) -> Html:
    """Draw the badge of a task that cannot be drawn."""
    return element("span", words.marked_state(Task("")), **skin(f"badge {TaskState.UNKNOWN.value}"))


def faulty(task_id: str, fault: str, skin: Skin) -> Html:
    """Draw a card, or what replaces one, of a task that cannot be drawn.

    Args:
        task_id: The task.
        fault: Why it cannot, as `fault.contained` says it.
        skin: How it looks.
    """
    head = element("div", unknown(skin), element("span", cut_name(task_id), **skin("id")), **skin("head"))
    below = note(Note("bad", words.fault(fault)), skin)
    return fragment(element("div", head, **skin("top")), element("div", below, **skin("bottom")))


def prompt(task: Task | None, skin: Skin) -> Html | None:
    """Draw the prompt; a long one is folded behind its beginning."""
    if task is None or not task.prompt:
        return element("div", element("i", "no prompt"), **skin("prompt")) if task else None
    if len(task.prompt) <= _FOLDED_FROM:
        return element("div", task.prompt, dir="auto", **skin("prompt"))
    head, rest = _cut(task.prompt)
    return element("details", element("summary", f"{head} …"), f"… {cut(rest)}", dir="auto", **skin("prompt"))


def steps(sighting: Sighting, skin: Skin) -> Html | None:
    """Draw the states the task went through, with the time in each; None if only its end was seen."""
    task = sighting.task
    if task is None or (task.state.is_terminal and len(sighting.steps) < 2):
        return None
    cells = [
        element("div", words.short_state(text), _break_before(dwell), **skin(f"step {role}"))
        for text, dwell, role in _way(sighting)
    ]
    return element("div", *cells, **skin("steps"))


def note(shown: Note, skin: Skin) -> Html:
    """Draw a panel."""
    lines = (_break_before(line) for line in shown.lines)
    return element("div", element("b", shown.title), shown.beside, *lines, **skin(f"note {shown.kind}"))


def media(task: Task | None, skin: Skin, embedded: Embedded = NOTHING_EMBEDDED) -> Html | None:
    """Draw the player, or the thumbnail if there is no video; None without a thumbnail either."""
    if task is None or task.video is None:
        return None
    poster = source_of(embedded.poster, task.video.image_url)
    source = source_of(embedded.video, task.video_url)
    if source is not None:
        return element("div", _player(task, source, poster, skin), **skin("media"))
    if poster is not None:
        still = image(poster, "Thumbnail; there is no video to play", **skin("still"))
        return element("div", still, **skin("media"))
    return None


def source_of(embedded: Media | None, url: str | None) -> str | None:
    """Return the source of a player or picture: the media in the card, else the URL if it is admitted."""
    return data_uri(embedded) if embedded else admitted(url)


def _facts(sighting: Sighting, skin: Skin) -> Html | None:
    """Draw the plain link, the folded details and the folded raw response."""
    task = sighting.task
    if task is None:
        return None
    raw = _raw(task.raw, skin) if sighting.whole else None
    return element("div", _link_line(task, skin), _details(task, skin), raw, **skin("facts"))


def link(url: str, text: str, skin: Skin) -> Html:
    """Draw a link that opens in another tab, or only the text if the URL is not admitted."""
    if admitted(url) is None:
        return fragment(text)
    return _anchor(text, url, **skin("link"))


def _anchor(inside: str, url: str | None, **look: str) -> Html:
    # The policy says the same as "noreferrer", which JupyterLab removes.
    rel, policy = "noopener noreferrer", "no-referrer"
    return element("a", inside, href=url, target="_blank", rel=rel, referrerpolicy=policy, **look)


def _player(task: Task, source: str, poster: str | None, skin: Skin) -> Html:
    # Where <video> is stripped, as on GitHub, its children are shown: the thumbnail as a link to the video.
    still = image(poster, "Thumbnail of the video", **skin("still")) if poster else None
    inside = _anchor(still or "Open the video", task.video_url) if admitted(task.video_url) else still
    return element(
        "video",
        inside,
        src=source,
        poster=poster,
        controls="",
        playsinline="",
        preload="metadata",
        width="560",  # only the ratio counts, until the video's is known
        height="315",
        **skin("player"),
    )


def _link_line(task: Task, skin: Skin) -> Html | None:
    if task.video_url is None:
        return None
    return element("div", link(task.video_url, "Open the video", skin), f" · {words.video_line(task)}")


def _details(task: Task, skin: Skin) -> Html | None:
    rows = words.details(task)
    if not rows:
        return None
    shown = [_detail(label, value, skin) for label, value in rows]
    about = words.summary(task)
    return element("details", element("summary", f"Details: {about}" if about else "Details"), *shown)


def _detail(label: str, value: str, skin: Skin) -> Html:
    # In a saved view a sanitizer may remove loading="lazy", and the picture would load before it is unfolded.
    is_picture = label == "reference image" and admitted(value) is not None and skin is live
    picture = image(value, "Reference image", **skin("reference")) if is_picture else None
    shown = link(value, value, skin) if admitted(value) else element("span", value, **skin("value"))
    return element("div", element("span", label, **skin("label")), " ", shown, picture, **skin("fact"))


def _raw(raw: Mapping[str, object], skin: Skin) -> Html:
    return element("details", element("summary", "Raw response"), element("pre", as_json(raw), **skin("raw")))


def _way(sighting: Sighting) -> list[tuple[str, str, str]]:
    """Return the cells of the steps: text, time in the state, role."""
    first = sighting.steps[0].state if sighting.steps else TaskState.UNKNOWN
    seen = [(state.value, "", "done") for state in (_PATH[: _PATH.index(first)] if first in _PATH else ())]
    seen += [
        (step.text, words.dwell(sighting, index), "now" if index + 1 == len(sighting.steps) else "done")
        for index, step in enumerate(sighting.steps)
    ]
    last = sighting.steps[-1].state if sighting.steps else TaskState.UNKNOWN
    if last is TaskState.FAIL:
        return [*seen[:-1], (seen[-1][0], "", "broken")]
    if last is TaskState.SUCCESS:
        return [*seen[:-1], (seen[-1][0], "", "done")]
    ahead = _PATH[_PATH.index(last) + 1 :] if last in _PATH else ()
    return seen + [(state.value, "", "") for state in ahead]


def _break_before(text: str) -> Html | None:
    return fragment(element("br"), text) if text else None


def _cut(text: str) -> tuple[str, str]:
    """Cut a long text at the end of a word."""
    at = text.rfind(" ", 0, _FOLDED_FROM)
    at = at if at > _FOLDED_FROM // 2 else _FOLDED_FROM
    return text[:at], text[at:].lstrip()

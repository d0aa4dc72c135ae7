"""The card as HTML: what it shows in each state, and that nothing the API sends becomes markup."""

import base64
import json
import re
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.markup import Element, read, roles
from support.tasks import IMAGE, NOW, POSTER, VIDEO, finished_record, seen

from runway_nb.model.errors import ApiError, BadResponseError, RunwayError
from runway_nb.model.media import NOTHING_EMBEDDED, Embedded, Media
from runway_nb.model.sighting import Following, Sighting
from runway_nb.model.task import Task
from runway_nb.view.card import html
from runway_nb.view.card.notes import Note, notes_of
from runway_nb.view.style import AS_TYPED, STATE_MARKS, live, saved

# The elements of a card, each with its attributes other than class and style.
OURS = {
    "div": {"dir"},
    "span": set(),
    "details": {"dir"},
    "summary": set(),
    "b": set(),
    "i": set(),
    "br": set(),
    "pre": set(),
    "a": {"href", "target", "rel", "referrerpolicy"},
    "img": {"src", "alt", "loading", "referrerpolicy"},
    "video": {"src", "poster", "controls", "playsinline", "preload", "width", "height"},
}
LOOK = {"style", "class"}
LINKS = {"href", "src", "poster"}


def filled(*states: Any, **changes: Any) -> Sighting:
    """See a task with every field filled in."""
    record = finished_record(**changes)
    return seen(*states, **{key: value for key, value in record.items() if key not in ("state", "taskId")})


def drawn(sighting: Sighting, embedded: Embedded = NOTHING_EMBEDDED) -> Element:
    """Draw the saved card."""
    return read(html.card(sighting, notes_of(sighting, NOW, embedded), width=560, embedded=embedded))


def drawn_live(sighting: Sighting) -> Element:
    """Draw the contents of a live card's widgets, one after the other."""
    return read(html.info(sighting, notes_of(sighting, NOW), live) + (html.media(sighting.task, live) or ""))


BOTH = pytest.mark.parametrize("draw", [drawn, drawn_live])


# --- what is shown ----------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize(
    ("word", "badge"),
    [
        ("wait", "○ wait"),
        ("queueing", "◔ queueing"),
        ("generating", "◐ generating"),
        ("success", "✓ success"),
        ("fail", "✕ fail"),
        ("upscaling", "? upscaling"),
        (None, "? unknown"),
    ],
)
def test_badge_has_mark_and_word(draw: Any, word: Any, badge: str):
    root = draw(filled(word))

    assert badge in [node.text for node in root.find("span")]


def test_every_state_has_its_own_mark():
    assert len(set(STATE_MARKS.values())) == len(STATE_MARKS)


@BOTH
def test_finished_task_has_player_and_link(draw: Any):
    root = draw(filled())

    (player,) = root.find("video")
    assert player.attributes["src"] == VIDEO
    assert player.attributes["poster"] == POSTER
    assert player.attributes["preload"] == "metadata"
    assert "controls" in player.attributes
    assert not {"autoplay", "loop"} & set(player.attributes)
    (link,) = [node for node in root.find("a") if node.text == "Open the video"]
    assert link.attributes["href"] == VIDEO
    assert link.attributes["rel"] == "noopener noreferrer"
    assert "link valid until about 8 Dec 2026" in root.text


@BOTH
@pytest.mark.parametrize("state", ["wait", "queueing", "generating", "fail", "upscaling"])
def test_other_states_have_no_player(draw: Any, state: str):
    root = draw(filled(state, videoInfo=None, generateTime=""))

    assert not root.find("video")
    assert "Open the video" not in root.text


@BOTH
def test_expired_video_shows_its_thumbnail(draw: Any):
    root = draw(filled(expireFlag=1, generateTime="2026-11-01 10:00:00"))

    assert not root.find("video")
    assert [node.attributes["src"] for node in root.find("img") if "Thumbnail" in str(node.attributes["alt"])] == [
        POSTER
    ]
    assert "The video has expired." in root.text
    assert VIDEO not in [node.attributes["href"] for node in root.find("a")]
    assert "Open the video" not in root.text


@BOTH
@pytest.mark.parametrize("prompt", ["قطة برتقالية ترقص", "قطة " * 200], ids=["short", "folded"])
def test_prompt_has_its_own_direction(draw: Any, prompt: str):
    nodes = draw(filled(generateParam={"prompt": prompt})).find("div" if len(prompt) < 400 else "details")

    assert [node.attributes.get("dir") for node in nodes if node.text.startswith(prompt[:4])] == ["auto"]


@BOTH
def test_expired_video_without_thumbnail(draw: Any):
    root = draw(filled(expireFlag=True, videoInfo=None))

    assert not root.find("video")
    assert "The video has expired." in root.text


@BOTH
def test_success_without_a_link(draw: Any):
    root = draw(filled(videoInfo={"videoId": "v", "videoUrl": ""}))

    assert not root.find("video")
    assert "There is no video link." in root.text


@BOTH
def test_refused_url_is_text(draw: Any):
    root = draw(filled(videoInfo={"videoUrl": "javascript:alert(1)", "imageUrl": "data:image/svg+xml,<svg/>"}))

    assert not root.find("video")
    assert not [node for node in root.find("a") if node.attributes["href"] != IMAGE]


@BOTH
def test_failed_task_shows_its_panel(draw: Any):
    root = draw(filled("fail", failCode=400, failMsg="Your prompt was caught by our AI moderator.", videoInfo=None))

    assert "code 400" in root.text
    assert "“Your prompt was caught by our AI moderator.”" in root.text
    assert "Moderation stopped the prompt" in root.text
    assert "Reword the prompt" in root.text


@BOTH
def test_success_shows_no_failure(draw: Any):
    root = draw(filled(failCode=400, failMsg="Generation failed, please try again later"))

    facts, raw = root.text.split("Raw response")
    assert "Generation failed" not in facts
    assert "Generation failed" in raw


@BOTH
def test_facts_and_raw_response_are_folded(draw: Any):
    root = draw(filled())

    details, raw = root.find("details")
    assert "open" not in {*details.attributes, *raw.attributes}
    for fact in (
        "prompt enhanced yes",
        IMAGE,
        "0e53cf7b-8e67-416c-bb97-efee88a9017d",
        "485da89c-7fca",
        POSTER,
        "seed 7",
    ):
        assert fact in details.text
    assert json.loads(raw.find("pre")[0].text) == finished_record()
    assert IMAGE in [node.attributes["href"] for node in details.find("a")]
    # Nothing keeps a picture in a saved view from loading before it is unfolded.
    assert [node.attributes["src"] for node in details.find("img")] == ([IMAGE] if draw is drawn_live else [])


@BOTH
def test_pictures_wait_and_tell_no_page(draw: Any):
    for sighting in (filled(), filled(videoInfo={"imageUrl": POSTER})):
        for picture in draw(sighting).find("img"):
            assert picture.attributes["loading"] == "lazy"
            assert picture.attributes["referrerpolicy"] == "no-referrer"
        for link in draw(sighting).find("a"):
            assert (link.attributes["rel"], link.attributes["referrerpolicy"]) == ("noopener noreferrer", "no-referrer")


@BOTH
def test_long_prompt_is_folded(draw: Any):
    short, long = "A cat dances", "word " * 2000

    assert short in draw(filled(generateParam={"prompt": short})).text
    folded = draw(filled(generateParam={"prompt": long})).find("details")[0]
    (summary,) = folded.find("summary")
    assert len(summary.text) < 420
    assert summary.text.endswith("word …")
    assert folded.text.count("word") == 2000


@BOTH
def test_long_word_is_folded(draw: Any):
    folded = draw(filled(generateParam={"prompt": "x" * 10_000})).find("details")[0]

    assert len(folded.find("summary")[0].text) < 420
    assert folded.text.count("x") == 10_000


@BOTH
def test_task_without_a_prompt(draw: Any):
    assert "no prompt" in draw(filled(generateParam=None)).text


@BOTH
def test_steps_of_a_running_task(draw: Any):
    text = draw(filled("wait", "queueing", "generating", generateTime="")).text

    assert re.search(r"wait1 min.*queueing1 min.*generatingsince 12:00:00.*success", text, re.DOTALL)


@BOTH
def test_steps_of_a_failed_task(draw: Any):
    text = draw(filled("queueing", "fail", failMsg="the server is busy", videoInfo=None, generateTime="")).text

    assert re.search(r"queueing1 min.*fail", text, re.DOTALL)
    assert "success" not in text.split("Raw response")[0]


@BOTH
def test_only_seen_finished_has_no_steps(draw: Any):
    assert "generating" not in draw(filled()).text


@BOTH
def test_failed_look_keeps_the_last_state(draw: Any):
    sighting = filled("generating").failed(BadResponseError("The answer is not the API's. Check the base URL."), NOW)

    text = draw(sighting).text
    assert "◐ generating" in text
    assert "The last check failed" in text
    assert "Check the base URL." in text
    assert "This shows the task as of 12:00:00 UTC." in text


@BOTH
def test_task_that_was_never_seen(draw: Any):
    root = draw(Sighting("ee60").failed(ApiError(402, "Credits insufficient"), NOW))

    assert "? not seen yet" in root.text
    assert "ee60" in root.text
    assert "Credits insufficient" in root.text


def test_last_line_of_a_saved_card():
    assert "Was generating at 24 Nov 2026, 12:00 UTC; run the cell again to update." in drawn(filled("generating")).text
    assert "Checked 24 Nov 2026, 12:00 UTC." in drawn(filled()).text
    assert "Not seen yet; run the cell again to update." in drawn(Sighting("ee60")).text


def test_saved_card_has_only_inline_styles():
    sighting = filled("queueing", "generating", "success")
    markup = html.card(sighting, notes_of(sighting, NOW), width=400)

    assert markup.startswith('<div style="max-width:400px;')
    assert len(markup.encode()) <= 6 * 1024
    assert not re.search(r"<(style|script|svg)|\s(id|data-[\w-]+|aria-[\w-]+)=|var\(", markup)
    for node in read(markup).elements:
        style = node.attributes.get("style") or ""
        if "background:" in style and node.tag not in ("img", "video"):
            assert re.search(r"(^|;)color:", style), f"background without colour: {style}"


def test_player_holds_a_linked_thumbnail():
    (player,) = drawn(filled()).find("video")

    (link,) = player.find("a")
    assert link.attributes["href"] == VIDEO
    assert link.find("img")[0].attributes["src"] == POSTER


def test_embedded_media_replace_an_expired_link():
    embedded = Embedded(Media("video/mp4", b"\0\0\0"), Media("image/jpeg", b"\x04\x10\x41"))

    (player,) = drawn(filled(expireFlag=1), embedded=embedded).find("video")
    assert player.attributes["src"] == "data:video/mp4;base64,AAAA"
    assert player.attributes["poster"] == "data:image/jpeg;base64,BBBB"


@pytest.mark.parametrize("skin", [live, saved])
def test_every_note_is_drawn(skin: Any):
    notes = (Note("warn", "Title", " beside", ("one", "two")), Note("info", "Another"))
    root = read(html.info(filled(), notes, skin))

    for note in notes:
        (panel,) = [node for node in root.find("div") if node.attributes == dict(skin(f"note {note.kind}"))]
        assert panel.text == note.title + note.beside + "".join(note.lines)
        assert len(panel.find("br")) == len(note.lines)


# --- what never becomes markup ----------------------------------------------------------------------------------------

MARKER = "ZqX"  # in every hostile string, and in nothing that the card adds
HOSTILE = [
    f"<script>alert('{MARKER}')</script>",
    f"</div></details></pre><img src=x onerror=alert('{MARKER}')>",
    f'" onmouseover="alert(\'{MARKER}\')" x="',
    f"' onfocus='{MARKER}' autofocus='",
    f"`onload={MARKER}`",
    f"javascript:alert('{MARKER}')",
    f"JaVa\tScRiPt:alert('{MARKER}')",
    f"data:text/html,<script>{MARKER}</script>",
    f"data:image/svg+xml;base64,{MARKER}",
    f'https://{MARKER}.example/"><script>alert(1)</script>',
    f"https://{MARKER}.example/' onerror='alert(1)",
    f"https://{MARKER}.example/ onerror=alert(1)",
    f"<!-- {MARKER} --><![CDATA[{MARKER}]]><?php {MARKER}?>",
    f"</style><style>*{{background:url(https://{MARKER})}}</style>",
    f"&lt;script&gt;{MARKER}&#60;b&#62;&amp;lt;",
    f"\x1b[2J\x1b]0;{MARKER}\x07\x9b31m",
    f"\u202e{MARKER}\u2066\u2069\u202c",
    f"{MARKER}\x00\x00<b\x00>\ud800\udfff",
    f"{MARKER}" * 3000,
    f"<svg/onload={MARKER}><math><mtext></table><mglyph><style><img src=1>",
    f"{{{{{MARKER}}}}} ${{{MARKER}}} %(x)s {{0}} %s $ink",
]


def everywhere(text: str) -> dict[str, Any]:
    """Put a text into every field of the API, and into some that it does not have."""
    return {
        "taskId": text,
        "parentTaskId": text,
        "generateParam": {
            "prompt": text,
            "imageUrl": text,
            "expandPrompt": text,
            text: text,
            "seed": [text, {text: 1}],
        },
        "generateTime": text,
        "videoInfo": {"videoId": text, "taskId": text, "videoUrl": text, "imageUrl": text},
        "failCode": text,
        "failMsg": text,
        "expireFlag": text,
        text: {text: [text]},
    }


def sightings_of(record: dict[str, Any]) -> list[Sighting]:
    """Return every way in which a record can be shown: each state, each kind of trouble."""
    shown = []
    for state in ("wait", "success", "fail", record["failMsg"]):
        for flag in (0, 1):
            task = Task.from_data(record | {"state": state, "expireFlag": flag})
            before = Task.from_data(record | {"state": "wait"})
            sighting = Sighting(task.task_id).saw(before, NOW - timedelta(minutes=1)).saw(task, NOW)
            shown.append(sighting)
    for error in (RunwayError(record["failMsg"]), ApiError(500, record["failMsg"], record["failMsg"])):
        shown.append(shown[0].failed(error, NOW).stopped(Following.DEADLINE, 60))
        shown.append(Sighting(record["failMsg"]).failed(error, NOW))
    return shown


KNOWN_STYLES = sorted((saved(role).get("style", "") for role in roles()), key=len, reverse=True)


@cache
def is_our_style(style: str) -> bool:
    for known in KNOWN_STYLES:
        style = style.replace(known, "")
    return style.strip(";") == ""


def assert_ours(root: Element) -> None:
    """Check that elements, attributes and styles are the card's, and URLs are http(s) without hidden characters."""
    for node in root.elements:
        assert node.tag in OURS
        assert set(node.attributes) <= OURS[node.tag] | LOOK
        for name, value in node.attributes.items():
            if name in LINKS:
                assert value is not None
                assert re.match(r"https?://[^/]", value)
                assert value.isprintable()
                assert " " not in value
            else:
                assert MARKER not in (value or "")
        assert is_our_style((node.attributes.get("style") or "").removeprefix("max-width:560px;"))
        assert all(
            name in AS_TYPED or re.fullmatch(r"runway-[a-z]+", name)
            for name in (node.attributes.get("class") or "").split()
        )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_not_markup(text: str):
    for sighting in sightings_of(everywhere(text)):
        for draw in (drawn, drawn_live):
            root = draw(sighting)
            assert_ours(root)
            assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", root.text)
            root.text.encode()  # no lone surrogate, which cannot be sent to a front-end


@given(st.text(max_size=60), st.sampled_from(["", "https://", "https://h/", "http://x@", "javascript:", "data:", "//"]))
@settings(max_examples=30)
def test_any_text_is_not_markup(text: str, beginning: str):
    for sighting in sightings_of(everywhere(beginning + text)):
        assert_ours(drawn(sighting))
        assert_ours(drawn_live(sighting))


def test_hostile_prompt_stays_readable():
    prompt = 'Title card: <b>"The End"</b> & credits <script>alert(1)</script>'

    assert prompt in drawn(filled(generateParam={"prompt": prompt})).text


def test_media_are_encoded_once(monkeypatch: pytest.MonkeyPatch):
    encode, encoded = base64.b64encode, []
    monkeypatch.setattr(base64, "b64encode", lambda content, *rest: encoded.append(content) or encode(content, *rest))
    embedded = Embedded(Media("video/mp4", b"clip"))
    for _ in range(3):
        drawn(filled(), embedded=embedded)
        html.media(filled().task, live, embedded)
    assert encoded == [b"clip"]

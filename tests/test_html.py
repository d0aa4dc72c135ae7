"""The card as HTML: what it shows of each state, and that nothing the API sends becomes markup."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runway_nb.errors import ApiError, BadResponseError, RunwayError
from runway_nb.sighting import Following, Sighting
from runway_nb.task import Task
from runway_nb.view import html
from runway_nb.view.html import Embedded
from runway_nb.view.markup import data_uri
from runway_nb.view.style import ROLES, SAVED_ROLES, STATE_MARKS, live, saved

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
VIDEO = "https://file.com/k/clip.mp4"
POSTER = "https://file.com/m/clip.png"
IMAGE = "https://example.com/image.jpg"

# An element's name to the attributes it may have beside its look.
OURS = {
    "div": {"dir"},
    "span": set(),
    "details": {"dir"},
    "summary": set(),
    "b": set(),
    "i": set(),
    "br": set(),
    "pre": set(),
    "a": {"href", "target", "rel"},
    "img": {"src", "alt", "loading"},
    "video": {"src", "poster", "controls", "playsinline", "preload", "width", "height"},
}
LOOK = {"style", "class"}
LINKS = {"href", "src", "poster"}
VOID = {"br", "img"}


@dataclass
class Node:
    """An element as a browser would see it."""

    tag: str
    attributes: dict[str, str | None]
    inside: list["Node"] = field(default_factory=list)
    text: str = ""  # of all that is inside

    def all(self, tag: str) -> list["Node"]:
        found = [self] if self.tag == tag else []
        return found + [each for node in self.inside for each in node.all(tag)]


class Tree(HTMLParser):
    """Parses, and complains of what is not well-formed."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open = [Node("", {})]
        self.feed(markup)
        self.close()
        assert [node.tag for node in self.open] == [""], "an element was left open"

    @property
    def root(self) -> Node:
        return self.open[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        assert len(node.attributes) == len(attrs), "an attribute stands twice"
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for node in self.open:
            node.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def data(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "taskId": "ee60",
        "parentTaskId": "0e53cf7b-8e67-416c-bb97-efee88a9017d",
        "generateParam": {"prompt": "A cat dances", "imageUrl": IMAGE, "expandPrompt": True, "seed": 7},
        "state": "success",
        "generateTime": "2026-11-24 10:00:00",
        "videoInfo": {"videoId": "485da89c-7fca", "taskId": "ee60", "videoUrl": VIDEO, "imageUrl": POSTER},
        "failCode": None,
        "failMsg": "",
        "expireFlag": 0,
    }
    return record | changes


def seen(*states: str, **changes: Any) -> Sighting:
    """See a task in one state after the other, a minute apart, the last one now."""
    sighting = Sighting("ee60")
    for index, state in enumerate(states or ("success",)):
        at = NOW - timedelta(minutes=len(states) - 1 - index) if states else NOW
        sighting = sighting.saw(Task.from_data(data(state=state, **changes), "ee60"), at)
    return sighting


def drawn(sighting: Sighting, **options: Any) -> Node:
    """Draw the saved card."""
    return Tree(html.card(sighting, NOW, width=560, **options)).root


def drawn_live(sighting: Sighting) -> Node:
    """Draw what a live card's widgets hold, one after the other."""
    return Tree(html.info(sighting, NOW, live) + (html.media(sighting.task, live) or "")).root


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
def test_the_badge_tells_the_state_by_a_mark_and_a_word(draw: Any, word: Any, badge: str):
    root = draw(seen(word))

    assert badge in [node.text for node in root.all("span")]


def test_every_state_has_a_mark_of_its_own():
    assert len(set(STATE_MARKS.values())) == len(STATE_MARKS)


@BOTH
def test_a_finished_task_has_its_player_and_a_plain_link(draw: Any):
    root = draw(seen())

    (player,) = root.all("video")
    assert player.attributes["src"] == VIDEO
    assert player.attributes["poster"] == POSTER
    assert player.attributes["preload"] == "metadata"
    assert "controls" in player.attributes
    assert not {"autoplay", "loop"} & set(player.attributes)
    (link,) = [node for node in root.all("a") if node.text == "Open the video"]
    assert link.attributes["href"] == VIDEO
    assert link.attributes["rel"] == "noopener noreferrer"
    assert "link valid until about 8 Dec 2026" in root.text


@BOTH
@pytest.mark.parametrize("state", ["wait", "queueing", "generating", "fail", "upscaling"])
def test_others_have_no_player(draw: Any, state: str):
    root = draw(seen(state, videoInfo=None, generateTime=""))

    assert not root.all("video")
    assert "Open the video" not in root.text


@BOTH
def test_an_expired_video_gives_way_to_its_thumbnail_and_a_sentence(draw: Any):
    root = draw(seen(expireFlag=1, generateTime="2026-11-01 10:00:00"))

    assert not root.all("video")
    assert [node.attributes["src"] for node in root.all("img") if "Thumbnail" in str(node.attributes["alt"])] == [
        POSTER
    ]
    assert "The video has expired." in root.text
    assert VIDEO not in [node.attributes["href"] for node in root.all("a")]
    assert "Open the video" not in root.text


@BOTH
@pytest.mark.parametrize("prompt", ["قطة برتقالية ترقص", "قطة " * 200], ids=["short", "folded"])
def test_a_prompt_is_read_in_its_own_direction(draw: Any, prompt: str):
    nodes = draw(seen(generateParam={"prompt": prompt})).all("div" if len(prompt) < 400 else "details")

    assert [node.attributes.get("dir") for node in nodes if node.text.startswith(prompt[:4])] == ["auto"]


@BOTH
def test_an_expired_video_without_thumbnail_still_has_its_sentence(draw: Any):
    root = draw(seen(expireFlag=True, videoInfo=None))

    assert not root.all("video")
    assert "The video has expired." in root.text


@BOTH
def test_success_without_a_link_says_so(draw: Any):
    root = draw(seen(videoInfo={"videoId": "v", "videoUrl": ""}))

    assert not root.all("video")
    assert "There is no video link." in root.text


@BOTH
def test_a_link_that_is_not_admitted_is_text(draw: Any):
    root = draw(seen(videoInfo={"videoUrl": "javascript:alert(1)", "imageUrl": "data:image/svg+xml,<svg/>"}))

    assert not root.all("video")
    assert not [node for node in root.all("a") if node.attributes["href"] != IMAGE]


@BOTH
def test_a_failed_task_shows_its_panel(draw: Any):
    root = draw(seen("fail", failCode=400, failMsg="Your prompt was caught by our AI moderator.", videoInfo=None))

    assert "code 400" in root.text
    assert "“Your prompt was caught by our AI moderator.”" in root.text
    assert "Moderation stopped the prompt" in root.text
    assert "Reword the prompt" in root.text


@BOTH
def test_no_failure_beside_a_success(draw: Any):
    root = draw(seen(failCode=400, failMsg="Generation failed, please try again later"))

    facts, raw = root.text.split("Raw response")
    assert "Generation failed" not in facts
    assert "Generation failed" in raw


@BOTH
def test_facts_and_raw_response_are_folded(draw: Any):
    root = draw(seen())

    details, raw = root.all("details")
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
    assert json.loads(raw.all("pre")[0].text) == data()
    assert IMAGE in [node.attributes["src"] for node in details.all("img")]


@BOTH
def test_a_short_prompt_is_plain_and_a_long_one_folded(draw: Any):
    short, long = "A cat dances", "word " * 2000

    assert short in draw(seen(generateParam={"prompt": short})).text
    folded = draw(seen(generateParam={"prompt": long})).all("details")[0]
    (summary,) = folded.all("summary")
    assert len(summary.text) < 420
    assert summary.text.endswith("word …")
    assert folded.text.count("word") == 2000


@BOTH
def test_one_very_long_word_is_folded_too(draw: Any):
    folded = draw(seen(generateParam={"prompt": "x" * 10_000})).all("details")[0]

    assert len(folded.all("summary")[0].text) < 420
    assert folded.text.count("x") == 10_000


@BOTH
def test_a_task_without_a_prompt_says_so(draw: Any):
    assert "no prompt" in draw(seen(generateParam=None)).text


@BOTH
def test_the_steps_of_a_running_task(draw: Any):
    text = draw(seen("wait", "queueing", "generating", generateTime="")).text

    assert re.search(r"wait1 min.*queueing1 min.*generatingsince 12:00:00.*success", text, re.DOTALL)


@BOTH
def test_the_steps_of_a_task_that_was_seen_failing(draw: Any):
    text = draw(seen("queueing", "fail", failMsg="the server is busy", videoInfo=None, generateTime="")).text

    assert re.search(r"queueing1 min.*fail", text, re.DOTALL)
    assert "success" not in text.split("Raw response")[0]


@BOTH
def test_a_task_that_was_only_seen_finished_has_no_steps(draw: Any):
    assert "generating" not in draw(seen()).text


@BOTH
def test_a_failed_look_shows_beside_the_last_good_state(draw: Any):
    sighting = seen("generating").failed(BadResponseError("The answer is not the API's. Check the base URL."), NOW)

    text = draw(sighting).text
    assert "◐ generating" in text
    assert "The last look failed" in text
    assert "Check the base URL." in text
    assert "What is shown is from 12:00:00 UTC." in text


@BOTH
def test_a_task_that_was_never_seen(draw: Any):
    root = draw(Sighting("ee60").failed(ApiError(402, "Credits insufficient"), NOW))

    assert "? not seen yet" in root.text
    assert "ee60" in root.text
    assert "Credits insufficient" in root.text


def test_the_saved_card_says_when_it_was_true():
    assert "Was generating at 24 Nov 2026, 12:00 UTC; run the cell again to look." in drawn(seen("generating")).text
    assert "Looked at 24 Nov 2026, 12:00 UTC." in drawn(seen()).text
    assert "Not seen yet; run the cell again to look." in drawn(Sighting("ee60")).text


def test_the_saved_card_stands_on_inline_styles_alone():
    sighting = seen("queueing", "generating", "success")
    markup = html.card(sighting, NOW, width=400)

    assert markup.startswith('<div style="max-width:400px;')
    assert len(markup.encode()) <= 6 * 1024
    assert not re.search(r"<(style|script|svg)|\s(id|class|data-[\w-]+|aria-[\w-]+)=|var\(", markup)
    for node in (each for tag in OURS for each in Tree(markup).root.all(tag)):
        style = node.attributes.get("style") or ""
        if "background:" in style and node.tag not in ("img", "video"):
            assert re.search(r"(^|;)color:", style), f"background without colour: {style}"


def test_where_video_is_dropped_the_thumbnail_leads_to_it():
    (player,) = drawn(seen()).all("video")

    (link,) = player.all("a")
    assert link.attributes["href"] == VIDEO
    assert link.all("img")[0].attributes["src"] == POSTER


def test_embedded_media_outlive_their_link():
    embedded = Embedded(data_uri("video/mp4", "AAAA"), data_uri("image/jpeg", "BBBB"))

    (player,) = drawn(seen(expireFlag=1), embedded=embedded).all("video")
    assert player.attributes["src"] == "data:video/mp4;base64,AAAA"
    assert player.attributes["poster"] == "data:image/jpeg;base64,BBBB"


def test_why_a_video_is_not_embedded():
    text = drawn(seen(), embedded=Embedded(problem="It is larger than 8 MB.")).text

    assert "The video is not embedded. It is larger than 8 MB." in text


# --- what never becomes markup ----------------------------------------------------------------------------------------

MARKER = "ZqX"  # stands in every hostile string, and in nothing of ours
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
    """Put a text into every field that the API has, and into some that it has not."""
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
    """Every way for a record to be on the screen: each state, each trouble."""
    shown = []
    for state in ("wait", "success", "fail", record["failMsg"]):
        for flag in (0, 1):
            task = Task.from_data(record | {"state": state, "expireFlag": flag})
            before = Task.from_data(record | {"state": "wait"})
            sighting = Sighting(task.task_id).saw(before, NOW - timedelta(minutes=1)).saw(task, NOW)
            shown.append(sighting)
    worded = RunwayError(record["failMsg"])
    for error in (worded, ApiError(500, record["failMsg"], record["failMsg"])):
        shown.append(shown[0].failed(error, NOW).stopped(Following.DEADLINE, 60))
        shown.append(Sighting(record["failMsg"]).failed(error, NOW))
    return shown


KNOWN_STYLES = sorted((saved(role).get("style", "") for role in (*ROLES, *SAVED_ROLES)), key=len, reverse=True)


def is_our_style(style: str) -> bool:
    for known in KNOWN_STYLES:
        style = style.replace(known, "")
    return style.strip(";") == ""


def assert_ours(root: Node) -> None:
    """Only our elements, our attributes and our looks; every URL http(s), none with a hidden character."""
    for node in root.inside:
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
        assert all(re.fullmatch(r"runway-[a-z]+", name) for name in (node.attributes.get("class") or "").split())
        assert_ours(node)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_becomes_markup(text: str):
    for sighting in sightings_of(everywhere(text)):
        for draw in (drawn, drawn_live):
            root = draw(sighting)
            assert_ours(root)
            assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", root.text)
            root.text.encode()  # no half of a surrogate pair, which no front-end could be sent


@given(st.text(max_size=60), st.sampled_from(["", "https://", "https://h/", "http://x@", "javascript:", "data:", "//"]))
@settings(max_examples=60)
def test_no_text_at_all_becomes_markup(text: str, beginning: str):
    for sighting in sightings_of(everywhere(beginning + text)):
        assert_ours(drawn(sighting))
        assert_ours(drawn_live(sighting))


def test_the_text_of_a_hostile_prompt_is_still_readable():
    prompt = 'Title card: <b>"The End"</b> & credits <script>alert(1)</script>'

    assert prompt in drawn(seen(generateParam={"prompt": prompt})).text

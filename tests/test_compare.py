"""Two tasks side by side: the words that differ, the parameters that differ, and what came of both."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.markup import Element, as_github_shows, read

from runway_nb.client import RunwayClient
from runway_nb.errors import TaskNotFoundError
from runway_nb.failure import Cause
from runway_nb.sighting import Sighting
from runway_nb.simulator import Record, Simulator, demo_task
from runway_nb.simulator.prompts import LONG
from runway_nb.task import Task
from runway_nb.view.compare import bundle
from runway_nb.view.difference import MOST_WORDS, Fate, difference
from runway_nb.view.html import Embedded
from runway_nb.view.markup import data_uri

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
CAT = "A fluffy orange cat dancing in a colorful room"


def seen(at: datetime = NOW, **data: object) -> Sighting:
    task = Task.from_data({"taskId": "a", "state": "success", **data})
    return Sighting(task.task_id).saw(task, at)


def made(prompt: str = CAT, task_id: str = "a", **parameters: object) -> Sighting:
    return seen(taskId=task_id, generateParam={"prompt": prompt, **parameters})


def drawn(a: Sighting, b: Sighting) -> tuple[Element, str]:
    shown = bundle(a, b, NOW)
    return read(shown["text/html"]), shown["text/plain"]


def table(html: Element) -> dict[str, tuple[str, str]]:
    rows = [[cell.text for cell in row.find("td")] for row in html.find("tr")]
    return {row[0]: (row[1], row[2]) for row in rows if row}


def text_rows(text: str) -> dict[str, tuple[str, str]]:
    lines = text.splitlines()
    return {
        line[:19].strip(): (line[23:], lines[place + 1][23:])
        for place, line in enumerate(lines)
        if line[20:23] == "A  "
    }


def marked(a: str, b: str) -> str | None:
    pieces = difference(a, b)
    signs = {Fate.KEPT: "{}", Fate.GONE: "[-{}-]", Fate.NEW: "{{+{}+}}"}
    return None if pieces is None else "".join(signs[piece.fate].format(piece.text) for piece in pieces)


# --- the difference of two texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ("one red cat here", "one blue cat here", "one [-red-]{+blue+} cat here"),
        ("one red cat here", "one cat here", "one [-red-] cat here"),
        ("one cat here", "one red cat here", "one {+red+} cat here"),
        ("the very same words", "the very same words", "the very same words"),
        ("spaces   and\nlines do not count", "spaces and lines do not count", "spaces and lines do not count"),
        ("a quiet scene at night", "a quiet scene, at night", "a quiet scene{+,+} at night"),
        ("they don't stop dancing", "they won't stop dancing", "they [-don't-]{+won't+} stop dancing"),
        ("they don\u2019t stop", "they won\u2019t stop", "they [-don\u2019t-]{+won\u2019t+} stop"),
        # What little is common between two changes would cut them up.
        ("slow dolly in a city", "slow glide to a city", "slow [-dolly in-]{+glide to+} a city"),
        ("slow pan by a paper city", "slow tilt to a glass city", "slow [-pan by a paper-]{+tilt to a glass+} city"),
        ("一只橙色的猫在房间里跳舞", "一只蓝色的猫在房间里跳舞", "一只[-橙-]{+蓝+}色的猫在房间里跳舞"),
        ("Café crème at dawn today", "Cafe\u0301 crème at dawn today", "[-Café-]{+Cafe\u0301+} crème at dawn today"),
        ("", "", ""),
    ],
)  # fmt: skip  # a table
def test_whole_words_are_compared(a: str, b: str, found: str):
    assert marked(a, b) == found


@pytest.mark.parametrize(("a", "b"), [("", "something"), ("one two three", "four five six")])
def test_texts_with_little_in_common_are_not_laid_over_one_another(a: str, b: str):
    assert difference(a, b) is None


def test_one_word_in_a_long_prompt_is_found():
    changed = LONG.replace("copper", "silver")
    assert changed != LONG

    pieces = difference(LONG, changed)

    assert pieces is not None
    assert [(piece.fate, piece.text) for piece in pieces if piece.fate is not Fate.KEPT] == [
        (Fate.GONE, "copper"),
        (Fate.NEW, "silver"),
    ]


@given(st.text(alphabet="ab ,.\n", max_size=60), st.text(alphabet="ab ,.\n", max_size=60))
def test_both_texts_can_be_read_from_their_difference(a: str, b: str):
    pieces = difference(a, b)
    if pieces is None:
        return

    for text, other in ((a, Fate.NEW), (b, Fate.GONE)):
        assert "".join("".join(piece.text for piece in pieces if piece.fate is not other).split()) == "".join(
            text.split()
        )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (["aaaa", "aaaa", "b"] * 66, ["aaaa", "b", "b"] * 66),
        (["a"] * 199, ["a", "x"] * 99),
        (["aaaa", "b"] * (MOST_WORDS // 2), ["b", "aaaa"] * (MOST_WORDS // 2)),
        ([str(n) for n in range(20_000)], [str(n ^ 1) for n in range(20_000)]),
    ],
    ids=["short", "shorter", "longest", "too long"],
)
def test_no_pair_of_texts_takes_long(a: list[str], b: list[str]):
    began = time.process_time()

    difference(" ".join(a), " ".join(b))

    assert time.process_time() - began < 2


# --- prompts ----------------------------------------------------------------------------------------------------------


def test_what_differs_in_the_prompts_is_marked_by_more_than_colour():
    html, text = drawn(made(CAT), made(CAT.replace("fluffy", "striped"), "b"))

    (legend_gone, gone), (legend_new, new) = html.find("del"), html.find("ins")
    assert (legend_gone.text, legend_new.text) == ("only in A", "only in B")
    assert (gone.text, new.text) == ("fluffy", "striped")
    assert "line-through" in gone.attributes["style"]
    assert "underline" in new.attributes["style"]
    assert "A [-fluffy-] {+striped+} orange cat dancing in a colorful room" in text
    assert "[-only in A-] {+only in B+}" in text


def test_the_same_prompt_is_shown_once():
    html, text = drawn(made(CAT), made(CAT, "b", duration=5))

    for shown in (html.text, text):
        assert "The prompts are the same:" in shown
        assert shown.count(CAT) == 1
    assert not html.find("del") + html.find("ins")


def test_prompts_with_little_in_common_are_shown_whole():
    other = "Fireflies rise between misty pines"
    html, text = drawn(made(CAT), made(other, "b"))

    for shown in (html.text, text):
        assert "The prompts have little in common" in shown
        assert CAT in shown
        assert other in shown
    assert not html.find("del") + html.find("ins")


def test_a_missing_prompt_is_told():
    html, text = drawn(made(CAT), made("", "b"))

    for shown in (html.text, text):
        assert "no prompt" in shown


# --- parameters -------------------------------------------------------------------------------------------------------


def test_every_parameter_that_differs_has_a_row():
    a = made(imageUrl="https://example.com/a.jpg", expandPrompt=True, duration=5, quality="720p", seed=7)
    b = made(
        task_id="b", imageUrl="https://example.com/b.jpg", expandPrompt=False, duration=10, quality="720p", style="noir"
    )
    html, text = drawn(a, b)

    expected = {
        "≠ prompt enhanced": ("yes", "no"),
        "≠ reference image": ("https://example.com/a.jpg", "https://example.com/b.jpg"),
        "≠ duration": ("5", "10"),
        "≠ seed": ("7", "none"),
        "≠ style": ("none", "noir"),
    }
    for rows in (table(html), text_rows(text)):
        assert {label: values for label, values in rows.items() if label.startswith("≠")} == expected
        assert "quality" not in rows
    for shown in (html.text, text):
        assert "The same in both: quality 720p" in shown
    assert [image.attributes["src"] for image in html.find("img")] == [
        "https://example.com/a.jpg",
        "https://example.com/b.jpg",
    ]


def test_the_parent_is_compared(simulator: Simulator):
    with RunwayClient("any-key", simulator.base_url) as client:
        first, second = (
            Sighting(task.task_id).saw(task, NOW)
            for task in (client.get(demo_task(title).task_id) for title in ("chain-1", "chain-2"))
        )

    html, _ = drawn(first, second)

    assert table(html)["≠ extends task"] == ("none", demo_task("chain-1").task_id)


def test_parameters_in_the_sister_endpoints_form_are_the_same_parameters():
    plain = made(expandPrompt=True, duration=5)
    as_text = seen(taskId="b", generateParam=f'{{"prompt": "{CAT}", "expandPrompt": true, "duration": "5"}}')

    html, _ = drawn(plain, as_text)

    assert "Prompt and parameters are the same." in html.text
    assert not [label for label in table(html) if label.startswith("≠")]


# --- the outcome ------------------------------------------------------------------------------------------------------


def test_two_outcomes_of_one_request_are_told_apart():
    a = seen(taskId="a", generateParam={"prompt": CAT})
    b = seen(taskId="b", generateParam={"prompt": CAT}, state="fail", failCode=400, failMsg="the server is busy")
    html, text = drawn(a, b)

    for rows in (table(html), text_rows(text)):
        assert rows["≠ state"] == ("success", "fail")
        assert rows["≠ cause"] == ("none", Cause.SERVICE.value)
    for shown in (html.text, text):
        assert "Prompt and parameters are the same. They differ in state and cause." in shown
        assert "“the server is busy”" in shown
        assert "Send it again in a few minutes" in shown


def test_the_same_outcome_of_one_request_is_told():
    html, text = drawn(made(), made(task_id="b"))

    for shown in (html.text, text):
        assert "Prompt and parameters are the same. They have the same outcome." in shown


def test_what_differs_is_named_first():
    html, text = drawn(made(duration=5), made(CAT.replace("cat", "dog"), "b", duration=10))

    assert html.find("b")[0].text == text.splitlines()[0] == "They differ in prompt and duration."


def test_times_are_compared():
    start = NOW - timedelta(minutes=3)
    a, b = Sighting("a"), Sighting("b")
    for state, after in (("wait", 0), ("queueing", 4), ("generating", 42), ("success", 100)):
        data = {"taskId": "a", "state": state} | ({"generateTime": "2026-11-24 11:58:40"} if state == "success" else {})
        a = a.saw(Task.from_data(data), start + timedelta(seconds=after))
    for state, after in (("queueing", 0), ("generating", 70), ("fail", 80)):
        b = b.saw(Task.from_data({"taskId": "b", "state": state}), start + timedelta(seconds=after))

    html, text = drawn(a, b)

    for rows in (table(html), text_rows(text)):
        assert rows["≠ finished"] == ("2026-11-24 11:58:40", "after 1 min 20 s")
        assert rows["≠ in queueing"] == ("38 s", "1 min 10 s or more")
        assert rows["≠ in generating"] == ("58 s", "10 s")
    for shown in (html.text, text):
        assert "They differ in state and cause." in shown  # times differ always


def test_a_task_is_compared_with_itself():
    html, text = drawn(made(), made())

    for shown in (html.text, text):
        assert "A and B are the same task." in shown


@pytest.mark.parametrize(
    ("a_seen", "b_seen", "said"),
    [
        (True, False, "B could not be seen"),
        (False, True, "A could not be seen"),
        (False, False, "A and B could not be seen"),
    ],
)
def test_a_task_that_was_not_seen_is_told(a_seen: bool, b_seen: bool, said: str):
    unseen = Sighting("x").failed(TaskNotFoundError(404, task_id="x"), NOW)

    html, text = drawn(made() if a_seen else unseen, made(task_id="b") if b_seen else unseen)

    for shown in (html.text, text):
        assert f"{said}, so there is nothing to compare." in shown
        assert "The service knows no such task" in shown
    assert html.find("table") == []


# --- on the screen ----------------------------------------------------------------------------------------------------


def test_both_videos_play_beside_one_another(simulator: Simulator):
    with RunwayClient("any-key", simulator.base_url) as client:
        pair = [
            Sighting(task.task_id).saw(task, NOW)
            for task in (client.get(demo_task(title).task_id) for title in ("chain-2", "chain-3"))
        ]

    html, text = drawn(*pair)

    links = [f"{simulator.base_url}/clips/{clip}.mp4" for clip in ("night-sea", "fireflies")]
    assert [player.attributes["src"] for player in html.find("video")] == links
    assert {player.attributes["preload"] for player in html.find("video")} == {"metadata"}
    beside = [
        element
        for element in html.elements
        if [len(child.find("video")) for child in element.inside if isinstance(child, Element)] == [1, 1]
    ]
    assert "display:flex;flex-wrap:wrap" in beside[0].attributes["style"]
    for link in links:
        assert f"video {link}" in text


def test_media_that_are_carried_along_replace_their_links(simulator: Simulator):
    simulator.put("a", Record())
    simulator.put("b", Record())
    with RunwayClient("any-key", simulator.base_url) as client:
        pair = [Sighting(task_id).saw(client.get(task_id), NOW) for task_id in ("a", "b")]

    carried = {"b": Embedded(data_uri("video/mp4", "AAAA"))}
    players = read(bundle(*pair, NOW, embedded=carried)["text/html"]).find("video")

    assert players[0].attributes["src"].startswith(simulator.base_url)
    assert players[1].attributes["src"] == "data:video/mp4;base64,AAAA"


def test_the_width_is_the_one_asked_for():
    (card,) = read(bundle(made(), made(task_id="b"), NOW, width=432)["text/html"]).inside

    assert isinstance(card, Element)
    assert card.attributes["style"].startswith("max-width:432px;background:#fff;color:#1f2328")


def test_nothing_that_the_service_sends_becomes_markup_or_steers_a_terminal():
    tag = "<script>alert(1)</script>"
    a = seen(
        taskId=tag,
        state=tag,
        generateParam={"prompt": f"one two three {tag}\x1b[31m", tag: tag, "imageUrl": "javascript:alert(2)"},
        videoInfo={"videoUrl": "javascript:alert(3)", "imageUrl": "javascript:alert(4)"},
    )
    b = seen(taskId="b", state="fail", failMsg=tag, generateParam={"prompt": f"one two three {tag} \u202eb"})

    shown = bundle(a, b, NOW)
    html = read(shown["text/html"])

    plain = {"div", "span", "b", "br", "del", "ins", "table", "thead", "tbody", "tr", "th", "td"}
    assert {element.tag for element in html.elements} <= plain
    assert tag in html.text
    for text in shown.values():
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_it_needs_no_style_sheet_no_script_and_no_id():
    html, _ = drawn(made(duration=1), made(CAT.replace("cat", "dog"), "b", duration=2))

    for element in html.elements:
        assert element.tag not in ("style", "script")
        assert not {"id", "class", "onclick"} & set(element.attributes)
        assert "var(" not in (element.attributes.get("style") or "")


def test_where_looks_are_stripped_the_difference_is_still_marked():
    html, _ = drawn(made(duration=1), made(CAT.replace("cat", "dog"), "b", duration=2))

    left = as_github_shows(html)

    assert [gone.text for gone in left.find("del")] == ["only in A", "cat"]
    assert [new.text for new in left.find("ins")] == ["only in B", "dog"]
    assert table(left)["≠ duration"] == ("1", "2")


def test_the_text_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "50")

    _, text = drawn(made(LONG), made(LONG.replace("copper", "silver"), "b", duration=2))

    assert max(map(len, text.splitlines())) <= 50
    assert "[-copper-] {+silver+}" in " ".join(text.split())

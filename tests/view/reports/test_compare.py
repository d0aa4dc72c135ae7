"""Two tasks side by side: their prompts, parameters and outcomes."""

from datetime import timedelta

import pytest
from support.markup import Element, as_github_shows, read
from support.tasks import NOW, seen

from runway_nb.model.errors import TaskNotFoundError
from runway_nb.model.failure import Cause
from runway_nb.model.media import Embedded, Media
from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Record, Simulator, demo_task
from runway_nb.simulator.prompts import LONG
from runway_nb.view.reports.compare import draw

CAT = "A fluffy orange cat dancing in a colorful room"


def made(prompt: str = CAT, task_id: str = "a", **parameters: object) -> Sighting:
    return seen(task_id=task_id, generateParam={"prompt": prompt, **parameters})


def drawn(a: Sighting, b: Sighting) -> tuple[Element, str]:
    shown = draw(a, b, NOW).data
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


# --- prompts ----------------------------------------------------------------------------------------------------------


def test_changes_are_marked_without_colour():
    html, text = drawn(made(CAT), made(CAT.replace("fluffy", "striped"), "b"))

    (legend_gone, gone), (legend_new, new) = html.find("del"), html.find("ins")
    assert (legend_gone.text, legend_new.text) == ("only in A", "only in B")
    assert (gone.text, new.text) == ("fluffy", "striped")
    assert "line-through" in gone.attributes["style"]
    assert "underline" in new.attributes["style"]
    assert "A [-fluffy-] {+striped+} orange cat dancing in a colorful room" in text
    assert "[-only in A-] {+only in B+}" in text


def test_same_prompt_is_shown_once():
    html, text = drawn(made(CAT), made(CAT, "b", duration=5))

    for shown in (html.text, text):
        assert "The prompts are the same:" in shown
        assert shown.count(CAT) == 1
    assert not html.find("del") + html.find("ins")


def test_different_prompts_are_shown_in_full():
    other = "Fireflies rise between misty pines"
    html, text = drawn(made(CAT), made(other, "b"))

    for shown in (html.text, text):
        assert "The prompts have little in common" in shown
        assert CAT in shown
        assert other in shown
    assert not html.find("del") + html.find("ins")


def test_missing_prompt():
    html, text = drawn(made(CAT), made("", "b"))

    for shown in (html.text, text):
        assert "no prompt" in shown


# --- parameters -------------------------------------------------------------------------------------------------------


def test_differing_parameters_have_rows():
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
    assert html.find("img") == []
    assert [link.attributes["href"] for link in html.find("a")] == [
        "https://example.com/a.jpg",
        "https://example.com/b.jpg",
    ]


def test_parents_are_compared(simulator: Simulator):
    with RunwayClient("any-key", simulator.base_url) as client:
        first, second = (
            Sighting(task.task_id).saw(task, NOW)
            for task in (client.get(demo_task(title).task_id) for title in ("chain-1", "chain-2"))
        )

    html, _ = drawn(first, second)

    assert table(html)["≠ extends task"] == ("none", demo_task("chain-1").task_id)


def test_parameters_in_the_sister_endpoints_form():
    plain = made(expandPrompt=True, duration=5)
    as_text = seen(task_id="b", generateParam=f'{{"prompt": "{CAT}", "expandPrompt": true, "duration": "5"}}')

    html, _ = drawn(plain, as_text)

    assert "Prompt and parameters are the same." in html.text
    assert not [label for label in table(html) if label.startswith("≠")]


# --- the outcome ------------------------------------------------------------------------------------------------------


def test_same_request_with_different_outcomes():
    a = seen(task_id="a", generateParam={"prompt": CAT})
    b = seen("fail", task_id="b", generateParam={"prompt": CAT}, failCode=400, failMsg="the server is busy")
    html, text = drawn(a, b)

    for rows in (table(html), text_rows(text)):
        assert rows["≠ state"] == ("success", "fail")
        assert rows["≠ cause"] == ("none", Cause.SERVICE.value)
    for shown in (html.text, text):
        assert "Prompt and parameters are the same. They differ in state and cause." in shown
        assert "“the server is busy”" in shown
        assert "Send it again in a few minutes" in shown


def test_same_request_with_same_outcome():
    html, text = drawn(made(), made(task_id="b"))

    for shown in (html.text, text):
        assert "Prompt and parameters are the same. They have the same outcome." in shown


def test_summary_comes_first():
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
        assert "They differ in state and cause." in shown  # times always differ


def test_task_compared_with_itself():
    html, text = drawn(made(), made())

    for shown in (html.text, text):
        assert "A and B are the same task." in shown


@pytest.mark.parametrize(
    ("a_seen", "b_seen", "missing"),
    [
        (True, False, "B"),
        (False, True, "A"),
        (False, False, "A and B"),
    ],
)
def test_task_that_was_not_found(a_seen: bool, b_seen: bool, missing: str):
    unseen = Sighting("x").failed(TaskNotFoundError(404, task_id="x"), NOW)

    html, text = drawn(made() if a_seen else unseen, made(task_id="b") if b_seen else unseen)

    for shown in (html.text, text):
        assert f"{missing} could not be looked up, so there is nothing to compare." in shown
        assert unseen.error.title in shown
    assert html.find("table") == []


# --- in the output ----------------------------------------------------------------------------------------------------


def test_videos_are_side_by_side(simulator: Simulator):
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


def test_embedded_media_replace_links(simulator: Simulator):
    simulator.put("a", Record())
    simulator.put("b", Record())
    with RunwayClient("any-key", simulator.base_url) as client:
        pair = [Sighting(task_id).saw(client.get(task_id), NOW) for task_id in ("a", "b")]

    carried = {"b": Embedded(Media("video/mp4", b"\0\0\0"))}
    players = read(draw(*pair, NOW, embedded=carried).data["text/html"]).find("video")

    assert players[0].attributes["src"].startswith(simulator.base_url)
    assert players[1].attributes["src"] == "data:video/mp4;base64,AAAA"


def test_requested_width_is_used():
    (card,) = read(draw(made(), made(task_id="b"), NOW, width=432).data["text/html"]).inside

    assert isinstance(card, Element)
    assert card.attributes["style"].startswith("max-width:432px;background:#fff;color:#1f2328")


def test_service_data_never_becomes_markup():
    tag = "<script>alert(1)</script>"
    a = seen(
        tag,
        task_id=tag,
        generateParam={"prompt": f"one two three {tag}\x1b[31m", tag: tag, "imageUrl": "javascript:alert(2)"},
        videoInfo={"videoUrl": "javascript:alert(3)", "imageUrl": "javascript:alert(4)"},
    )
    b = seen("fail", task_id="b", failMsg=tag, generateParam={"prompt": f"one two three {tag} \u202eb"})

    shown = draw(a, b, NOW).data
    html = read(shown["text/html"])

    plain = {"div", "span", "b", "br", "del", "ins", "table", "thead", "tbody", "tr", "th", "td"}
    assert {element.tag for element in html.elements} <= plain
    assert tag in html.text
    for text in shown.values():
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_html_is_self_contained():
    html, _ = drawn(made(duration=1), made(CAT.replace("cat", "dog"), "b", duration=2))

    (root,) = html.inside
    for element in root.elements:
        assert element.tag not in ("style", "script")
        assert not {"id", "class", "onclick"} & set(element.attributes)
        assert "var(" not in (element.attributes.get("style") or "")


def test_sanitized_html_keeps_the_marks():
    html, _ = drawn(made(duration=1), made(CAT.replace("cat", "dog"), "b", duration=2))

    left = as_github_shows(html)

    assert [gone.text for gone in left.find("del")] == ["only in A", "cat"]
    assert [new.text for new in left.find("ins")] == ["only in B", "dog"]
    assert table(left)["≠ duration"] == ("1", "2")


def test_text_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "50")

    _, text = drawn(made(LONG), made(LONG.replace("copper", "silver"), "b", duration=2))

    assert max(map(len, text.splitlines())) <= 50
    assert "[-copper-] {+silver+}" in " ".join(text.split())

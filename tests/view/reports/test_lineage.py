"""A chain of tasks, drawn as a strip of cards and as text."""

import pytest
from support.demo import CHAIN, CHAIN_TITLES
from support.markup import Element, as_github_shows, read
from support.tasks import NOW

from runway_nb.model.errors import TaskNotFoundError
from runway_nb.model.lineage import Break, Lineage, Link, Problem, trace
from runway_nb.model.media import Embedded, Media
from runway_nb.model.task import Task
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Record, Simulator, demo_task
from runway_nb.view.reports.lineage import draw


@pytest.fixture
def chain(client: RunwayClient) -> Lineage:
    return trace(client.get(CHAIN[2]), client.get)


def drawn(lineage: Lineage, **options: object) -> Element:
    return read(draw(lineage, NOW, **options).data["text/html"])


def texts(lineage: Lineage) -> tuple[str, str]:
    """Return the text of the HTML form, and the plain form."""
    return " ".join(drawn(lineage).text.split()), draw(lineage, NOW).text


def chain_of(*task_ids: str, problem: Problem | None = None) -> Lineage:
    return Lineage(tuple(Link(task_id, Task(task_id)) for task_id in task_ids), problem)


# --- the cards --------------------------------------------------------------------------------------------------------


def test_cards_show_each_task_in_order(simulator: Simulator, chain: Lineage):
    cards = drawn(chain).find("li")

    assert len(cards) == 3
    for title, card in zip(CHAIN_TITLES, cards, strict=True):
        record = demo_task(title).record
        assert "✓ success" in card.text
        assert demo_task(title).task_id in card.text
        assert record.prompt in card.text
        assert [image.attributes["src"] for image in card.find("img")] == [
            f"{simulator.base_url}/clips/{record.clip}.jpg"
        ]


def test_requested_task_is_marked(chain: Lineage):
    first, second, asked = drawn(chain).find("li")

    assert "requested" in asked.text
    assert "requested" not in first.text + second.text
    assert asked.attributes["style"] != second.attributes["style"] == first.attributes["style"]
    assert [line for line in draw(chain, NOW).text.splitlines() if "requested" in line] == [
        f"  3  ✓ success  {CHAIN[2]}  ← requested"
    ]


def test_players_are_folded_and_load_nothing(simulator: Simulator, chain: Lineage):
    strip = drawn(chain)

    players = strip.find("video")
    assert [player.attributes["src"] for player in players] == [
        f"{simulator.base_url}/clips/{clip}.mp4" for clip in ("paper-city", "night-sea", "fireflies")
    ]
    assert {player.attributes["preload"] for player in players} == {"none"}
    assert all("autoplay" not in player.attributes for player in players)
    folded = [
        player for fold in strip.find("details") if "open" not in fold.attributes for player in fold.find("video")
    ]
    assert folded == players


def test_embedded_media_replace_links(chain: Lineage):
    carried = Embedded(Media("video/mp4", b"\0\0\0"), Media("image/jpeg", b"\x04\x10\x41"))

    first, second, _ = drawn(chain, embedded={CHAIN[0]: carried}).find("li")

    assert first.find("video")[0].attributes["src"] == "data:video/mp4;base64,AAAA"
    assert first.find("img")[0].attributes["src"] == "data:image/jpeg;base64,BBBB"
    assert second.find("video")[0].attributes["src"].startswith("http://127.0.0.1")


def test_failure_and_expired_link(simulator: Simulator, client: RunwayClient):
    simulator.put("failed", Record("fail", parent=demo_task("expired").task_id, fail_msg="the server is busy"))
    lineage = trace(client.get("failed"), client.get)

    for text in texts(lineage):
        assert "✕ fail" in text
        assert "The service failed" in text
        assert "The video has expired." in text
    assert drawn(lineage).find("video") == []


def test_missing_parent_has_a_card():
    error = TaskNotFoundError(404, task_id="gone")
    links = (Link("gone", error=error), Link("orphan", Task("orphan")))
    lineage = Lineage(links, Problem(Break.UNSEEN, "gone"))

    first = drawn(lineage).find("li")[0].text
    _, text = texts(lineage)

    assert "? not found" in first
    assert "gone" in first
    assert text.splitlines()[1] == "  1  ? not found  gone"
    for shown in (first, text):
        assert error.title in shown
    for shown in texts(lineage):
        assert "A chain of 2 tasks; the first one could not be looked up" in shown


# --- the title and the note -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task_ids", "title"),
    [("a", "This task extends itself"), ("ba", "A chain of 2 tasks with a loop")],
)
def test_loop_has_a_note(task_ids: str, title: str):
    for text in texts(chain_of(*task_ids, problem=Problem(Break.LOOP, "a"))):
        assert title in text
        assert "The chain has a loop: its first task extends a, which is also in the chain." in text


def test_cut_chain_says_how_to_continue():
    for text in texts(chain_of("3", "2", "1", problem=Problem(Break.TOO_LONG, "4"))):
        assert "The last 3 tasks of a longer chain" in text
        assert "The chain continues with 4. To see the earlier tasks, use --lineage with that id." in " ".join(
            text.split()
        )


@pytest.mark.parametrize(
    ("task_ids", "title"), [("a", "This task does not extend another task"), ("ba", "A chain of 2 tasks")]
)
def test_complete_chain_has_no_note(task_ids: str, title: str):
    for text in texts(chain_of(*task_ids)):
        assert title in text
        assert "The chain" not in text


# --- in the output ----------------------------------------------------------------------------------------------------


def test_service_data_never_becomes_markup(simulator: Simulator, client: RunwayClient):
    simulator.put(
        "<script>alert(0)</script>",
        {
            "taskId": "<script>alert(0)</script>",
            "parentTaskId": "<img src=x onerror=alert(1)>",
            "state": '"><b>up',
            "generateParam": {"prompt": "<script>alert(2)</script>\x1b[31mred \u202etxt"},
            "videoInfo": {"videoUrl": "javascript:alert(3)", "imageUrl": "javascript:alert(4)"},
        },
    )
    lineage = trace(client.get("<script>alert(0)</script>"), client.get)

    strip = drawn(lineage)

    assert {element.tag for element in strip.elements} <= {"div", "ol", "li", "span", "b", "br"}
    assert "<script>alert(2)</script>" in strip.text
    assert "<img src=x onerror=alert(1)>" in strip.text
    for text in draw(lineage, NOW).data.values():
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_html_is_self_contained(chain: Lineage):
    strip = drawn(chain)

    assert not {"style", "script"} & {element.tag for element in strip.elements}
    (card,) = strip.inside
    for element in card.elements:
        assert not {"id", "class", "onclick"} & set(element.attributes)
        assert "var(" not in (element.attributes.get("style") or "")
    assert isinstance(card, Element)
    assert "background:#fff;color:#1f2328" in (card.attributes["style"] or "")


def test_sanitized_html_keeps_video_links(chain: Lineage):
    left = as_github_shows(drawn(chain))

    assert left.find("video") == []
    assert [(link.attributes["href"] or "").rpartition("/")[2] for link in left.find("a")] == [
        "paper-city.mp4",
        "night-sea.mp4",
        "fireflies.mp4",
    ]


def test_text_fits_a_narrow_terminal(chain: Lineage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "50")

    _, text = texts(chain)

    prose = [line for line in text.splitlines() if "http" not in line and not any(each in line for each in CHAIN)]
    assert max(map(len, prose)) <= 50
    assert "slower now, almost still" in " ".join(text.split())

"""The chain of tasks that a task extends: walked back over real HTTP, and drawn as a strip and as text."""

from datetime import datetime, timezone

import pytest
from support.markup import as_github_shows, read

from runway_nb.client import RunwayClient
from runway_nb.errors import ServerError, TaskNotFoundError
from runway_nb.lineage import MOST_LINKS, Break, Lineage, trace
from runway_nb.simulator import Fault, Record, Simulator, demo_task
from runway_nb.task import Task
from runway_nb.view.html import Embedded
from runway_nb.view.lineage import bundle
from runway_nb.view.markup import data_uri

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
CHAIN = [demo_task(title).task_id for title in ("chain-1", "chain-2", "chain-3")]


@pytest.fixture
def client(simulator: Simulator):
    with RunwayClient("any-key", simulator.base_url) as client:
        yield client


def ids(lineage: Lineage) -> list[str]:
    return [link.task_id for link in lineage.chain]


def shown(lineage: Lineage) -> tuple[str, str]:
    drawn = bundle(lineage, NOW)
    return " ".join(read(drawn["text/html"]).text.split()), drawn["text/plain"]


def from_memory(parents: dict[str, str | None]):
    return lambda task_id: Task(task_id, parent_task_id=parents[task_id])


# --- the walk ---------------------------------------------------------------------------------------------------------


def test_a_chain_is_walked_to_its_first_task_with_one_look_each(simulator: Simulator, client: RunwayClient):
    asked = client.get(CHAIN[2])

    lineage = trace(asked, client.get)

    assert ids(lineage) == CHAIN
    assert lineage.asked.task == asked
    assert [link.task.prompt for link in lineage.chain if link.task] == [
        demo_task(title).record.prompt for title in ("chain-1", "chain-2", "chain-3")
    ]
    assert lineage.problem is None
    assert [lookup.task_id for lookup in simulator.lookups] == CHAIN[::-1]


def test_a_task_without_a_parent_is_a_chain_of_its_own(simulator: Simulator, client: RunwayClient):
    lineage = trace(client.get(CHAIN[0]), client.get)

    assert (ids(lineage), lineage.problem) == ([CHAIN[0]], None)
    assert len(simulator.lookups) == 1


def test_a_parent_that_the_service_does_not_know_stands_at_the_front(simulator: Simulator, client: RunwayClient):
    simulator.put("middle", Record(parent="gone"))
    simulator.put("last", Record(parent="middle"))

    lineage = trace(client.get("last"), client.get)

    assert ids(lineage) == ["gone", "middle", "last"]
    assert lineage.chain[0].task is None
    assert isinstance(lineage.chain[0].error, TaskNotFoundError)
    assert lineage.problem is not None
    assert (lineage.problem.kind, lineage.problem.parent_task_id) == (Break.UNSEEN, "gone")


def test_a_parent_that_cannot_be_looked_up_now_does_not_lose_the_rest(simulator: Simulator):
    with RunwayClient("any-key", simulator.base_url, retries=0) as client:
        asked = client.get(CHAIN[2])
        simulator.faults.add(Fault.code(500), task_id=CHAIN[0])

        lineage = trace(asked, client.get)

    assert ids(lineage) == CHAIN
    assert isinstance(lineage.chain[0].error, ServerError)
    assert lineage.chain[1].task is not None


@pytest.mark.parametrize(
    ("parents", "chain"),
    [
        ({"a": "a"}, ["a"]),
        ({"a": "b", "b": "a"}, ["b", "a"]),
        ({"a": "b", "b": "c", "c": "b"}, ["c", "b", "a"]),
    ],
)
def test_a_loop_ends_the_walk_and_is_told(parents: dict[str, str | None], chain: list[str]):
    fetch = from_memory(parents)

    lineage = trace(fetch("a"), fetch)

    assert ids(lineage) == chain
    assert lineage.problem is not None
    assert (lineage.problem.kind, lineage.problem.parent_task_id) == (Break.LOOP, parents[chain[0]])


def test_another_spelling_of_an_id_is_a_loop_as_well():
    dashed, plain = "EE603959-debb-48d1-98c4-a6d1c717eba6", "ee603959debb48d198c4a6d1c717eba6"
    fetch = from_memory({dashed: plain})

    lineage = trace(fetch(dashed), fetch)

    assert ids(lineage) == [dashed]
    assert lineage.problem is not None
    assert lineage.problem.kind is Break.LOOP


def test_a_chain_without_end_is_cut():
    def fetch(task_id: str) -> Task:
        return Task(task_id, parent_task_id=str(int(task_id) + 1))

    lineage = trace(fetch("1"), fetch)

    assert len(lineage.chain) == MOST_LINKS
    assert lineage.asked.task_id == "1"
    assert lineage.problem is not None
    assert (lineage.problem.kind, lineage.problem.parent_task_id) == (Break.TOO_LONG, str(MOST_LINKS + 1))


def test_a_chain_as_long_as_allowed_is_whole():
    def fetch(task_id: str) -> Task:
        return Task(task_id, parent_task_id=str(int(task_id) + 1) if int(task_id) < MOST_LINKS else None)

    lineage = trace(fetch("1"), fetch)

    assert (len(lineage.chain), lineage.problem) == (MOST_LINKS, None)


def test_a_fault_of_ours_is_not_taken_for_a_missing_parent():
    fetch = from_memory({})

    with pytest.raises(KeyError):
        trace(Task("a", parent_task_id="b"), fetch)


def test_an_interrupt_ends_the_walk():
    def fetch(task_id: str) -> Task:
        raise KeyboardInterrupt(task_id)

    with pytest.raises(KeyboardInterrupt):
        trace(Task("a", parent_task_id="b"), fetch)


# --- the strip --------------------------------------------------------------------------------------------------------


def test_the_strip_shows_state_prompt_thumbnail_and_id_of_each_task_in_order(
    simulator: Simulator, client: RunwayClient
):
    lineage = trace(client.get(CHAIN[2]), client.get)

    cards = read(bundle(lineage, NOW)["text/html"]).find("li")

    assert len(cards) == 3
    for title, card in zip(("chain-1", "chain-2", "chain-3"), cards, strict=True):
        record = demo_task(title).record
        assert "✓ success" in card.text
        assert demo_task(title).task_id in card.text
        assert record.prompt in card.text
        assert [image.attributes["src"] for image in card.find("img")] == [
            f"{simulator.base_url}/clips/{record.clip}.jpg"
        ]


def test_the_task_that_was_asked_for_is_marked_by_words_and_by_its_frame(client: RunwayClient):
    lineage = trace(client.get(CHAIN[2]), client.get)

    drawn = bundle(lineage, NOW)
    first, second, asked = read(drawn["text/html"]).find("li")

    assert "asked for" in asked.text
    assert "asked for" not in first.text + second.text
    assert asked.attributes["style"] != second.attributes["style"] == first.attributes["style"]
    assert [line for line in drawn["text/plain"].splitlines() if "asked for" in line] == [
        f"  3  ✓ success  {CHAIN[2]}  ← asked for"
    ]


def test_no_clip_is_loaded_until_its_player_is_unfolded_and_started(simulator: Simulator, client: RunwayClient):
    lineage = trace(client.get(CHAIN[2]), client.get)

    strip = read(bundle(lineage, NOW)["text/html"])

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


def test_media_that_are_carried_along_replace_their_links(client: RunwayClient):
    lineage = trace(client.get(CHAIN[1]), client.get)
    carried = Embedded(data_uri("video/mp4", "AAAA"), data_uri("image/jpeg", "BBBB"))

    first, second = read(bundle(lineage, NOW, embedded={CHAIN[0]: carried})["text/html"]).find("li")

    assert first.find("video")[0].attributes["src"] == "data:video/mp4;base64,AAAA"
    assert first.find("img")[0].attributes["src"] == "data:image/jpeg;base64,BBBB"
    assert second.find("video")[0].attributes["src"].startswith("http://127.0.0.1")


def test_a_failure_and_an_expired_link_in_the_chain_are_told(simulator: Simulator, client: RunwayClient):
    simulator.put("failed", Record("fail", parent=demo_task("expired").task_id, fail_msg="the server is busy"))

    for text in shown(trace(client.get("failed"), client.get)):
        assert "✕ fail" in text
        assert "The service failed" in text
        assert "The video has expired." in text
    html = read(bundle(trace(client.get("failed"), client.get), NOW)["text/html"])
    assert html.find("video") == []


def test_a_missing_parent_is_told_in_its_place(simulator: Simulator, client: RunwayClient):
    simulator.put("orphan", Record(parent="gone"))
    lineage = trace(client.get("orphan"), client.get)

    html, text = shown(lineage)
    first = read(bundle(lineage, NOW)["text/html"]).find("li")[0]

    for found in (html, text):
        assert "A chain of 2 tasks; what it begins with could not be seen" in found
    assert "? not seen yet" in first.text
    assert "The service knows no such task" in first.text
    assert "gone" in first.text
    assert text.splitlines()[1] == "  1  ? not seen yet  gone"
    assert "The service knows no such task" in text


@pytest.mark.parametrize(
    ("parents", "title"),
    [
        ({"a": "a"}, "This task leads back to itself"),
        ({"a": "b", "b": "a"}, "2 tasks that lead back to themselves"),
    ],
)
def test_a_loop_is_told_above_the_strip(parents: dict[str, str | None], title: str):
    fetch = from_memory(parents)

    for text in shown(trace(fetch("a"), fetch)):
        assert title in text
        assert "The chain is a loop: its first task extends a, which is in the chain itself." in text


def test_what_was_cut_off_can_be_taken_up_again():
    def fetch(task_id: str) -> Task:
        return Task(task_id, parent_task_id=str(int(task_id) + 1))

    for text in shown(trace(fetch("1"), fetch, most=3)):
        assert "The last 3 of a longer chain" in text
        assert "%runway 4 --lineage" in text


@pytest.mark.parametrize(
    ("parents", "title"), [({"a": None}, "This task extends no other"), ({"a": "b", "b": None}, "A chain of 2 tasks")]
)
def test_a_whole_chain_says_so(parents: dict[str, str | None], title: str):
    fetch = from_memory(parents)

    for text in shown(trace(fetch("a"), fetch)):
        assert title in text
        assert "loop" not in text


def test_nothing_that_the_service_sends_becomes_markup_or_steers_a_terminal(simulator: Simulator, client: RunwayClient):
    simulator.put(
        "bad",
        {
            "taskId": "<script>alert(0)</script>",
            "parentTaskId": "<img src=x onerror=alert(1)>",
            "state": '"><b>up',
            "generateParam": {"prompt": "<script>alert(2)</script>\x1b[31mred \u202etxt"},
            "videoInfo": {"videoUrl": "javascript:alert(3)", "imageUrl": "javascript:alert(4)"},
        },
    )

    drawn = bundle(trace(client.get("bad"), client.get), NOW)
    strip = read(drawn["text/html"])

    assert {element.tag for element in strip.elements} <= {"div", "ol", "li", "span", "b", "br"}
    assert "<script>alert(2)</script>" in strip.text
    assert "<img src=x onerror=alert(1)>" in strip.text
    for text in drawn.values():
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_the_strip_needs_no_style_sheet_no_script_and_no_id(client: RunwayClient):
    strip = read(bundle(trace(client.get(CHAIN[2]), client.get), NOW)["text/html"])

    assert not {"style", "script"} & {element.tag for element in strip.elements}
    for element in strip.elements:
        assert not {"id", "class", "onclick"} & set(element.attributes)
        assert "var(" not in (element.attributes.get("style") or "")
    (card,) = strip.inside
    assert "background:#fff;color:#1f2328" in card.attributes["style"]


def test_where_players_are_stripped_each_video_keeps_its_link(client: RunwayClient):
    left = as_github_shows(read(bundle(trace(client.get(CHAIN[2]), client.get), NOW)["text/html"]))

    assert left.find("video") == []
    assert [link.attributes["href"].rpartition("/")[2] for link in left.find("a")] == [
        "paper-city.mp4",
        "night-sea.mp4",
        "fireflies.mp4",
    ]


def test_the_text_fits_a_narrow_terminal(client: RunwayClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "50")

    _, text = shown(trace(client.get(CHAIN[2]), client.get))

    prose = [line for line in text.splitlines() if "http" not in line and not any(each in line for each in CHAIN)]
    assert max(map(len, prose)) <= 50
    assert "slower now, almost still" in " ".join(text.split())

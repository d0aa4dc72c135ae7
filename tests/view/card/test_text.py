"""The card for a terminal."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tasks import NOW, VIDEO, seen

from runway_nb.model.errors import RunwayError
from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
from runway_nb.view.card import text
from runway_nb.view.card.notes import Note, notes_of

PROMPT = {"prompt": "A cat dances"}
LINK = {"videoUrl": VIDEO}


def card(sighting: Sighting) -> str:
    return text.card(sighting, notes_of(sighting, NOW))


@pytest.fixture
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    assert shutil.get_terminal_size().columns == request.param
    return request.param


@pytest.mark.parametrize(
    ("state", "head"),
    [("wait", "○  wait"), ("success", "✓  success"), ("fail", "✕  fail"), ("upscaling", "?  upscaling")],
)
def test_first_line(state: str, head: str):
    assert card(seen(state)).splitlines()[0] == f"{head}  ee60"


def test_finished_task():
    shown = card(seen("success", generateParam=PROMPT, videoInfo=LINK, generateTime="2026-11-24 10:00:00"))

    assert "A cat dances" in shown
    assert any(line.split() == ["video", VIDEO] for line in shown.splitlines())
    assert "about 8 Dec 2026" in shown
    assert shown.splitlines()[-1].strip() == "Checked 24 Nov 2026, 12:00 UTC."


def test_steps_so_far():
    assert "wait 1 min or more → queueing 1 min → generating since 12:00:00" in card(
        seen("wait", "queueing", "generating")
    )


def test_failed_task():
    shown = card(seen("fail", generateParam=PROMPT, failCode=400, failMsg="Incorrect image format"))

    assert "✕ The image's format was not accepted · code 400" in shown
    assert "“Incorrect image format”" in shown
    assert "Convert the image" in shown


def test_expired_task_has_no_link():
    shown = card(seen("success", videoInfo=LINK, expireFlag=1))

    assert "! The video has expired." in shown
    assert VIDEO not in shown


def test_task_that_was_never_seen():
    shown = card(Sighting("ee60").failed(RunwayError("No luck."), NOW))

    assert shown.startswith("?  not seen yet  ee60")
    assert "No luck." in shown


@pytest.mark.parametrize("columns", [20, 60, 80, 300], indirect=True)
def test_wrapped_to_the_terminal(columns: int):
    prompt = "A long prompt of many words that goes on and on. " * 30
    shown = card(seen("fail", generateParam={"prompt": prompt}, failMsg="many words of a failure " * 20))

    assert max(map(len, shown.splitlines())) <= max(40, min(100, columns))


def test_long_prompt_is_cut():
    for prompt in ("words and words " * 1000, "x" * 10_000):
        shown = card(seen("wait", generateParam={"prompt": prompt}))
        assert prompt[:30] in shown
        assert " …" in shown
        assert len(shown) < 900


def test_no_control_characters():
    hostile = "\x1b[2J\x1b]0;title\x07\x9b31m\u202eevil\u2066\x00\ud800\rover"
    record = {
        "taskId": hostile,
        "state": hostile,
        "parentTaskId": hostile,
        "generateParam": {"prompt": hostile, "imageUrl": hostile, hostile: hostile},
        "videoInfo": {"videoUrl": hostile, "imageUrl": hostile, "videoId": hostile},
        "failMsg": hostile,
    }
    for state in (hostile, "fail", "success"):
        task = Task.from_data(record | {"state": state})
        shown = card(Sighting(hostile).saw(task, NOW).failed(RunwayError(hostile), NOW))
        assert all(character.isprintable() or character == "\n" for character in shown)
        assert "evil" in shown


def test_every_note_is_shown():
    notes = (Note("warn", "Title", " beside", ("a line",)), Note("info", "Another"))

    assert text.card(seen("wait"), notes).splitlines()[2:-1] == ["  ! Title beside", "    a line", "  · Another"]


@given(st.text())
def test_state_cannot_add_a_line(state: str):
    shown = card(seen(state))

    assert len(shown.splitlines()) == len(card(seen("polishing")).splitlines())

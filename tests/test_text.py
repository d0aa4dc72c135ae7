"""The card for a terminal."""

import shutil
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runway_nb.errors import RunwayError
from runway_nb.sighting import Sighting
from runway_nb.task import Task
from runway_nb.view import text

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
VIDEO = "https://file.com/k/clip.mp4"


def seen(*states: str, **changes: Any) -> Sighting:
    sighting = Sighting("ee60")
    for index, state in enumerate(states):
        record = {
            "state": state,
            "generateParam": {"prompt": "A cat dances"},
            "videoInfo": {"videoUrl": VIDEO} if state == "success" else None,
        }
        at = NOW - timedelta(minutes=len(states) - 1 - index)
        sighting = sighting.saw(Task.from_data(record | changes, "ee60"), at)
    return sighting


def card(sighting: Sighting) -> str:
    return text.card(sighting, NOW)


@pytest.fixture
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    assert shutil.get_terminal_size().columns == request.param
    return request.param


@pytest.mark.parametrize(
    ("state", "head"),
    [("wait", "○  wait"), ("success", "✓  success"), ("fail", "✕  fail"), ("upscaling", "?  upscaling")],
)
def test_the_first_line_is_mark_word_and_id(state: str, head: str):
    assert card(seen(state)).splitlines()[0] == f"{head}  ee60"


def test_a_finished_task():
    shown = card(seen("success", generateTime="2026-11-24 10:00:00"))

    assert "A cat dances" in shown
    assert any(line.split() == ["video", VIDEO] for line in shown.splitlines())
    assert "about 8 Dec 2026" in shown
    assert shown.splitlines()[-1].strip() == "Looked at 24 Nov 2026, 12:00 UTC."


def test_the_way_so_far():
    assert "wait 1 min or more → queueing 1 min → generating since 12:00:00" in card(
        seen("wait", "queueing", "generating")
    )


def test_a_failed_task():
    shown = card(seen("fail", failCode=400, failMsg="Incorrect image format"))

    assert "✕ The image's format was not accepted · code 400" in shown
    assert "“Incorrect image format”" in shown
    assert "Convert the image" in shown


def test_an_expired_task_has_its_sentence_and_no_link():
    shown = card(seen("success", expireFlag=1))

    assert "! The video has expired." in shown
    assert VIDEO not in shown


def test_a_task_never_seen():
    shown = card(Sighting("ee60").failed(RunwayError("No luck."), NOW))

    assert shown.startswith("?  not seen yet  ee60")
    assert "No luck." in shown


@pytest.mark.parametrize("columns", [20, 60, 80, 300], indirect=True)
def test_it_is_wrapped_to_the_terminal(columns: int):
    prompt = "A long prompt of many words that goes on and on. " * 30
    shown = card(seen("fail", generateParam={"prompt": prompt}, failMsg="many words of a failure " * 20))

    assert max(map(len, shown.splitlines())) <= max(40, min(100, columns))


def test_a_very_long_prompt_is_cut_and_one_endless_word_too():
    for prompt in ("words and words " * 1000, "x" * 10_000):
        shown = card(seen("wait", generateParam={"prompt": prompt}))
        assert prompt[:30] in shown
        assert " …" in shown
        assert len(shown) < 900


def test_nothing_steers_the_terminal():
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


@given(st.text())
def test_no_state_forges_a_line(state: str):
    shown = card(seen(state))

    assert len(shown.splitlines()) == len(card(seen("polishing")).splitlines())

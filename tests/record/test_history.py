"""`TaskHistory`: what it records, and when it writes that to the file."""

import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from support.recording import history_in, note, seconds
from support.tasks import NOW

from runway_nb.model.errors import ApiError
from runway_nb.model.sighting import Sighting
from runway_nb.model.task import TaskState


def steps(sighting):
    return [(step.text, step.since - NOW, step.watched_from_start) for step in sighting.steps]


def test_task_survives_restart(history, path):
    video = {"videoId": "v", "videoUrl": "https://example.com/v.mp4", "imageUrl": "https://example.com/v.png"}
    sighting = note(history, (0, "wait"), (5, "generating"), (9.000001, "success"), videoInfo=video, extra=[1, None])
    history.close()

    with closing(history_in(path)) as again:
        known = again.known("t1")
        (recent,) = again.recent()

    assert known.task == sighting.task
    assert known.task.raw == sighting.task.raw
    assert known.steps == sighting.steps
    assert known.seen_at == known.looked_at == NOW + seconds(9.000001)
    assert replace(recent, task=known.task, whole=True) == known
    assert (recent.task.prompt, recent.task.state) == ("a cat", TaskState.SUCCESS)
    assert [known.dwell(index, NOW) for index in (0, 1)] == [seconds(5), seconds(4.000001)]
    with closing(sqlite3.connect(path)) as file:
        times = file.execute("SELECT first_seen, last_seen FROM tasks").fetchone()
    assert times == ("2026-11-24T12:00:00.000000+00:00", "2026-11-24T12:00:09.000001+00:00")


def test_known_is_marked_as_from_record(history, path):
    sighting = note(history, (0, "wait"))
    assert not sighting.from_record
    assert history.known("t1").from_record
    history.close()
    with closing(history_in(path)) as again:
        assert again.known("t1").from_record
        assert again.recent()[0].from_record
        assert not again.known("never seen").from_record


def test_task_never_seen_is_not_kept(history, path):
    history.note(Sighting("t1").failed(ApiError(404, "", "t1"), NOW))
    assert not path.exists()
    assert history.recent() == []
    assert history.known("t1").task is None
    assert history.ids() == []


def test_failed_look_keeps_last_good_one(history):
    sighting = note(history, (0, "wait"))
    history.note(sighting.failed(ApiError(500), NOW + seconds(5)))
    assert history.known("t1").task.state is TaskState.WAIT
    assert history.recent()[0].seen_at == NOW


def test_unknown_state_keeps_its_name(history, path):
    note(history, (0, "wait"), (5, "Upscaling"))
    history.close()
    with closing(history_in(path)) as again:
        known = again.known("t1")
    assert known.task.state is TaskState.UNKNOWN
    assert [step.text for step in known.steps] == ["wait", "Upscaling"]


@pytest.mark.parametrize(
    "prompt", ["half a pair \ud83d here", "nothing\x00behind", "a \u2028 \U0001f600", "'; DROP TABLE tasks; --"]
)
def test_any_prompt_can_be_kept(history, path, prompt):
    note(history, (0, "fail"), task_id="t\ud800", prompt=prompt, failMsg=prompt)
    history.close()
    with closing(history_in(path)) as again:
        assert again.recent(text=prompt)[0].task.prompt == prompt.replace("\ud83d", "?")
        assert again.known("t\ud800").task.prompt == prompt
        assert again.known("t\ud800").task.fail_msg == prompt


def test_clear_forgets_and_new_looks_are_kept(history, path):
    sighting = note(history, (0, "wait"))
    assert history.clear()
    assert history.ids() == []
    history.note(sighting.saw(sighting.task, NOW + seconds(5)))
    history.close()
    with closing(history_in(path)) as again:
        assert again.ids() == ["t1"]


# --- steps ------------------------------------------------------------------------------------------------------------


def test_steps_go_on_after_restart(history, path):
    note(history, (0, "wait"), (5, "queueing"))
    history.close()
    with closing(history_in(path)) as again:
        note(again, (30, "queueing"), (35, "generating"), known=again.known("t1"))
    with closing(history_in(path)) as again:
        known = again.known("t1")
    assert steps(known) == [
        ("wait", seconds(0), False),
        ("queueing", seconds(5), True),
        ("generating", seconds(35), True),
    ]


def test_step_after_gap_is_not_watched(history, path):
    note(history, (0, "wait"), (5, "queueing"))
    history.close()
    with closing(history_in(path)) as again:
        note(again, (3600, "success"), known=again.known("t1"))
    with closing(history_in(path)) as again:
        assert steps(again.known("t1"))[-1] == ("success", seconds(3600), False)


def test_task_that_runs_again_has_new_steps(history, path):
    sighting = note(history, (0, "wait"), (5, "success"))
    note(history, (60, "wait"), (65, "generating"), known=sighting)
    history.close()
    with closing(history_in(path)) as again:
        assert steps(again.known("t1")) == [("wait", seconds(60), False), ("generating", seconds(65), True)]
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT first_seen FROM tasks").fetchone() == ("2026-11-24T12:00:00.000000+00:00",)


# --- unchanged polls --------------------------------------------------------------------------------------------------


@contextmanager
def writes(path):
    """Return through another connection whether anything was committed to the file."""
    with closing(sqlite3.connect(path)) as other:
        (before,) = other.execute("PRAGMA data_version").fetchone()
        yield lambda: other.execute("PRAGMA data_version").fetchone()[0] != before


def test_unchanged_poll_is_written_with_next_question(history, path):
    sighting = note(history, (0, "generating"))
    with writes(path) as written:
        for after in range(1, 50):
            sighting = note(history, (after, "generating"), known=sighting)
        assert not written()
        assert history.recent()[0].seen_at == NOW + seconds(49)
        assert written()


def test_varying_response_without_news_is_not_written(history, path):
    sighting = note(history, (0, "generating"))
    with writes(path) as written:
        note(history, (5, "generating"), known=sighting, requestTime=12345)
        assert not written()


def test_each_kind_of_news_is_written(history, path):
    sighting = note(history, (0, "success"))
    for news in ({"prompt": "a dog"}, {"expireFlag": 1}, {"videoInfo": {"videoUrl": "https://example.com/v.mp4"}}):
        with writes(path) as written:
            sighting = note(history, (5, "success"), known=sighting, **news)
            assert written(), news


def test_500_unchanged_tasks_cost_little(history):
    sightings = [note(history, (0, "generating"), task_id=f"t{number}") for number in range(500)]
    looks = [sighting.saw(sighting.task, NOW + seconds(5)) for sighting in sightings]
    start = time.process_time()
    for look in looks:
        history.note(look)
    assert time.process_time() - start < 0.25  # of the 5 s between polls

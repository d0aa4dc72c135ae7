"""What the record answers: tasks by state, cause, text and time, and ids by prefix."""

from contextlib import closing
from datetime import timedelta, timezone

import pytest
from support.recording import history_in, note, seconds
from support.tasks import NOW

from runway_nb.model.failure import Cause
from runway_nb.model.task import TaskState


@pytest.fixture
def filled(history):
    note(history, (10, "fail"), task_id="aa-1", prompt="Die Straße", failMsg="Caught by our AI moderator.")
    note(history, (20, "fail"), task_id="aa-2", prompt="a cat", failMsg="Incorrect image format")
    note(history, (30, "fail"), task_id="ab-3", prompt="a dog", failMsg="something new")
    note(history, (40, "success"), task_id="AA-4", prompt="100% cat_food", failMsg="Incorrect image format")
    note(history, (50, "generating"), task_id="b-5", prompt="a moderator")
    return history


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, ["b-5", "AA-4", "ab-3", "aa-2", "aa-1"]),
        ({"limit": 2}, ["b-5", "AA-4"]),
        ({"limit": 0}, []),
        ({"state": TaskState.FAIL}, ["ab-3", "aa-2", "aa-1"]),
        ({"state": TaskState.WAIT}, []),
        ({"cause": Cause.IMAGE_FORMAT}, ["aa-2"]),  # not the leftover of a task that succeeded
        ({"cause": Cause.MODERATION_PROMPT}, ["aa-1"]),
        ({"cause": Cause.UNKNOWN}, ["ab-3"]),
        ({"text": "MODERATOR"}, ["b-5", "aa-1"]),
        ({"text": "STRASSE"}, ["aa-1"]),
        ({"text": "%"}, ["AA-4"]),
        ({"text": "t_f"}, ["AA-4"]),
        ({"text": "ab-"}, ["ab-3"]),
        ({"text": "nowhere"}, []),
        ({"since": NOW + seconds(40)}, ["b-5", "AA-4"]),
        ({"since": (NOW + seconds(40)).astimezone(timezone(timedelta(hours=-8)))}, ["b-5", "AA-4"]),
        ({"state": TaskState.FAIL, "text": "a ", "since": NOW + seconds(25)}, ["ab-3"]),
    ],
)
def test_recent(filled, wanted, ids):
    assert [sighting.task_id for sighting in filled.recent(**wanted)] == ids


@pytest.mark.parametrize(
    ("prefix", "limit", "ids"),
    [
        ("", 50, ["b-5", "AA-4", "ab-3", "aa-2", "aa-1"]),
        ("aa", 50, ["AA-4", "aa-2", "aa-1"]),
        ("a", 2, ["AA-4", "ab-3"]),
        ("%", 50, []),
        ("b-5", 50, ["b-5"]),
        ("b-5x", 50, []),
    ],
)
@pytest.mark.parametrize("restarted", [False, True])
def test_ids_by_prefix(filled, path, prefix, limit, ids, restarted):
    if not restarted:
        assert filled.ids(prefix, limit) == ids
        return
    filled.close()
    with closing(history_in(path)) as again:
        assert again.ids(prefix, limit) == ids


def test_ids_of_this_session_come_first(filled, path):
    filled.close()
    with closing(history_in(path)) as again:
        note(again, (5, "wait"), task_id="aa-2")
        note(again, (6, "wait"), task_id="c-6")
        note(again, (7, "wait"), task_id="aa-1")
        note(again, (8, "wait"), task_id="c-6")
        assert again.ids() == ["c-6", "aa-1", "aa-2", "b-5", "AA-4", "ab-3"]
        assert again.ids(limit=4) == ["c-6", "aa-1", "aa-2", "b-5"]

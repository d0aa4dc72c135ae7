"""The panels of a card, as texts."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from support.cards import plain
from support.tasks import NOW, VIDEO, seen

from runway_nb.model.errors import (
    ApiError,
    AuthenticationError,
    ConnectionFailedError,
    MaintenanceError,
    RateLimitError,
    RunwayError,
    TaskNotFoundError,
)
from runway_nb.model.media import Embedded, Media
from runway_nb.model.sighting import Following, Sighting
from runway_nb.view.card import saved
from runway_nb.view.card.notes import Note, notes_of

MINUTE = timedelta(minutes=1)
PROMPT = {"prompt": "A cat dances"}


def finished(**changes: Any) -> Sighting:
    """See a finished task with a video."""
    record = {"generateParam": PROMPT, "generateTime": "2026-11-24 10:00:00", "videoInfo": {"videoUrl": VIDEO}}
    return seen("success", **record | changes)


def failed(**changes: Any) -> Sighting:
    """See a failed task."""
    return seen("fail", **{"generateParam": PROMPT, **changes})


def the_note(sighting: Sighting, now: datetime = NOW) -> Note:
    (note,) = notes_of(sighting, now)
    return note


def whole(note: Note) -> str:
    return " ".join([note.title + note.beside, *note.lines])


# --- the link's expiry ------------------------------------------------------------------------------------


def expiring_in(left: timedelta) -> Sighting:
    completed = NOW + left - timedelta(days=14)
    return finished(generateTime=completed.strftime("%Y-%m-%d %H:%M:%S"))


def test_far_expiry_has_no_note():
    assert notes_of(expiring_in(timedelta(days=3, seconds=1)), NOW) == ()


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=3), "expires in about 3 days (about 27 Nov)"),
        (timedelta(days=2), "expires in about 2 days (about 26 Nov)"),
        (timedelta(hours=35), "expires in about 35 h (about 25 Nov)"),
        (timedelta(hours=1), "expires in about 1 h (about 24 Nov)"),
        (timedelta(minutes=59), "expires within the hour (about 24 Nov)"),
        (timedelta(0), "past its 14 days (about 24 Nov)"),
        (timedelta(days=-20), "past its 14 days (about 4 Nov)"),
    ],
)
def test_near_expiry_is_a_warning(left: timedelta, said: str):
    note = the_note(expiring_in(left))

    assert note.kind == "warn"
    assert said in note.title
    assert "download" in whole(note)


def test_expired_video():
    note = the_note(finished(expireFlag=1))

    assert note.kind == "warn"
    assert whole(note) == "The video has expired. The service kept it for 14 days and no longer has it."


def test_success_without_a_link():
    note = the_note(finished(videoInfo=None))

    assert note.kind == "warn"
    assert whole(note) == (
        "There is no video link. The task succeeded, but the service sent no link. "
        "Run this again in a minute; if there is still no link, contact the service's support with the task id."
    )


def test_missing_link_is_not_blamed_on_the_service_if_the_record_dropped_it():
    kept = replace(finished(videoInfo=None), whole=False).failed(TaskNotFoundError("Not there."), NOW)

    note = the_note(kept)
    assert note.title == "The service no longer knows this task"
    assert note.lines[-1] == (
        "The record has only the main facts of this task, not the full response: links and parameters are missing."
    )
    assert "Raw response" not in plain(str(saved.card(kept, NOW).data["text/html"]))


def test_video_that_is_not_embedded():
    (note,) = notes_of(finished(), NOW, Embedded(problem="It is larger than 8 MB."))

    assert (note.kind, whole(note)) == ("warn", "The video is not embedded. It is larger than 8 MB.")
    assert notes_of(finished(), NOW, Embedded(Media("video/mp4", b"1"))) == ()


# --- failure ----------------------------------------------------------------------------------------------------------


def test_failure_has_cause_message_and_advice():
    note = the_note(failed(failCode=400, failMsg="Reached the limit for concurrent generations."))

    assert (note.kind, note.title, note.beside) == ("bad", "Too many generations at once", " · code 400")
    assert note.lines[0] == "“Reached the limit for concurrent generations.”"
    assert "can work" in note.lines[1]


def test_failure_without_a_reason():
    note = the_note(failed())

    assert note.beside == ""
    assert note.lines[0] == "The service gave no reason."


def test_problems_of_the_prompt():
    assert "2100 characters, 52 more" in whole(the_note(failed(generateParam={"prompt": "x" * 2100})))
    assert "The prompt is empty." in whole(the_note(failed(generateParam=None)))


# --- trouble and following --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "kind", "title"),
    [
        (RateLimitError(429), "info", RateLimitError.title),
        (AuthenticationError(401), "bad", AuthenticationError.title),
        (TaskNotFoundError(404), "info", "The service no longer knows this task"),
        (ConnectionFailedError("host", "no answer in time"), "info", ConnectionFailedError.title),
        (MaintenanceError(455), "info", MaintenanceError.title),
        (ApiError(402, "Credits insufficient"), "info", ApiError.title),
    ],
)
def test_failed_look(error: RunwayError, kind: str, title: str):
    note = the_note(seen("generating").failed(error, NOW + MINUTE))

    assert (note.kind, note.title) == (kind, title)
    assert str(error) in note.lines
    assert "This shows the task as of 12:00:00 UTC." in note.lines
    assert "What is shown" not in whole(the_note(Sighting("ee60").failed(error, NOW)))


def test_unknown_task_that_was_never_seen():
    note = the_note(Sighting("ee60").failed(TaskNotFoundError(404), NOW))

    assert note.title == TaskNotFoundError.title


def test_failed_look_on_another_day():
    note = the_note(seen("generating").failed(ConnectionFailedError("host", "why"), NOW + timedelta(days=1)))

    assert "This shows the task as of 24 Nov 2026, 12:00 UTC." in note.lines


@pytest.mark.parametrize(
    ("following", "kind", "said"),
    [
        (Following.DEADLINE, "warn", "Stopped watching after 20 min, still queueing; the task goes on."),
        (Following.INTERRUPTED, "info", "Stopped waiting, still queueing; the task goes on."),
        (
            Following.ELSEWHERE,
            "info",
            "Stopped watching: this cell was run again in another window; still queueing; the task goes on.",
        ),
        (
            Following.REFUSED,
            "bad",
            ("Stopped watching, because another check would get the same answer. Once this is fixed, run this again."),
        ),
        (Following.LOST, "warn", "Stopped watching after 20 min: the service still does not know this task."),
    ],
)
def test_end_of_following(following: Following, kind: str, said: str):
    note = the_note(seen("queueing").stopped(following, 1200))

    assert note.kind == kind
    assert whole(note).startswith(said)
    assert "fail" not in whole(note)


@pytest.mark.parametrize("following", [Following.OFF, Following.ON, Following.ENDED])
def test_following_without_a_note(following: Following):
    assert notes_of(seen("queueing").stopped(following), NOW) == ()


def test_long_wait_while_followed():
    lasting = seen("generating").due(None)

    assert notes_of(lasting, NOW + 9 * MINUTE) == ()
    note = the_note(lasting, NOW + 11 * MINUTE)
    assert note.kind == "info"
    assert whole(note) == (
        "Generating for over 10 min, which is unusually long. "
        "A long wait is not a failure: the service ends the task itself, and this card will show it."
    )
    assert notes_of(seen("generating"), NOW + 11 * MINUTE) == ()


def test_most_urgent_note_comes_first():
    sighting = failed().failed(ConnectionFailedError("host", "why"), NOW)

    assert [note.title for note in notes_of(sighting, NOW)] == [
        ConnectionFailedError.title,
        "The task failed without a stated reason",
    ]


def test_notes_do_not_tick():
    for sighting in (seen("generating").due(NOW), seen("queueing").stopped(Following.DEADLINE, 60), failed()):
        assert notes_of(sighting, NOW) == notes_of(sighting, NOW + timedelta(seconds=30))


# --- controls ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sighting", "live_line", "saved_line"),
    [
        (
            seen("queueing").stopped(Following.DEADLINE, 1200),
            "Press Resume or run the cell again to go on watching.",
            "Run this again with --watch to go on watching.",
        ),
        (
            seen("queueing").stopped(Following.REFUSED),
            "Once this is fixed, press Resume or run the cell again.",
            "Once this is fixed, run this again.",
        ),
        (
            finished(videoInfo=None),
            "Refresh in a minute; if there is still no link, contact the service's support with the task id.",
            "Run this again in a minute; if there is still no link, contact the service's support with the task id.",
        ),
    ],
)
def test_only_live_cards_name_controls(sighting: Sighting, live_line: str, saved_line: str):
    (on_card,) = notes_of(sighting, NOW, live=True)
    (elsewhere,) = notes_of(sighting, NOW)

    assert on_card.lines == (live_line,)
    assert elsewhere.lines == (saved_line,)


@pytest.mark.parametrize("following", Following)
@pytest.mark.parametrize("state", ["wait", "success", "fail"])
def test_saved_cards_and_texts_name_no_control(following: Following, state: str):
    sighting = seen(state).failed(ConnectionFailedError("host", "why"), NOW).stopped(following, 1200)
    bundle = saved.card(sighting, NOW)

    for form in (bundle.data["text/html"], bundle.text):
        assert not re.search(r"(?i)resume|auto-refresh|\brefresh|\bpress\b|\bclick|toggle|button", plain(form))

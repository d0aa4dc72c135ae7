"""What a card says: one wording for every place that shows it."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from runway_nb.errors import (
    ApiError,
    AuthenticationError,
    ConnectionFailedError,
    MaintenanceError,
    RateLimitError,
    RunwayError,
    TaskNotFoundError,
)
from runway_nb.sighting import Following, Sighting
from runway_nb.task import Task
from runway_nb.view import words
from runway_nb.view.notes import Note, notes_of

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)


def task(state: str = "success", **changes: Any) -> Task:
    record = {"taskId": "ee60", "state": state, "generateParam": {"prompt": "A cat dances"}}
    if state == "success":
        record |= {"generateTime": "2026-11-24 10:00:00", "videoInfo": {"videoUrl": "https://file.com/k.mp4"}}
    return Task.from_data(record | changes)


def seen(*states: str, **changes: Any) -> Sighting:
    """See a task in one state after the other, a minute apart, the last one now."""
    sighting = Sighting("ee60")
    for index, state in enumerate(states):
        sighting = sighting.saw(task(state, **changes), NOW - (len(states) - 1 - index) * MINUTE)
    return sighting


def the_note(sighting: Sighting, now: datetime = NOW) -> Note:
    (note,) = notes_of(sighting, now)
    return note


def whole(note: Note) -> str:
    return " ".join([note.title + note.beside, *note.lines])


# --- the link's end in three steps ------------------------------------------------------------------------------------


def expiring_in(left: timedelta) -> Sighting:
    completed = NOW + left - timedelta(days=14)
    return seen("success", generateTime=completed.strftime("%Y-%m-%d %H:%M:%S"))


def test_a_far_end_is_a_quiet_line():
    sighting = expiring_in(timedelta(days=3, seconds=1))

    assert notes_of(sighting, NOW) == []
    assert words.video_line(sighting.task) == "link valid until about 27 Nov 2026"
    assert ("link valid until", "about 27 Nov 2026") in words.details(sighting.task)


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
def test_a_near_end_is_a_warning(left: timedelta, said: str):
    note = the_note(expiring_in(left))

    assert note.kind == "warn"
    assert said in note.title
    assert "download" in whole(note)


def test_an_expired_link_is_told():
    sighting = seen("success", expireFlag=1)
    note = the_note(sighting)

    assert (note.kind, note.title) == ("warn", "The video has expired.")
    assert "link valid until" not in dict(words.details(sighting.task))


def test_a_link_of_unknown_age_is_told_by_the_rule():
    assert words.video_line(task(generateTime=None)) == "links are valid for 14 days"


def test_success_without_a_link():
    note = the_note(seen("success", videoInfo=None))

    assert note.title == "There is no video link."
    assert "support" in whole(note)


# --- failure ----------------------------------------------------------------------------------------------------------


def test_a_failure_shows_the_cause_the_services_words_and_advice():
    note = the_note(seen("fail", failCode=400, failMsg="Reached the limit for concurrent generations."))

    assert (note.kind, note.title, note.beside) == ("bad", "Too many generations at once", " · code 400")
    assert note.lines[0] == "“Reached the limit for concurrent generations.”"
    assert "can work" in note.lines[1]


def test_a_failure_without_a_word():
    note = the_note(seen("fail"))

    assert note.beside == ""
    assert note.lines[0] == "The service gave no reason."


def test_what_the_prompt_itself_reveals():
    assert "2100 characters, 52 more" in whole(the_note(seen("fail", generateParam={"prompt": "x" * 2100})))
    assert "The prompt is empty." in whole(the_note(seen("fail", generateParam=None)))


# --- trouble and following --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "kind", "title"),
    [
        (RateLimitError(429), "info", "Rate limited"),
        (AuthenticationError(401), "bad", "The key was not accepted"),
        (TaskNotFoundError(404), "info", "The service no longer knows this task"),
        (ConnectionFailedError("host", "no answer in time"), "info", "No connection"),
        (MaintenanceError(455), "info", "The service is under maintenance"),
        (ApiError(402, "Credits insufficient"), "info", "The last look failed"),
    ],
)
def test_trouble_is_told_with_what_is_still_shown(error: RunwayError, kind: str, title: str):
    note = the_note(seen("generating").failed(error, NOW + MINUTE))

    assert (note.kind, note.title) == (kind, title)
    assert str(error) in note.lines
    assert "What is shown is from 12:00:00 UTC." in note.lines
    assert "What is shown" not in whole(the_note(Sighting("ee60").failed(error, NOW)))


def test_a_task_that_was_never_seen_is_not_said_to_be_gone():
    note = the_note(Sighting("ee60").failed(TaskNotFoundError(404), NOW))

    assert note.title == "The service knows no such task"


def test_what_is_shown_from_another_day_says_which():
    note = the_note(seen("generating").failed(ConnectionFailedError("host", "why"), NOW + timedelta(days=1)))

    assert "What is shown is from 24 Nov 2026, 12:00 UTC." in note.lines


@pytest.mark.parametrize(
    ("following", "kind", "said"),
    [
        (Following.DEADLINE, "warn", "Stopped watching after 20 min, still queueing; the task goes on."),
        (Following.INTERRUPTED, "info", "Stopped waiting, still queueing; the task goes on."),
        (Following.REFUSED, "bad", "Stopped watching"),
        (Following.LOST, "warn", "Stopped watching after 20 min"),
    ],
)
def test_a_stop_is_told_and_that_the_task_goes_on(following: Following, kind: str, said: str):
    note = the_note(seen("queueing").stopped(following, 1200))

    assert note.kind == kind
    assert said in whole(note)
    assert "fail" not in whole(note)


@pytest.mark.parametrize("following", [Following.OFF, Following.ON, Following.ENDED])
def test_following_that_needs_no_word(following: Following):
    assert notes_of(seen("queueing").stopped(following), NOW) == []


def test_a_state_that_lasts_is_told_while_followed():
    lasting = seen("generating").due(None)

    assert notes_of(lasting, NOW + 9 * MINUTE) == []
    note = the_note(lasting, NOW + 11 * MINUTE)
    assert "Generating for over 10 min" in whole(note)
    assert "Long is not failed" in whole(note)
    assert notes_of(seen("generating"), NOW + 11 * MINUTE) == []


def test_the_most_urgent_comes_first():
    sighting = seen("fail").failed(ConnectionFailedError("host", "why"), NOW)

    assert [note.title for note in notes_of(sighting, NOW)] == ["No connection", "The task failed without a reason"]


def test_notes_do_not_tick():
    for sighting in (seen("generating").due(NOW), seen("queueing").stopped(Following.DEADLINE, 60), seen("fail")):
        assert notes_of(sighting, NOW) == notes_of(sighting, NOW + timedelta(seconds=30))


# --- lines ------------------------------------------------------------------------------------------------------------


def test_the_headline():
    assert words.headline(Sighting("ee60")) == ""
    assert words.headline(seen("wait")) == ""
    assert words.headline(seen("success")) == "2026-11-24 10:00:00"  # no zone is documented
    assert words.headline(seen("success", generateTime=1795507200000)) == "2026-11-24 08:00:00 UTC"
    assert words.headline(seen("fail")) == ""
    assert words.headline(seen("wait", "queueing", "fail")) == "after 2 min"


def test_the_status_line():
    assert words.status(Sighting("ee60"), NOW) == "not looked at yet"
    assert words.status(seen("success"), NOW) == "checked 12:00:00 UTC"
    followed = seen("wait", "queueing").due(NOW + timedelta(seconds=5))
    assert words.status(followed, NOW) == "1 min so far · checked 12:00:00 UTC · next in 5 s"
    later = followed.due(NOW + timedelta(seconds=80))
    assert words.status(later, NOW) == "1 min so far · checked 12:00:00 UTC · next 12:01:20 UTC"
    assert words.status(followed.due(None), NOW) == "1 min so far · checked 12:00:00 UTC · looking…"


def test_details_name_each_fact_once_and_skip_the_empty():
    parameters = {"prompt": "p", "imageUrl": "https://i/", "expandPrompt": False, "seed": 7, "ratio": "", "style": None}
    found = words.details(task(generateParam=parameters, parentTaskId="p1"))

    assert dict(found) | {"link valid until": ""} == {
        "prompt enhanced": "no",
        "reference image": "https://i/",
        "extends task": "p1",
        "link valid until": "",
        "seed": "7",
    }
    assert len(found) == len(dict(found))


def test_the_summary():
    extended = task(
        generateParam={"prompt": "p", "expandPrompt": True, "imageUrl": "https://i/"},
        parentTaskId="0e53cf7b-8e67-416c-bb97-efee88a9017d",
        videoInfo={"videoUrl": "https://v/", "videoId": "v1"},
    )

    assert words.summary(extended) == "prompt enhanced · reference image · extends 0e53cf7b… · video v1"
    assert words.summary(task("wait")) == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (0.4, "0 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (130, "2 min 10 s"),
        (3600, "1 h"),
        (3605, "1 h"),
        (3660, "1 h 1 min"),
        (86400, "1 day"),
        (2 * 86400 + 3 * 3600 + 5, "2 days 3 h"),
    ],
)
def test_durations_in_their_two_largest_units(seconds: float, said: str):
    assert words.duration(seconds) == words.duration(timedelta(seconds=seconds)) == said


def test_times_and_ids():
    assert words.clock(NOW) == "12:00:00 UTC"
    assert words.moment(NOW) == "24 Nov 2026, 12:00 UTC"
    assert words.short("ee603959-debb-48d1-98c4-a6d1c717eba6") == "ee603959…"
    assert words.short("short") == "short"
    assert words.short(None) == ""

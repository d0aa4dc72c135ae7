"""What a board says, where the number, the time or the state decides the wording."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.tasks import NOW, VIDEO, seen

from runway_nb.model.errors import ConnectionFailedError, TaskNotFoundError
from runway_nb.model.sighting import Following, Sighting
from runway_nb.view.board import words as board_words
from runway_nb.view.board.query import tally
from runway_nb.view.board.row import Row


def counted(*sightings):
    return tally([Row.of(at, sighting) for at, sighting in enumerate(sightings)])


def recorded(*ages, state="success"):
    return counted(*(replace(seen(state, at=NOW - age), from_record=True) for age in ages))


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["success"], "1 task, ended"),
        (["success", "fail"], "2 tasks, all ended"),
        (["wait"], "0 of 1 ended"),
        (["wait", "success"], "1 of 2 ended"),
    ],
)
def test_progress(states, expected):
    assert board_words.progress(counted(*map(seen, states))) == expected


def test_progress_of_the_first_looks():
    unknown = Sighting("b").failed(TaskNotFoundError(404), NOW)
    recorded = replace(seen(task_id="c"), from_record=True)
    rows = [Row.of(at, each) for at, each in enumerate((seen(), unknown, recorded, Sighting("d")))]
    assert board_words.progress(tally(rows, fetching=True)) == "Fetching 2 of 4"
    assert board_words.progress(tally(rows[:2], fetching=True)) == "1 of 2 ended"
    assert board_words.progress(tally(rows)) == "2 of 4 ended"


@pytest.mark.parametrize(
    ("ages", "live", "saved"),
    [
        ([], "", ""),
        ([2], "1 from the record, 2 h old", "1 row from the record, seen on 24 Nov 2026, 10:00 UTC"),
        (
            [1, 3],
            "2 from the record, up to 3 h old",
            "2 rows from the record, the oldest seen on 24 Nov 2026, 09:00 UTC",
        ),
        ([72], "1 from the record, 3 days old", "1 row from the record, seen on 21 Nov 2026, 12:00 UTC"),
        (
            [0, 0],
            "2 from the record, less than 1 min old",
            "2 rows from the record, the oldest seen on 24 Nov 2026, 12:00 UTC",
        ),
    ],
)
def test_from_record(ages, live, saved):
    numbers = recorded(*(timedelta(hours=hours) for hours in ages))
    assert board_words.from_record(numbers, NOW) == live
    assert board_words.from_record(numbers) == saved


def test_seconds_leave_the_record_note_unchanged():
    numbers = recorded(timedelta(seconds=20), timedelta(seconds=1))
    later = NOW + timedelta(seconds=30)
    assert board_words.from_record(numbers, NOW) == board_words.from_record(numbers, later)


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([], ""),
        ([""], "Sent again unchanged, 1 may or may not work."),
        (
            ["upload failed", "Reached the limit for concurrent generations.", "caught by our AI moderator", ""],
            "Sent again unchanged, 1 can work now, 1 can work later, 1 will fail again, 1 may or may not work.",
        ),
    ],
)
def test_retries(messages, expected):
    assert board_words.retries(counted(seen(), *(seen("fail", failMsg=message) for message in messages))) == expected


def test_status():
    unfinished = seen("wait")
    followed = [unfinished.due(NOW), seen(), Sighting("a")]
    assert board_words.status(followed) == "checked 12:00:00 UTC · following 1"
    assert board_words.status([Sighting("a")]) == "not checked yet"
    stopped = [unfinished.stopped(Following.DEADLINE), unfinished.stopped(Following.OFF)]
    assert board_words.status(stopped) == "checked 12:00:00 UTC · stopped following 1 unfinished"
    elsewhere = board_words.status([unfinished.stopped(Following.ELSEWHERE)])
    assert elsewhere.endswith(" · stopped following 1 unfinished · this cell was run again in another window")


@pytest.mark.parametrize(
    ("seconds", "expected"), [(5, "< 1 min"), (130, "> 2 min"), (4 * 3600 + 59, "> 4 h"), (86400 * 3, "> 3 days")]
)
def test_age_of_an_unfinished_task(seconds, expected):
    row = Row.of(0, seen("generating"))
    assert board_words.age(row, NOW + timedelta(seconds=seconds)) == expected


@pytest.mark.parametrize(
    ("sighting", "expected"),
    [
        (seen("fail", failMsg="caught by our AI moderator"), "moderation (prompt)"),
        (seen("generating"), ""),
        (seen("generating").failed(ConnectionFailedError("api.example", "timed out"), NOW), "last check failed"),
        (Sighting("a").failed(ConnectionFailedError("api.example", "timed out"), NOW), "no connection"),
        (seen("generating").stopped(Following.DEADLINE), "no longer followed"),
        (seen("generating").stopped(Following.OFF), ""),
        (seen("success"), "no link"),
        (replace(seen("success"), whole=False), ""),  # the record did not keep it
        (seen("success", videoInfo={"videoUrl": VIDEO}, generateTime="2026-11-24 10:00:00"), ""),
        (
            seen("success", videoInfo={"videoUrl": VIDEO}, generateTime="2026-11-01 10:00:00", expireFlag=1),
            "link expired",
        ),
        (seen("success", videoInfo={"videoUrl": VIDEO}, generateTime="2026-11-01 10:00:00"), "link may have expired"),
        (
            seen("success", videoInfo={"videoUrl": VIDEO}, generateTime="2026-11-10 18:00:00"),
            "link expires about 24 Nov",
        ),
    ],
)
def test_remark(sighting, expected):
    assert board_words.remark(Row.of(0, sighting), NOW) == expected

"""Points in time as people type them after ``--since``."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from support.tasks import NOW

from runway_nb.kernel.since import parse_since


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30s", NOW - timedelta(seconds=30)),
        ("45 min", NOW - timedelta(minutes=45)),
        ("5m", NOW - timedelta(minutes=5)),
        ("2h", NOW - timedelta(hours=2)),
        (" 1.5 Hours ago ", NOW - timedelta(hours=1.5)),
        ("3 days", NOW - timedelta(days=3)),
        ("1w", NOW - timedelta(weeks=1)),
        ("2026-11-24T10:00Z", NOW - timedelta(hours=2)),
        ("2026-11-24 14:00+02:00", NOW),
    ],
)
def test_time_relative_or_with_zone(text, moment):
    assert parse_since(text, NOW) == moment
    assert parse_since(text, NOW).tzinfo is timezone.utc


@pytest.fixture
def berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("today", datetime(2026, 10, 31, 23, tzinfo=timezone.utc)),
        ("Yesterday", datetime(2026, 10, 30, 23, tzinfo=timezone.utc)),
        ("2026-11-01", datetime(2026, 10, 31, 23, tzinfo=timezone.utc)),
        ("2026-07-01 14:30", datetime(2026, 7, 1, 12, 30, tzinfo=timezone.utc)),
    ],
)
def test_days_and_times_are_local(text, moment):
    assert parse_since(text, datetime(2026, 11, 1, 8, tzinfo=timezone.utc)) == moment


def test_time_counts_from_now():
    before = datetime.now(timezone.utc)
    assert before <= parse_since("2h") + timedelta(hours=2) <= datetime.now(timezone.utc)


def test_invalid_time_is_short_and_printable():
    with pytest.raises(ValueError, match=rf"^“soon{'!' * 75}…” is not a valid time\."):
        parse_since("\x1bsoon" + "!" * 1000)


@pytest.mark.parametrize("text", ["", "soon", "h", "2 fortnights", "-2h", "5 ms", "2026-13-01", "9" * 30 + " days"])
def test_invalid_time_lists_valid_ones(text):
    with pytest.raises(ValueError, match="not a valid time") as caught:
        parse_since(text)
    assert str(caught.value) == (
        f"“{text}” is not a valid time. Use 2h, 45 min, 3 days, today, yesterday, 2026-11-01 or 2026-11-01 14:30."
    )

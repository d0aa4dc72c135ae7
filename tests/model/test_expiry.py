"""When a link expires, and its state until then."""

from datetime import datetime, timedelta, timezone

import pytest
from support.tasks import NOW, VIDEO

from runway_nb.model.expiry import EXPIRING_WITHIN, LINK_LIFE, LinkLife, expires_at, life_of

ONE_SECOND = timedelta(seconds=1)
COMPLETED = datetime(2023, 8, 15, 14, 30, 45, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "completed",
    [
        COMPLETED,
        COMPLETED.replace(tzinfo=None),  # as the service sends it
        COMPLETED.astimezone(timezone(timedelta(hours=2))),
    ],
)
def test_link_expires_after_two_weeks(completed: datetime):
    ends = expires_at(completed)

    assert ends == datetime(2023, 8, 29, 14, 30, 45, tzinfo=timezone.utc)
    assert ends.tzinfo is timezone.utc


def test_limits_are_those_documented():
    assert timedelta(days=14) == LINK_LIFE
    assert timedelta(days=3) == EXPIRING_WITHIN


@pytest.mark.parametrize(
    "completed",
    [
        None,
        datetime(9999, 12, 31),  # noqa: DTZ001  # naive, as the service sends it
        datetime.max.replace(tzinfo=timezone.utc),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    ],
)
def test_unknown_expiry_counts_as_fresh(completed: datetime | None):
    assert expires_at(completed) is None
    assert life_of(VIDEO, expired=False, ends=None, now=NOW) is LinkLife.FRESH


@pytest.mark.parametrize(
    ("age", "life"),
    [
        (timedelta(0), LinkLife.FRESH),
        (timedelta(days=11) - ONE_SECOND, LinkLife.FRESH),
        (timedelta(days=11), LinkLife.EXPIRING),
        (timedelta(days=14) - ONE_SECOND, LinkLife.EXPIRING),
        (timedelta(days=14), LinkLife.EXPIRING),  # the time zone is an estimate, so the service's flag decides
        (timedelta(days=400), LinkLife.EXPIRING),
        (timedelta(hours=-12), LinkLife.FRESH),
    ],
)
def test_link_life_by_age(age: timedelta, life: LinkLife):
    ends = expires_at(NOW - age)

    assert life_of(VIDEO, expired=False, ends=ends, now=NOW) is life
    assert life_of(VIDEO, expired=True, ends=ends, now=NOW) is LinkLife.EXPIRED


def test_missing_link():
    assert life_of(None, expired=False, ends=None, now=NOW) is LinkLife.NONE
    assert life_of(None, expired=False, ends=expires_at(NOW), now=NOW) is LinkLife.NONE
    assert life_of(None, expired=True, ends=None, now=NOW) is LinkLife.EXPIRED

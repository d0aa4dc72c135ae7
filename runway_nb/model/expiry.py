"""When a video's link expires, and what counts as expired. No I/O."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from enum import Enum

LINK_LIFE = timedelta(days=14)
"""How long a video link is valid (the API reference)."""

EXPIRING_WITHIN = timedelta(days=3)
"""A link that expires within this time is worth a warning."""


class LinkLife(Enum):
    """The state of a video's link."""

    NONE = "none"  # the task has no link
    FRESH = "fresh"  # more than three days left, or the expiry is unknown
    EXPIRING = "expiring"  # at most three days left; also past the estimate, until the service says it has expired
    EXPIRED = "expired"


def expires_at(completed: datetime | None) -> datetime | None:
    """Estimate when a link expires (UTC); None if that is unknown.

    Args:
        completed: When the video was completed. A naive time, as the service sends it, is taken as UTC.
    """
    done = as_utc(completed)
    try:
        return done and done + LINK_LIFE
    except OverflowError:  # at the end of the calendar
        return None


def as_utc(at: datetime | None) -> datetime | None:
    """Convert a time to UTC. A time without a zone is taken as UTC; the result is None if the calendar ends before."""
    if at is None or at.tzinfo is None:
        return at and at.replace(tzinfo=timezone.utc)
    try:
        return at.astimezone(timezone.utc)
    except OverflowError:  # at either end of the calendar
        return None


def life_of(url: str | None, *, expired: bool, ends: datetime | None, now: datetime) -> LinkLife:
    """Return the state of a link.

    Args:
        url: The link, or None.
        expired: Whether the service says that it has expired, which takes precedence over the estimate.
        ends: When it expires, as `expires_at` estimates.
        now: The current time, with a time zone.
    """
    if expired:
        return LinkLife.EXPIRED
    if url is None:
        return LinkLife.NONE
    return LinkLife.FRESH if ends is None or ends - now > EXPIRING_WITHIN else LinkLife.EXPIRING

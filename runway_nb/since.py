"""Reading when something was, as a person types it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone


def parse_since(text: str, now: datetime | None = None) -> datetime:
    """Read when something was, as a person types it.

    Args:
        text: Such as ``2h``, ``45 min``, ``3 days``, ``today``, ``yesterday``, ``2026-11-01`` or ``2026-11-01 14:30``.
            Days begin, and times without a zone are, in the local zone.
        now: The present, aware; by default the clock's.

    Returns:
        The moment (UTC).

    Raises:
        ValueError: It cannot be read; the message says what can.
    """
    word = text.strip().lower()
    present = (now or datetime.now(timezone.utc)).astimezone()
    try:
        if match := _AGO.fullmatch(word):
            moment = present - timedelta(**{str(match.lastgroup): float(match[1])})
        elif word in ("today", "yesterday"):
            day = present.date() - timedelta(days=word == "yesterday")
            moment = datetime(day.year, day.month, day.day).astimezone()  # the local zone is meant
        else:
            moment = datetime.fromisoformat(word.upper().replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"“{text}” cannot be read as a time; write 2h, 45 min, 3 days, today, yesterday, "
            "2026-11-01 or 2026-11-01 14:30."
        ) from error


_AGO = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:(?P<seconds>s|secs?|seconds?)|(?P<minutes>m|mins?|minutes?)|(?P<hours>h|hrs?|hours?)"
    r"|(?P<days>d|days?)|(?P<weeks>w|weeks?))(?:\s+ago)?"
)

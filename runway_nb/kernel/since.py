"""Read a point in time as a person types it, such as ``2h`` or ``yesterday``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from .words import shown

_AGO = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:(?P<seconds>s|secs?|seconds?)|(?P<minutes>m|mins?|minutes?)|(?P<hours>h|hrs?|hours?)"
    r"|(?P<days>d|days?)|(?P<weeks>w|weeks?))(?:\s+ago)?"
)


def parse_since(text: str, now: datetime | None = None) -> datetime:
    """Read a point in time as a person types it.

    Args:
        text: Such as ``2h``, ``45 min``, ``3 days``, ``today``, ``yesterday``, ``2026-11-01`` or ``2026-11-01 14:30``.
            Days and times without a zone are in the local zone.
        now: The current time, aware; by default the clock's.

    Returns:
        The point in time (UTC).

    Raises:
        ValueError: If the text is not a time. The message lists the accepted forms.
    """
    word = text.strip().lower()
    present = (now or datetime.now(timezone.utc)).astimezone()
    try:
        if match := _AGO.fullmatch(word):
            moment = present - timedelta(**{str(match.lastgroup): float(match[1])})
        elif word in ("today", "yesterday"):
            day = present.date() - timedelta(days=word == "yesterday")
            moment = datetime(day.year, day.month, day.day).astimezone()  # naive means local here
        else:
            moment = datetime.fromisoformat(word.upper().replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"“{shown(text)}” is not a valid time. "
            "Use 2h, 45 min, 3 days, today, yesterday, 2026-11-01 or 2026-11-01 14:30."
        ) from error

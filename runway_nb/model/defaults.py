"""Default settings, and the check of an interval and a timeout."""

from __future__ import annotations

DEFAULT_INTERVAL = 5.0
"""Seconds between two looks at a task. Runway itself asks for at most one look every 5 s."""
LONGEST_INTERVAL = 86_400.0
"""Longest interval that is accepted, in seconds: a day."""
DEFAULT_TIMEOUT = 1200.0
"""Seconds after which following stops; the task goes on."""
LOOK_TIMEOUT = 30.0
"""Seconds that one look may take in all, from finding the host's address to the end of the answer."""
DEFAULT_MAX_RATE = 10.0
"""Look-ups per second, all cards together. The service documents no limit; this is well below any limit seen."""
DEFAULT_WIDTH = 560
"""Largest width of a card, in pixels."""


def check_pace(interval: float, timeout: float) -> None:
    """Raise if an interval or a timeout cannot be used.

    Args:
        interval: Seconds between two looks.
        timeout: Seconds after which following stops.

    Raises:
        ValueError: If either is not above 0, or the interval is longer than a day.
    """
    if not 0 < interval <= LONGEST_INTERVAL:
        raise ValueError(f"The interval must be above 0 s and at most a day, not {interval} s.")
    if not timeout > 0:
        raise ValueError(f"The timeout must be above 0 s, not {timeout} s.")

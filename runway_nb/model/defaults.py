"""Default settings, and the checks of the numbers that can be set."""

from __future__ import annotations

from .numbers import Number, NumberError

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
WAIT_SLICE = 0.2
"""Longest single wait of a user's thread, in seconds: Windows handles an interrupt only between two of them."""

_DAY = "above 0 s and at most a day"
_LONGEST_TIMEOUT = 1e9  # seconds; a longer one is a mistake, other than infinity
_ENDLESS = "at most 1000000000 s, or infinite"

INTERVAL = Number("interval", _DAY, _DAY, LONGEST_INTERVAL, "s")
TIMEOUT = Number("timeout", "above 0 s", _ENDLESS, _LONGEST_TIMEOUT, "s", endless=True)
PATIENCE = Number("timeout", "at least 0 s", _ENDLESS, _LONGEST_TIMEOUT, "s", least=0.0, endless=True)
"""How long a call waits for what is followed; 0 to ask without waiting."""
MAX_RATE = Number(
    "rate", "above 0 look-ups per second", "at most 1e12 look-ups per second, or infinite", 1e12, endless=True
)
WIDTH = Number("width", "at least 1 pixel", "at most 10000 pixels", 10_000, "pixels", least=1, whole=True)
RETRIES = Number("number of retries", "at least 0", "at most 100", 100, least=0, whole=True)
HTTP_TIMEOUT = Number("HTTP timeout", _DAY, _DAY, 86_400.0, "s")


def check_pace(interval: float, timeout: float) -> None:
    """Raise if an interval or a timeout cannot be used.

    Args:
        interval: Seconds between two looks.
        timeout: Seconds after which following stops.

    Raises:
        NumberError: If either is not above 0, or the interval is longer than a day.
    """
    INTERVAL.check(interval)
    TIMEOUT.check(timeout)


def check_http_timeout(timeout: object) -> None:
    """Raise if the time-outs of HTTP requests cannot be used.

    Args:
        timeout: Seconds to connect, and between two bytes of an answer; or one number for both.

    Raises:
        NumberError: If one is not above 0 or longer than a day, or if there are not two of them.
    """
    each = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if len(each) != len(("connect", "read")):
        raise NumberError("The HTTP timeout must be a number of seconds, or two: to connect, and between two bytes.")
    for seconds in each:
        HTTP_TIMEOUT.check(seconds)

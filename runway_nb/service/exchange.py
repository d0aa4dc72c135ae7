"""`Exchange`: one request and its answer, read to the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import requests
from urllib3.util import Retry

from ..model.text import one_line, truncated
from .answer import Answer
from .body import read_body
from .connections import ending_at

_REDIRECTS = (301, 302, 303, 307, 308)
_LONGEST_LOCATION = 200  # characters


class Exchange:
    """One request and its answer. Another thread can abandon it."""

    def __init__(
        self, send: Callable[[dict[str, bytes], float], requests.Response], query: dict[str, bytes], within: float
    ) -> None:
        self._send = send
        self._query = query
        self._within = within
        self._response: requests.Response | None = None

    def run(self) -> Answer:
        """Send the request, and return the answer."""
        with ending_at(time.monotonic() + self._within), self._send(self._query, self._within) as response:
            self._response = response
            return Answer(
                response.status_code,
                read_body(response),
                _retry_after(response.headers.get("Retry-After")),
                _location(response),
            )

    def abandon(self) -> None:
        """Stop reading the body. Before the headers have arrived, nothing can be stopped."""
        with suppress(Exception):  # it may be closed already, or of a urllib3 that is older than this method
            if self._response is not None:
                self._response.raw.shutdown()


def at_most(within: float, timeout: tuple[float, float] | float) -> tuple[float, float]:
    """Return timeouts that are no longer than a time limit.

    Args:
        within: The limit, in seconds.
        timeout: Seconds to connect, and between two bytes; or one number for both.

    Raises:
        TimeoutError: If no time is left.
    """
    if within <= 0:
        raise TimeoutError
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return min(connect, within), min(read, within)


def keep_from_redirecting(response: requests.Response, **_: object) -> None:
    """Hide a redirect from requests: it prepares the next request and reads the whole body, followed or not."""
    response.headers.pop("Location", None)


def _location(response: requests.Response) -> str | None:
    """Return the target of a redirect, whatever bytes it is made of."""
    location = response.raw.headers.get("Location")
    if location is None or response.status_code not in _REDIRECTS:
        return None
    readable = one_line(location.encode("latin-1", "replace").decode("utf-8", "replace"))
    return truncated(readable, _LONGEST_LOCATION)


def _retry_after(header: str | None) -> float | None:
    if header is None:
        return None
    try:
        return float(Retry().parse_retry_after(header))  # seconds, or a date
    except Exception:  # noqa: BLE001  # the parsers of dates may raise anything
        return None

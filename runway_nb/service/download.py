"""Opens a link and follows its redirects, without key, cookies, `.netrc` or referrer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from ..model.version import __version__
from .connector import Connector
from .network import plain_session
from .settings import DEFAULT_HTTP_TIMEOUT, is_web_url

MOST_REDIRECTS = 5

# Media are compressed already. Compressed once more, a small answer could become a huge one.
_HEADERS = {"User-Agent": f"runway_nb/{__version__}", "Accept-Encoding": "identity"}


class RefusedLinkError(Exception):
    """A link, or one that it redirects to, is not opened; the text says why."""


@contextmanager
def opened(url: str, connector: Connector) -> Iterator[requests.Response]:
    """Open a link, and yield the response at the end of its redirects, with its body unread.

    Args:
        url: The link.
        connector: Opens the connections.

    Raises:
        RefusedLinkError: If a link is of a kind that is not opened.
        Exception: Whatever the connector, requests, urllib3 and the libraries below them raise.
    """
    asked: str | None = None
    for _ in range(MOST_REDIRECTS + 1):
        _check(url, asked)
        with _sent(url, connector) as response:
            if not response.is_redirect:
                yield response
                return
            asked, url = url, urljoin(url, _location(response))
    raise RefusedLinkError(f"redirects more than {MOST_REDIRECTS} times")


@contextmanager
def _sent(url: str, connector: Connector) -> Iterator[requests.Response]:
    """Send one request in a session of its own: what one host sets is not sent to the next one."""
    with plain_session(url) as session:
        adapter = connector.adapter()
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        request = session.prepare_request(requests.Request("GET", url, _HEADERS))
        settings: dict[str, Any] = dict(session.merge_environment_settings(url, {}, True, None, None))
        # Not through the session: it would read the whole body of a redirect.
        with adapter.send(request, timeout=DEFAULT_HTTP_TIMEOUT, **settings) as response:
            yield response


def _check(url: str, asked: str | None) -> None:
    if not is_web_url(url):
        raise RefusedLinkError("is not an http or https link")
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise RefusedLinkError("contains a user name or password")
    if asked is not None and parts.scheme == "http" and urlsplit(asked).scheme == "https":
        raise RefusedLinkError("redirects to an unencrypted link")


def _location(response: requests.Response) -> str:
    """Return the target of a redirect. Headers arrive as Latin-1, and a target may be in UTF-8."""
    return response.headers["Location"].encode("latin-1").decode("utf-8")

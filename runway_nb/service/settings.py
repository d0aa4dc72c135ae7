"""The base URL of the service, and the HTTP timeouts."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from ..model.errors import SettingError
from .key import KEY_VARIABLE, Secret, known_keys
from .overrides import configured_base_url
from .sealed import variable

BASE_URL_VARIABLE = "APIKLEY_BASE_URL"
DEFAULT_BASE_URL = "https://api.apikley.ru"
DEFAULT_HTTP_TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and between two bytes of an answer."""

_EXAMPLE = f"Use one such as {DEFAULT_BASE_URL}, or leave it unset."
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def resolve_base_url(given: str | None = None) -> str:
    """Return the base URL in use, without a trailing slash.

    Args:
        given: The caller's; None for the one of ``%config``, the environment's, or else `DEFAULT_BASE_URL`.

    Raises:
        SettingError: If it is not an http(s) URL, contains the key, or is plain http to another machine, which would
            expose the key. Of the URL, the message quotes scheme and host at most: a key may be in any other part.
    """
    url, source = _first_of(
        (given, "base_url"), (configured_base_url(), "base_url"), (variable(BASE_URL_VARIABLE), BASE_URL_VARIABLE)
    )
    if "@" in url:
        raise SettingError(f"A base URL must not contain a user name or password. Set the key in {KEY_VARIABLE}.")
    if "://" not in url:  # not quoted in the message: it may be a key in the wrong place
        raise SettingError(f"The base URL is incomplete: it needs https:// and a host. {_EXAMPLE}")
    if {"?", "#"} & set(url):  # may contain a key, too
        raise SettingError(f"A base URL must not contain a ? or a #. {_EXAMPLE}")
    if _holds_key(url, known_keys()):
        raise SettingError(f"A base URL must not contain the API key. {_EXAMPLE}")
    if not is_web_url(url):
        raise SettingError(f"{source} is not a valid base URL. {_EXAMPLE}")
    if urlsplit(url).scheme == "http" and not is_on_this_machine(url):
        raise SettingError(
            f"http://{urlsplit(url).netloc} would send the key unencrypted. Use https; plain http is allowed for this "
            "machine only."
        )
    return url


def _first_of(*urls: tuple[str | None, str]) -> tuple[str, str]:
    """Return the first URL that is set, without a trailing slash, and what it is set in."""
    given = ((url.strip().rstrip("/"), source) for url, source in urls if url and url.strip())
    return next(given, (DEFAULT_BASE_URL, "base_url"))


@lru_cache(maxsize=64)  # the same few at every look
def _holds_key(url: str, keys: frozenset[Secret]) -> bool:
    return any(key.masked(url, "") != url for key in keys)


def is_on_this_machine(url: str) -> bool:
    """Whether a URL's host is a loopback address, such as the simulator's. No proxy is used for these."""
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False


def is_web_url(url: str) -> bool:
    """Whether a text is an http(s) URL with a host."""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and parts.port != 0 and url.isprintable()
        return is_web and _is_host(parts.hostname or "")
    except ValueError:
        return False


def _is_host(name: str) -> bool:
    """Whether no label of a host name is empty or too long: the standard library's own error names no cause."""
    return all(0 < len(label) < 64 for label in name.removesuffix(".").split("."))

"""A session that nothing has patched, and what its errors mean: which environment variable is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ProxyError, ReadTimeoutError

from ..model.errors import SettingError
from .key import without_keys
from .sealed import variable
from .settings import is_on_this_machine

CERTIFICATE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PROXY_VARIABLES = tuple(
    spelling for name in ("https_proxy", "http_proxy", "all_proxy", "no_proxy") for spelling in (name, name.upper())
)
NOT_FROM_A_CACHE = {"Cache-Control": "no-cache", "Pragma": "no-cache"}
"""Headers that ask proxies and gateways for a fresh answer: a cached state would never change."""


def plain_session(url: str) -> requests.Session:
    """Make a session of requests' own class: a cache that is installed into requests replaces the public one.

    Args:
        url: What it will ask. For this machine, no proxy is used.
    """
    own = next(kind for kind in requests.Session.__mro__ if kind.__module__ == "requests.sessions")
    session: requests.Session = own()
    session.trust_env = not is_on_this_machine(url)
    session.auth = _unchanged  # no user name and password from .netrc
    return session


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def reason_of(error: Exception, url: str) -> str:
    """Return why a request has failed, in a few words.

    Args:
        error: An error of requests, urllib3 or the operating system.
        url: The URL of the request.
    """
    if isinstance(error, requests.ConnectTimeout):
        return "the connection timed out"
    if isinstance(error, (requests.Timeout, ReadTimeoutError, TimeoutError)):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return f"its TLS certificate or encryption was not accepted{_with(certificate_variable(), ', with')}"
    if isinstance(error, (requests.exceptions.ProxyError, ProxyError)):
        return f"the proxy{_with(proxy_variable(url), ' in')} refused the connection"
    if not isinstance(error, (requests.RequestException, HTTPError)):
        return without_keys(str(error), "[key]")  # such as a missing certificate file
    return "the connection failed or was lost"


def setting_error(error: Exception, url: str) -> SettingError | None:
    """Return what is wrong with an environment variable if that has made a request fail; else None.

    Args:
        error: An error of requests, urllib3 or the operating system.
        url: The URL of the request.
    """
    proxy, of_certificates = proxy_variable(url), certificate_variable()
    if proxy and isinstance(error, requests.exceptions.InvalidSchema) and "SOCKS" in str(error):
        return SettingError(
            f"The proxy in {proxy} uses SOCKS, which needs a further package. Run pip install 'requests[socks]' and "
            f"restart Python, or correct {proxy}."
        )
    if proxy and isinstance(error, ValueError):  # about a URL: the base URL was checked before, so it is the proxy's
        return SettingError(
            f"{proxy} is not a valid URL of a proxy. Set it to one such as http://proxy.example:3128, "
            "or delete the variable."
        )
    encrypted = urlsplit(url).scheme == "https"
    path = certificates()
    if path and encrypted and isinstance(error, OSError) and not Path(path).exists():
        return SettingError(
            f"{of_certificates} names a file of certificates that does not exist ({without_keys(path, '[key]')!r}). "
            "Correct the path, or delete the variable."
        )
    return None


def proxy_variable(url: str) -> str | None:
    """Return the environment variable with the proxy for a URL; None for this machine, or if none is set."""
    if is_on_this_machine(url):
        return None
    names = (f"{urlsplit(url).scheme}_proxy", "all_proxy")
    return _set_first(spelling for name in names for spelling in (name, name.upper()))


def certificate_variable() -> str | None:
    """Return the environment variable with the certificates to accept; None if none is set."""
    return _set_first(CERTIFICATE_VARIABLES)


def certificates() -> str | None:
    """Return the path in that variable: requests reads it only where it reads proxies too."""
    name = certificate_variable()
    return variable(name) if name else None


def _set_first(names: Iterable[str]) -> str | None:
    return next((name for name in names if (variable(name) or "").strip()), None)


def _with(name: str | None, word: str) -> str:
    return f"{word} {name}" if name else ""

"""Sends one authorized request and reads the answer, within timeouts and size limits."""

from __future__ import annotations

import os
from dataclasses import replace
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util import Retry

from ..model.errors import BadResponseError, ConnectionFailedError
from ..model.version import __version__
from .answer import Answer
from .key import Secret
from .network import NOT_FROM_A_CACHE, certificate_variable, plain_session, reason_of, setting_error

MAX_BODY = 1024 * 1024
"""Largest answer, in bytes. A record has a few thousand."""
CONNECTIONS = 8
"""Most connections kept open."""

_MASK = "[key]"
_PATH = "/api/v1/runway/record-detail"
_HEADERS = {"User-Agent": f"runway_nb/{__version__}", "Accept": "application/json", **NOT_FROM_A_CACHE}


class Transport:
    """Sends requests to the API. Safe to share between threads.

    Args:
        base_url: As `resolve_base_url` returns it.
        key: The API key.
        session: The caller's own session, which is not changed or closed; None to create one.
        timeout: Seconds to connect, and between two bytes of an answer.

    Attributes:
        base_url: The base URL.
        key: The API key.
    """

    def __init__(
        self,
        base_url: str,
        key: Secret,
        session: requests.Session | None,
        timeout: tuple[float, float] | float,
    ) -> None:
        self.base_url = base_url
        self.key = key
        self._url = base_url + _PATH
        self._auth = _Bearer(key)
        self._session = session or _pooled_session(base_url)
        self._owns_session = session is None
        self._timeout = timeout
        # Preparing takes as long as sending. Our own session never changes, so the shared part is prepared once.
        self._unsigned = self._session.prepare_request(requests.Request("GET", self._url, _HEADERS, auth=_no_auth))
        self._settings = self._session.merge_environment_settings(self._url, {}, True, _certificates(), None)

    def close(self) -> None:
        """Close the pooled connections; the caller's own session stays open."""
        if self._owns_session:
            self._session.close()

    def ask(self, task_id: str) -> Answer:
        """Send one look-up.

        Raises:
            ConnectionFailedError: If there was no connection, or no complete answer in time.
            SettingError: If an environment variable made the request fail, such as one with an unusable proxy.
            BadResponseError: If the answer is larger than `MAX_BODY`.
        """
        failure: BaseException
        try:
            with self._send({"taskId": task_id.encode("utf-8", "replace")}) as response:
                return self._without_key(_read(response))
        except (OSError, HTTPError) as error:  # requests' own are OSErrors
            failure = setting_error(error, self._url) or self._no_connection(error)
        except KeyboardInterrupt:
            failure = KeyboardInterrupt()
        # Raised outside the except blocks: a verbose traceback of the chained library error would show the key.
        raise failure

    def _no_connection(self, error: Exception) -> ConnectionFailedError:
        return ConnectionFailedError(self.base_url.split("://", 1)[1], reason_of(error, self._url))

    def _without_key(self, answer: Answer) -> Answer:
        """Mask the key in an answer that quotes it: answers are shown, recorded and saved."""
        body = self.key.masked(answer.body.decode("latin-1"), _MASK).encode("latin-1")  # the key is ASCII
        return replace(answer, body=body, location=answer.location and self.key.masked(answer.location, _MASK))

    def _send(self, query: dict[str, bytes]) -> requests.Response:
        # Redirects are never followed: the key must not go to another address.
        if not self._owns_session:
            return self._session.get(
                self._url,
                params=query,
                headers=_HEADERS,
                auth=self._auth,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            )
        request = self._auth(self._unsigned.copy())
        request.url = f"{self._unsigned.url}?{urlencode(query)}"
        request.prepare_cookies(self._session.cookies)
        return self._session.send(request, timeout=self._timeout, allow_redirects=False, **self._settings)


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return the request unchanged; as ``auth``, this keeps a netrc entry from being added."""
    return request


class _Bearer(AuthBase):
    """Adds the key to a request. As ``auth``, it also keeps a netrc entry from replacing the key."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return request


def _certificates() -> str | None:
    """Return the certificates of the environment: requests reads them only where it reads proxies too."""
    variable = certificate_variable()
    return os.environ[variable] if variable else None


def _pooled_session(base_url: str) -> requests.Session:
    session = plain_session(base_url)
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _read(response: requests.Response) -> Answer:
    body = response.raw.read(MAX_BODY + 1, decode_content=True)
    if len(body) > MAX_BODY:
        raise BadResponseError(
            "The answer is larger than 1 MiB, far more than any task's record. Check the base URL.",
            response.status_code,
        )
    location = response.headers.get("Location") if response.is_redirect else None
    return Answer(response.status_code, body, _retry_after(response.headers.get("Retry-After")), location)


def _retry_after(header: str | None) -> float | None:
    if header is None:
        return None
    try:
        return float(Retry().parse_retry_after(header))  # seconds, or a date
    except (InvalidHeader, ValueError, OverflowError):
        return None

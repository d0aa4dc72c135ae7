"""Sends one authorized request and reads the answer, within a time and a size limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from ..follow.turns import MOST_LOOKS
from ..model.defaults import LOOK_TIMEOUT
from ..model.errors import BadResponseError, ConnectionFailedError, RunwayError, SettingError
from ..model.origin import admit_api
from ..model.version import __version__
from .answer import Answer
from .body import ACCEPTED
from .connections import Connections
from .deadline import run_within
from .exchange import Exchange, at_most, keep_from_redirecting
from .key import Secret, known_keys, without_keys
from .network import NOT_FROM_A_CACHE, certificates, plain_session, reason_of, setting_error
from .sealed import interruption, sealed

CONNECTIONS = 8
"""Look-ups under way at once, as long as none is slow."""

_MASK = "[key]"
_PATH = "/api/v1/runway/record-detail"
_HEADERS = {
    "User-Agent": f"runway_nb/{__version__}",
    "Accept": "application/json",
    "Accept-Encoding": ACCEPTED,
    **NOT_FROM_A_CACHE,
}

_Hook = Callable[..., object]


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

    Raises:
        SettingError: If no request can be made for the base URL.
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
        admit_api(base_url)
        self._auth = _Bearer(key)
        self._session = session or _pooled_session(base_url)
        self._owns_session = session is None
        self._timeout = timeout
        # Preparing takes as long as sending. Our own session never changes, so the shared part is prepared once.
        # Sealed: requests reads the environment, where the key may be.
        self._unsigned, self._settings = sealed(self._prepared)
        proxies = self._settings["proxies"].values()
        self._ends_in_time = self._owns_session and not any(str(proxy).startswith("socks") for proxy in proxies)

    def close(self) -> None:
        """Close the pooled connections; the caller's own session stays open."""
        if self._owns_session:
            self._session.close()

    def ask(self, task_id: str, within: float = LOOK_TIMEOUT) -> Answer:
        """Send one look-up.

        Args:
            task_id: The id.
            within: Seconds that it may take in all.

        Raises:
            ConnectionFailedError: If there was no connection, or no complete answer in time.
            SettingError: If an environment variable made the request fail, such as one with an unusable proxy.
            BadResponseError: If the answer is larger than `MAX_BODY`, or is not HTTP.
        """
        # Sealed: the frames of requests, urllib3 and http.client hold the key.
        return sealed(lambda: self._answer(task_id, within), self._hide)

    def _answer(self, task_id: str, within: float) -> Answer:
        try:
            exchange = Exchange(self._send, {"taskId": task_id.encode("utf-8", "replace")}, within)
            answer = exchange.run() if self._ends_in_time else run_within(within, exchange.run, exchange.abandon)
            return self._without_key(answer)
        except RunwayError:
            raise
        except Exception as error:  # noqa: BLE001  # the libraries may raise anything on a malformed answer
            failure = interruption(error) or self._failure(error)
        raise failure

    def _failure(self, error: Exception) -> RunwayError:
        if isinstance(error, (OSError, HTTPError)):  # requests' own are OSErrors
            return setting_error(error, self._url) or self._no_connection(error)
        return self._unreadable(error)

    def _no_connection(self, error: Exception) -> ConnectionFailedError:
        return ConnectionFailedError(self.base_url.split("://", 1)[1], reason_of(error, self._url))

    def _without_key(self, answer: Answer) -> Answer:
        """Mask all keys in an answer that quotes them: answers are shown, recorded and saved."""
        for key in (self.key, *known_keys() - {self.key}):
            location = answer.location and key.masked(answer.location, _MASK)
            answer = replace(answer, body=key.masked_body(answer.body, _MASK), location=location)
        return answer

    def _hide(self, text: str) -> str:
        return without_keys(self.key.masked(text, _MASK), _MASK)

    def _unreadable(self, error: Exception) -> BadResponseError:
        what = "The service's answer" if self._owns_session else "Your session or the service's answer"
        return BadResponseError(
            f"{what} is not valid HTTP ({type(error).__name__}). Check the base URL, or try again later."
        )

    def _prepared(self) -> tuple[requests.PreparedRequest, Any]:
        request = requests.Request("GET", self._url, _HEADERS, auth=_no_auth, hooks={"response": keep_from_redirecting})
        try:
            unsigned = self._session.prepare_request(request)
        except ValueError:  # not quoted: requests' message is about the whole URL
            raise SettingError("The base URL cannot be used: its host is not a valid name. Correct it.") from None
        return unsigned, self._session.merge_environment_settings(self._url, {}, True, certificates(), None)

    def _send(self, query: dict[str, bytes], within: float) -> requests.Response:
        # Redirects are never followed: the key must not go to another address.
        timeout = at_most(within, self._timeout)
        if not self._owns_session:
            return self._session.get(
                self._url,
                params=query,
                headers=_HEADERS,
                auth=self._auth,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
                hooks={"response": [*_hooks(self._session), keep_from_redirecting]},
            )
        request = self._auth(self._unsigned.copy())
        request.url = f"{self._unsigned.url}?{urlencode(query)}"
        request.prepare_cookies(self._session.cookies)
        return self._session.send(request, timeout=timeout, allow_redirects=False, **self._settings)


def _hooks(session: requests.Session) -> list[_Hook]:
    hooks = session.hooks.get("response") or []
    return [hooks] if callable(hooks) else list(hooks)


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


def _pooled_session(base_url: str) -> requests.Session:
    session = plain_session(base_url)
    adapter = Connections(
        pool_connections=2, pool_maxsize=MOST_LOOKS
    )  # more than `CONNECTIONS`: slow looks do not count
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session

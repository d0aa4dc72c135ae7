"""Where the key and the base URL come from, and the defaults of everything that can be set.

A key is found in this order: given by the caller, kept by ``%runway_login`` for this session, the
environment variable ``APIKLEY_API_KEY``, the system's keyring (where the ``keyring`` package is installed).
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import NoReturn
from urllib.parse import urlsplit

from .errors import MissingKeyError, SettingError

KEY_VARIABLE = "APIKLEY_API_KEY"
BASE_URL_VARIABLE = "APIKLEY_BASE_URL"
DEFAULT_BASE_URL = "https://api.apikley.ru"

DEFAULT_INTERVAL = 5.0
"""Seconds between two looks at a task. Runway itself asks for no more than one every 5 s."""
LONGEST_INTERVAL = 86_400.0
"""Seconds between two looks at most: a day."""
DEFAULT_TIMEOUT = 1200.0
"""Seconds after which a watch stops; the task goes on."""
DEFAULT_MAX_RATE = 10.0
"""Look-ups per second, all cards together. The service states no limit for look-ups; this stays well below any seen."""
DEFAULT_WIDTH = 560
"""Pixels of a card at most."""
DEFAULT_HTTP_TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and between two bytes of an answer."""

_KEYRING_SERVICE = "runway_nb"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_session_keys: dict[str, Secret] = {}


class Secret:
    """A string that shows itself only to who asks for it by name: no repr, traceback or pickle carries it.

    Blanks around it are dropped; an empty one is false.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value.strip()

    def __bool__(self) -> bool:
        return bool(self._value)

    def reveal(self) -> str:
        """Return the string itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not pickled.")


def check_pace(interval: float, timeout: float) -> None:
    """Refuse a pace that nothing can be followed at.

    Args:
        interval: Seconds between two looks.
        timeout: Seconds after which following stops.

    Raises:
        ValueError: If it is none.
    """
    if not (0 < interval <= LONGEST_INTERVAL and timeout > 0):
        raise ValueError(
            f"An interval of {interval} s and a timeout of {timeout} s are no pace. "
            "Give both above 0, and an interval of a day at most."
        )


def resolve_base_url(given: str | None = None) -> str:
    """Return the base URL in use, without a trailing slash.

    Args:
        given: From the caller or ``%config``; else the environment decides, else the service's own address.

    Raises:
        SettingError: If it is no http(s) URL, or plain http to another machine, which would show the key.
    """
    url = (given or os.environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL).strip().rstrip("/")
    if "@" in url:
        raise SettingError(f"A base URL holds no user name or password; the key goes into {KEY_VARIABLE}.")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and url.isprintable()
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise SettingError(f"{url!r} is no base URL. Give one such as {DEFAULT_BASE_URL}, or leave it unset.")
    if parts.scheme == "http" and not is_on_this_machine(url):
        raise SettingError(f"{url} would send the key unencrypted. Use https; plain http is for this machine only.")
    return url


def is_on_this_machine(url: str) -> bool:
    """Whether a URL's host is the loopback address, such as the simulator's. Proxies have no business there."""
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False


def find_key(given: Secret | None, base_url: str) -> Secret:
    """Return the API key for a base URL.

    Args:
        given: From the caller; None to find it.
        base_url: As `resolve_base_url` returns it.

    Raises:
        MissingKeyError: If there is none anywhere.
        SettingError: If it holds characters that cannot be sent.
    """
    key = given or _session_keys.get(base_url) or _from_environment() or _from_keyring(base_url)
    if not key:
        raise MissingKeyError
    if not key.reveal().isascii() or not key.reveal().isprintable():
        raise SettingError(f"The API key holds characters that no key has. Copy it again into {KEY_VARIABLE}.")
    return key


def keep_key(key: Secret, base_url: str) -> bool:
    """Keep a key for this session, and in the system's keyring if there is one.

    Returns:
        Whether the keyring has it, so that later sessions find it.
    """
    _session_keys[base_url] = key
    if find_spec("keyring") is None:
        return False
    import keyring

    try:
        keyring.set_password(_KEYRING_SERVICE, base_url, key.reveal())
    except keyring.errors.KeyringError:
        return False
    return True


def _from_environment() -> Secret:
    return Secret(os.environ.get(KEY_VARIABLE, ""))


def _from_keyring(base_url: str) -> Secret | None:
    if find_spec("keyring") is None:
        return None
    import keyring

    try:
        found = keyring.get_password(_KEYRING_SERVICE, base_url)
    except keyring.errors.KeyringError:
        return None
    return Secret(found) if found else None

"""Finds and stores the API key, and `Secret`, which keeps it out of sight.

The first key found is used: the caller's, the one from ``%runway_login`` in this session, the environment variable
``APIKLEY_API_KEY``, the system's keyring (if the ``keyring`` package is installed). If the variable is set to another
key after the login, it comes before the login's: the latest correction counts.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, NoReturn

from ..model.errors import MissingKeyError, SettingError
from .sealed import sealed, variable

if TYPE_CHECKING:
    from .masking import Masking

KEY_VARIABLE = "APIKLEY_API_KEY"

_SHORTEST_HIDDEN = 8  # characters of a key that is also found within longer texts: a shorter one may be a word
_KEYRING_SERVICE = "runway_nb"

_session_keys: dict[str, Secret] = {}
_environment_at_login: dict[str, Secret] = {}
_keyring_keys: dict[str, Secret] = {}  # as the keyring last answered
_given_keys: set[Secret] = set()


class Secret:
    """A string that only `reveal` returns: no repr, traceback or pickle contains it.

    Whitespace around it is stripped; an empty one is false.
    """

    __slots__ = ("_hidden",)

    def __init__(self, value: str) -> None:
        self._hidden = memoryview(value.strip().encode("utf-8", "surrogatepass"))  # its repr does not show it

    def __bool__(self) -> bool:
        return len(self._hidden) > 0

    # A traceback shows the variables of a frame and the attributes that its lines name. So the string is never given a
    # name here, and every line that has it is one expression.

    def reveal(self) -> str:
        """Return the string."""
        return str(self._hidden, "utf-8", "surrogatepass")

    def is_in(self, text: str) -> bool:
        """Whether a text is this string or contains it, in any case, with or without hyphens."""
        other = text.strip().replace("-", "").lower()
        if len(self.reveal().replace("-", "")) >= _SHORTEST_HIDDEN:
            return self.reveal().replace("-", "").lower() in other
        return bool(self) and self.reveal().replace("-", "").lower() == other

    def masked(self, text: str, mask: str) -> str:
        """Return a text with a mask in place of this string, in any case and in any encoding in use.

        A string that is so short that it may be an ordinary word is not masked.
        """
        return sealed(lambda: _masking(self, mask).text(text))

    def masked_body(self, body: bytes, mask: str) -> bytes:
        """Return the body of an answer, masked as `masked` in the values and the keys of its JSON."""
        return sealed(lambda: _masking(self, mask).body(body))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._hidden == other._hidden

    def __hash__(self) -> int:
        return hash(self._hidden)

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Secret cannot be pickled.")


def find_key(given: Secret | None, base_url: str) -> Secret:
    """Return the API key for a base URL. The keyring is asked only if there is no other key, and it has not answered.

    Args:
        given: The caller's key; None to find one.
        base_url: As `resolve_base_url` returns it.

    Raises:
        MissingKeyError: If no key was found.
        SettingError: If it contains characters that cannot be sent.
    """
    key = given or _without_keyring(base_url) or _keyring_keys.get(base_url) or ask_keyring(base_url)
    if not key:
        raise MissingKeyError
    if not key.reveal().isascii() or not key.reveal().isprintable():
        raise SettingError(f"The API key contains characters that cannot be sent. Copy it again into {KEY_VARIABLE}.")
    return key


def ask_keyring(base_url: str) -> Secret | None:
    """Ask the keyring for the key of a base URL, if no other key comes before it.

    Returns:
        Its answer, which is used until it is asked again; None if it has no key or was not asked.
    """
    if _without_keyring(base_url):
        return None
    found = _from_keyring(base_url)
    if found is None:
        _keyring_keys.pop(base_url, None)
    else:
        _keyring_keys[base_url] = found
    return found


def read_given(value: object) -> Secret | SettingError | None:
    """Read the key that a caller gives; None if there is none.

    An error is returned, not raised: the caller's frame must drop the value first.
    """
    if value is None or isinstance(value, str):
        return None if value is None else Secret(value)
    return SettingError(f"The API key must be a string, not {type(value).__name__}.")


def note_given(given: Secret) -> None:
    """Note a key that a caller gave to a client, so that it is known as a key in this session."""
    _given_keys.add(given)


def known_keys() -> frozenset[Secret]:
    """Return the keys in use in this session, for any base URL. None of them is ever sent as a task id."""
    kept = (_from_environment(), *_session_keys.values(), *_keyring_keys.values(), *_given_keys)
    return frozenset(key for key in kept if key)


def fingerprint(base_url: str) -> int:
    """Return a number that changes with the key that `find_key` would find, without the key in it."""
    return hash((_without_keyring(base_url), _keyring_keys.get(base_url)))


def without_keys(text: str, mask: str) -> str:
    """Return a text with a mask in place of every key in use."""
    for each in known_keys():
        text = each.masked(text, mask)
    return text


def keep_key(key: Secret, base_url: str) -> bool:
    """Store a key for this session, and in the system's keyring if there is one.

    Returns:
        Whether the keyring has stored it, so that later sessions find it.
    """
    _session_keys[base_url] = key
    _environment_at_login[base_url] = _from_environment()
    if find_spec("keyring") is None:
        return False
    return sealed(lambda: _is_stored(key, base_url), lambda text: key.masked(text, "[key]"))


def _is_stored(key: Secret, base_url: str) -> bool:
    try:
        import keyring

        keyring.set_password(_KEYRING_SERVICE, base_url, key.reveal())
    except Exception:  # noqa: BLE001  # a backend may raise anything, and its traceback would show the key
        return False
    return True


def _without_keyring(base_url: str) -> Secret | None:
    kept, environment = _session_keys.get(base_url), _from_environment()
    if kept and environment and environment != _environment_at_login.get(base_url, environment):
        return environment
    return kept or environment or None


def _from_environment() -> Secret:
    return sealed(lambda: Secret(variable(KEY_VARIABLE) or ""))


def _from_keyring(base_url: str) -> Secret | None:
    if find_spec("keyring") is None:
        return None
    return sealed(lambda: _stored(base_url), lambda _: "")  # whatever a backend says may be the key


def _stored(base_url: str) -> Secret | None:
    try:
        import keyring

        found = keyring.get_password(_KEYRING_SERVICE, base_url)
    except Exception:  # noqa: BLE001  # a backend may raise anything
        return None
    return Secret(found) if found else None


@lru_cache(maxsize=64)  # the same few keys at every look
def _masking(secret: Secret, mask: str) -> Masking:
    from .masking import Masking  # when first needed, so that loading stays quick

    return Masking(secret.reveal(), mask)

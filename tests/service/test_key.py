"""The API key: where it comes from, and that it is shown nowhere."""

import copy
import importlib
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from runway_nb.model.errors import MissingKeyError, SettingError
from runway_nb.service.client import RunwayClient
from runway_nb.service.key import Secret, find_key, fingerprint, keep_key, known_keys

KEY = "k-3f9a77-never-shown"
HERE = "http://127.0.0.1:8000"

# A stand-in for the keyring package, with a store that tests can inspect.
KEYRING = """
class errors:
    class KeyringError(Exception): ...

store, broken = {}, None

def get_password(service, name):
    if broken: raise broken
    return store.get((service, name))

def set_password(service, name, password):
    if broken: raise broken
    store[service, name] = password
"""


def start_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget this session's keys, as a new kernel does."""
    monkeypatch.setattr("runway_nb.service.key._session_keys", {})
    monkeypatch.setattr("runway_nb.service.key._keyring_keys", {})
    monkeypatch.setattr("runway_nb.service.key._given_keys", set())


@pytest.fixture(autouse=True)
def _no_session_keys(monkeypatch: pytest.MonkeyPatch):
    start_session(monkeypatch)


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Install the keyring above, so that tests do not read or change this machine's."""
    (tmp_path / "keyring.py").write_text(KEYRING)
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("keyring")
    yield module
    del sys.modules["keyring"]


def test_order_of_keys(monkeypatch: pytest.MonkeyPatch, keyring: ModuleType):
    keyring.store["runway_nb", HERE] = "keyring's"
    assert find_key(None, HERE).reveal() == "keyring's"
    monkeypatch.setenv("APIKLEY_API_KEY", " environment's\n")
    assert find_key(None, HERE).reveal() == "environment's"
    keep_key(Secret("session's"), HERE)
    assert find_key(None, HERE).reveal() == "session's"
    assert find_key(Secret("caller's"), HERE).reveal() == "caller's"

    start_session(monkeypatch)
    assert find_key(None, HERE).reveal() == "environment's"


def test_latest_of_login_and_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("APIKLEY_API_KEY", "before")
    keep_key(Secret("session's"), HERE)
    assert find_key(None, HERE).reveal() == "session's"
    monkeypatch.setenv("APIKLEY_API_KEY", "after")
    assert find_key(None, HERE).reveal() == "after"
    monkeypatch.delenv("APIKLEY_API_KEY")
    assert find_key(None, HERE).reveal() == "session's"
    monkeypatch.setenv("APIKLEY_API_KEY", "later")
    keep_key(Secret("session's"), HERE)
    assert find_key(None, HERE).reveal() == "session's"


def test_fingerprint_changes_with_the_key(monkeypatch: pytest.MonkeyPatch, keyring: ModuleType):
    seen = [fingerprint(HERE)]
    keyring.store["runway_nb", HERE] = "keyring's"
    find_key(None, HERE)
    seen.append(fingerprint(HERE))
    monkeypatch.setenv("APIKLEY_API_KEY", "first")
    seen.append(fingerprint(HERE))
    keep_key(Secret("session's"), HERE)
    seen.append(fingerprint(HERE))
    monkeypatch.setenv("APIKLEY_API_KEY", "second")
    seen.append(fingerprint(HERE))
    keep_key(Secret("session's"), HERE)
    assert len(set(seen)) == 5
    assert fingerprint(HERE) == seen[3]


def test_kept_key_is_for_one_service(keyring: ModuleType):
    assert keep_key(Secret(KEY), HERE)

    assert keyring.store == {("runway_nb", HERE): KEY}
    with pytest.raises(MissingKeyError):
        find_key(None, "https://elsewhere.example")


@pytest.mark.parametrize("name", ["KeyringError", "RuntimeError"])
def test_failing_keyring_is_ignored(name: str, monkeypatch: pytest.MonkeyPatch, keyring: ModuleType):
    keyring.broken = getattr(keyring.errors, name, RuntimeError)

    assert not keep_key(Secret(KEY), HERE)
    assert find_key(None, HERE).reveal() == KEY  # this session has it
    start_session(monkeypatch)
    with pytest.raises(MissingKeyError):
        find_key(None, HERE)


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_blank_key_counts_as_missing(monkeypatch: pytest.MonkeyPatch, blank: str):
    monkeypatch.setenv("APIKLEY_API_KEY", blank)

    with pytest.raises(MissingKeyError):
        find_key(None, HERE)
    with pytest.raises(MissingKeyError):
        find_key(Secret(blank), HERE)


@pytest.mark.parametrize("key", ["a\nb", "a\r\nX-Evil: 1", "schlüssel", "a\x00b", "“quoted”"])
def test_unsendable_key_is_refused_unquoted(key: str):
    with pytest.raises(SettingError) as caught:
        find_key(Secret(key), HERE)

    assert str(caught.value) == (
        "The API key contains characters that cannot be sent. Copy it again into APIKLEY_API_KEY."
    )


@pytest.mark.parametrize("text", [KEY, f" {KEY}\n", KEY.upper(), KEY.replace("-", ""), f"x:{KEY}:1"])
def test_a_secret_is_recognized_in_a_text(text: str):
    assert Secret(KEY).is_in(text)
    assert not Secret("").is_in(text)
    assert not Secret("never").is_in(text)
    assert Secret("never").is_in("Never")


def test_a_secret_is_masked_in_any_case():
    assert Secret(KEY).masked(f"{KEY}, {KEY.title()}", "[key]") == "[key], [key]"
    assert Secret("never").masked("never shown", "[key]") == "never shown"


def test_only_reveal_shows_a_secret():
    secret = Secret(KEY)

    assert secret.reveal() == KEY
    assert not any(KEY in shown for shown in (repr(secret), str(secret), f"{secret}", f"{[secret]}", f"{secret!a}"))
    with pytest.raises(TypeError):
        vars(secret)
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled"):
            way(secret)


def test_key_given_to_a_client_is_known():
    given = Secret("given-to-a-client-only")
    with RunwayClient(given.reveal(), "http://127.0.0.1:1"):
        assert given in known_keys()

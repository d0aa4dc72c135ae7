"""Where the key and the base URL come from, and that the key shows itself nowhere."""

import copy
import importlib
import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest

from runway_nb import settings
from runway_nb.errors import MissingKeyError, SettingError
from runway_nb.settings import (
    DEFAULT_BASE_URL,
    Secret,
    find_key,
    keep_key,
    resolve_base_url,
)

KEY = "k-3f9a77-never-shown"
HERE = "http://127.0.0.1:8000"

# A keyring as the real package presents itself, with a store that the tests can look into.
KEYRING = """
class errors:
    class KeyringError(Exception): ...

store, broken = {}, False

def get_password(service, name):
    if broken: raise errors.KeyringError
    return store.get((service, name))

def set_password(service, name, password):
    if broken: raise errors.KeyringError
    store[service, name] = password
"""


@pytest.fixture(autouse=True)
def _no_session_keys(monkeypatch):
    monkeypatch.setattr(settings, "_session_keys", {})


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Install a keyring of the test's own, so that the machine's is neither read nor written."""
    (tmp_path / "keyring.py").write_text(KEYRING)
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("keyring")
    yield module
    del sys.modules["keyring"]


# --- the base URL -----------------------------------------------------------------------------------------------------


def test_the_base_url_given_goes_before_the_environments_and_that_before_the_services(monkeypatch: pytest.MonkeyPatch):
    assert resolve_base_url() == DEFAULT_BASE_URL == "https://api.apikley.ru"
    monkeypatch.setenv("APIKLEY_BASE_URL", "https://api.kie.ai/")
    assert resolve_base_url() == "https://api.kie.ai"
    assert resolve_base_url(" https://proxy.example/runway/ ") == "https://proxy.example/runway"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:99", "https://127.0.0.1"])
def test_plain_http_to_this_machine_is_allowed(url: str):
    assert resolve_base_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.apikley.ru",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1:8000",
        "http://0.0.0.0:8000",
    ],
)
def test_plain_http_to_another_machine_would_show_the_key(url: str):
    with pytest.raises(SettingError, match="unencrypted"):
        resolve_base_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "api.apikley.ru",
        "ftp://api.apikley.ru",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://[broken",
        "https://host:port",
        "https://host:99999",
        "https://host?x=1",
        "https://host#x",
        "https://ho\nst",
        "https://host/\u202eabc",
        "http://127.0.0.1\\.example.com\x00",
    ],
)
def test_what_is_no_base_url(url: str):
    with pytest.raises(SettingError, match="is no base URL"):
        resolve_base_url(url)


@pytest.mark.parametrize(
    "url", [f"https://me:{KEY}@host", f"https://{KEY}@host", f"me:{KEY}@host", f"http://me:{KEY}@h"]
)
def test_a_key_in_the_base_url_is_refused_and_not_repeated(url: str):
    with pytest.raises(SettingError, match="no user name or password") as caught:
        resolve_base_url(url)

    assert KEY not in str(caught.value)


# --- the key ----------------------------------------------------------------------------------------------------------


def test_the_order_of_keys(monkeypatch: pytest.MonkeyPatch, keyring: ModuleType):
    keyring.store["runway_nb", HERE] = "keyring's"
    assert find_key(None, HERE).reveal() == "keyring's"
    monkeypatch.setenv("APIKLEY_API_KEY", " environment's\n")
    assert find_key(None, HERE).reveal() == "environment's"
    keep_key(Secret("session's"), HERE)
    assert find_key(None, HERE).reveal() == "session's"
    assert find_key(Secret("caller's"), HERE).reveal() == "caller's"

    settings._session_keys.clear()  # as in a new kernel
    assert find_key(None, HERE).reveal() == "environment's"


def test_a_kept_key_is_for_its_service_only(keyring: ModuleType):
    assert keep_key(Secret(KEY), HERE)

    assert keyring.store == {("runway_nb", HERE): KEY}
    with pytest.raises(MissingKeyError):
        find_key(None, "https://elsewhere.example")


def test_a_keyring_that_fails_is_as_none(keyring: ModuleType):
    keyring.broken = True

    assert not keep_key(Secret(KEY), HERE)
    assert find_key(None, HERE).reveal() == KEY  # this session has it
    settings._session_keys.clear()  # as in a new kernel
    with pytest.raises(MissingKeyError):
        find_key(None, HERE)


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_blank_key_is_none(monkeypatch: pytest.MonkeyPatch, blank: str):
    monkeypatch.setenv("APIKLEY_API_KEY", blank)

    with pytest.raises(MissingKeyError):
        find_key(None, HERE)
    with pytest.raises(MissingKeyError):
        find_key(Secret(blank), HERE)


@pytest.mark.parametrize("key", ["a\nb", "a\r\nX-Evil: 1", "schlüssel", "a\x00b", "“quoted”"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(key: str):
    with pytest.raises(SettingError, match="characters that no key has") as caught:
        find_key(Secret(key), HERE)

    assert key not in str(caught.value)


def test_a_secret_shows_itself_only_by_name():
    secret = Secret(KEY)

    assert secret.reveal() == KEY
    assert not any(KEY in shown for shown in (repr(secret), str(secret), f"{secret}", f"{[secret]}", f"{secret!a}"))
    with pytest.raises(TypeError):
        vars(secret)
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            way(secret)

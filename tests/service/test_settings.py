"""The base URL: where it comes from, and what is refused."""

import pytest

from runway_nb.model.errors import RunwayError, SettingError
from runway_nb.service.client import RunwayClient
from runway_nb.service.network import PROXY_VARIABLES, setting_error
from runway_nb.service.settings import DEFAULT_BASE_URL, is_on_this_machine, resolve_base_url

KEY = "k-3f9a77-never-shown"


@pytest.fixture
def _no_proxy_variables(monkeypatch: pytest.MonkeyPatch):
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_base_urls_order(monkeypatch: pytest.MonkeyPatch):
    assert resolve_base_url() == DEFAULT_BASE_URL == "https://api.apikley.ru"
    monkeypatch.setenv("APIKLEY_BASE_URL", "https://api.kie.ai/")
    assert resolve_base_url() == "https://api.kie.ai"
    assert resolve_base_url(" https://proxy.example/runway/ ") == "https://proxy.example/runway"


@pytest.mark.parametrize(
    "url", ["https://example.", f"https://{'a' * 63}.example", "https://ä.example", "https://[::1]"]
)
def test_host_at_its_limits(url: str):
    assert resolve_base_url(url) == url


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:99", "https://127.0.0.1"])
def test_plain_http_to_this_machine(url: str):
    assert resolve_base_url(url) == url
    assert is_on_this_machine(url)


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
def test_plain_http_elsewhere_is_refused(url: str):
    with pytest.raises(SettingError, match="unencrypted") as caught:
        resolve_base_url(url)

    assert str(caught.value) == (
        f"{url} would send the key unencrypted. Use https; plain http is allowed for this machine only."
    )
    assert not is_on_this_machine(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://api.apikley.ru",
        "file:///etc/passwd",
        "https:///path",
        "https://[broken",
        "https://host:port",
        "https://host:99999",
        "https://ho\nst",
        "https://host/\u202eabc",
        "https://a..b",
        "https://.example",
        "https://example..",
        f"https://{'a' * 64}.example",
        "http://127.0.0.1\\.example.com\x00",
    ],
)
def test_invalid_base_url(url: str):
    with pytest.raises(SettingError, match="is not a valid base URL") as caught:
        resolve_base_url(url)

    assert str(caught.value) == (
        "base_url is not a valid base URL. Use one such as https://api.apikley.ru, or leave it unset."
    )


def test_invalid_base_url_of_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("APIKLEY_BASE_URL", "https://host:a-word")

    with pytest.raises(SettingError) as caught:
        resolve_base_url()

    assert str(caught.value) == (
        "APIKLEY_BASE_URL is not a valid base URL. Use one such as https://api.apikley.ru, or leave it unset."
    )


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("api.apikley.ru", "The base URL is incomplete: it needs https:// and a host."),
        ("https://", "The base URL is incomplete: it needs https:// and a host."),
        (KEY, "The base URL is incomplete: it needs https:// and a host."),
        ("javascript:alert(1)", "The base URL is incomplete: it needs https:// and a host."),
        (f"https://host?key={KEY}", "A base URL must not contain a ? or a #."),
        ("https://host#x", "A base URL must not contain a ? or a #."),
    ],
)
def test_base_url_that_may_hold_a_key(url: str, problem: str):
    with pytest.raises(SettingError) as caught:
        resolve_base_url(url)

    assert str(caught.value) == f"{problem} Use one such as https://api.apikley.ru, or leave it unset."


@pytest.mark.parametrize(
    "url", [f"https://me:{KEY}@host", f"https://{KEY}@host", f"me:{KEY}@host", f"http://me:{KEY}@h"]
)
def test_password_in_base_url_is_refused(url: str):
    with pytest.raises(SettingError, match="user name or password") as caught:
        resolve_base_url(url)

    assert str(caught.value) == ("A base URL must not contain a user name or password. Set the key in APIKLEY_API_KEY.")


def said(url: str | None) -> str:
    """Return the message about a base URL; "" if it can be used."""
    try:
        resolve_base_url(url)
    except SettingError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "url",
    [
        f"http://elsewhere.example/{KEY}",
        f"https://{KEY}.example",
        f"https://host.example/v1/{KEY.upper()}",
        f"https://host.example/%6B{KEY[1:]}",
        f"http://{KEY}",
        f"ftp://host/{KEY}",
        f"https://host.example:{KEY}/",
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_key_in_any_part_of_a_base_url_is_not_quoted(url: str, is_known: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("APIKLEY_API_KEY", KEY if is_known else "another-key-of-the-user")
    monkeypatch.setenv("APIKLEY_BASE_URL", url)

    shown = f"{said(None)} {said(url)}"

    if is_known:
        assert "A base URL must not contain the API key. Use one such as https://api.apikley.ru" in shown
    if is_known or "/" in url.partition("://")[2]:
        assert KEY.lower() not in shown.lower()


def test_file_of_certificates_is_named_without_the_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", f"/nowhere/{KEY}/ca.pem")

    error = setting_error(OSError("no file"), "https://host.example")

    assert str(error) == (
        "REQUESTS_CA_BUNDLE names a file of certificates that does not exist ('/nowhere/[key]/ca.pem'). "
        "Correct the path, or delete the variable."
    )


@pytest.mark.usefixtures("_no_proxy_variables")
def test_password_of_a_proxy_is_not_quoted(monkeypatch: pytest.MonkeyPatch):
    for proxy in ("http://me:hidden-word@127.0.0.1:9", "http://me:hidden-word@[bad", "nonsense://me:hidden-word@x"):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with RunwayClient(KEY, "https://host.invalid", retries=0) as client, pytest.raises(RunwayError) as caught:
            client.look("task-1")

        assert "hidden-word" not in str(caught.value) + repr(caught.value)
        assert "HTTPS_PROXY" in str(caught.value)

"""Settings that change while a client is in use count from its next look."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from service.recording import KEY, RECORD, Recorder, RecordingHandler, error_of, recording
from support.demo import FINISHED
from support.waiting import wait_until

from runway_nb.follow.handle import WatchHandle
from runway_nb.follow.watcher import Watcher
from runway_nb.model.errors import AuthenticationError, ConnectionFailedError, MissingKeyError, SettingError
from runway_nb.model.sighting import Following
from runway_nb.service.client import RunwayClient
from runway_nb.service.key import Secret, keep_key, known_keys
from runway_nb.service.overrides import use_base_url, use_demo_url
from runway_nb.simulator import Record, Simulator

OTHER_KEY = "another-key-never-shown"
CERTIFICATE = Path(__file__).with_name("loopback.pem")
"""A certificate for 127.0.0.1 and its private key, which only this test uses."""


@pytest.fixture(autouse=True)
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Keep this session's keys and the keyring's in the test."""
    store: dict[str, str] = {}
    monkeypatch.setattr("runway_nb.service.key._session_keys", {})
    monkeypatch.setattr("runway_nb.service.key._keyring_keys", {})
    monkeypatch.setattr("runway_nb.service.key._given_keys", set())
    monkeypatch.setattr("runway_nb.service.key._from_keyring", lambda url: Secret(store[url]) if url in store else None)
    return store


@pytest.fixture
def server() -> Iterator[Recorder]:
    with recording() as running:
        yield running


@pytest.fixture
def client(server: Recorder, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunwayClient]:
    """Make a client that was given nothing."""
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    monkeypatch.setenv("APIKLEY_BASE_URL", server.url)
    with RunwayClient(retries=0) as client:
        yield client


def keys_sent(server: Recorder) -> list[str]:
    return [headers["Authorization"].removeprefix("Bearer ") for _, _, headers in server.seen]


def accept_only(server: Recorder, key: str) -> None:
    def answer(handler: RecordingHandler) -> None:
        accepted = handler.headers["Authorization"] == f"Bearer {key}"
        handler.reply(RECORD if accepted else b'{"code":401,"msg":"no"}')

    server.answer = answer


def test_key_of_the_environment(client: RunwayClient, server: Recorder, monkeypatch: pytest.MonkeyPatch):
    client.get("t")
    monkeypatch.setenv("APIKLEY_API_KEY", OTHER_KEY)
    client.get("t")
    monkeypatch.delenv("APIKLEY_API_KEY")
    assert type(error_of(lambda: client.get("t"))) is MissingKeyError
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    client.get("t")

    assert keys_sent(server) == [KEY, OTHER_KEY, KEY]


def test_key_of_the_session(client: RunwayClient, server: Recorder):
    keep_key(Secret(OTHER_KEY), server.url)
    client.get("t")

    assert keys_sent(server) == [OTHER_KEY]


def test_given_settings_stay(server: Recorder, monkeypatch: pytest.MonkeyPatch):
    with RunwayClient(KEY, server.url) as client, Simulator() as simulator:
        monkeypatch.setenv("APIKLEY_API_KEY", OTHER_KEY)
        monkeypatch.setenv("APIKLEY_BASE_URL", "https://elsewhere.example")
        use_base_url("https://elsewhere.example")
        use_demo_url(simulator.base_url)
        try:
            client.get("t")
        finally:
            use_demo_url(None)
            use_base_url(None)

    assert keys_sent(server) == [KEY]


def test_base_url_of_environment_and_config(
    client: RunwayClient, server: Recorder, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("APIKLEY_BASE_URL", simulator.base_url)
    client.get(FINISHED)
    use_base_url(server.url)
    client.get("t")
    use_base_url(None)
    assert client.get(FINISHED).video
    monkeypatch.setenv("APIKLEY_BASE_URL", "nonsense")
    assert type(error_of(lambda: client.get("t"))) is SettingError
    assert repr(client) == "RunwayClient()"

    assert len(server.seen) == 1


def test_demo_and_back(client: RunwayClient, server: Recorder, simulator: Simulator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("APIKLEY_API_KEY")
    use_demo_url(simulator.base_url)
    try:
        assert client.get(FINISHED).video
        with RunwayClient() as during:
            assert during.get(FINISHED).video
    finally:
        use_demo_url(None)
    assert type(error_of(lambda: client.get("t"))) is MissingKeyError
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    client.get("t")

    assert keys_sent(server) == [KEY]


@pytest.mark.parametrize("blank", ["", " "])
def test_blank_settings_are_not_given(server: Recorder, monkeypatch: pytest.MonkeyPatch, blank: str):
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    with RunwayClient(blank, blank) as client:
        monkeypatch.setenv("APIKLEY_BASE_URL", server.url)
        client.get("t")

    assert keys_sent(server) == [KEY]


def test_given_key_keeps_its_connection(server: Recorder, monkeypatch: pytest.MonkeyPatch):
    with RunwayClient(KEY, server.url) as client:
        client.get("t")
        monkeypatch.setenv("APIKLEY_API_KEY", OTHER_KEY)
        client.get("t")

    assert len({connection for connection, *_ in server.seen}) == 1


def test_key_corrected_during_a_look(client: RunwayClient, server: Recorder, monkeypatch: pytest.MonkeyPatch):
    def refuse(handler: RecordingHandler) -> None:
        monkeypatch.setenv("APIKLEY_API_KEY", OTHER_KEY)
        accept_only(server, OTHER_KEY)
        handler.reply(b'{"code":401,"msg":"no"}')

    server.answer = refuse
    client.get("t")

    assert keys_sent(server) == [KEY, OTHER_KEY]


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_proxy_set_later(monkeypatch: pytest.MonkeyPatch, name: str):
    for each in ("https_proxy", "http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(each, raising=False)
        monkeypatch.delenv(each.upper(), raising=False)
    with RunwayClient(KEY, "https://api.invalid", retries=0) as client:
        assert type(error_of(lambda: client.get("t"))) is ConnectionFailedError
        monkeypatch.setenv(name, "socks5://127.0.0.1:9")
        assert str(error_of(lambda: client.get("t"))) == (
            f"The proxy in {name} uses SOCKS, which needs a further package. Run pip install 'requests[socks]' and "
            f"restart Python, or correct {name}."
        )
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        assert error_of(lambda: client.get("t")).reason == f"the proxy in {name} refused the connection"
        monkeypatch.setenv("NO_PROXY", "api.invalid")
        assert "proxy" not in error_of(lambda: client.get("t")).reason


@pytest.mark.parametrize("value", ["foo://x", "non sense", "http://", "http://h:port", "://", "http://h:99999"])
def test_proxy_that_is_no_url(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", value)
    with RunwayClient(KEY, "https://api.invalid", retries=0) as client:
        assert str(error_of(lambda: client.get("t"))) == (
            "HTTPS_PROXY is not a valid URL of a proxy. Set it to one such as http://proxy.example:3128, "
            "or delete the variable."
        )


def test_certificates_do_not_matter_without_encryption(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with RunwayClient(KEY, "http://127.0.0.1:9", retries=0) as client:
        assert type(error_of(lambda: client.get("t"))) is ConnectionFailedError


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_missing_certificate_file(monkeypatch: pytest.MonkeyPatch, name: str):
    for each in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, "/nowhere/ca.pem")
    with RunwayClient(KEY, "https://api.invalid", retries=0) as client:
        assert str(error_of(lambda: client.get("t"))) == (
            f"{name} names a file of certificates that does not exist ('/nowhere/ca.pem'). "
            "Correct the path, or delete the variable."
        )
        monkeypatch.delenv(name)
        assert type(error_of(lambda: client.get("t"))) is ConnectionFailedError


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_set_later(server: Recorder, monkeypatch: pytest.MonkeyPatch, name: str):
    for each in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(each, raising=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    monkeypatch.setattr(server, "handle_error", lambda *_: None)  # a refused handshake
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with RunwayClient(KEY, server.url.replace("http:", "https:"), retries=0) as client:
        assert "certificate" in error_of(lambda: client.get("t")).reason
        monkeypatch.setenv(name, str(CERTIFICATE))
        client.get("t")
        monkeypatch.delenv(name)
        assert "certificate" in error_of(lambda: client.get("t")).reason

    assert keys_sent(server) == [KEY]


# --- the keyring ------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(keyring: dict[str, str], server: Recorder, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a key into the keyring only, and note how often the keyring is asked."""
    noted: list[str] = []

    def ask(url: str) -> Secret | None:
        noted.append(url)
        return Secret(keyring[url]) if url in keyring else None

    keyring[server.url] = KEY
    monkeypatch.delenv("APIKLEY_API_KEY")
    monkeypatch.setattr("runway_nb.service.key._from_keyring", ask)
    return noted


def test_keyring_is_not_asked_at_each_look(client: RunwayClient, asked: list[str]):
    for _ in range(5):
        client.get("t")

    assert len(asked) == 1


def test_keyring_is_asked_at_a_new_command(
    client: RunwayClient, server: Recorder, asked: list[str], keyring: dict[str, str]
):
    client.get("t")
    keyring[server.url] = OTHER_KEY
    client.refresh()
    client.get("t")
    keyring.clear()

    assert keys_sent(server) == [KEY, OTHER_KEY]
    assert type(error_of(client.refresh)) is MissingKeyError
    assert len(asked) >= 3


def test_keyring_is_asked_once_after_refusals(
    client: RunwayClient, server: Recorder, asked: list[str], keyring: dict[str, str]
):
    client.get("t")
    accept_only(server, OTHER_KEY)
    assert {type(each) for each in client.get_many(["a", "b", "c", "d", "e"])} == {AuthenticationError}
    assert len(asked) == 2
    keyring[server.url] = OTHER_KEY
    client.refresh()
    client.get("t")

    assert keys_sent(server)[-1] == OTHER_KEY


def test_refused_key_is_replaced_by_the_keyrings(
    client: RunwayClient, server: Recorder, asked: list[str], keyring: dict[str, str]
):
    client.get("t")
    accept_only(server, OTHER_KEY)
    keyring[server.url] = OTHER_KEY
    client.get("t")

    assert keys_sent(server) == [KEY, KEY, OTHER_KEY]
    assert len(asked) == 2


# --- looks under way, and what is followed ----------------------------------------------------------------------------


def test_look_under_way_keeps_its_connection(simulator: Simulator, monkeypatch: pytest.MonkeyPatch):
    closed, release, results = [], threading.Event(), []
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    monkeypatch.setattr(requests.Session, "close", lambda session: closed.append(session))  # noqa: PLW0108  # bound to its session

    def stall(handler: RecordingHandler) -> None:
        release.wait(30)
        handler.reply()

    with recording(stall) as slow, ExitStack() as stack:
        monkeypatch.setenv("APIKLEY_BASE_URL", slow.url)
        client = stack.enter_context(RunwayClient())
        looking = threading.Thread(target=lambda: results.append(client.get("t")))
        looking.start()
        wait_until(lambda: slow.seen)
        monkeypatch.setenv("APIKLEY_BASE_URL", simulator.base_url)
        client.get(FINISHED)
        assert closed == []
        release.set()
        looking.join(30)

        assert len(results) == len(closed) == 1


def test_what_is_followed_goes_on(client: RunwayClient, simulator: Simulator, monkeypatch: pytest.MonkeyPatch):
    watcher = Watcher(client.look, client.budget)
    handle = WatchHandle(watcher, ["t"], interval=0.05)
    wait_until(lambda: "t" in handle.tasks)
    simulator.put("t", Record())
    monkeypatch.setenv("APIKLEY_BASE_URL", simulator.base_url)

    assert handle.wait(30)
    watcher.close()
    assert handle.sightings["t"].following is Following.ENDED


def test_another_service_has_its_own_limit(client: RunwayClient, monkeypatch: pytest.MonkeyPatch):
    client.get("t")
    client.budget.rate_limited(300)
    monkeypatch.setenv("APIKLEY_BASE_URL", "http://127.0.0.1:9")
    client.refresh()

    assert client.budget.take() == 0


# --- a key is no task id ----------------------------------------------------------------------------------------------


def test_slow_keyring_keeps_nothing_waiting(server: Recorder, monkeypatch: pytest.MonkeyPatch):
    asked, answered = threading.Event(), threading.Event()

    def wait_for_the_user(_: str) -> None:
        asked.set()
        answered.wait()

    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    monkeypatch.setenv("APIKLEY_BASE_URL", server.url)
    client = RunwayClient(retries=0)
    monkeypatch.delenv("APIKLEY_API_KEY")
    monkeypatch.setattr("runway_nb.service.key._from_keyring", wait_for_the_user)
    look = threading.Thread(target=error_of, args=(lambda: client.look("t"),))
    look.start()
    assert asked.wait(30)

    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    assert client.look("t")
    client.close()

    answered.set()
    look.join(30)
    assert not look.is_alive()


def test_key_is_never_sent_as_id(client: RunwayClient, server: Recorder):
    uuid = "EE603959-debb-48d1-98c4-a6d1c717eba6"
    for call in (client.get, client.look, client.wait):
        error = error_of(lambda call=call: call(f" {KEY} "))
        assert str(error) == (
            "That is the API key, not a task id. Use the id that the service returned when the task was created."
        )
    assert "API key" in str(error_of(lambda: client.get(f"{KEY.upper()}:1")))
    keep_key(Secret(uuid), "https://elsewhere.example")
    assert "API key" in str(client.get_many([uuid.lower().replace("-", "")])[0])
    with RunwayClient(OTHER_KEY, server.url) as other:
        assert "API key" in str(error_of(lambda: other.get(OTHER_KEY)))

    assert server.seen == []
    assert known_keys() == {Secret(KEY), Secret(OTHER_KEY), Secret(uuid)}


def test_resumes_after_a_refused_key(simulator: Simulator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("APIKLEY_API_KEY", "invalid-key")
    monkeypatch.setenv("APIKLEY_BASE_URL", simulator.base_url)
    with RunwayClient() as client:
        watcher = Watcher(client.look, client.budget)
        refused = WatchHandle(watcher, [FINISHED], interval=0.05)
        refused.wait(30)
        monkeypatch.setenv("APIKLEY_API_KEY", KEY)
        resumed = WatchHandle(watcher, refused.sightings.values(), interval=0.05)
        assert resumed.wait(30)
        watcher.close()

    assert refused.sightings[FINISHED].following is Following.REFUSED
    assert resumed.sightings[FINISHED].following is Following.ENDED

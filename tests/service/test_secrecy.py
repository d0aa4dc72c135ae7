"""The key goes to the service and nowhere else."""

import logging
import pickle
from collections.abc import Iterable
from pathlib import Path
from traceback import TracebackException
from typing import Any

import pytest
import requests
from requests.auth import AuthBase
from service.recording import FOREVER, KEY, RecordingHandler, all_shown, error_of, recording
from support.demo import FINISHED

from runway_nb import __version__
from runway_nb.model.errors import BadResponseError, RunwayError, SettingError
from runway_nb.service.client import RunwayClient
from runway_nb.service.key import Secret
from runway_nb.simulator import Fault, Simulator


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_does_not_get_the_key(status: int):
    def redirect(handler: RecordingHandler) -> None:
        handler.reply(b"", status, Location=f"{elsewhere.url}/x")

    with recording() as elsewhere, recording(redirect) as server, RunwayClient(KEY, server.url) as client:
        error = error_of(lambda: client.get("t"))

    assert type(error) is BadResponseError
    assert elsewhere.url in str(error)
    assert server.headers["Authorization"] == f"Bearer {KEY}"
    assert not elsewhere.seen


def test_netrc_does_not_replace_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    for session in (None, requests.Session()):
        with recording() as server, RunwayClient(KEY, server.url, session) as client:
            client.get("t")
        assert server.headers["Authorization"] == f"Bearer {KEY}"


def test_callers_session_is_left_unchanged():
    session = requests.Session()
    session.headers["X-Team"] = "ours"
    session.auth = ("other", "else")
    before = {name: repr(getattr(session, name)) for name in session.__attrs__}

    with recording() as server:
        with RunwayClient(KEY, server.url, session) as client:
            client.get("t")
        assert len(session.get_adapter(server.url).poolmanager.pools) == 1  # still connected

    assert {name: repr(getattr(session, name)) for name in session.__attrs__} == before
    assert server.headers["X-Team"] == "ours"
    assert server.headers["Authorization"] == f"Bearer {KEY}"
    assert server.headers["User-Agent"] == f"runway_nb/{__version__}"


def test_own_session_is_closed():
    with recording() as server:
        client = RunwayClient(KEY, server.url)
        client.get("t")
        assert not server.disconnected.is_set()

        client.close()

        assert server.disconnected.wait(60)


def parts_of(whole: object, found: dict[int, object]) -> Iterable[object]:
    """Return an object and all objects that it holds, at any depth, except the inside of other libraries' objects."""
    if id(whole) in found:
        return found.values()
    found[id(whole)] = whole
    if isinstance(whole, dict):
        inside = [*whole, *whole.values()]
    elif isinstance(whole, (list, tuple, set)):
        inside = [*whole]
    elif type(whole).__module__.startswith(("runway_nb.", "requests.")):
        inside = [*getattr(whole, "__dict__", {}).values()]
    else:
        inside = []
    for part in inside:
        parts_of(part, found)
    return found.values()


def test_client_does_not_show_the_key(client: RunwayClient, simulator: Simulator):
    client.get(FINISHED)

    assert repr(client) == f"RunwayClient('{simulator.base_url}')"
    with pytest.raises(TypeError):
        pickle.dumps(client)

    parts = parts_of(client, {})
    kinds = [type(part) for part in parts]
    assert Secret in kinds
    assert requests.Session in kinds
    assert any(issubclass(kind, AuthBase) for kind in kinds)
    for part in parts:
        assert KEY not in str(part)
        assert KEY not in repr(part)
    for part in parts:
        if isinstance(part, (Secret, AuthBase)):
            with pytest.raises(TypeError):
                pickle.dumps(part)


FAULTS = {
    "dropped": Fault.dropped(),
    "cut off": Fault.cut_off(),
    "truncated": Fault.truncated(),
    "oversized": Fault.oversized(),
    "html": Fault.html(),
    "401": Fault.code(401),
    "429": Fault.http(429, retry_after=99),
    "500": Fault.http(500),
    "null": Fault.null(),
    "slow": Fault.slow(5),
    "redirect": Fault.redirect("http://127.0.0.1:9/"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_errors_do_not_contain_the_key(simulator: Simulator, fault: Fault, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    simulator.faults.add(fault, **FOREVER)
    with RunwayClient(KEY, simulator.base_url, timeout=(1, 0.05), retries=0) as client:
        error = error_of(lambda: client.get(FINISHED))
        (among_many,) = client.get_many([FINISHED])

    assert caplog.records  # urllib3 did log
    for each in (error, among_many):
        assert isinstance(each, RunwayError)
        assert each.__context__ is None
        assert each.__cause__ is None
        assert KEY not in all_shown(each)
        assert KEY.encode() not in pickle.dumps(each)
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("key", "url"),
    [
        (KEY, "ftp://x"),
        (f"{KEY}\r\nX: 1", None),
        (f"{KEY}ß", None),
        (KEY.encode(), None),
        ([KEY], None),
        ({"key": KEY}, None),
    ],
)
def test_constructor_errors_hide_the_key(key: Any, url: str | None):
    # This frame contains the key, as the caller's does, so only the frames below it are checked.
    with pytest.raises(SettingError) as caught:
        RunwayClient(key, url)

    below = caught.value.__traceback__.tb_next
    assert below is not None
    assert KEY not in "".join(TracebackException(SettingError, caught.value, below, capture_locals=True).format())


@pytest.mark.usefixtures("pauses")
def test_connection_errors_hide_the_key(simulator: Simulator):
    simulator.stop()
    with RunwayClient(KEY, simulator.base_url) as client:
        error = error_of(lambda: client.get(FINISHED))

    assert KEY not in all_shown(error)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.http(401, "Invalid key: Bearer sk-echoed-12345"),
        Fault.html(403, "Bearer sk-echoed-12345 is blocked"),
        Fault.redirect("https://elsewhere.example/?key=sk-echoed-12345"),
    ],
)
def test_quoted_key_is_masked(simulator: Simulator, fault: Fault):
    simulator.faults.add(fault)
    with RunwayClient("sk-echoed-12345", simulator.base_url) as client, pytest.raises(RunwayError) as caught:
        client.look("quoted")
    assert "[key]" in str(caught.value)
    assert "sk-echoed" not in str(caught.value)

"""A client of the simulator, sessions for other clients, and retries without their pauses."""

from collections.abc import Iterator

import pytest
import requests
from service.recording import KEY

from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Simulator


@pytest.fixture
def client(simulator: Simulator) -> Iterator[RunwayClient]:
    with RunwayClient(KEY, simulator.base_url, max_rate=float("inf")) as client:
        yield client


@pytest.fixture(params=["own", "lent"])
def session(request: pytest.FixtureRequest) -> Iterator[requests.Session | None]:
    """Use the client's own session, then a caller's."""
    if request.param == "own":
        yield None
        return
    with requests.Session() as lent:
        lent.trust_env = False
        yield lent


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the pauses between retries instead of sleeping."""
    noted: list[float] = []
    monkeypatch.setattr("runway_nb.service.retrying.time.sleep", noted.append)
    return noted

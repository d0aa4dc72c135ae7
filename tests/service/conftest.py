"""A client of the simulator, and retries without their pauses."""

from collections.abc import Iterator

import pytest
from service.recording import KEY

from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Simulator


@pytest.fixture
def client(simulator: Simulator) -> Iterator[RunwayClient]:
    with RunwayClient(KEY, simulator.base_url, max_rate=float("inf")) as client:
        yield client


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the pauses between retries instead of sleeping."""
    noted: list[float] = []
    monkeypatch.setattr("runway_nb.service.client.time.sleep", noted.append)
    return noted

"""`Connection`: who is asked, and how fast: the service or its simulator, one client, one watcher."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .client import RunwayClient
from .settings import DEFAULT_MAX_RATE
from .sighting import Sighting
from .watcher import Watcher

if TYPE_CHECKING:
    from .simulator import Simulator

_DEMO_KEY = "demo"  # the simulator takes any


class Connection:
    """One kernel's way to the service. Client and watcher are made when first needed.

    Args:
        on_sighting: Called with what every look of the watcher brought.

    Attributes:
        demo: The simulator, while it plays the API.
    """

    def __init__(self, on_sighting: Callable[[Sighting], object]) -> None:
        self.demo: Simulator | None = None
        self._on_sighting = on_sighting
        self._base_url: str | None = None
        self._max_rate = DEFAULT_MAX_RATE
        self._client: RunwayClient | None = None
        self._watcher: Watcher | None = None

    def client(self) -> RunwayClient:
        """Return the client.

        Raises:
            MissingKeyError: If there is no key.
            SettingError: If the base URL cannot be used.
        """
        if self._client is None:
            if self.demo is not None:
                self._client = RunwayClient(_DEMO_KEY, self.demo.base_url, max_rate=self._max_rate)
            else:
                self._client = RunwayClient(base_url=self._base_url, max_rate=self._max_rate)
        return self._client

    def watcher(self) -> Watcher:
        """Return the one watcher of all cards.

        Raises:
            RunwayError: As `client`.
        """
        if self._watcher is None:
            client = self.client()
            self._watcher = Watcher(client.look, client.budget, on_sighting=self._on_sighting)
        return self._watcher

    def configure(self, base_url: str | None, max_rate: float) -> None:
        """Take the settings over; a change of address ends what is followed at the old one.

        Args:
            base_url: Where tasks are looked up; None for the environment's or the service.
            max_rate: Look-ups per second, all cards together.
        """
        if base_url != self._base_url:
            self._base_url = base_url
            self.close()
        self._max_rate = max_rate
        if self._client is not None:
            self._client.budget.max_rate = max_rate

    def close(self) -> None:
        """Stop following and close the connections. The next look makes new ones, with the key then in force."""
        if self._watcher is not None:
            self._watcher.close()
        if self._client is not None:
            self._client.close()
        self._watcher = self._client = None

    def start_demo(self) -> None:
        """Have the simulator asked from now on."""
        from .simulator import Simulator

        self.close()
        self.demo = Simulator()
        self.demo.start()

    def stop_demo(self) -> None:
        """Have the service asked again."""
        self.close()
        if self.demo is not None:
            self.demo.stop()
            self.demo = None

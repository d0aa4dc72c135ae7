"""`Connection`: one client and one watcher for the service, or for the simulator during the demo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..follow.watcher import Watcher
from ..model.defaults import DEFAULT_MAX_RATE
from ..model.sighting import Sighting
from ..service.client import RunwayClient

if TYPE_CHECKING:
    from ..simulator import Simulator

_DEMO_KEY = "demo"  # the simulator accepts any


class Connection:
    """A kernel's connection to the service. Client and watcher are created on first use.

    Args:
        on_sighting: Called with the result of each look by the watcher.

    Attributes:
        demo: The simulator during the demo, else None.
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
            SettingError: If the base URL or the key is not usable.
        """
        if self._client is None:
            if self.demo is not None:
                self._client = RunwayClient(_DEMO_KEY, self.demo.base_url, max_rate=self._max_rate)
            else:
                self._client = RunwayClient(base_url=self._base_url, max_rate=self._max_rate)
        return self._client

    def watcher(self) -> Watcher:
        """Return the watcher that all cards share.

        Raises:
            RunwayError: As for `client`.
        """
        if self._watcher is None:
            client = self.client()
            self._watcher = Watcher(client.look, client.budget, on_sighting=self._on_sighting)
        return self._watcher

    def configure(self, base_url: str | None, max_rate: float) -> None:
        """Apply the settings. A new base URL stops everything that is followed at the old one.

        Args:
            base_url: Where to look up tasks; None for the environment's URL or the service's.
            max_rate: Look-ups per second, for all cards together.
        """
        if base_url != self._base_url:
            self._base_url = base_url
            self.close()
        self._max_rate = max_rate
        if self._client is not None:
            self._client.budget.max_rate = max_rate

    def close(self) -> None:
        """Stop following and close client and watcher. The next look creates new ones, with the key it then finds."""
        if self._watcher is not None:
            self._watcher.close()
        if self._client is not None:
            self._client.close()
        self._watcher = self._client = None

    def start_demo(self) -> None:
        """Look up tasks at a new simulator from now on."""
        from ..simulator import Simulator

        self.close()
        self.demo = Simulator()
        self.demo.start()

    def stop_demo(self) -> None:
        """Stop the simulator and look up tasks at the service again."""
        self.close()
        if self.demo is not None:
            self.demo.stop()
            self.demo = None

"""`Connection`: one client and one watcher for the service, or for the simulator during the demo."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from ..follow.watcher import Watcher
from ..model.defaults import DEFAULT_MAX_RATE
from ..model.errors import RunwayError
from ..model.sighting import Sighting
from ..service.client import RunwayClient
from ..service.overrides import configured_base_url, use_base_url, use_demo_url

if TYPE_CHECKING:
    from ..simulator import Simulator


class Connection:
    """A kernel's connection to the service. Client and watcher are created on first use.

    Args:
        on_sighting: Called with the result of each look by the watcher.

    Attributes:
        demo: The simulator during the demo, else None.
    """

    def __init__(self, on_sighting: Callable[[Sighting], object]) -> None:
        self.demo: Simulator | None = None
        self._simulator: Simulator | None = None  # the same as `demo`, also while it starts or stops
        self._on_sighting = on_sighting
        self._max_rate = DEFAULT_MAX_RATE
        self._is_new_command = True
        self._client: RunwayClient | None = None
        self._watcher: Watcher | None = None

    def client(self) -> RunwayClient:
        """Return the client, with the settings checked.

        Raises:
            MissingKeyError: If there is no key.
            SettingError: If the base URL or the key is not usable.
        """
        if self._client is None:
            self._client = RunwayClient(max_rate=self._max_rate)
        else:
            self._client.refresh(keyring=self._is_new_command)
        self._is_new_command = False
        return self._client

    def begin_command(self) -> None:
        """Note that the user runs a new command, for which the keyring is asked again."""
        self._is_new_command = True

    def watcher(self) -> Watcher:
        """Return the watcher that all cards share, for something that the user does now.

        If there already is one, its looks report what is wrong with the settings.

        Raises:
            RunwayError: As for `client`.
        """
        if self._watcher is None or self._watcher.is_closed:
            client = self.client()
            self._watcher = Watcher(client.look, client.budget, on_sighting=self._on_sighting)
        elif self._client is not None:
            with suppress(RunwayError):
                self._client.refresh(keyring=False)
        return self._watcher

    def configure(self, base_url: str | None, max_rate: float) -> None:
        """Apply the settings of a new command, from the next look on. What is followed goes on with them.

        Args:
            base_url: Where to look up tasks; None for the environment's URL or the service's.
            max_rate: Look-ups per second, for all cards together.
        """
        self.begin_command()
        if (base_url, max_rate) == (configured_base_url(), self._max_rate):
            return
        use_base_url(base_url)
        self._max_rate = max_rate
        if self._client is not None:
            self._client.budget.max_rate = max_rate
            with suppress(RunwayError):  # the next look reports what is wrong
                self._client.refresh()
        if self._watcher is not None:
            self._watcher.wake()

    def close(self) -> None:
        """Stop following, close client and watcher, and forget the base URL of the settings."""
        self._stop_following()
        if self._client is not None:
            self._client.close()
        self._client = None
        use_base_url(None)

    def start_demo(self) -> None:
        """Look up tasks at a new simulator from now on. What was followed before is not looked up there.

        After an interrupt, `stop_demo` restores the state before.

        Raises:
            RunwayError: If tornado is not installed, or the system refuses to start a thread.
        """
        from ..simulator import Simulator

        self.stop_demo()
        self._simulator = Simulator()  # first: an interrupt may come while it starts
        self._simulator.start()
        self._stop_following()
        use_demo_url(self._simulator.base_url)
        self.demo = self._simulator

    def stop_demo(self) -> None:
        """Stop the simulator and look up tasks at the service again. Can be called again after an interrupt."""
        if self._simulator is not None:
            self._stop_following()
            use_demo_url(None)
            self.demo = None
            self._simulator.stop()
            self._simulator = None

    def _stop_following(self) -> None:
        if self._watcher is not None:
            self._watcher.close()
        self._watcher = None

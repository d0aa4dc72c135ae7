"""What the notebook sets for all clients and downloads: the base URLs of ``%config`` and of the demo, and networks."""

from __future__ import annotations

from collections.abc import Iterable

_base_url: str | None = None
_demo_url: str | None = None
_media_networks: tuple[str, ...] = ()


def use_base_url(url: str | None) -> None:
    """Set the base URL of ``%config``; None for none."""
    global _base_url  # noqa: PLW0603  # a kernel has one setting, for all its clients
    _base_url = url


def use_demo_url(url: str | None) -> None:
    """Set the simulator's base URL while the demo is on; None when it is off."""
    global _demo_url  # noqa: PLW0603  # as above
    _demo_url = url


def configured_base_url() -> str | None:
    """Return the base URL of ``%config``, or None."""
    return _base_url


def demo_url() -> str | None:
    """Return the simulator's base URL while the demo is on, or None."""
    return _demo_url


def use_media_networks(networks: Iterable[str]) -> None:
    """Set the networks of ``%config``, whose addresses media may come from although they are not public."""
    global _media_networks  # noqa: PLW0603  # as above
    _media_networks = tuple(networks)


def media_networks() -> tuple[str, ...]:
    """Return the networks of ``%config``."""
    return _media_networks

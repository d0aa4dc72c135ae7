"""What the notebook sets for every client that was not given a base URL: ``%config``'s, and the demo's."""

from __future__ import annotations

_base_url: str | None = None
_demo_url: str | None = None


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

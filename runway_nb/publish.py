"""Displaying what stays as it is."""

from __future__ import annotations

from typing import Any

from IPython.display import display


def publish(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Display a bundle.

    Args:
        data: By MIME type.
        metadata: What the output says of itself.
    """
    display(data, raw=True, metadata=metadata or {})

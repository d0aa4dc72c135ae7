"""How a notebook draws a `Task` that is a cell's value. The package sets it: the model has no view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Draw = Callable[[Any], Mapping[str, Any]]
"""Returns the representations of a Task by MIME type."""

draw_task: Draw


def draw_tasks_with(draw: Draw) -> None:
    """Set the function that draws each Task of this process."""
    global draw_task  # noqa: PLW0603  # one way for all tasks of a process
    draw_task = draw

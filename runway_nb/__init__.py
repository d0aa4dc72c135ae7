"""See what happened to AI video tasks, in Jupyter and IPython.

In a notebook:

    %load_ext runway_nb
    %runway ee603959-debb-48d1-98c4-a6d1c717eba6

In Python:

    from runway_nb import RunwayClient, show, watch

    with RunwayClient() as client:
        task = client.get("ee603959-debb-48d1-98c4-a6d1c717eba6")

Showing and following: `show` displays a task as a `TaskCard`; `watch` follows tasks in a `WatchHandle`, without a card.
Looking up: `RunwayClient` returns a `Task`, with its `TaskState`, its `Video` and the `LinkLife` of the video's link.
Failed tasks: `read_failure` returns a `Reading` of the service's message: its `Cause`, and whether to `Retry`.
Errors: every error is a `RunwayError`; `ApiError` and its subclasses are the service's error codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .model.drawing import draw_tasks_with as _draw_tasks_with

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .follow.handle import WatchHandle
    from .kernel.api import show, watch
    from .model.errors import (
        ApiError,
        AuthenticationError,
        BadResponseError,
        ConnectionFailedError,
        ImageAccessError,
        MaintenanceError,
        MissingKeyError,
        ParameterError,
        RateLimitError,
        RunwayError,
        ServerError,
        SettingError,
        TaskNotFoundError,
    )
    from .model.expiry import LinkLife
    from .model.failure import Cause, Reading, Retry, read_failure
    from .model.task import Task, TaskState, Video
    from .model.version import __version__
    from .model.wait_errors import LooksInterruptedError, TaskFailedError, WaitInterruptedError, WaitTimeoutError
    from .service.client import RunwayClient
    from .view.card.widget import TaskCard

_HOMES = {
    "follow.handle": ("WatchHandle",),
    "kernel.api": ("show", "watch"),
    "model.errors": (
        "ApiError",
        "AuthenticationError",
        "BadResponseError",
        "ConnectionFailedError",
        "ImageAccessError",
        "MaintenanceError",
        "MissingKeyError",
        "ParameterError",
        "RateLimitError",
        "RunwayError",
        "ServerError",
        "SettingError",
        "TaskNotFoundError",
    ),
    "model.expiry": ("LinkLife",),
    "model.failure": ("Cause", "Reading", "Retry", "read_failure"),
    "model.task": ("Task", "TaskState", "Video"),
    "model.version": ("__version__",),
    "model.wait_errors": ("LooksInterruptedError", "TaskFailedError", "WaitInterruptedError", "WaitTimeoutError"),
    "service.client": ("RunwayClient",),
    "view.card.widget": ("TaskCard",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: PLE0604  # every name in _HOMES is a string
    *sorted(set(_HOME_OF) - {"__version__"}),
    "load_ipython_extension",
    "unload_ipython_extension",
]


# Names are imported when they are first used, so that loading the extension stays quick.
def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Add the magics: ``%load_ext runway_nb``."""
    from .kernel.extension import load

    load(ipython)


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """Remove everything that loading added: ``%unload_ext runway_nb``."""
    from .kernel.extension import unload

    unload(ipython)


def _draw_task(task: Task) -> Mapping[str, Any]:
    from .view.card.saved import task_card

    return task_card(task).forms


_draw_tasks_with(_draw_task)

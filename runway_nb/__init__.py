"""runway_nb: see what became of an AI video task, in Jupyter and IPython.

``%load_ext runway_nb``, then ``%runway TASK_ID``. In Python: `RunwayClient`, `show`, `watch`.

Names are imported when they are first used, so that loading the extension costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .api import show, watch
    from .client import RunwayClient
    from .errors import (
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
        TaskFailedError,
        TaskNotFoundError,
        WaitInterruptedError,
        WaitTimeoutError,
    )
    from .task import Task, TaskState, Video
    from .view.card import TaskCard

__version__ = "0.1.0"

_HOMES = {
    "api": ("show", "watch"),
    "client": ("RunwayClient",),
    "errors": (
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
        "TaskFailedError",
        "TaskNotFoundError",
        "WaitInterruptedError",
        "WaitTimeoutError",
    ),
    "task": ("Task", "TaskState", "Video"),
    "view.card": ("TaskCard",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: PLE0604  # every name in _HOMES is a string
    *_HOME_OF,
    "load_ipython_extension",
    "unload_ipython_extension",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Add the magics: ``%load_ext runway_nb``."""
    from .extension import load

    load(ipython)


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """Take everything back: ``%unload_ext runway_nb``."""
    from .extension import unload

    unload(ipython)

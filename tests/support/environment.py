"""A process environment of the tests' own: nothing of the user's is read or written."""

from __future__ import annotations

import os
from pathlib import Path

TEST_KEY = "the-tests-key-which-must-leak-nowhere"
"""The API key that every kernel of the tests has. Assert that it is in no output, file or log."""

_FOREIGN = ("APIKLEY_", "IPYTHON", "JPY_", "JUPYTER", "XDG_")


def isolated_directories(home: Path) -> dict[str, str]:
    """Name every directory in which IPython and Jupyter keep something.

    Args:
        home: The directory that holds them all; made when missing.

    Returns:
        Variables by name, to be added to an environment.
    """
    home.mkdir(parents=True, exist_ok=True)
    names = {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    return {name: str(home / folder) for name, folder in names.items()}


def isolated_environment(home: Path, base_url: str | None = None, **changes: str | None) -> dict[str, str]:
    """Build the whole environment of a kernel, terminal or server.

    Args:
        home: Its home directory, history and configuration included.
        base_url: The API to ask; the simulator's.
        **changes: Variables to set besides, or with None to leave out.

    Returns:
        The environment, complete: it replaces the process's own.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    environment |= isolated_directories(home)
    environment |= {
        "HOME": str(home),
        "APIKLEY_API_KEY": TEST_KEY,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    if base_url:
        environment["APIKLEY_BASE_URL"] = base_url
    for name, value in changes.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
    return environment

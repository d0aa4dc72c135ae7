"""An isolated process environment: tests read and write nothing of the user's."""

from __future__ import annotations

import os
from pathlib import Path

TEST_KEY = "the-tests-key-which-must-leak-nowhere"
"""The API key that every kernel of the tests has. It must not be in any output, file or log."""

_FOREIGN = ("APIKLEY_", "IPYTHON", "JPY_", "JUPYTER", "XDG_")


def isolated_directories(home: Path) -> dict[str, str]:
    """Return a directory for everything that IPython and Jupyter store.

    Args:
        home: The parent of all these directories; created if missing.

    Returns:
        Environment variables by name.
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
    """Return the complete environment of a kernel, terminal or server.

    Args:
        home: Its home directory, which also holds history and configuration.
        base_url: The API's base URL, such as the simulator's.
        **changes: Further variables to set, or to leave out with None.

    Returns:
        The complete environment, which replaces the process's own.
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

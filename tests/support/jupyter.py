"""A Jupyter server process on loopback, with its own directories, kernels and settings."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests
from nbformat import NotebookNode
from nbformat.sign import NotebookNotary

from .environment import isolated_environment

_START_TIMEOUT = 180.0
_STOP_TIMEOUT = 20.0
_SETTINGS = {"@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}}
"""Switch off what a first start would ask the user or fetch from the network."""


class JupyterServer:
    """A running server. It takes about two seconds to start, so all tests of a front-end share one.

    Args:
        module: The module for `python -m`: `jupyterlab` or `notebook`.
        home: The folder for everything that the server and its kernels read and write.

    Attributes:
        root: The folder of the notebooks that it serves.
        url: Its base URL, with a trailing slash.
        token: The token that every request needs.
        log: The file with all output of the server and its kernels.
    """

    def __init__(self, module: str, home: Path) -> None:
        self.home = home
        self.root = home / "notebooks"
        self.log = home / "server.log"
        self.token = secrets.token_hex(16)
        self._environment = isolated_environment(home, JUPYTER_PATH=str(home / "share"), APIKLEY_API_KEY=None)
        self.root.mkdir(parents=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  # the command is written here
                [sys.executable, "-m", module, *self._options()],
                cwd=self.home,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.url = self._wait_for_url()
        except BaseException:
            self.stop()
            raise

    def reset(self, kernel_environment: dict[str, str]) -> None:
        """Prepare for a test: remove kernels and notebooks, restore the settings, set the kernels' environment."""
        self.shut_down_kernels()
        for leftover in self.root.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        self.set_kernel_environment(kernel_environment)
        settings = Path(self._environment["JUPYTERLAB_SETTINGS_DIR"])
        shutil.rmtree(settings, ignore_errors=True)
        for name, values in _SETTINGS.items():
            path = settings / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))

    def set_kernel_environment(self, environment: dict[str, str]) -> None:
        """Set the environment of kernels started from now on, with a kernelspec that takes precedence."""
        spec = {
            "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "env": environment,
        }
        path = Path(self._environment["JUPYTER_PATH"], "kernels", "python3", "kernel.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(spec))

    def trust(self, notebook: NotebookNode) -> None:
        """Sign a notebook, as `jupyter trust` does."""
        notary = NotebookNotary(data_dir=self._environment["JUPYTER_DATA_DIR"])
        notary.sign(notebook)
        notary.store.close()

    def request(self, method: str, path: str, **arguments: Any) -> Any:
        """Call the server's REST API and return the response's JSON, or None if it is empty."""
        headers = {"Authorization": f"token {self.token}"}
        answer = requests.request(method, self.url + path, headers=headers, timeout=30, **arguments)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def shut_down_kernels(self) -> None:
        """Shut down every session and kernel."""
        for session in self.request("GET", "api/sessions"):
            self.request("DELETE", f"api/sessions/{session['id']}")
        for kernel in self.request("GET", "api/kernels"):
            self.request("DELETE", f"api/kernels/{kernel['id']}")

    def stop(self) -> None:
        """Stop the process and its kernels; does nothing if it has already stopped."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_TIMEOUT)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(_STOP_TIMEOUT)

    def _options(self) -> list[str]:
        return [
            "--no-browser",
            "--allow-root",
            "--expose-app-in-browser",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self.token}",
            "--LanguageServerManager.autodetect=False",
            "--LabApp.extension_manager=readonly",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]

    def _wait_for_url(self) -> str:
        info = Path(self._environment["JUPYTER_RUNTIME_DIR"], f"jpserver-{self._process.pid}.json")
        deadline = time.monotonic() + _START_TIMEOUT
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError, ValueError, requests.ConnectionError):
                url = json.loads(info.read_text())["url"]
                requests.get(f"{url}api", timeout=5).raise_for_status()
                return url
            time.sleep(0.05)
        raise RuntimeError(f"The Jupyter server did not start:\n{self.log.read_text()[-4000:]}")

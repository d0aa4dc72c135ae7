"""A real IPython and a real jupyter console in a terminal, on a pty."""

from __future__ import annotations

import re
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import pexpect

_SECONDS_TO_END = 5
_PROMPT = re.compile(r"\r?\nIn \[\d+\]: |^In \[\d+\]: ")


class Terminal:
    """IPython with the simple prompt and without colours.

    Args:
        environment: The complete environment of the process; `PYTHONIOENCODING` is also the terminal's encoding.
        directory: Its working directory.
        columns: The terminal's width.
    """

    _COMMAND: ClassVar[list[str]] = [
        "IPython",
        "--simple-prompt",
        "--colors=NoColor",
        "--no-banner",
        "--no-confirm-exit",
    ]

    def __init__(self, environment: dict[str, str], directory: Path, columns: int = 120) -> None:
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", *self._COMMAND],
            env={**environment, "TERM": "dumb", "COLUMNS": str(columns)},
            cwd=str(directory),
            dimensions=(50, columns),
            encoding=environment.get("PYTHONIOENCODING", "utf-8"),
            echo=False,
            timeout=60,
        )
        self._child.expect(_PROMPT)

    def run(self, line: str, *, timeout: float = 60) -> str:
        """Enter one line; return what it printed, up to the next prompt."""
        self._child.sendline(line)
        self._child.expect(_PROMPT, timeout=timeout)
        return self._child.before.replace("\r\n", "\n").strip("\n")

    def start(self, line: str) -> None:
        """Enter one line and return at once. Call `finish` to wait for its end."""
        self._child.sendline(line)

    def finish(self, *, timeout: float = 60) -> str:
        """Wait for the prompt after the line that `start` entered; return what was printed."""
        self._child.expect(_PROMPT, timeout=timeout)
        return self._child.before.replace("\r\n", "\n").strip("\n")

    def wait_for(self, text: str, *, timeout: float = 60) -> None:
        """Wait until this text is printed."""
        self._child.expect_exact(text, timeout=timeout)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._child.sendintr()

    def stop(self) -> None:
        """Terminate the process. Do nothing if it has ended.

        It gets a SIGTERM first, so that coverage can write its data, and is killed if that does not end it.
        """
        if self._child.isalive():
            self._child.kill(signal.SIGTERM)
            with suppress(pexpect.TIMEOUT):
                self._child.expect(pexpect.EOF, timeout=_SECONDS_TO_END)
        self._child.close(force=True)


class Console(Terminal):
    """jupyter console with the simple prompt, and its kernel."""

    _COMMAND: ClassVar[list[str]] = ["jupyter_console", "--simple-prompt"]

    def stop(self) -> None:
        """Leave the console, which shuts its kernel down."""
        if self._child.isalive():
            self._child.sendline("exit")
            with suppress(pexpect.TIMEOUT):
                self._child.expect(pexpect.EOF, timeout=_SECONDS_TO_END)
        super().stop()

"""A real terminal IPython on a pty."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pexpect

_PROMPT = re.compile(r"\r?\nIn \[\d+\]: |^In \[\d+\]: ")


class Terminal:
    """IPython with its simple prompt and no colours.

    Args:
        environment: The complete environment of the process.
        directory: Its working directory.
        columns: The terminal's width.
    """

    def __init__(self, environment: dict[str, str], directory: Path, columns: int = 120) -> None:
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "IPython", "--simple-prompt", "--colors=NoColor", "--no-banner", "--no-confirm-exit"],
            env={**environment, "TERM": "dumb", "COLUMNS": str(columns)},
            cwd=str(directory),
            dimensions=(50, columns),
            encoding="utf-8",
            echo=False,
            timeout=60,
        )
        self._child.expect(_PROMPT)

    def run(self, line: str, *, timeout: float = 60) -> str:
        """Enter one line and give what it printed, up to the next prompt."""
        self._child.sendline(line)
        self._child.expect(_PROMPT, timeout=timeout)
        return self._child.before.replace("\r\n", "\n").strip("\n")

    def start(self, line: str) -> None:
        """Enter one line and return at once; end it with `finish`."""
        self._child.sendline(line)

    def finish(self, *, timeout: float = 60) -> str:
        """Wait for the prompt after what `start` began, and give what was printed."""
        self._child.expect(_PROMPT, timeout=timeout)
        return self._child.before.replace("\r\n", "\n").strip("\n")

    def wait_for(self, text: str, *, timeout: float = 60) -> None:
        """Wait until this text is printed."""
        self._child.expect_exact(text, timeout=timeout)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._child.sendintr()

    def stop(self) -> None:
        """End the process; harmless when it has ended."""
        self._child.close(force=True)

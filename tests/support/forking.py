"""Forked children of a test."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable

import pytest

from support.waiting import PATIENCE

FORKS = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
"""The marks of a module whose tests fork."""


def forked(work: Callable[[], object]) -> int:
    """Run a function in a forked child, which an alarm ends if it hangs.

    Returns:
        The child's process id, for `succeeded`.
    """
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(PATIENCE))
        work()
        code = 0
    except BaseException:  # noqa: BLE001  # nothing of the test run may go on in the child
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(code)


def succeeded(child: int) -> bool:
    """Wait for a forked child; return whether its function returned."""
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0

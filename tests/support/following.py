"""Records and helpers for tests that follow tasks in a real kernel."""

from __future__ import annotations

from runway_nb.simulator import Record, Simulator

from .kernel import Failure, Result

PROMPT = "A prompt that stays on the card"
GENERATING = Record("generating", PROMPT)
QUEUEING = Record("queueing", PROMPT)
DONE = Record(prompt=PROMPT)
FAILED = Record("fail", PROMPT, fail_msg="Incorrect image format. Please use another file.")


def looks(simulator: Simulator, task_id: str) -> int:
    """Return how often a task was looked up so far."""
    return sum(look.task_id == task_id for look in simulator.lookups)


def failure(result: Result, name: str) -> Failure:
    """Assert that a cell failed with one line that begins with the error's name; return the error."""
    assert result.reply["status"] == "error"
    assert result.error is not None
    assert result.error.ename == name
    assert "\n" not in result.error.traceback
    assert result.error.traceback.startswith(f"{name}: ")
    return result.error

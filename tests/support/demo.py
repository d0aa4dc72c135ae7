"""The demo tasks that many tests show, and the cell that shows one."""

from __future__ import annotations

from runway_nb.simulator import demo_task

FINISHED = demo_task("finished").task_id
FAILED = demo_task("fail-moderator").task_id
HEX = demo_task("hex-id").task_id
CHAIN_TITLES = ("chain-1", "chain-2", "chain-3")
"""Demo tasks, each of which extends the one before."""
CHAIN = [demo_task(title).task_id for title in CHAIN_TITLES]
"""Their ids."""


def show(title: str, options: str = "") -> str:
    """Return a cell that shows a demo task."""
    return f"%runway {demo_task(title).task_id} {options}"

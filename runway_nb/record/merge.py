"""Which of two looks counts, and what was seen in both: several kernels record one task, and clocks differ. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ..model.sighting import MOST_STEPS, TICK, Step, rising

AHEAD = timedelta(minutes=5)
"""A time in the record that is further ahead than this was written by a wrong clock."""


def counts(*, at: datetime, ended: bool, known_at: datetime, known_ended: bool, trusted: bool) -> bool:
    """Whether a look counts against the last one in the record.

    The later one counts. If this one seems to be earlier, a clock may be wrong: an end then counts more than a state
    before it, and a time in the record that cannot be right counts for nothing.

    Args:
        at: When this kernel looked.
        ended: Whether the task had ended then.
        known_at: When the task was last seen, as the record has it.
        known_ended: Whether it had ended, as the record has it.
        trusted: Whether `known_at` may be right.
    """
    if at >= known_at:
        return True
    return ended if ended != known_ended else not trusted


def merged(known: Sequence[Step], steps: Sequence[Step], at: datetime) -> tuple[Step, ...]:
    """Return the steps in the record, continued with those of a look that counts.

    Args:
        known: The steps in the record.
        steps: The steps that this kernel has seen, the last one at this look.
        at: When this kernel looked.
    """
    if not known or not steps:
        return tuple(steps or known)
    if known[-1].state.is_terminal and not steps[0].state.is_terminal and steps[0].since > known[-1].since:
        return tuple(steps)  # a new run, as in the demo
    if known[-1].text == steps[-1].text:
        return rising(known, max(at, steps[-1].since))
    new = _after(known[-1], steps)
    if known[-1].state.is_terminal and not new[0].state.is_terminal:
        return new
    return (*rising(known, new[0].since - TICK), *new)[-MOST_STEPS:]


def _after(known: Step, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps after a known one; at least the last one."""
    same = [index for index, step in enumerate(steps) if step.text == known.text]
    if same:
        return tuple(steps[same[-1] + 1 :])
    return tuple(step for step in steps if step.since > known.since) or tuple(steps[-1:])

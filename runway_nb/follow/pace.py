"""`Pace`: when to look again after an outcome, or why not to. No clock, no threads, no I/O.

Only an answer about the task or the key ends the looks. Any other error may pass: the looks go on with longer and
longer delays, until the deadline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..model.errors import RateLimitError, RunwayError
from ..model.sighting import Following
from ..model.task import Task

JITTER = 0.1
"""Largest deviation of a delay, as a share of it, so that many tasks are not looked at in lockstep."""
LONGEST_BACKOFF = 60.0
"""Longest delay between looks that keep failing, in seconds, unless the interval is longer."""
GRACE = 90.0
"""Seconds for which a task may be unknown to the service: a new one can take that long to appear."""


@dataclass(frozen=True)
class Pace:
    """How the looks at one task have gone so far.

    Attributes:
        following: ON while there is a next look, else why there is none.
        failures: Looks in a row that failed with an error that may pass.
        missing_since: When the service first answered that it does not know the task, on the caller's clock.
        retry_after: Seconds that the service asked the client to wait.
    """

    following: Following = Following.ON
    failures: int = 0
    missing_since: float | None = None
    retry_after: float = 0.0

    def after(self, outcome: Task | RunwayError, at: float) -> Pace:
        """Return the pace after one more look.

        Args:
            outcome: Its outcome.
            at: When it ended, in seconds on a monotonic clock.
        """
        if isinstance(outcome, Task):
            return Pace(Following.ENDED if outcome.state.is_terminal else Following.ON)
        if outcome.is_final:
            return replace(self, following=Following.REFUSED)
        if outcome.may_appear:
            since = at if self.missing_since is None else self.missing_since
            return Pace(Following.LOST if at - since >= GRACE else Following.ON, missing_since=since)
        if isinstance(outcome, RateLimitError):
            return Pace(missing_since=self.missing_since)  # the budget pauses all look-ups
        asked = getattr(outcome, "retry_after", None)  # where the error's class carries one
        return replace(self, failures=self.failures + 1, retry_after=asked or 0.0)

    def delay(self, interval: float, chance: float) -> float:
        """Return the seconds to wait before the next look. Good looks keep to the interval.

        Args:
            interval: Seconds between good looks.
            chance: Uniform in [0, 1), for the jitter.
        """
        spread = 1 + JITTER * (2 * chance - 1)
        if not self.failures:
            return interval * spread
        doubled = interval * 2.0 ** min(self.failures - 1, 10)
        longest = max(interval, LONGEST_BACKOFF / (1 + JITTER))
        return max(min(doubled, longest) * spread, self.retry_after)

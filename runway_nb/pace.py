"""What follows from a look's outcome: when to look again, or why not. No clock, no threads, no I/O.

Only an answer about the task or the key ends the looking; whatever else goes wrong may pass, is asked
about ever more rarely, and is left to the deadline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .errors import (
    AuthenticationError,
    MissingKeyError,
    ParameterError,
    RateLimitError,
    RunwayError,
    SettingError,
    TaskNotFoundError,
)
from .sighting import Following
from .task import Task

JITTER = 0.1
"""How far a delay strays to either side, so that many tasks do not ask in step."""
LONGEST_BACKOFF = 60.0
"""Seconds between looks that go on failing, unless the interval is longer."""
GRACE = 90.0
"""Seconds that a task may stay unknown to the service: a new one can take that long to appear."""

_NO_USE = (AuthenticationError, MissingKeyError, SettingError)  # the next look would meet the same
_UNKNOWN_ID = (TaskNotFoundError, ParameterError)  # 422 refuses the id itself, and does so for a new one's too


@dataclass(frozen=True)
class Pace:
    """How the looks at one task have gone so far.

    Attributes:
        following: ON while there is a next look, else why there is none.
        failures: Looks in a row that failed in a way that may pass.
        missing_since: When the service first said that it does not know the task, on the caller's clock.
        retry_after: Seconds the service asked to wait.
    """

    following: Following = Following.ON
    failures: int = 0
    missing_since: float | None = None
    retry_after: float = 0.0

    def after(self, outcome: Task | RunwayError, at: float) -> Pace:
        """Return the pace after one more look.

        Args:
            outcome: What it brought.
            at: When, in seconds on a monotonic clock.
        """
        if isinstance(outcome, Task):
            return Pace(Following.ENDED if outcome.state.is_terminal else Following.ON)
        if isinstance(outcome, _NO_USE):
            return replace(self, following=Following.REFUSED)
        if isinstance(outcome, _UNKNOWN_ID):
            since = at if self.missing_since is None else self.missing_since
            return Pace(Following.LOST if at - since >= GRACE else Following.ON, missing_since=since)
        if isinstance(outcome, RateLimitError):
            return Pace(missing_since=self.missing_since)  # the budget makes everyone wait
        asked = getattr(outcome, "retry_after", None)  # where the error's class carries one
        return replace(self, failures=self.failures + 1, retry_after=asked or 0.0)

    def delay(self, interval: float, chance: float) -> float:
        """Tell how long to wait before the next look. Healthy polls keep to the interval.

        Args:
            interval: Seconds between healthy looks.
            chance: Uniform in [0, 1), for the jitter.
        """
        spread = 1 + JITTER * (2 * chance - 1)
        if not self.failures:
            return interval * spread
        doubled = interval * 2.0 ** min(self.failures - 1, 10)
        longest = max(interval, LONGEST_BACKOFF / (1 + JITTER))
        return max(min(doubled, longest) * spread, self.retry_after)

"""A task that goes wait → queueing → generating → success as time passes. The caller supplies the clock."""

from __future__ import annotations

STEPS = (("wait", 2.0), ("queueing", 4.0), ("generating", 9.0))
"""The states before success, and the seconds each lasts at pace 1."""

DURATION = sum(seconds for _, seconds in STEPS)
"""Seconds from the first look-up to success at pace 1."""

RESTART_AFTER = 20.0
"""Seconds without a look-up before a task that was seen finished starts over: time to watch the clip, refresh, and run
the cell again. The pace does not change it, because people need that time."""

RESTART_UNSEEN_AFTER = 180.0
"""The same for a task that was not seen finished: longer than the wait between two looks while a task is followed."""


class Walk:
    """One walking task, started by its first look-up.

    Args:
        pace: The speed; at 2.0 the walk takes half as long.
        repeats: Whether the walk starts over after a pause without look-ups.

    Attributes:
        began: When the current walk started (seconds, on the caller's clock); None before the first look-up.
    """

    def __init__(self, pace: float = 1.0, *, repeats: bool = False) -> None:
        self._pace = pace
        self._repeats = repeats
        self._looked = 0.0
        self._seen_finished = False
        self.began: float | None = None

    @property
    def ends(self) -> float:
        """When the current walk reaches success, on the caller's clock."""
        return (self.began or 0.0) + DURATION / self._pace

    def look(self, now: float) -> str:
        """Look the task up, which starts it the first time.

        Args:
            now: The time in seconds, on a clock that never goes back.

        Returns:
            The state, by the API's name.
        """
        if self.began is None or (self._repeats and self._may_restart(now)):
            self.began = now
        self._looked = now
        state = self._state(now)
        self._seen_finished = state == "success"
        return state

    def _may_restart(self, now: float) -> bool:
        if self._seen_finished:
            return now - self._looked >= RESTART_AFTER
        return now - max(self._looked, self.ends) >= RESTART_UNSEEN_AFTER

    def _state(self, now: float) -> str:
        left = (now - (self.began or 0.0)) * self._pace
        for state, seconds in STEPS:
            if left < seconds:
                return state
            left -= seconds
        return "success"

"""A task that walks wait → queueing → generating → success while it is looked at. Pure: the caller brings the clock."""

from __future__ import annotations

STEPS = (("wait", 2.0), ("queueing", 4.0), ("generating", 9.0))
"""The states on the way to success, and the seconds that each lasts at pace 1."""

DURATION = sum(seconds for _, seconds in STEPS)
"""Seconds from the first look-up to success at pace 1."""

RESTED = 20.0
"""Seconds without a look after which a task that was *seen* finished walks anew: time to watch the clip, refresh, and
run the cell again. Not scaled by the pace, since it is about the person."""

ABANDONED = 180.0
"""The same for one whose end nobody saw: longer than any following waits between two looks."""


class Walk:
    """One walking task; its first look starts it.

    Args:
        pace: How many times as fast as in life.
        again: Whether it walks anew when it has rested finished and un-looked-at.

    Attributes:
        began: When the present walk began (the caller's clock, seconds); None before the first look.
    """

    def __init__(self, pace: float = 1.0, *, again: bool = False) -> None:
        self._pace = pace
        self._again = again
        self._looked = 0.0
        self._seen_finished = False
        self.began: float | None = None

    @property
    def ends(self) -> float:
        """When the present walk reaches success, on the caller's clock."""
        return (self.began or 0.0) + DURATION / self._pace

    def look(self, now: float) -> str:
        """Look at the task, and so start it or let it walk on.

        Args:
            now: Seconds on a clock that never goes back.

        Returns:
            The state's word.
        """
        if self.began is None or (self._again and self._is_rested(now)):
            self.began = now
        self._looked = now
        state = self._state(now)
        self._seen_finished = state == "success"
        return state

    def _is_rested(self, now: float) -> bool:
        if self._seen_finished:
            return now - self._looked >= RESTED
        return now - max(self._looked, self.ends) >= ABANDONED

    def _state(self, now: float) -> str:
        left = (now - (self.began or 0.0)) * self._pace
        for state, seconds in STEPS:
            if left < seconds:
                return state
            left -= seconds
        return "success"

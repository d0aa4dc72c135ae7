"""`Share`: which share of the highest rate is used, learned from the looks that are refused. No clock, no I/O.

The service documents no limit, and a 429 does not say whether the rate was the reason: some services refuse one look
in a hundred whatever the rate. So refusals are counted against an allowance that good looks earn, as in the throttling
of gRPC's retries (gRFC A6) and in a cumulative-sum test (Page 1954). While chance explains them, they cost a pause and
nothing more. When the allowance is used up, the rate is the reason, and is found the way TCP finds a bandwidth:

- An unknown limit halves the rate, and the rate doubles every few seconds up to near the refused one (RFC 5681).
- A refusal near the known limit confirms it. The rate falls by a tenth, comes back quickly, stays close below the
  limit, and then probes above it: a cubic function of the time (CUBIC, RFC 9438). Each confirmation doubles that time,
  so that few looks are spent on probing a limit that does not change.
- A quota for many seconds, such as a minute, is used up at any rate above it, and then each look is refused until its
  end. The looks that are answered from one such end to the next are the quota.
- A rate that exceeds the limit by a fifth without complaint shows that the limit is gone.
"""

from __future__ import annotations

import math

SMALLEST = 1 / 32
"""Smallest share, after any number of refusals."""

_EARNED = 1 / 40  # of the allowance, by a good look: one refusal in 40 looks is not held against the rate
_MOST_ALLOWED = 6.0  # refusals
_COST_NEAR_LIMIT = 3.0  # refusals that one near the known limit counts as: the limit is its likelier reason
_NEAR = 0.95  # of the known limit
_KNOWN = 0.8  # of the known limit; a refusal below this one is about another limit
_CUT = 0.9  # what is left of the rate after a refusal near the known limit
_HEADROOM = 1.12  # of a measured limit: a pause may end later than the refusals
_DOUBLING = 4.0  # seconds of good looks in which a rate far below the limit doubles
_FIRST_RETURN = 10.0  # seconds in which the rate comes back to a newly found limit
_SHORTEST_RETURN = 2.0
_LONGEST_RETURN = 120.0
_LOOKS_OF_RETURN = 400.0  # or as long as this many looks take, for a low limit
_LONGEST_STEP = 60.0  # seconds of growth by one good look


class Share:
    """The share of the highest rate to use.

    Attributes:
        value: The share, above 0 and at most 1.
    """

    def __init__(self) -> None:
        self.value = 1.0
        self._limit = math.inf  # the share at which looks were refused; infinite if unknown
        self._allowance = 0.0  # refusals that chance explains
        self._return = _FIRST_RETURN  # seconds from a cut until the rate is at the limit again
        self._returning = 0.0  # seconds of that so far

    @property
    def limit_is_known(self) -> bool:
        """Whether looks were refused because of the rate, and no higher rate has worked since."""
        return self._limit < math.inf

    def earn(self) -> None:
        """Count a good look."""
        self._allowance = min(_MOST_ALLOWED, self._allowance + _EARNED)

    def excuses(self, *, again: bool) -> bool:
        """Count a refused look, and return whether chance explains it.

        Args:
            again: Whether another look under way at the same time was refused before.
        """
        if self.value > _NEAR * self._limit:
            self._allowance -= _COST_NEAR_LIMIT
        else:
            self._allowance -= 1.0
            if not again:  # the limit does not explain it, so a higher rate is worth an earlier trial
                self._return = max(self._return / 4, _SHORTEST_RETURN)
        excused = self._allowance >= 0
        self._allowance = max(self._allowance, 0.0)
        return excused

    def cut(self, max_rate: float) -> None:
        """Lower the share because looks are refused at it.

        Args:
            max_rate: Looks per second that are the whole share.
        """
        known = self.value >= _KNOWN * self._limit
        longest = max(_LONGEST_RETURN, _LOOKS_OF_RETURN / (self.value * max_rate))
        self._return = min(2 * self._return, longest) if known else _FIRST_RETURN
        self._limit = self.value
        self._lower(_CUT if known else 0.5)

    def halve(self) -> None:
        """Lower the share because all looks are refused; that says nothing about the limit."""
        self._lower(0.5)

    def measure(self, share: float) -> None:
        """Note the share that was answered between two times in which all looks were refused.

        Args:
            share: The share; 0.0 if there was only one such time.
        """
        if 0 < share < self._limit:
            self._limit, self._return = _HEADROOM * share, _LONGEST_RETURN

    def grow(self, seconds: float) -> None:
        """Raise the share after a good look.

        Args:
            seconds: Time since the good look before.
        """
        seconds = min(seconds, _LONGEST_STEP)
        target = _CUT * self._limit
        if self.value < target:
            self.value = min(self.value * 2 ** (seconds / _DOUBLING), target, 1.0)
        elif self.limit_is_known:
            self._returning += seconds
            cubed = (self._returning / self._return - 1) ** 3
            self.value = min(self._limit * (1 + (1 - _CUT) * cubed), 1.0)
            if cubed > 2:  # a fifth above the limit, or where that would be
                self._limit = math.inf

    def _lower(self, factor: float) -> None:
        self.value = max(self.value * factor, SMALLEST)
        self._returning = 0.0

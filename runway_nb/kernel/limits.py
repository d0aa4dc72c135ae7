"""The numbers that options and settings accept."""

from __future__ import annotations

from typing import NamedTuple

from ..model.defaults import LONGEST_INTERVAL
from ..model.numbers import shown_number


class Limits(NamedTuple):
    """A range of numbers. Calling it reads a number from text.

    Attributes:
        least: The smallest number.
        most: The largest number.
        unit: Its unit, such as "s"; empty for a count.
        longest: The largest number in words, if they are clearer.
        whole: Whether only whole numbers are accepted.
    """

    least: float
    most: float
    unit: str = ""
    longest: str = ""
    whole: bool = False

    def __call__(self, text: str) -> float:
        """Read a number.

        Raises:
            ValueError: If it is not a number within the limits. The message continues "--option …".
        """
        try:
            return self.checked(int(text) if self.whole else float(text))
        except (ValueError, OverflowError) as error:
            if isinstance(error, OutsideLimitsError):
                raise
            from .words import shown

            raise ValueError(f"must be a {'whole number' if self.whole else 'number'}, not “{shown(text)}”.") from None

    def checked(self, value: float) -> float:
        """Return a number if it is within the limits; NaN is not.

        Raises:
            OutsideLimitsError: If it is not.
        """
        if self.least <= value <= self.most:
            return value
        largest = self.longest or self._amount(self.most)
        raise OutsideLimitsError(
            f"must be at least {self._amount(self.least)} and at most {largest}, not {self._amount(value)}."
        )

    def _amount(self, value: float) -> str:
        return shown_number(value, self.unit) if isinstance(value, int) else f"{value:g} {self.unit}".rstrip()


class OutsideLimitsError(ValueError):
    """A number is outside of its limits. The message continues "--option …"."""


INTERVAL = Limits(1.0, LONGEST_INTERVAL, "s", "a day")
TIMEOUT = Limits(1.0, 30 * 86_400.0, "s", "30 days")
WIDTH = Limits(200, 10_000, "pixels", whole=True)
MAX_RATE = Limits(0.1, 1000.0, "per second")
COUNT = Limits(1, 1_000_000, whole=True)

"""`Number`: which numbers a parameter accepts. Others are refused where they are given, not where they fail."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any, NamedTuple

from .base_error import RunwayError

_MOST_DIGITS = 60  # of a whole number in a message


class NumberError(RunwayError, ValueError):
    """A number that cannot be used was given for a parameter, such as an interval of NaN."""

    is_final = True


def shown_number(value: float | Real, unit: str = "") -> str:
    """Return a number with its unit as text, for a message; a whole number of very many digits in words."""
    if isinstance(value, Integral) and abs(int(value)) >= 10**_MOST_DIGITS:
        return f"a number of more than {_MOST_DIGITS} digits"
    return f"{value} {unit}".rstrip()


class Number(NamedTuple):
    """The numbers that a parameter accepts.

    Attributes:
        name: The parameter, as in "The interval must be …".
        smallest: What the smallest number is, in words: "above 0 s".
        largest: What the largest is, in words: "at most a day".
        most: The largest number.
        unit: The unit.
        least: The smallest number; None for any above 0.
        whole: Whether only whole numbers are accepted.
        endless: Whether infinity is accepted, too.
    """

    name: str
    smallest: str
    largest: str
    most: float
    unit: str = ""
    least: float | None = None
    whole: bool = False
    endless: bool = False

    def check(self, value: Any) -> None:
        """Raise if a value cannot be used.

        Raises:
            NumberError: If it is not a number, or not one of these. NaN, True and False are not.
        """
        problem = self._problem(value)
        if problem is not None:
            raise NumberError(f"The {self.name} must be {problem}.")

    def _problem(self, value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, Integral if self.whole else Real):
            shown = str(value) if value is None or isinstance(value, (bool, float)) else f"a {type(value).__name__}"
            return f"{'a whole number' if self.whole else 'a number'}, not {shown}"
        number = _as_float(value)
        if not (number > 0 if self.least is None else number >= self.least):
            return f"{self.smallest}, not {shown_number(value, self.unit)}"
        if number > self.most and not (self.endless and value == math.inf):
            return f"{self.largest}, not {shown_number(value, self.unit)}"
        return None


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return math.inf if value > 0 else -math.inf

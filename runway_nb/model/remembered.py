"""A cache of limited size in bytes: what a function returned for short texts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_LONGEST = 200  # characters of a text that is remembered

_Result = TypeVar("_Result")


def remembered(most: int) -> Callable[[Callable[[str], _Result]], Callable[[str], _Result]]:
    """Remember what a pure function of one text returned, like `functools.lru_cache`.

    A longer text is not remembered. It seldom comes twice, and a few hundred of them would fill the memory.

    Args:
        most: Maximum number of texts.
    """

    def decorate(function: Callable[[str], _Result]) -> Callable[[str], _Result]:
        of_short = lru_cache(most)(function)

        @wraps(function)
        def call(text: str) -> _Result:
            return of_short(text) if len(text) <= _LONGEST else function(text)

        return call

    return decorate

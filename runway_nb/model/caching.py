"""`cache_short`: a cache that is limited in bytes, since it keeps the results for short texts only."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_LONGEST = 200  # characters of a text whose result is cached

_Result = TypeVar("_Result")


def cache_short(most: int) -> Callable[[Callable[[str], _Result]], Callable[[str], _Result]]:
    """Cache the results of a pure function of one text, like `functools.lru_cache`.

    Results for longer texts are not cached: they seldom come twice, and a few hundred would fill the memory.

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

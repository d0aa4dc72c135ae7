"""How much the tests with random or sampled cases try: little in each run of the tests, more on request."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("RUNWAY_FUZZ", "1"))
"""How many times as much to try. Above 1, each run tries other examples."""


def scale(examples: int) -> int:
    """Return how many examples to try where a run of the tests tries this many."""
    return examples * FACTOR


def trying(examples: int) -> settings:
    """Return hypothesis settings for a test that tries this many examples in each run of the tests."""
    return settings(
        max_examples=scale(examples),
        derandomize=FACTOR == 1,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

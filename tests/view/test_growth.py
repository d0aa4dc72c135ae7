"""The time and the size of everything that draws the service's texts grow at most in proportion to them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from support.fuzz import FACTOR
from support.hostile import DRAWINGS, PATTERNS, PLACES, VALUES, record, sighting, text

from runway_nb.model.task import Task
from runway_nb.view.long import TEXT

SIZE = TEXT // 12  # four times this is still drawn in full
LARGE = 2**18  # four times this is the longest answer
AT_MOST = 12  # times as long for four times the size; squared time would make it 16
LEAST = 0.01  # seconds; a shorter time says nothing
TRIES = 4

WORST = (
    "newlines",
    "lines",
    "dots",
    "less than",
    "different words",
    "words of one letter",
    "combining only",
    "capitals",
)
"""Patterns that took more than linear time before, or the most time for their size."""
OTHERS = [name for name in PATTERNS if name not in WORST]


def value_of(name: str, size: int) -> Any:
    return text(name, size) if name in PATTERNS else VALUES[name](size)


def draw_everything(data: dict[str, Any]) -> None:
    seen = sighting(data)
    for draw in DRAWINGS.values():
        draw(seen)


def seconds(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def assert_linear(call: Callable[[Any], object], small: Any, large: Any) -> None:
    """Assert that a call with four times the size does not take many more times as long, in the best of some tries."""
    ratios = []
    for _ in range(TRIES):
        ratios.append(seconds(lambda: call(large)) / max(LEAST, seconds(lambda: call(small))))
        if ratios[-1] < AT_MOST:
            return
    raise AssertionError(f"four times the size took {[round(ratio, 1) for ratio in ratios]} times as long")


@pytest.mark.parametrize("name", [*WORST, *OTHERS[:: 4 if FACTOR == 1 else 1], *VALUES])
def test_texts_that_are_drawn_in_full(name: str):
    def record_of(size: int) -> dict[str, Any]:
        return record("prompt and failMsg", value_of(name, size))

    assert_linear(draw_everything, record_of(SIZE), record_of(4 * SIZE))


@pytest.mark.parametrize("place", PLACES)
def test_every_place(place: str):
    assert_linear(draw_everything, record(place, text("dots", SIZE)), record(place, text("dots", 4 * SIZE)))
    assert_linear(draw_everything, record(place, text("newlines", SIZE)), record(place, text("newlines", 4 * SIZE)))


@pytest.mark.parametrize("name", [*WORST[:4], "long key", "many keys", "deep and wide messages"])
def test_longest_answers(name: str):
    small, large = (record("prompt and failMsg", value_of(name, size)) for size in (LARGE, 4 * LARGE))
    assert_linear(draw_everything, small, large)


@pytest.mark.parametrize("name", ["newlines", "quotes", "many keys", "long key"])
def test_what_is_drawn_is_limited(name: str):
    value = value_of(name, 2 * LARGE)
    for place in PLACES:
        forms = Task.from_data(record(place, value), "task-1")._repr_mimebundle_()
        assert len(forms["text/html"]) < 400_000, place
        assert len(forms["text/plain"]) < 100_000, place

"""`Number` refuses every value that cannot be used, with one sentence."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from runway_nb import RunwayClient, WatchHandle
from runway_nb.follow.budget import RateBudget
from runway_nb.follow.watcher import Watcher
from runway_nb.model.defaults import HTTP_TIMEOUT, INTERVAL, MAX_RATE, PATIENCE, RETRIES, TIMEOUT, WIDTH
from runway_nb.model.errors import RunwayError
from runway_nb.model.numbers import Number, NumberError
from runway_nb.screen.options import ShowOptions

NUMBERS = [INTERVAL, TIMEOUT, PATIENCE, MAX_RATE, WIDTH, RETRIES, HTTP_TIMEOUT]
NO_NUMBERS = [True, False, None, "5", b"5", [5], 5j]
OUT_OF_RANGE = [math.nan, -math.inf, -1, -(10**400), 10**23, 10**400, 10**5000]


def _name(value: object) -> str:
    """Name a case; Python refuses to write the largest numbers."""
    return f"{value:.0e}" if isinstance(value, float) else type(value).__name__


def watcher():
    return Watcher(lambda _: pytest.fail("It was looked at."), RateBudget())


SETTERS = {
    "client max_rate": lambda value: RunwayClient("key", max_rate=value),
    "client retries": lambda value: RunwayClient("key", retries=value),
    "client timeout": lambda value: RunwayClient("key", timeout=value),
    "client connect timeout": lambda value: RunwayClient("key", timeout=(value, 5)),
    "client read timeout": lambda value: RunwayClient("key", timeout=(5, value)),
    "client wait timeout": lambda value: RunwayClient("key").wait("task-1", timeout=value),
    "client wait interval": lambda value: RunwayClient("key").wait("task-1", interval=value),
    "budget": RateBudget,
    "handle interval": lambda value: WatchHandle(watcher(), [], interval=value),
    "handle timeout": lambda value: WatchHandle(watcher(), [], timeout=value),
    "follow interval": lambda value: watcher().follow("t", print, interval=value),
    "follow timeout": lambda value: watcher().follow("t", print, timeout=value),
    "options interval": lambda value: ShowOptions(interval=value),
    "options timeout": lambda value: ShowOptions(timeout=value),
    "options width": lambda value: ShowOptions(width=value),
}


@pytest.mark.parametrize("setter", SETTERS.values(), ids=SETTERS)
def test_every_setter_refuses_what_cannot_be_used(setter):
    for value in (*NO_NUMBERS, *OUT_OF_RANGE):
        with pytest.raises(ValueError, match=r"^The [\w ]+ must be [^\n]{1,120}\.$"):
            setter(value)


@pytest.mark.parametrize("value", [value for value in NO_NUMBERS if value is not None])
def test_wait_refuses_what_is_no_number(value):
    with pytest.raises(ValueError, match=r"^The timeout must be a number, not "):
        WatchHandle(watcher(), []).wait(value)


@pytest.mark.parametrize("value", OUT_OF_RANGE, ids=_name)
def test_wait_refuses_what_is_out_of_range(value):
    with pytest.raises(ValueError, match=r"^The timeout must be at "):
        WatchHandle(watcher(), []).wait(value)


@pytest.mark.parametrize("value", [(), (1,), (1, 2, 3)])
def test_http_timeout_is_one_number_or_two(value):
    with pytest.raises(ValueError, match="two: to connect, and between two bytes"):
        RunwayClient("key", timeout=value)


@pytest.mark.parametrize(
    ("number", "value", "says"),
    [
        (RETRIES, 2.5, "The number of retries must be a whole number, not 2.5."),
        (RETRIES, -1, "The number of retries must be at least 0, not -1."),
        (WIDTH, 10**23, f"The width must be at most 10000 pixels, not {10**23} pixels."),
        (WIDTH, 10**5000, "The width must be at most 10000 pixels, not a number of more than 60 digits."),
        (MAX_RATE, 10**23, f"The rate must be at most 1e12 look-ups per second, or infinite, not {10**23}."),
        (HTTP_TIMEOUT, math.inf, "The HTTP timeout must be above 0 s and at most a day, not inf s."),
        (INTERVAL, "5", "The interval must be a number, not a str."),
        (INTERVAL, None, "The interval must be a number, not None."),
        (TIMEOUT, 10**23, f"The timeout must be at most 1000000000 s, or infinite, not {10**23} s."),
    ],
    ids=_name,
)
def test_refusal_says_what_is_accepted(number: Number, value: object, says: str):
    with pytest.raises(ValueError, match="must be") as caught:
        number.check(value)
    assert str(caught.value) == says


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
def test_usual_numbers_are_accepted(number: Number):
    for value in (1, 60) if number.whole else (1, 60, 0.5, Fraction(1, 2)):
        number.check(value)


def test_infinity_is_accepted_where_it_is_no_limit():
    for number in (TIMEOUT, PATIENCE, MAX_RATE):
        number.check(math.inf)


def test_error_has_no_traceback_in_notebooks():
    with pytest.raises(NumberError) as caught:
        INTERVAL.check(math.nan)

    assert isinstance(caught.value, RunwayError)
    assert isinstance(caught.value, ValueError)
    assert caught.value._render_traceback_() == [
        "NumberError: The interval must be above 0 s and at most a day, not nan s."
    ]

"""The check of an interval and a timeout."""

import math

import pytest

from runway_nb.model.defaults import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, LONGEST_INTERVAL, check_pace


@pytest.mark.parametrize(
    ("interval", "timeout"),
    [
        (DEFAULT_INTERVAL, DEFAULT_TIMEOUT),
        (0.001, 0.001),
        (LONGEST_INTERVAL, 1.0),
        (5, 10 * LONGEST_INTERVAL),
        (5.0, math.inf),
    ],
)
def test_usable_pace_is_accepted(interval: float, timeout: float):
    check_pace(interval, timeout)


@pytest.mark.parametrize("interval", [0, -1.0, LONGEST_INTERVAL + 1, math.inf, math.nan])
def test_unusable_interval_is_refused(interval: float):
    with pytest.raises(ValueError, match="interval") as caught:
        check_pace(interval, DEFAULT_TIMEOUT)

    assert str(caught.value) == f"The interval must be above 0 s and at most a day, not {interval} s."


@pytest.mark.parametrize("timeout", [0, -1.0, math.nan])
def test_unusable_timeout_is_refused(timeout: float):
    with pytest.raises(ValueError, match="timeout") as caught:
        check_pace(DEFAULT_INTERVAL, timeout)

    assert str(caught.value) == f"The timeout must be above 0 s, not {timeout} s."

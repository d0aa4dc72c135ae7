"""`RateBudget` at a service that refuses looks: by chance, by a limit, or all of them. In simulated time."""

import pytest
from support.rate_limits import AtRandom, FixedWindow, SlidingWindow, Storm, TokenBucket, simulate

LEARNING = 120.0
"""Seconds after which a limit is known."""
LIMITS = {"bucket": TokenBucket, "no burst": lambda rate: TokenBucket(rate, 1), "fixed": FixedWindow}


def share_of_max_rate(max_rate, retry_after, **options):
    """Return the rate that is reached where one look in a hundred is refused, on average of a few runs."""
    seconds, seeds = 240 + 1200 / max_rate, range(3)
    runs = [
        simulate(
            AtRandom(0.01, seed), max_rate=max_rate, seconds=seconds, retry_after=retry_after, seed=seed, **options
        )
        for seed in seeds
    ]
    return sum(run.rate(0, seconds) for run in runs) / len(runs) / max_rate


@pytest.mark.parametrize("retry_after", [None, 0.0, 1.0, 2.0])
@pytest.mark.parametrize("max_rate", [5, 16, 50])
def test_chance_refusals_cost_little(max_rate, retry_after):
    # many workers: where eight cannot make up for what the pauses hold up, their number is the limit
    assert share_of_max_rate(max_rate, retry_after, workers=32) >= 0.8


def test_other_failures_change_nothing():
    assert share_of_max_rate(40, None, lost=0.1) >= 0.8


@pytest.mark.parametrize("retry_after", [None, 1.0])
@pytest.mark.parametrize("rate", [2, 7, 30])
@pytest.mark.parametrize("limit", [*LIMITS.values(), SlidingWindow], ids=[*LIMITS, "sliding"])
def test_limit_is_found_and_kept(limit, rate, retry_after):
    traffic = simulate(limit(rate), max_rate=40, seconds=420, retry_after=retry_after)
    assert traffic.rate(LEARNING, 420) >= 0.9 * rate
    assert traffic.refused_share(LEARNING, 420) < 0.02


@pytest.mark.parametrize("retry_after", [None, 1.0])
@pytest.mark.parametrize("rate", [2, 5, 25])
@pytest.mark.parametrize("seconds", [10, 60])
@pytest.mark.parametrize("window", [FixedWindow, SlidingWindow])
def test_quota_for_many_seconds_is_measured(window, seconds, rate, retry_after):
    traffic = simulate(window(rate, seconds), max_rate=40, seconds=900, retry_after=retry_after)
    assert traffic.rate(8 * 60, 900) >= (0.9 if window is FixedWindow else 0.75) * rate
    assert traffic.refused_share(8 * 60, 900) < 0.025


@pytest.mark.parametrize("limit", [*LIMITS.values(), SlidingWindow], ids=[*LIMITS, "sliding"])
def test_limit_above_max_rate_goes_unnoticed(limit):
    assert simulate(limit(60), max_rate=40, seconds=240).rate(LEARNING, 240) >= 0.95 * 40


@pytest.mark.parametrize("retry_after", [None, 0.0, 1.0])
def test_storm_is_waited_out(retry_after):
    traffic = simulate(Storm(60, 120), max_rate=40, seconds=240, retry_after=retry_after)
    assert traffic.sent(61, 120) <= 20
    assert traffic.rate(180, 240) >= 0.95 * 40


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_partial_storm_is_waited_out(share):
    traffic = simulate(Storm(60, 120, share), max_rate=40, seconds=240)
    assert traffic.sent(70, 120) <= 60
    assert traffic.rate(180, 240) >= 0.9 * 40


def test_partial_storm_is_not_taken_for_a_quota():
    runs = [simulate(Storm(60, 120, 0.3), max_rate=40, seconds=240, seed=seed) for seed in range(1, 7)]
    assert sum(run.rate(180, 240) for run in runs) / len(runs) >= 0.9 * 40


def test_limit_that_rises_is_followed():
    low, high = TokenBucket(5), TokenBucket(30)
    traffic = simulate(lambda now: (low if now < 200 else high)(now), max_rate=40, seconds=700)
    assert traffic.rate(150, 200) >= 0.85 * 5
    assert traffic.rate(500, 700) >= 0.9 * 30

"""How many looks come through where a service refuses some: by chance, by a limit, or all of them for a minute.

Run with `.venv/bin/python tests/benchmarks/rate_limits.py`; it takes a minute. The time is simulated, so the figures do
not depend on the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.rate_limits import AtRandom, FixedWindow, Limiter, SlidingWindow, Storm, TokenBucket, simulate
from table import print_table

MAX_RATE = 40.0  # looks per second
ASKED = (None, 1.0)  # seconds of Retry-After
LEARNING, END = 120.0, 900.0  # seconds
SEEDS = range(5)
CHANCE_RATES = (5.0, 10.0, 20.0, 40.0, 50.0)
LIMITS: dict[str, Callable[[float], Limiter]] = {
    "token bucket": TokenBucket,
    "token bucket without burst": lambda rate: TokenBucket(rate, 1),
    "fixed window, 1 s": FixedWindow,
    "sliding window, 1 s": SlidingWindow,
    "fixed window, 10 s": lambda rate: FixedWindow(rate, 10),
    "fixed window, 60 s": lambda rate: FixedWindow(rate, 60),
    "sliding window, 60 s": lambda rate: SlidingWindow(rate, 60),
}


def main() -> None:
    """Print a table of each kind of refusal."""
    print_table(
        "Looks refused by chance: good looks, % of the highest rate",
        ("", *(f"{rate:g}/s" for rate in CHANCE_RATES), "goal"),
        [
            (f"{share:.0%} refused, {_asks(asked)}", *(_by_chance(share, rate, asked) for rate in CHANCE_RATES), goal)
            for share, goal in ((0.01, "≥ 80"), (0.02, ""), (0.1, ""))
            for asked in (*ASKED, 2.0)
        ],
    )
    rates = (2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
    print_table(
        f"A limit in looks per second, highest rate {MAX_RATE:g}/s, after {LEARNING:g} s: good looks, % of what is "
        "possible / refused, %",
        ("", *(f"{rate:g}/s" for rate in rates), "goal"),
        [
            (f"{name}, {_asks(asked)}", *(_limited(limit(rate), rate, asked) for rate in rates), "≥ 90 / < 2")
            for name, limit in LIMITS.items()
            for asked in ASKED
        ],
    )
    print_table(
        f"Looks refused for a minute, highest rate {MAX_RATE:g}/s",
        ("", "sent in that minute", "good/s in the first minute after it", "in the second"),
        [(f"{share:.0%} refused, {_asks(asked)}", *_storm(share, asked)) for share in (1.0, 0.5) for asked in ASKED],
    )


def _by_chance(share: float, rate: float, asked: float | None) -> str:
    runs = [simulate(AtRandom(share, seed), max_rate=rate, seconds=300, retry_after=asked, seed=seed) for seed in SEEDS]
    return f"{100 * sum(run.rate(0, 300) for run in runs) / len(runs) / rate:.0f}"


def _limited(limit: Limiter, rate: float, asked: float | None) -> str:
    traffic = simulate(limit, max_rate=MAX_RATE, seconds=END, retry_after=asked)
    used, refused = traffic.rate(LEARNING, END) / min(rate, MAX_RATE), traffic.refused_share(LEARNING, END)
    return f"{100 * used:.0f} / {100 * refused:.1f}"


def _storm(share: float, asked: float | None) -> tuple[object, ...]:
    traffic = simulate(Storm(60, 120, share), max_rate=MAX_RATE, seconds=240, retry_after=asked)
    return traffic.sent(60, 120), f"{traffic.rate(120, 180):.1f}", f"{traffic.rate(180, 240):.1f}"


def _asks(retry_after: float | None) -> str:
    return "no Retry-After" if retry_after is None else f"Retry-After: {retry_after:g}"


if __name__ == "__main__":
    main()

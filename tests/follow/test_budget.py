"""`RateBudget`: how many look-ups may be sent, and what a 429 does to that."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from support.waiting import PATIENCE
from support.watching import FakeClock, middle, wait_until_inside

from runway_nb.follow.budget import FIRST_PAUSE, LONGEST_PAUSE, LONGEST_RETRY_AFTER, SHORT_PAUSE, TRIAL_RATE, RateBudget


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def budget(clock):
    return RateBudget(10, 20, clock=clock, rng=middle, sleep=clock.advance)


def drain(budget):
    """Take every token, and return how many there were."""
    taken = 0
    while budget.take() == 0.0:
        taken += 1
    return taken


def taken_within(budget, clock, seconds):
    """Return how many tokens can be taken within this time."""
    taken, end = 0, clock.time + seconds
    while clock.time <= end:
        wait = budget.take()
        taken += wait == 0.0
        clock.advance(wait)
    return taken


def test_infinite_rate_never_waits(clock):
    budget = RateBudget(float("inf"), clock=clock, rng=middle)
    assert [budget.take() for _ in range(100)] == [0.0] * 100
    clock.advance(budget.rate_limited())
    budget.succeeded()
    assert [budget.take() for _ in range(100)] == [0.0] * 100


def test_burst_is_allowed_after_quiet_time(budget, clock):
    assert drain(budget) == 20
    clock.advance(3600)
    assert drain(budget) == 20


def test_rate_holds_in_the_long_run(budget, clock):
    drain(budget)
    assert taken_within(budget, clock, 60) == pytest.approx(600, abs=2)


def test_take_returns_wait_for_next_token(budget, clock):
    drain(budget)
    wait = budget.take()
    assert wait == pytest.approx(0.1)
    clock.advance(wait - 0.01)
    assert budget.take() == pytest.approx(0.01)
    clock.advance(0.011)
    assert budget.take() == 0.0


def test_acquire_sleeps_until_a_token(budget, clock):
    drain(budget)
    began = clock.time
    for _ in range(30):
        budget.acquire()
    assert clock.time - began == pytest.approx(3.0, abs=0.1)


def test_acquire_in_threads_keeps_rate():
    clock, lock = FakeClock(), threading.Lock()

    def sleep(seconds):
        with lock:
            clock.advance(seconds)

    budget = RateBudget(10, 20, clock=clock, rng=middle, sleep=sleep)
    threads = [threading.Thread(target=lambda: [budget.acquire() for _ in range(25)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert clock.time - 1000.0 >= (100 - 20) / 10 - 0.01


def test_interrupt_ends_acquire():
    budget = RateBudget(rate=0.001, burst=1)
    budget.acquire()
    main = threading.get_ident()

    def interrupt():
        wait_until_inside(RateBudget.acquire, main)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # the thread must not start before the trap is set
        thread.start()
        budget.acquire()
    thread.join(PATIENCE)


def test_rate_can_be_changed(budget, clock):
    drain(budget)
    budget.max_rate = 2
    assert budget.rate == 2
    assert budget.take() == pytest.approx(0.5)
    assert taken_within(budget, clock, 30) == pytest.approx(60, abs=2)


def test_429_pauses_for_retry_after(budget, clock):
    assert budget.rate_limited(7.0) == pytest.approx(7.0)
    assert budget.paused_until == pytest.approx(clock.time + 7.0)
    assert budget.take() == pytest.approx(7.0)
    clock.advance(6.9)
    assert 0 < budget.take() <= 0.11


def test_rate_is_halved_after_pause(budget, clock):
    clock.advance(budget.rate_limited(7.0))
    assert drain(budget) == 0
    assert budget.rate == 5
    assert taken_within(budget, clock, 20) == pytest.approx(100, abs=2)


def test_pause_doubles_up_to_a_limit(clock):
    pauses = []
    budget = RateBudget(10, 20, clock=clock, rng=lambda: 1.0)
    for _ in range(9):
        pauses.append(budget.rate_limited(None))
        clock.advance(pauses[-1])
    assert pauses[:4] == pytest.approx([FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE])
    assert pauses[-1] == pytest.approx(LONGEST_PAUSE)


def test_pause_has_jitter(clock):
    least = RateBudget(clock=clock, rng=lambda: 0.0).rate_limited(None)
    most = RateBudget(clock=clock, rng=lambda: 0.99).rate_limited(None)
    assert least < most


@pytest.mark.parametrize("asked", [0.0, -5.0])
def test_zero_retry_after_still_pauses(budget, asked):
    assert budget.rate_limited(asked) > 1


def test_huge_retry_after_is_limited(budget):
    assert budget.rate_limited(86400) == pytest.approx(LONGEST_RETRY_AFTER)


def test_reset_forgets_all_429s(budget, clock):
    budget.rate_limited(100)
    budget.reset()
    assert budget.take() == 0
    assert budget.rate == budget.max_rate
    clock.advance(1)
    assert budget.rate_limited() <= FIRST_PAUSE


def test_429_during_pause_does_not_halve_again(budget, clock):
    budget.rate_limited(7.0)
    clock.advance(1)
    assert budget.rate_limited(None) == pytest.approx(6.0)
    assert budget.rate_limited(2.0) == pytest.approx(6.0)
    assert budget.rate == 5
    assert budget.rate_limited(30.0) == pytest.approx(30.0)
    assert budget.rate == 5


def test_rate_never_falls_to_zero(budget, clock):
    for _ in range(50):
        clock.advance(budget.rate_limited(1.0))
    assert budget.rate > 0.1


def test_good_looks_restore_rate(budget, clock):
    clock.advance(budget.rate_limited(5.0))
    rates = []
    for _ in range(30):
        clock.advance(1)
        budget.succeeded()
        rates.append(budget.rate)
    assert rates == sorted(rates)
    assert rates[0] < 6.5
    assert rates[9] == pytest.approx(9.8, abs=0.2)
    assert rates[-1] == 10


def test_rate_recovers_from_any_quiet_time(budget, clock):
    clock.advance(budget.rate_limited(5.0))
    clock.advance(1e6)
    budget.succeeded()
    assert budget.rate <= 10


def test_refused_looks_of_one_complaint_lower_rate_once(budget, clock):
    sent = [clock() + number / 10 for number in range(8)]
    clock.advance(1)
    clock.advance(budget.rate_limited(None, sent[0]))
    clock.advance(1)  # the pause is over, and the answers to looks sent before it still arrive
    for sent_at in sent[1:]:
        assert budget.rate_limited(None, sent_at) == 0.0
        budget.succeeded(sent_at)
    assert budget.rate == 5
    assert budget.rate_limited(9.0, sent[7]) == pytest.approx(9.0)
    assert budget.rate == 5


def test_rare_429_costs_a_short_pause_only(budget, clock):
    for _ in range(300):
        budget.succeeded()
    drain(budget)
    pause = budget.rate_limited()
    assert pause <= SHORT_PAUSE
    assert budget.rate == 10
    clock.advance(pause)
    assert drain(budget) == int(pause * 10)  # what the pause held up
    assert budget.rate_limited(7.0) == pytest.approx(7.0)


def test_looks_refused_together_are_no_chance(budget, clock):
    for _ in range(300):
        budget.succeeded()
    sent_at = clock()
    clock.advance(0.1)
    for _ in range(8):
        budget.rate_limited(None, sent_at)
    assert budget.rate == 5


def test_one_look_at_a_time_while_each_is_refused(budget, clock):
    for _ in range(3):
        clock.advance(budget.rate_limited(0.0))
    assert budget.rate <= TRIAL_RATE
    assert taken_within(budget, clock, 10) <= 10 * TRIAL_RATE + 1
    budget.succeeded()
    assert budget.rate > TRIAL_RATE


def test_time_alone_does_not_restore_rate(budget, clock):
    clock.advance(budget.rate_limited(5.0))
    clock.advance(1e6)
    assert budget.rate == 5


def test_answer_during_pause_does_not_restore_rate(budget, clock):
    budget.rate_limited(60.0)
    clock.advance(50)
    budget.succeeded()
    assert budget.rate == 5
    clock.advance(10)
    budget.succeeded()
    assert budget.rate == 5


def test_good_look_resets_pauses(budget, clock):
    for _ in range(5):
        clock.advance(budget.rate_limited(None))
    clock.advance(1)
    budget.succeeded()
    assert budget.rate_limited(None) <= FIRST_PAUSE


def test_rate_set_after_429_is_halved(budget, clock):
    clock.advance(budget.rate_limited(5.0))
    budget.max_rate = 4
    assert budget.rate == 2


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_rate_must_be_above_zero(budget, rate):
    with pytest.raises(ValueError, match=f"^The rate must be above 0 look-ups per second, not {rate}.$"):
        RateBudget(rate)
    with pytest.raises(ValueError, match="above 0"):
        budget.max_rate = rate
    assert budget.max_rate == 10

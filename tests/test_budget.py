"""`RateBudget`: how many look-ups may be sent, and what a 429 does to that."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from support.watching import PATIENCE, FakeClock, middle, wait_until_inside

from runway_nb.budget import FIRST_PAUSE, LONGEST_PAUSE, LONGEST_RETRY_AFTER, RECOVERY, RateBudget


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def budget(clock):
    return RateBudget(10, 20, clock=clock, rng=middle, sleep=clock.advance)


def drain(budget):
    """Take every token there is."""
    taken = 0
    while budget.take() == 0.0:
        taken += 1
    return taken


def taken_within(budget, clock, seconds):
    """Count the tokens that someone who always wants one gets."""
    taken, end = 0, clock.time + seconds
    while clock.time <= end:
        wait = budget.take()
        taken += wait == 0.0
        clock.advance(wait)
    return taken


def test_after_a_quiet_time_a_burst_is_allowed_and_no_more(budget, clock):
    assert drain(budget) == 20
    clock.advance(3600)
    assert drain(budget) == 20


def test_in_the_long_run_the_rate_holds(budget, clock):
    drain(budget)
    assert taken_within(budget, clock, 60) == pytest.approx(600, abs=2)


def test_a_refused_taker_is_told_when_a_token_may_be_there(budget, clock):
    drain(budget)
    wait = budget.take()
    assert wait == pytest.approx(0.1)
    clock.advance(wait - 0.01)
    assert budget.take() == pytest.approx(0.01)
    clock.advance(0.011)
    assert budget.take() == 0.0


def test_acquire_sleeps_until_a_token_is_there(budget, clock):
    drain(budget)
    began = clock.time
    for _ in range(30):
        budget.acquire()
    assert clock.time - began == pytest.approx(3.0, abs=0.1)


def test_acquire_in_several_threads_keeps_the_rate():
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


def test_an_interrupt_ends_acquire():
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


def test_the_rate_can_be_set_while_running(budget, clock):
    drain(budget)
    budget.max_rate = 2
    assert budget.rate == 2
    assert budget.take() == pytest.approx(0.5)
    assert taken_within(budget, clock, 30) == pytest.approx(60, abs=2)


def test_a_429_pauses_everyone_for_what_the_service_asked(budget, clock):
    assert budget.rate_limited(7.0) == pytest.approx(7.0)
    assert budget.paused_until == pytest.approx(clock.time + 7.0)
    assert budget.take() == pytest.approx(7.0)
    clock.advance(6.9)
    assert 0 < budget.take() <= 0.11


def test_after_the_pause_there_is_no_burst_and_half_the_rate(budget, clock):
    clock.advance(budget.rate_limited(7.0))
    assert drain(budget) == 0
    assert budget.rate == 5
    assert taken_within(budget, clock, 20) == pytest.approx(100, abs=2)


def test_without_retry_after_the_pause_doubles_with_each_429_and_is_bounded(clock):
    pauses = []
    budget = RateBudget(10, 20, clock=clock, rng=lambda: 1.0)
    for _ in range(9):
        pauses.append(budget.rate_limited(None))
        clock.advance(pauses[-1])
    assert pauses[:4] == pytest.approx([FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE])
    assert pauses[-1] == pytest.approx(LONGEST_PAUSE)


def test_the_pause_has_jitter(clock):
    least = RateBudget(clock=clock, rng=lambda: 0.0).rate_limited(None)
    most = RateBudget(clock=clock, rng=lambda: 0.99).rate_limited(None)
    assert least < most


@pytest.mark.parametrize("asked", [0.0, -5.0])
def test_a_retry_after_of_nothing_is_still_a_pause(budget, asked):
    assert budget.rate_limited(asked) > 1


def test_an_absurd_retry_after_is_bounded(budget):
    assert budget.rate_limited(86400) == pytest.approx(LONGEST_RETRY_AFTER)


def test_429s_during_the_pause_are_the_same_complaint(budget, clock):
    budget.rate_limited(7.0)
    clock.advance(1)
    assert budget.rate_limited(None) == pytest.approx(6.0)
    assert budget.rate_limited(2.0) == pytest.approx(6.0)
    assert budget.rate == 5
    assert budget.rate_limited(30.0) == pytest.approx(30.0)
    assert budget.rate == 5


def test_the_rate_never_falls_to_nothing(budget, clock):
    for _ in range(50):
        clock.advance(budget.rate_limited(1.0))
    assert budget.rate > 0.1


def test_healthy_looks_bring_the_rate_back_slowly(budget, clock):
    clock.advance(budget.rate_limited(5.0))
    for _ in range(6):
        clock.advance(10)
        budget.succeeded()
    assert budget.rate == pytest.approx(5 + 10 * 60 / RECOVERY)
    for _ in range(7):
        clock.advance(10)
        budget.succeeded()
    assert budget.rate == 10


def test_time_alone_does_not_bring_the_rate_back(budget, clock):
    clock.advance(budget.rate_limited(5.0))
    clock.advance(RECOVERY)
    assert budget.rate == 5


def test_a_late_answer_during_the_pause_is_no_sign_of_health(budget, clock):
    budget.rate_limited(60.0)
    clock.advance(50)
    budget.succeeded()
    assert budget.rate == 5
    clock.advance(10)
    budget.succeeded()
    assert budget.rate == 5


def test_after_a_healthy_look_the_pauses_begin_small_again(budget, clock):
    for _ in range(5):
        clock.advance(budget.rate_limited(None))
    clock.advance(1)
    budget.succeeded()
    assert budget.rate_limited(None) <= FIRST_PAUSE


def test_a_rate_set_while_throttled_stays_throttled(budget, clock):
    clock.advance(budget.rate_limited(5.0))
    budget.max_rate = 4
    assert budget.rate == 2


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_that_would_never_look_is_refused(budget, rate):
    with pytest.raises(ValueError, match="above 0"):
        RateBudget(rate)
    with pytest.raises(ValueError, match="above 0"):
        budget.max_rate = rate
    assert budget.max_rate == 10

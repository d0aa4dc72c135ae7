"""`Timers`: which action runs when, and that an action keeps nothing alive."""

import math

from runway_nb.follow.timers import Timers


class Owner:
    pass


def test_actions_run_in_order_with_their_owner():
    timers, owners, done = Timers(), [Owner(), Owner(), Owner()], []
    for moment, owner in zip((5.0, 1.0, 5.0), owners, strict=True):
        timers.set(moment, owner, done.append)
    assert timers.due == 1.0
    timers.run(0.5)
    assert done == []
    timers.run(5.0)
    assert done == [owners[1], owners[0], owners[2]]
    assert timers.due == math.inf


def test_nothing_is_set_at_infinity():
    timers = Timers()
    timers.set(math.inf, owner := Owner(), lambda _: None)
    assert timers.due == math.inf
    del owner


def test_action_of_a_lost_owner_does_not_run():
    timers, done = Timers(), []
    timers.set(1.0, Owner(), done.append)
    timers.run(2.0)
    assert done == []


def test_lost_owners_do_not_pile_up():
    timers = Timers()
    kept = [Owner() for _ in range(50)]
    for owner in kept:
        timers.set(1e6, owner, lambda _: None)
    for _ in range(10_000):
        timers.set(1e6, Owner(), lambda _: None)
    assert len(timers._waiting) < 300
    done = []
    timers.set(2e6, last := Owner(), done.append)
    timers.run(2e6)
    assert done == [last]

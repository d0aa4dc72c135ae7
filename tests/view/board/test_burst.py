"""`Burst`: requests from many threads, runs that never overlap, and what they raise."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar, copy_context

import pytest
from support.waiting import PATIENCE
from support.watching import no_thread_left

from runway_nb.view.board.burst import Burst


def test_runs_never_overlap_and_miss_nothing():
    asked, answered, running = [], [], []
    overlaps = []

    def run():
        overlaps.append(bool(running))
        running.append(1)
        answered[:] = list(asked)
        time.sleep(0.001)  # so that requests come meanwhile
        running.clear()

    burst = Burst(run, 0.005)

    def ask(who):
        for at in range(50):
            asked.append((who, at))
            if at % 7:
                burst.ask()
            else:
                burst.now()

    with no_thread_left():
        threads = [threading.Thread(target=ask, args=(who,)) for who in range(4)]
        for thread in threads:
            thread.start()
    assert len(answered) == 200
    assert not any(overlaps)


def test_run_may_ask_for_another():
    runs = []

    def run():
        runs.append(1)
        if len(runs) < 3:
            burst.now()

    burst = Burst(run, 0.0)
    burst.now()
    assert len(runs) == 3


def test_delayed_run_has_the_callers_context():
    cell = ContextVar("cell")
    ran_in: list[str] = []
    burst = Burst(lambda: ran_in.append(cell.get("none")), 0.01)
    with no_thread_left():
        copy_context().run(lambda: (cell.set("this one"), burst.ask(), burst.ask()))
    assert ran_in == ["this one"] * 2


def test_next_request_raises_delayed_error():
    def run():
        runs.append(1)
        if len(runs) == 2:
            raise LookupError("no parent")

    runs: list[int] = []
    burst = Burst(run, 0.5)
    with no_thread_left():
        burst.ask()
        burst.ask()
    with pytest.raises(LookupError):
        burst.ask()
    burst.now()
    assert len(runs) == 3


def test_nothing_runs_after_the_end():
    runs = []
    burst = Burst(lambda: runs.append(1), PATIENCE)
    with no_thread_left():
        burst.ask()
        burst.ask()  # would be answered after the pause
        burst.end()
    burst.ask()
    burst.now()
    assert len(runs) == 1


def test_refused_timer_runs_at_once(monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    runs = []
    burst = Burst(lambda: runs.append(1), 3600)
    for _ in range(3):
        burst.ask()
    assert len(runs) == 3
    monkeypatch.undo()
    with no_thread_left():
        burst.ask()
        assert len(runs) == 3  # it waits for the end of the pause
        burst.end()

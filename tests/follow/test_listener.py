"""`Listener`: the callback gets sightings in order, one at a time, and its faults stop nothing else."""

from __future__ import annotations

import contextvars
import logging
import queue
import threading

import pytest
from support.waiting import PATIENCE

from runway_nb.follow.listener import Listener
from runway_nb.model.sighting import Sighting

A, B, C = Sighting("a"), Sighting("b"), Sighting("c")


def send(listener, *sightings):
    for sighting in sightings:
        listener.post(sighting)
    listener.send()


def fail(sighting):
    raise LookupError(sighting.task_id)


def test_sightings_arrive_in_order():
    heard = []
    send(Listener(heard.append), A, B, C)
    assert heard == [A, B, C]


def test_post_runs_nothing():
    heard = []
    Listener(heard.append).post(A)
    assert heard == []


def test_only_one_thread_calls_the_callback():
    heard, entered, go_on = [], threading.Event(), threading.Event()

    def slow(sighting):
        heard.append((sighting, threading.current_thread()))
        entered.set()
        assert go_on.wait(PATIENCE)

    listener = Listener(slow)
    thread = threading.Thread(target=send, args=(listener, A))
    thread.start()
    assert entered.wait(PATIENCE)
    send(listener, B, C)  # returns at once: the other thread calls the callback
    assert len(heard) == 1
    go_on.set()
    thread.join(PATIENCE)
    assert heard == [(A, thread), (B, thread), (C, thread)]


def test_callback_may_post():
    heard = []

    def callback(sighting):
        if sighting is A:
            send(listener, B)
        heard.append(sighting)

    listener = Listener(callback)
    send(listener, A)
    assert heard == [A, B]


def test_many_threads_lose_nothing():
    heard, lock, numbers = [], threading.Lock(), iter(range(4000))
    listener = Listener(lambda sighting: heard.append(int(sighting.task_id)))

    def post_some():
        for _ in range(1000):
            with lock:  # as the watcher's lock, it decides the order
                listener.post(Sighting(str(next(numbers))))
            listener.send()

    threads = [threading.Thread(target=post_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert heard == list(range(4000))


def test_callback_error_goes_to_on_error():
    heard, errors = [], []

    def callback(sighting):
        heard.append(sighting)
        fail(sighting)

    send(Listener(callback, on_error=errors.append), A, B)
    assert heard == [A, B]
    assert [str(error) for error in errors] == ["a", "b"]


def test_on_error_that_raises_is_logged(caplog):
    heard = []

    def callback(sighting):
        heard.append(sighting)
        fail(sighting)

    with caplog.at_level(logging.ERROR):
        send(Listener(callback, on_error=fail), A, B)
    assert heard == [A, B]
    assert caplog.text.count("A listener raised LookupError") == 2


def test_error_without_on_error_is_logged(caplog):
    with caplog.at_level(logging.ERROR):
        send(Listener(fail), A)
    assert "LookupError" in caplog.text


def test_deliver_decides_where_callback_runs():
    heard, calls = [], queue.SimpleQueue()
    listener = Listener(heard.append, deliver=calls.put)
    thread = threading.Thread(target=send, args=(listener, A, B))
    thread.start()
    thread.join(PATIENCE)
    assert heard == []
    calls.get_nowait()()
    assert heard == [A, B]


def test_deliver_error_goes_to_on_error():
    errors = []

    def closed(_):
        raise RuntimeError("Event loop is closed")

    send(Listener(print, on_error=errors.append, deliver=closed), A)
    assert [str(error) for error in errors] == ["Event loop is closed"]


def test_interrupt_in_callback_passes_through():
    heard = []

    def callback(sighting):
        if sighting is A:
            raise KeyboardInterrupt
        heard.append(sighting)

    listener = Listener(callback)
    with pytest.raises(KeyboardInterrupt):
        send(listener, A)
    send(listener, B)
    assert heard == [B]


def test_callbacks_run_in_the_creation_context():
    # ipykernel 7.0.0 and 7.0.1 keep a message's cell in such a variable, without a default.
    cell, found = contextvars.ContextVar("cell"), []
    token = cell.set("the cell that made the card")

    def callback(_):
        found.append(cell.get())
        raise ValueError

    listener = Listener(callback, on_error=lambda _: found.append(cell.get()))
    cell.reset(token)
    thread = threading.Thread(target=send, args=(listener, A))
    thread.start()
    thread.join(PATIENCE)
    assert found == ["the cell that made the card"] * 2

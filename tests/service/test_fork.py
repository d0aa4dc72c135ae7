"""A forked process, such as a worker of `multiprocessing`, looks tasks up over connections of its own."""

import socket
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import requests
from service.recording import KEY, RecordingHandler, recording
from support.forking import FORKS, forked, succeeded
from support.waiting import wait_until

from runway_nb.service.client import RunwayClient

pytestmark = FORKS

DESCRIPTORS = Path("/proc/self/fd")
WORKERS = 4
LOOKS = 25


def echo(handler: RecordingHandler) -> None:
    """Answer about the requested task."""
    task_id = handler.path.rpartition("=")[2]
    handler.reply(b'{"code":200,"data":{"taskId":"%s","state":"wait"}}' % task_id.encode())


def test_workers_and_parent_get_their_own_answers(session: requests.Session | None):
    def look(worker: int) -> None:
        for number in range(LOOKS):
            assert client.look(f"t-{worker}-{number}").task_id == f"t-{worker}-{number}"

    with recording(echo) as server, RunwayClient(KEY, server.url, session) as client:
        client.look("t-0")
        children = [forked(lambda worker=worker: look(worker)) for worker in range(1, WORKERS + 1)]
        look(0)

        outcomes = [succeeded(child) for child in children]
        assert all(outcomes)
        wait_until(lambda: len(server.seen) == 1 + (WORKERS + 1) * LOOKS)
        assert len({connection for connection, *_ in server.seen}) == 1 + WORKERS


def test_parent_keeps_its_connection(session: requests.Session | None):
    def look_and_close() -> None:
        client.look("t-2")
        client.close()

    with recording(echo) as server, RunwayClient(KEY, server.url, session) as client:
        client.look("t-1")
        assert succeeded(forked(look_and_close))
        client.look("t-3")

        first, second, third = (connection for connection, *_ in server.seen)
    assert first == third != second


def test_child_of_a_child_has_its_own_connection(session: requests.Session | None):
    def look_and_fork() -> None:
        client.look("t-2")
        assert succeeded(forked(lambda: client.look("t-3")))

    with recording(echo) as server, RunwayClient(KEY, server.url, session) as client:
        client.look("t-1")
        assert succeeded(forked(look_and_fork))

        assert len({connection for connection, *_ in server.seen}) == 3


@pytest.mark.skipif(not DESCRIPTORS.exists(), reason="lists the open files as Linux does")
def test_child_does_not_hold_the_parents_socket():
    def look() -> None:
        assert ports.isdisjoint(local_ports())
        client.look("t-2")

    with recording(echo) as server, RunwayClient(KEY, server.url) as client:
        client.look("t-1")
        ports = {port for (_, port), *_ in server.seen}
        assert ports <= local_ports()
        assert succeeded(forked(look))


def local_ports() -> set[int]:
    """Return the ports of this process's sockets."""
    ports = set()
    for descriptor in DESCRIPTORS.iterdir():
        with suppress(OSError), socket.fromfd(int(descriptor.name), socket.AF_INET, socket.SOCK_STREAM) as opened:
            name = opened.getsockname()
            if isinstance(name, tuple):  # not a local socket, which has a path
                ports.add(name[1])
    return ports


def test_locks_that_another_thread_holds_do_not_stop_the_child(session: requests.Session | None):
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with ExitStack() as locks:
            locks.enter_context(client._route._lock)
            locks.enter_context(client._route._one_asks)
            if session is not None:
                locks.enter_context(session.cookies._cookies_lock)
                locks.enter_context(session.get_adapter(server.url).poolmanager.pools.lock)
            held.set()
            over.wait(60)

    with recording(echo) as server, RunwayClient(KEY, server.url, session) as client:
        client.look("t-1")
        holding = threading.Thread(target=hold)
        holding.start()
        held.wait(60)
        child = forked(lambda: client.look("t-2"))
        over.set()
        holding.join()

        assert succeeded(child)


def test_forks_among_looks_of_other_threads(session: requests.Session | None):
    over = threading.Event()

    def look(name: str) -> None:
        while not over.is_set():
            assert client.look(name).task_id == name

    with recording(echo) as server, RunwayClient(KEY, server.url, session) as client:
        threads = [threading.Thread(target=look, args=(f"t-{number}",)) for number in range(3)]
        for thread in threads:
            thread.start()
        children = [forked(lambda: client.get("t-child")) for _ in range(10)]
        outcomes = [succeeded(child) for child in children]
        over.set()
        for thread in threads:
            thread.join()

    assert all(outcomes)

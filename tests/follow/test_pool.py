"""`DaemonPool`: starts threads as needed, and works again after it was closed."""

import threading

from support.waiting import PATIENCE
from support.watching import no_thread_left

from runway_nb.follow.pool import DaemonPool


def test_threads_are_limited():
    pool, go_on = DaemonPool(2, "test-pool"), threading.Event()
    with no_thread_left():
        for count in (1, 2, 2):
            pool.submit(go_on.wait)
            assert sum(each.name.startswith("test-pool") for each in threading.enumerate()) == count
        go_on.set()
        pool.close()


def test_job_after_close_gets_new_thread():
    pool, go_on, done = DaemonPool(1, "test-pool"), threading.Event(), threading.Event()
    with no_thread_left():
        pool.submit(go_on.wait)
        (busy,) = pool.close()
        pool.submit(done.set)
        assert done.wait(PATIENCE)
        assert busy.is_alive()
        assert busy in pool.close()
        go_on.set()


def test_failed_job_keeps_its_thread(caplog):
    pool, done = DaemonPool(1, "test-pool"), threading.Event()
    with no_thread_left():
        pool.submit(lambda: 1 / 0)
        pool.submit(done.set)
        assert done.wait(PATIENCE)
        pool.close()
    assert "A job of test-pool failed" in caplog.text

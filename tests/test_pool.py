"""The pool of daemon threads: it grows as needed, and goes on after it was closed."""

import threading

from support.watching import no_thread_left

from runway_nb.pool import DaemonPool

PATIENCE = 10.0


def test_no_more_threads_than_jobs_and_than_it_may():
    pool, go_on = DaemonPool(2, "test-pool"), threading.Event()
    with no_thread_left():
        for count in (1, 2, 2):
            pool.submit(go_on.wait)
            assert sum(each.name.startswith("test-pool") for each in threading.enumerate()) == count
        go_on.set()
        pool.close()


def test_a_job_after_closing_does_not_wait_for_a_thread_that_is_still_busy():
    pool, go_on, done = DaemonPool(1, "test-pool"), threading.Event(), threading.Event()
    with no_thread_left():
        pool.submit(go_on.wait)
        (busy,) = pool.close()
        pool.submit(done.set)
        assert done.wait(PATIENCE)
        assert busy.is_alive()
        go_on.set()
        assert busy in pool.close()


def test_a_job_that_fails_ends_no_thread(caplog):
    pool, done = DaemonPool(1, "test-pool"), threading.Event()
    with no_thread_left():
        pool.submit(lambda: 1 / 0)
        pool.submit(done.set)
        assert done.wait(PATIENCE)
        pool.close()
    assert "A job of test-pool failed" in caplog.text

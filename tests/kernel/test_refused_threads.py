"""The system refuses threads to the kernel: commands work without, or say so in one sentence; unloading works."""

from __future__ import annotations

import threading

import pytest
from support.demo import FINISHED
from support.waiting import wait_until
from support.watching import own_threads

from runway_nb.kernel import session
from runway_nb.model.errors import RunwayError
from runway_nb.screen.surface import NotebookSurface
from runway_nb.simulator import Record

ALL = set(range(1, 1000))


@pytest.fixture
def magic(ipython, simulator, monkeypatch):
    """Run a magic of the loaded extension, which shows cards as in a notebook."""
    monkeypatch.setenv("APIKLEY_API_KEY", "any-key")
    monkeypatch.setenv("APIKLEY_BASE_URL", simulator.base_url)
    monkeypatch.setattr(session, "current_surface", NotebookSurface)
    simulator.put("going-on-1", Record("generating"))
    simulator.put("going-on-2", Record("generating"))
    before = len(own_threads())
    ipython.extension_manager.load_extension("runway_nb")
    yield ipython.run_line_magic
    ipython.extension_manager.unload_extension("runway_nb")
    wait_until(lambda: len(own_threads()) <= before)


@pytest.fixture
def refuse(monkeypatch):
    """Refuse the starts with these numbers; 1 is the first."""
    start = threading.Thread.start

    def refuse(numbers):
        asked = []

        def refusing(thread):
            asked.append(thread)
            if len(asked) in numbers:
                raise RuntimeError("can't start new thread")
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", refusing)

    return refuse


@pytest.mark.parametrize("number", range(1, 7))
def test_one_refusal_stops_no_command(magic, refuse, number):
    refuse({number})
    for line in ("going-on-1 --watch", "going-on-1 going-on-2", "going-on-1 going-on-2 --watch", f"{FINISHED} --wait"):
        magic("runway", line)
    presenter = session.current_session()._areas._shown[-2].reference()
    wait_until(lambda: all(each.fetched for each in presenter.sightings))
    assert presenter.is_followed


def test_without_threads_commands_look_or_say_so(magic, refuse):
    refuse(ALL)
    magic("runway", FINISHED)
    magic("runway", f"{FINISHED} going-on-1")
    assert all(each.fetched for each in session.current_session()._areas._shown[-1].reference().sightings)
    for line in ("going-on-1 --watch", "going-on-1 going-on-2 --watch", "going-on-1 --wait"):
        with pytest.raises(RunwayError, match="the system refuses to start another thread"):
            magic("runway", line)
        assert not session.current_session()._areas._shown[-1].reference().is_followed
    with pytest.raises(RunwayError, match="The simulator cannot start: the system refuses to start another thread"):
        magic("runway_demo", "")
    magic("runway", FINISHED)  # at the service, not at a simulator that did not start


def test_demo_starts_after_a_refusal(magic, refuse):
    refuse({1})
    with pytest.raises(RunwayError):
        magic("runway_demo", "")
    magic("runway_demo", "")
    magic("runway", f"{FINISHED} --wait")
    magic("runway_demo", "off")

"""An interrupt at any line of a command: the next command works, nothing goes on, and no thread is left.

``RUNWAY_FUZZ=20`` interrupts at twenty times as many lines.
"""

from __future__ import annotations

import threading

import pytest
from support.demo import FINISHED
from support.interrupts import Interrupter, sampled_lines
from support.waiting import wait_until

import runway_nb
from runway_nb.kernel import session
from runway_nb.screen.surface import NotebookSurface
from runway_nb.service.overrides import demo_url
from runway_nb.simulator import Fault, Record

MOST = 4
STATEFUL = ("__init__", "follow/", "kernel/", "screen/", "service/", "simulator/se", "view/board/burst", "view/shared")


class Shell:
    """Runs commands as a notebook does, in this process."""

    def __init__(self, ipython) -> None:
        self._ipython = ipython
        self._extensions = ipython.extension_manager
        self._before = set(threading.enumerate())

    def threads(self) -> list[str]:
        return [each.name for each in set(threading.enumerate()) - self._before if each.name.startswith("runway_nb")]

    def load(self) -> None:
        self._extensions.load_extension("runway_nb")

    def unload(self) -> None:
        self._extensions.unload_extension("runway_nb")

    def reload(self) -> None:
        self._extensions.reload_extension("runway_nb")

    def demo(self) -> None:
        self._ipython.run_line_magic("runway_demo", "")

    def demo_off(self) -> None:
        self._ipython.run_line_magic("runway_demo", "off")

    def show(self) -> None:
        self._ipython.run_line_magic("runway", FINISHED)

    def board(self) -> None:
        self._ipython.run_line_magic("runway", f"{FINISHED} going-on-1")

    def watch(self) -> None:
        self._ipython.run_line_magic("runway", "going-on-1 --watch")

    def watch_board(self) -> None:
        self._ipython.run_line_magic("runway", "going-on-1 going-on-2 --watch")

    def wait(self) -> None:
        self._ipython.run_line_magic("runway", f"{FINISHED} --wait")

    def wait_board(self) -> None:
        self._ipython.run_line_magic("runway", f"{FINISHED} code-451 --wait")

    def config(self) -> None:
        self._ipython.run_line_magic("config", f"RunwayMagics.max_rate = {3 + len(self._ipython.display_pub.outputs)}")

    def close_session(self) -> None:
        session.close_session()

    def watch_in_demo(self) -> None:
        self.demo()
        session.current_session().connection.demo.faults.add(Fault.slow(0.1))
        self._ipython.run_line_magic("runway", "walk-1 --watch")


@pytest.fixture
def shell(ipython, simulator, monkeypatch):
    """A shell that shows cards as in a notebook, with a service that knows some tasks."""
    monkeypatch.setenv("APIKLEY_API_KEY", "any-key")
    monkeypatch.setenv("APIKLEY_BASE_URL", simulator.base_url)
    monkeypatch.setattr(session, "current_surface", NotebookSurface)
    for number in (1, 2):
        simulator.put(f"going-on-{number}", Record("generating"))
    shell = Shell(ipython)
    yield shell
    shell.unload()


def assert_works(shell, place):
    """Assert that everything works after an interrupt, and that nothing is left when it is unloaded."""
    shell.load()
    shell.demo()
    assert demo_url(), place
    shell.wait()
    shell.demo_off()
    assert not demo_url(), place
    shell.watch_board()
    presenter = session.current_session()._areas._shown[-1].reference()
    assert presenter.is_followed, place
    wait_until(lambda: all(each.fetched for each in presenter.sightings))
    shell.unload()
    wait_until(lambda: not shell.threads())
    assert shell._ipython.find_line_magic("runway") is None, place
    assert not [each for each in shell._ipython.configurables if "Runway" in type(each).__name__], place


@pytest.mark.parametrize(
    ("prepare", "command"),
    [
        ([], "load"),
        (["load"], "unload"),
        (["load", "watch"], "unload"),
        (["load", "watch"], "reload"),
        (["load"], "demo"),
        (["load", "watch_in_demo"], "demo_off"),
        (["load"], "show"),
        (["load"], "board"),
        (["load"], "watch"),
        (["load"], "watch_board"),
        (["load"], "wait"),
        (["load"], "config"),
        (["load", "watch"], "close_session"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_interrupted_command_can_be_repeated(shell, prepare, command):
    def prepared():
        for step in prepare:
            getattr(shell, step)()

    prepared()
    for line in sampled_lines(getattr(shell, command), MOST, STATEFUL):
        prepared()
        interrupter = Interrupter(line)
        error = interrupter.run(getattr(shell, command))
        assert isinstance(error, KeyboardInterrupt) or not interrupter.place, (interrupter.place, error)
        getattr(shell, command)()
        assert_works(shell, interrupter.place)


def test_closed_watcher_is_replaced(shell):
    """An interrupt can leave one, such as in ``%runway_demo off`` under a look."""
    shell.load()
    shell.watch()
    session.current_session().connection.watcher().close()
    shell.watch()
    assert session.current_session()._areas._shown[-1].reference().is_followed


@pytest.mark.parametrize("follow", ["", "--watch"])
def test_interrupted_board_has_no_row_that_seems_to_go_on(shell, follow):
    shell.load()

    def board():
        shell._ipython.run_line_magic("runway", f"going-on-1 going-on-2 {follow}")

    interrupted = 0
    for line in sampled_lines(board, 5 * MOST, ("kernel/session", "kernel/lookup", "kernel/magic", "screen/")):
        shell.close_session()
        interrupter = Interrupter(line)
        error = interrupter.run(board)
        if not interrupter.place:
            continue
        interrupted += 1
        for presenter in filter(None, (shown.reference() for shown in session.current_session()._areas._shown)):
            assert not presenter.is_followed, interrupter.place
            assert "Fetching" not in presenter._bundle().text, interrupter.place
            assert isinstance(error, runway_nb.RunwayError), (interrupter.place, error)
        shell.close_session()
        wait_until(lambda: not shell.threads())
    assert interrupted > 2 * MOST

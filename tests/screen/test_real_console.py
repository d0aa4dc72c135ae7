"""A real jupyter console: each text is one that its reader can act on."""

from __future__ import annotations

import pytest
from support.environment import isolated_environment
from support.following import DONE, FAILED
from support.terminal import Console
from support.waiting import wait_until

CONTROLS = ("Resume", "Refresh", "Auto-refresh", "Press", "press ", "button", "Open")
NOTICE = "Following in the background. The end is printed below; jupyter console prints it after your next line."


@pytest.fixture(scope="module")
def console(module_simulator, tmp_path_factory):
    """A console with the extension loaded."""
    directory = tmp_path_factory.mktemp("console")
    environment = isolated_environment(
        directory / "home", module_simulator.base_url, PYDEVD_DISABLE_FILE_VALIDATION="1"
    )
    running = Console(environment, directory)
    running.run("%load_ext runway_nb")
    yield running
    running.stop()


def run(console, line):
    """Enter a line; check that what it printed speaks of no control."""
    printed = console.run(line)
    assert not any(word in printed for word in CONTROLS), printed
    return printed


def test_board_is_shown_once(console, make_task):
    printed = run(console, f"%runway {make_task(DONE)} {make_task(FAILED)} task-missing")
    assert printed.count("State") == 1
    assert "Not checked yet" not in printed


def test_wait_prints_the_end(console, simulator, task_id):
    console.start(f"%runway {task_id} --wait -i 1")
    console.wait_for("generating")
    simulator.put(task_id, DONE)
    assert f"success  {task_id}" in console.finish()


def test_watch_prints_ends_later(console, simulator, make_task):
    first, second = make_task(), make_task()
    assert NOTICE in run(console, f"%runway {first} {second} --watch -i 1")
    simulator.put(first, DONE)
    simulator.put(second, FAILED)
    printed = []

    def has_ended():
        printed.append(run(console, "pass"))
        return "2 tasks, all ended" in printed[-1]

    wait_until(has_ended)
    assert f"{first}  success" in "".join(printed)
    assert f"{second}  fail" in "".join(printed)


def test_ended_task_is_not_followed(console, make_task):
    assert NOTICE not in run(console, f"%runway {make_task(DONE)} --watch")


def test_demo_is_listed(console):
    assert "%runway e55d57c3-ed50-457a-b270-c55250a96a78  a finished video" in run(console, "%runway_demo")
    run(console, "%runway_demo off")


def test_error_is_one_sentence(console):
    assert run(console, "%runway --nonsense").startswith("UsageError: There is no option --nonsense.")

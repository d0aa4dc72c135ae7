"""``%runway_demo`` in a real kernel, and what the record then holds."""

from __future__ import annotations

from support.cards import Card
from support.demo import FINISHED

from runway_nb.simulator import DEMO_TASKS, Record, demo_task


def test_demo_needs_no_key(keyless_kernel, simulator):
    kernel = keyless_kernel
    (listing,) = kernel.run("%runway_demo").displays
    for task in DEMO_TASKS:
        assert task.task_id in listing["data"]["text/html"]
        assert task.task_id in listing["data"]["text/plain"]
    before = len(simulator.lookups)
    card = Card.shown(kernel, kernel.run(f"%runway {FINISHED}"))
    assert 'src="data:video/mp4;base64,' in card.player  # the page need not reach this machine
    assert len(simulator.lookups) == before
    assert simulator.base_url in kernel.run("%runway_demo off").stdout
    assert kernel.run(f"%runway {FINISHED}").error.ename == "MissingKeyError"


def test_demo_takes_only_off(kernel):
    result = kernel.run("%runway_demo sideways")
    assert result.reply["ename"] == "UsageError"
    assert result.stderr == "UsageError: Use %runway_demo, or %runway_demo off to go back to the service.\n"


def test_demo_without_tornado(terminal):
    terminal.run("%load_ext runway_nb")
    terminal.run("import sys; sys.modules['tornado.httpserver'] = None")
    assert terminal.run("%runway_demo") == (
        "MissingTornadoError: The simulator needs the package tornado. Install it with pip install 'runway_nb[demo]'."
    )
    assert terminal.run(f"%runway {FINISHED}").startswith("✓  success")


def test_demo_has_its_own_record(start_kernel, simulator):
    simulator.put("task-own", Record("generating"))
    kernel = start_kernel()
    kernel.run("%load_ext runway_nb\n%runway task-own --watch -i 1")
    kernel.run(f"%runway_demo\n%runway {demo_task('generating').task_id} --watch -i 1")
    played = kernel.run("%runway").displays[0]["data"]["text/plain"]
    assert demo_task("generating").task_id in played
    assert "task-own" not in played.split()
    kernel.run("%runway_demo off\n%runway task-own\n%reload_ext runway_nb")
    own = kernel.run("%runway").displays[0]["data"]["text/plain"]
    assert "task-own" in own.split()
    assert demo_task("generating").task_id not in own


def test_record_can_be_switched_off(start_kernel, simulator):
    simulator.put("task-followed", Record("generating"))
    kernel = start_kernel()
    card = Card.shown(kernel, kernel.run("%load_ext runway_nb\n%runway task-followed --watch -i 1"))
    kernel.run("%config RunwayMagics.history = False")
    simulator.put("task-followed", Record(prompt="Seen only after that"))
    card.wait_for("✓ success")
    kernel.run("%config RunwayMagics.history = True\n%reload_ext runway_nb")
    recorded = kernel.run("%runway_history").displays[0]["data"]["text/plain"]
    assert "generating" in recorded
    assert "Seen only" not in recorded

"""Every command in a kernel in which each warning is an error."""

from __future__ import annotations

from support.cards import Card
from support.demo import FINISHED

from runway_nb.simulator import Record, demo_task

FAILED = demo_task("fail-nsfw").task_id
COMMANDS = (
    "%runway_history",
    f"%runway {FINISHED} --embed",
    f"%runway {FINISHED} --static",
    f"%runway {FINISHED} --json",
    f"%runway {FINISHED} --lineage",
    f"%runway {FINISHED} -o task",
    f"%runway {FINISHED} {FAILED}",
    f"%runway {FINISHED} {FAILED} --watch -i 1",
    f"%runway {FINISHED} --wait",
    f"%runway_compare {FINISHED} {FAILED}",
    f"%runway_report {FAILED}",
    "%runway_history --state fail",
    "task",
    f"from runway_nb import RunwayClient, show, watch\nwith RunwayClient() as client: client.get({FINISHED!r})",
    f"import uuid\ncard = show(uuid.UUID({FINISHED!r}))",
    f"watch([{FINISHED!r}, None]).wait()",
    "%runway_demo",
    f"%runway {FINISHED}",
    "%runway_demo off",
    "import gc; _ = gc.collect()",
    "%unload_ext runway_nb",
    "_ = gc.collect()",
)


def test_warnings_as_errors_break_nothing(start_kernel, simulator):
    simulator.put("task-going", Record("generating"))
    kernel = start_kernel()
    kernel.run("import warnings; warnings.simplefilter('error')")
    kernel.run("%load_ext runway_nb")
    card = Card.shown(kernel, kernel.run("%runway task-going --watch -i 1"))
    for command in COMMANDS[:-2]:
        result = kernel.run(command)
        assert (result.error, result.stderr) == (None, ""), command
        if command.endswith("--watch -i 1"):
            simulator.put("task-going", Record())
            card.wait_for("✓ success")
    for command in COMMANDS[-2:]:
        result = kernel.run(command)
        assert (result.error, result.stderr) == (None, ""), command

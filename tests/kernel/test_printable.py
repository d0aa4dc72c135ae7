"""Whatever the service sends, no text that a terminal would print can control it."""

from __future__ import annotations

import json

import pytest
from support.kernel import Kernel

from runway_nb.simulator import Fault, Record, Simulator

HOSTILE = "a\x1b[2J\x9b31m\u202eb\u2066c\u200ed\u061ce\u2028f\u2029g\x85h\x07i\rj\x00k\U000e0041l\ufeff"
COMMANDS = [
    "%runway task-hostile task-other",
    "%runway task-hostile --static",
    "%runway task-hostile --json",
    "%runway task-hostile --lineage",
    "%runway task-failed --wait",
    "%runway_history",
    "%runway_compare task-hostile task-failed",
    "%runway_report task-hostile",
    "%runway_report task-refused",
    "%runway task-refused",
    "%runway task-refused task-other",
    "%runway task-hostile -o task\nprint(task)",
    "task",
    "try:\n    runway_nb.RunwayClient().get('task-refused')\nexcept Exception as error:\n    print(repr(error), error)",
]


def hostile(data: dict[str, object]) -> dict[str, object]:
    state = "fail" if data["state"] == "fail" else HOSTILE
    return {**data, "state": state, "failCode": HOSTILE, HOSTILE: HOSTILE}


@pytest.fixture(scope="module")
def hostile_kernel(kernel: Kernel, simulator: Simulator) -> Kernel:
    simulator.put("task-hostile", Record("wait", HOSTILE, parent="task-failed", dialect=hostile))
    simulator.put("task-failed", Record("fail", HOSTILE, fail_msg=HOSTILE, dialect=hostile))
    simulator.put("task-other", Record("success", HOSTILE))
    simulator.faults.add(Fault.code(422, HOSTILE), task_id="task-refused", times=None)
    kernel.run("import runway_nb")
    return kernel


@pytest.mark.parametrize("command", COMMANDS)
def test_all_texts_are_printable(hostile_kernel: Kernel, command: str):
    result = hostile_kernel.run(command)

    texts = [each["data"]["text/plain"] for each in (*result.displays, *result.values)]
    texts += [result.stdout, result.stderr, result.error.traceback if result.error else ""]
    assert "".join(texts)
    for text in texts:
        assert all(character.isprintable() or character in "\n\t" for character in text)


def test_json_is_still_exact(hostile_kernel: Kernel):
    (display,) = hostile_kernel.run("%runway task-hostile --json").displays

    assert json.loads(display["data"]["text/plain"]) == display["data"]["application/json"]
    assert display["data"]["application/json"][HOSTILE] == HOSTILE

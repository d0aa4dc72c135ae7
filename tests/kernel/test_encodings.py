"""Terminals that are not UTF-8: every text is printed, with plain marks where the encoding has no others."""

from __future__ import annotations

import json

import pytest
from support.demo import FAILED, FINISHED
from support.environment import isolated_environment
from support.terminal import Terminal

from runway_nb.simulator import Record

LINES = [
    "%runway_demo",
    "%runway_demo off",
    "%runway task-1",
    f"%runway {FINISHED}",
    f"%runway {FAILED}",
    f"%runway task-1 {FINISHED} {FAILED} no-such-task",
    f"%runway {FINISHED} --wait",
    f"%runway {FINISHED} --lineage",
    "%runway no-such-task",
    "%runway -h",
    "%runway?",
    f"%runway_compare {FINISHED} {FAILED}",
    f"%runway_report {FAILED}",
    "%runway_history",
    "%runway_history --since soon",
    f"import runway_nb; runway_nb.RunwayClient().get('{FAILED}')",
]
PROMPT = "“Кошка” – 10 × 5 … é"  # noqa: RUF001  # no encoding but UTF-8 has all of these


@pytest.fixture(params=["cp1251", "cp1252", "cp866", "ascii", "utf-8"])
def terminal(request, simulator, tmp_path):
    environment = isolated_environment(tmp_path / "terminal", simulator.base_url, PYTHONIOENCODING=request.param)
    running = Terminal(environment, tmp_path)
    running.run("%load_ext runway_nb")
    yield running
    running.stop()


def test_everything_is_printed(terminal, simulator):
    simulator.put("task-1", Record("fail", PROMPT, fail_msg=PROMPT))
    for line in LINES:
        printed = terminal.run(line)
        assert printed, line
        assert "UnicodeEncodeError" not in printed, line
        assert "Traceback" not in printed, line


def test_json_stays_json(terminal, simulator):
    simulator.put("task-2", Record(prompt=PROMPT))
    raw = json.loads(terminal.run("%runway task-2 --json"))
    assert raw["generateParam"]["prompt"] == PROMPT

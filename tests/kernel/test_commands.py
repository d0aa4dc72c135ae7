"""Commands that are shown are safe to run: IPython and our own reader take exactly the task id from them."""

from __future__ import annotations

import ast
from datetime import datetime, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager
from support.kernel import Kernel

from runway_nb.kernel.line import parsed
from runway_nb.kernel.magic import RunwayMagics
from runway_nb.kernel.scope import Scope
from runway_nb.kernel.targets import resolved
from runway_nb.model.command import as_argument
from runway_nb.model.lineage import Break, Lineage, Link, Problem
from runway_nb.model.task import Task
from runway_nb.simulator import Fault, Record, Simulator
from runway_nb.view.reports import lineage

NOW = datetime(2026, 11, 24, 12, 3, tzinfo=timezone.utc)
UUID = "ee603959-debb-48d1-98c4-a6d1c717eba6"
ATTACK = "{open('attacked', 'w')}"
HOSTILE = [
    *(ATTACK, f"x{ATTACK}", f"{{{ATTACK}}}", "{1+1}", "$HOME", "$$x", "a$x", "{", "}", "a\n!touch attacked", "a\r!x"),
    *("a\u2028!x", "a\x0b!x", "\x1b[2J", "a\u202eb", "a b", "a\tb", " a", "a ", "", '"', "'", 'a" --clear "', "a'b"),
    *("\\", "a\\", "a\\\n", "a\ud800", "a\u200bb", "a\xa0b", "x" * 201),
]
QUOTED = [
    *("my.id:1", "--clear", "-o", "-h", "--help", "%runway", "%%bash", "!touch", "?x", "x?", "x??", "x;", ";", "#x"),
    *("`id`", "a,b", "(a)", "[a]", "a=b", "=!x", "x=%y", "task_id:", "task_id=", "name", "None", "True", "my_ids"),
    *("os.getcwd()", "http://x/y", "a&b", "a|b", "a>b", "~", "/etc", "*", "ж-1", "任务", "a…", "“x”", "f(x)", "@x"),
]
PLAIN = [UUID, UUID.replace("-", ""), "abcdef1e83e54df7b078c43ac87be6e7", "task-1", "1", "12ab", "_-", "a--b"]
ODD_TEXT = st.text(st.sampled_from("ab1-_.:;,#%!?$\\{}()[]\"'` \n\t=/|&\u200d\u202eé"), max_size=12)


def ids_read_from(line: str) -> list[str]:
    """Return the ids that ``%runway`` looks up when a cell has this line, without a variable in sight."""
    (statement,) = ast.parse(TransformerManager().transform_cell(line)).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    assert ast.unparse(statement.value.func) == "get_ipython().run_line_magic"
    name, rest = (ast.literal_eval(each) for each in statement.value.args)
    assert name == "runway"
    read = parsed(RunwayMagics.runway, rest, Scope({}))
    assert read is not None
    assert read.lineage
    return resolved(read.task, Scope({}))


@given(st.one_of(st.text(max_size=20), ODD_TEXT, st.sampled_from([*HOSTILE, *QUOTED, *PLAIN])))
@example("-")
def test_a_command_reads_exactly_its_id(task_id: str):
    argument = as_argument(task_id)

    if argument is not None:
        assert ids_read_from(f"%runway {argument} --lineage") == [task_id]


@pytest.mark.parametrize("task_id", PLAIN)
def test_plain_ids_need_no_quotes(task_id: str):
    assert as_argument(task_id) == task_id
    assert ids_read_from(f"%runway {task_id} --lineage") == [task_id]


@pytest.mark.parametrize("task_id", QUOTED)
def test_other_ids_are_quoted(task_id: str):
    assert as_argument(task_id) == f'"{task_id}"'
    assert ids_read_from(f'%runway "{task_id}" --lineage') == [task_id]


@pytest.mark.parametrize("task_id", HOSTILE, ids=ascii)
def test_no_command_is_shown_for_what_a_line_would_expand(task_id: str):
    assert as_argument(task_id) is None


@pytest.mark.parametrize("parent", [UUID, *HOSTILE, *QUOTED, "-!touch_attacked"], ids=ascii)
def test_a_chain_shows_no_command_with_the_id_of_a_parent(parent: str):
    chain = Lineage((Link("a", Task("a", parent_task_id=parent)),), Problem(Break.TOO_LONG, parent))

    drawn = lineage.draw(chain, NOW)

    for shown in (drawn.text, drawn.data["text/html"]):
        assert "The chain continues" in shown
        assert f"%runway {parent}" not in shown


def test_completion_offers_no_id_that_would_run(kernel: Kernel, simulator: Simulator):
    """A parent's id comes from the service and is recorded like any other."""
    simulator.put("task-child", Record(parent=ATTACK))
    simulator.put(ATTACK, Record(parent="my.id:1"))
    simulator.put("my.id:1", Record(parent="task-first"))
    simulator.put("task-first", Record())
    kernel.run("%runway task-child --lineage")

    offered = {each["text"] for each in kernel.completions("%runway ")}

    assert {"task-child", "task-first", '"my.id:1"'} <= offered
    assert not any("attacked" in each for each in offered)


WAITS = ["%runway {asked} --wait -t 1 -i 1", "%runway {asked}", "%runway {asked} {asked}-2", "%runway_report {asked}"]


@pytest.mark.parametrize("line", WAITS)
def test_no_message_holds_a_command_with_the_services_words(kernel: Kernel, simulator: Simulator, line: str):
    def hostile(data: dict[str, object]) -> dict[str, object]:
        return {**data, "parentTaskId": ATTACK, "state": ATTACK, "failMsg": ATTACK}

    simulator.put("task-waiting", Record("generating", ATTACK, dialect=hostile))
    simulator.faults.add(Fault.code(422, f"Run %runway {ATTACK}"), task_id="task-waiting-2")

    result = kernel.run(line.format(asked="task-waiting"))

    texts = [each["data"]["text/plain"] for each in (*result.displays, *result.updates)]
    texts += [result.stdout, result.stderr, result.error.traceback if result.error else ""]
    for text in texts:
        assert f"%runway {ATTACK}" not in text.replace(f"“Run %runway {ATTACK}”", "")

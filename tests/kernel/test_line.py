"""The line after a magic's name: how it is parsed, and how its words become task ids."""

from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments

from runway_nb.kernel.line import found_in, parsed, resolved
from runway_nb.model.task import Task

UUID = "ee603959-debb-48d1-98c4-a6d1c717eba6"
OTHER = "8d36091e83e54df7b078c43ac87be6e7"


@magic_arguments("%show")
@argument("task", nargs="*")
@argument("-w", "--watch", action="store_true")
@argument("-i", "--interval", type=float)
@argument("-o", "--out")
def show(line: str) -> Any:
    return parsed(show, line)


def tasks(line: str) -> list[str]:
    """Return the task ids in a line, as a magic finds them, without variables."""
    return resolved(show(line).task, {})


@pytest.mark.parametrize(
    "line",
    [
        UUID,
        f"  {UUID}  ",
        f"{UUID};",
        f"{UUID} ;",
        f'"{UUID}"',
        f"'{UUID}'",
        f"{UUID},",
        f"'{UUID}',",
        f"{UUID} # the one from yesterday",
        f"{UUID}; # it's over",
        f"{UUID}\t",
        f"['{UUID}']",
        f"{UUID} {UUID}",
    ],
)
def test_one_id_in_any_spelling(line: str):
    assert tasks(line) == [UUID]


@pytest.mark.parametrize(
    "line",
    [
        f"{UUID} {OTHER}",
        f"{UUID}, {OTHER}",
        f"{UUID},{OTHER}",
        f"'{UUID}', \"{OTHER}\";",
        f"['{UUID}', '{OTHER}']",
        f"('{UUID}', '{OTHER}')",
        f"{UUID} {OTHER} {UUID}",
    ],
)
def test_several_ids_without_duplicates(line: str):
    assert tasks(line) == [UUID, OTHER]


def test_options_may_be_anywhere():
    args = show(f"-w {UUID} --interval 2.5 {OTHER} -o 'task';  # follow")

    assert (args.watch, args.interval, args.out) == (True, 2.5, "task")
    assert args.task == [UUID, OTHER]


def test_hash_inside_a_word():
    assert tasks("task#1 # but this is") == ["task#1"]


def test_hash_inside_quotes():
    assert tasks("'take #2' \"and #3\" # don't") == ["take #2", "and #3"]


@pytest.mark.parametrize("line", ["", "   ", ";", "# only a note", " ; # note"])
def test_empty_line_has_no_tasks(line: str):
    assert tasks(line) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--nonsense", "unrecognized arguments: --nonsense. Run %show? to see its options."),
        ("--interval", "argument -i/--interval: expected one argument. Run %show? to see its options."),
        ("--interval soon", "argument -i/--interval: invalid float value: 'soon'. Run %show? to see its options."),
        ("-o", "argument -o/--out: expected one argument. Run %show? to see its options."),
        ('"unfinished', "No closing quotation. Close the quotation mark or remove it."),
        (f"{UUID} 'x", "No closing quotation. Close the quotation mark or remove it."),
    ],
)
def test_bad_line_is_a_usage_error(line: str, message: str):
    with pytest.raises(UsageError) as raised:
        show(line)
    assert str(raised.value) == message


def test_variable_becomes_the_ids_it_holds():
    namespace = {
        "one": UUID,
        "many": [OTHER, UUID],
        "task": Task(OTHER),
        "response": {"code": 200, "data": {"taskId": UUID}},
        "tasks": [Task(OTHER), Task(UUID)],
    }

    assert resolved(["one"], namespace) == [UUID]
    assert resolved(["task"], namespace) == [OTHER]
    assert resolved(["many"], namespace) == [OTHER, UUID]
    assert resolved(["response", "tasks"], namespace) == [UUID, OTHER]
    assert resolved([UUID, "many"], namespace) == [UUID, OTHER]
    assert resolved(["unknown"], namespace) == ["unknown"]


@pytest.mark.parametrize("value", [[], None, "no id here"])
def test_variable_without_ids(value: Any):
    with pytest.raises(UsageError) as raised:
        resolved(["name"], {"name": value})
    message = "The variable name holds no task id. Give an id, or a variable that holds one or more."
    assert str(raised.value) == message


@pytest.mark.parametrize("value", [7, len])
def test_variable_of_a_wrong_type(value: Any):
    with pytest.raises(UsageError, match=r"^name: A value of type"):
        resolved(["name"], {"name": value})


@pytest.mark.parametrize(
    ("token", "quoted"), [("{missing}", "{missing}"), ('{response["data"]', "{response"), ("task}", "task}")]
)
def test_braces_that_could_not_be_evaluated(token: str, quoted: str):
    with pytest.raises(UsageError) as raised:
        resolved([token], {})
    assert str(raised.value) == f"{quoted} could not be evaluated. Check the names in it."


@pytest.mark.parametrize("token", ["[]", "()", ",", "''"])
def test_empty_list(token: str):
    with pytest.raises(UsageError) as raised:
        resolved([token], {})
    message = "There is no task id in the line. Give an id, or a variable that holds one or more."
    assert str(raised.value) == message


def test_cell_text(capsys: pytest.CaptureFixture[str]):
    assert found_in(f"submitted {UUID}") == [UUID]
    assert capsys.readouterr().out == "1 task id found in the cell.\n"
    assert found_in(f"{UUID} {OTHER}") == [UUID, OTHER]
    assert capsys.readouterr().out == "2 task ids found in the cell.\n"


def test_cell_text_without_ids():
    with pytest.raises(UsageError) as raised:
        found_in("nothing here")
    message = "There is no task id in the cell. Paste a log, a response or a list that contains task ids."
    assert str(raised.value) == message

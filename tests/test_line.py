"""What a person types behind a magic's name, and what Tab offers there."""

from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments

from runway_nb.completion import completer
from runway_nb.line import parsed, resolved
from runway_nb.task import Task

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
    """Read a line as a magic does, without variables."""
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
def test_one_id_however_it_is_typed(line: str):
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
def test_several_ids_each_once_in_order(line: str):
    assert tasks(line) == [UUID, OTHER]


def test_options_may_stand_anywhere():
    args = show(f"-w {UUID} --interval 2.5 {OTHER} -o 'task';  # follow")

    assert (args.watch, args.interval, args.out) == (True, 2.5, "task")
    assert args.task == [UUID, OTHER]


def test_a_hash_inside_a_word_is_no_comment():
    assert tasks("task#1 # but this is") == ["task#1"]


def test_a_hash_inside_quotes_is_no_comment():
    assert tasks("'take #2' \"and #3\" # don't") == ["take #2", "and #3"]


@pytest.mark.parametrize("line", ["", "   ", ";", "# only a note", " ; # note"])
def test_nothing_is_nothing(line: str):
    assert tasks(line) == []


@pytest.mark.parametrize("line", ["--nonsense", "--interval", "--interval soon", "-o", '"unfinished', f"{UUID} 'x"])
def test_what_cannot_be_read_is_a_usage_error(line: str):
    with pytest.raises(UsageError):
        show(line)


def test_names_of_variables_stand_for_what_they_hold():
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


@pytest.mark.parametrize(
    ("name", "value"), [("empty", []), ("number", 7), ("none", None), ("function", len), ("words", "no id here")]
)
def test_a_variable_without_ids_is_told_by_name(name: str, value: Any):
    with pytest.raises(UsageError, match=name):
        resolved([name], {name: value})


@pytest.mark.parametrize("token", ["{missing}", '{response["data"]', "task}"])
def test_braces_that_could_not_be_evaluated(token: str):
    with pytest.raises(UsageError, match="could not be evaluated"):
        resolved([token], {})


@pytest.mark.parametrize("token", ["[]", "()", ",", "''"])
def test_a_list_of_nothing(token: str):
    with pytest.raises(UsageError, match="no task id"):
        resolved([token], {})


# --- completion -------------------------------------------------------------------------------------------------------

OPTIONS = {"runway": ["--watch", "--wait", "-w"], "runway_history": ["--state"]}


def offered(line: str) -> list[str]:
    complete = completer(lambda: line, lambda name: OPTIONS.get(name, []), known_ids)
    return complete(line.rpartition(" ")[2])


def known_ids(prefix: str) -> list[str]:
    return [task_id for task_id in ("eeee", OTHER, UUID) if task_id.startswith(prefix)]


def test_options_are_those_of_the_magic():
    assert offered("%runway --wa") == ["--watch", "--wait"]
    assert offered("%runway abc -") == ["--watch", "--wait", "-w"]
    assert offered("%runway_history --") == ["--state"]
    assert offered("  %%runway --wat") == ["--watch"]
    assert offered("%runway_nonsense --") == []


def test_ids_seen_are_offered_the_latest_first():
    assert offered("%runway ") == ["eeee", OTHER, UUID]
    assert offered("%runway ee") == ["eeee", UUID]
    assert offered("%runway abc --watch 8d") == [OTHER]


@pytest.mark.parametrize("line", ["", "runway", "%runway", "%run way ee", "x = runway ee", "%timeit ee", "print ee"])
def test_nothing_is_offered_elsewhere(line: str):
    assert offered(line) == []

"""How the words of a magic's line become task ids."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from IPython.core.error import UsageError

from runway_nb.ids.reading import Found
from runway_nb.kernel.scope import Scope
from runway_nb.kernel.targets import expanded, found_in, resolved
from runway_nb.kernel.words import cut
from runway_nb.model.task import Task

UUID = "ee603959-debb-48d1-98c4-a6d1c717eba6"
OTHER = "8d36091e83e54df7b078c43ac87be6e7"
LETTERED = "abcdef1e83e54df7b078c43ac87be6e7"
KEY = "8d36091e83e54df7b078c43ac87be6e9"
KEY_MESSAGE = (
    "The line contains the API key. A key is never looked up as a task id. Delete it from the cell, and give the id of "
    "a task."
)
LIKE_KEY_MESSAGE = (
    "The line contains what looks like an API key. A key is never looked up as a task id. Delete it from the cell; set "
    "the environment variable APIKLEY_API_KEY or run %runway_login instead."
)


class Response:
    def __repr__(self) -> str:
        return "<Response [404]>"


class Config:
    key = "abc"
    task = UUID


def fail(message: str) -> None:
    raise RuntimeError(message)


def interrupt() -> None:
    raise KeyboardInterrupt


def namespace() -> dict[str, Any]:
    return {
        "one": UUID,
        "ids": [UUID, OTHER],
        "more": [LETTERED],
        "task": Task(UUID),
        "tasks": [Task(OTHER), Task(UUID)],
        "job": {"data": {"taskId": UUID}},
        "df": pd.DataFrame({"task id": [UUID, OTHER], "task_id": [OTHER, LETTERED]}),
        "resp": Response(),
        "n": 7,
        "nothing": [],
        "absent": None,
        "log": "no id here",
        "prefix": "walk",
        "odd": "{one}",
        "api_key": OTHER,
        "cfg": {"token": OTHER, "task": UUID},
        "settings": Config,
        "innocent": f"{KEY[:8]}-{KEY[8:12]}-{KEY[12:16]}-{KEY[16:20]}-{KEY[20:]}",
        "wrapped": [KEY],
        "os": os,
        "pick": lambda *ids, last=False: ids[-1] if last else ids[0],
        "fail": fail,
        "interrupt": interrupt,
        "denied": lambda: fail(f"denied for {KEY}"),
    }


@pytest.fixture(autouse=True)
def key_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)


def tasks(line: str) -> list[str]:
    return resolved(cut(line), Scope(namespace()))


@pytest.mark.parametrize(
    "line",
    [
        UUID,
        f"  {UUID}  ",
        f"{UUID};",
        f"{UUID} ; # over",
        f'"{UUID}"',
        f"'{UUID}',",
        f"{UUID} {UUID}",
        f"['{UUID}']",
        f"[{UUID}]",
        f"taskId={UUID}",
        f"task_id: {UUID}",
        f'"taskId": "{UUID}"',
        f"https://apikley.ru/tasks/{UUID}?tab=1",
        f"'created task {UUID} at 12:00'",
        f'{{"taskId": "{UUID}"}}',
        "one",
        "{one}",
        "$one",
        "'{one}'",
        '"$one"',
        "{ one }",
        "(one)",
        "ids[0]",
        "ids[-2:][0]",
        "ids[0:1]",
        "{ids[0:1]}",
        "[ids[0]]",
        "task",
        "task.task_id",
        "$task.task_id",
        "{task}",
        "tasks[1]",
        "tasks[1].task_id",
        "job",
        'job["data"]["taskId"]',
        "{job['data']}",
        'df["task id"][0]',
        'df["task id"].iloc[0]',
        "pick(one, more)",
        "pick(more, one, last=True)",
        "next(iter(ids))",
        "[each for each in ids if '-' in each]",
        "list(each for each in ids if any(c == '-' for c in each))",
        "{ids[0] if n else None}",
        'pick(one, ")")',
        "settings.task",
        'cfg["task"]',
    ],
)
def test_one_task_in_any_spelling(line: str):
    assert tasks(line) == [UUID]


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        (f"{UUID} {OTHER}", [UUID, OTHER]),
        (f"{UUID},{OTHER}, {UUID}", [UUID, OTHER]),
        (f"['{UUID}', \"{OTHER}\"]", [UUID, OTHER]),
        (f"['{UUID}' '{OTHER}']", [UUID, OTHER]),
        ('[one, "b-1", ids[1]]', [UUID, "b-1", OTHER]),
        ("(one, more)", [UUID, LETTERED]),
        ("[*ids, more]", [UUID, OTHER, LETTERED]),
        ("{ids+more}", [UUID, OTHER, LETTERED]),
        ("ids more", [UUID, OTHER, LETTERED]),
        ('df["task id"]', [UUID, OTHER]),
        ("sorted(ids)", [OTHER, UUID]),
        (f"task_id: {UUID} task_id: {OTHER}", [UUID, OTHER]),
        ("walk-boat", ["walk-boat"]),
        ("ok--1 0f1e 123", ["ok--1", "0f1e", "123"]),
        ("one-1", ["one-1"]),
        (LETTERED, [LETTERED]),
        ("'take#2'", ["take#2"]),
        ("'nosuchvar'", ["nosuchvar"]),
        ("task-{n}", ["task-7"]),
        ("{prefix}-{n:03d}", ["walk-007"]),
        ("'{prefix}-$n'", ["walk-7"]),
        ("$prefix-{n}", ["walk-7"]),
        ("x-{ids[0][:4]}", ["x-ee60"]),
        ("[task-{n}, one]", ["task-7", UUID]),
        ("{(lambda each, *rest: each)(*ids)}", [UUID]),
        ("{[y := each for each in ids]}", [UUID, OTHER]),
        ("https://apikley.ru/tasks/{one}", [UUID]),
        ("taskId={one}", [UUID]),
        ("task_id: $one", [UUID]),
        ("'first {one}, then {more}'", [UUID, LETTERED]),
    ],
)
def test_words_become_ids(line: str, ids: list[str]):
    assert tasks(line) == ids


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nosuchvar", 'There is no variable named nosuchvar. Put an id of an unusual shape in quotes: "nosuchvar".'),
        (
            "prefx",
            'There is no variable named prefx. Did you mean prefix? Put an id of an unusual shape in quotes: "prefx".',
        ),
        ("list", 'There is no variable named list. Put an id of an unusual shape in quotes: "list".'),
        ("nosuch[0]", "There is no variable named nosuch."),
        ("tsks[0]", "There is no variable named tsks. Did you mean tasks?"),
        ("nosuch.x", 'There is no variable named nosuch. Put an id of an unusual shape in quotes: "nosuch.x".'),
        ("{missing}", "There is no variable named missing."),
        ("{[each for each in missing]}", "There is no variable named missing."),
        ("$missing", "There is no variable named missing."),
        ("x-{missing}", "There is no variable named missing."),
        ("a+b", "a+b is an expression. Write it in braces: {a+b}."),
        ("ids+more", "ids+more is an expression. Write it in braces: {ids+more}."),
        ("ids[0]+more[0]", "ids[0]+more[0] is an expression. Write it in braces: {ids[0]+more[0]}."),
        ("ids[9]", "ids[9] raised IndexError: list index out of range."),
        ("{1/0}", "1/0 raised ZeroDivisionError: division by zero."),
        ("fail('a\x1bb.')", "fail('ab.') raised RuntimeError: ab."),
        ("denied()", "denied() raised RuntimeError: denied for …."),
        ("{None}", "The expression None holds no task id. Give an id, or a variable that holds one or more."),
        ("None", "The expression None holds no task id. Give an id, or a variable that holds one or more."),
        ("nothing", "The variable nothing holds no task id. Give an id, or a variable that holds one or more."),
        ("{nothing}", "The variable nothing holds no task id. Give an id, or a variable that holds one or more."),
        ("log", "The variable log holds no task id. Give an id, or a variable that holds one or more."),
        ("ids[2:]", "The expression ids[2:] holds no task id. Give an id, or a variable that holds one or more."),
        ("'take two'", "The text in quotes holds no task id. Give an id, or a variable that holds one or more."),
        ("[]", "There is no task id in the line. Give an id, or a variable that holds one or more."),
        ("''", "There is no task id in the line. Give an id, or a variable that holds one or more."),
        (f"“{UUID}”", f"“{UUID}” contains a curly quotation mark. Type straight ones: \"…\" or '…'."),
        ("—wait", "—wait begins with a long dash. Type two hyphens: --wait."),
        ("walk–boat", "walk–boat contains a long dash. Type a hyphen: -."),  # noqa: RUF001  # the dash is the point
        (f"{UUID}.", f"{UUID}. is not a task id. Did you mean {UUID}?"),
        (
            "<Response [404]>",
            '<Response is not a task id. Put an id of an unusual shape in quotes, such as "my.id:1".',
        ),
        ("a)", 'a) is not a task id. Put an id of an unusual shape in quotes, such as "my.id:1".'),
        ("[*]", '* is not a task id. Put an id of an unusual shape in quotes, such as "my.id:1".'),
        ("[" * 3000 + "]" * 3000, "The line has too many brackets inside each other."),
        ("x-{absent}", "absent is None, so there is nothing to fill in. Check the value."),
        ("{{one}}", "{{one}} becomes {one}, which is not a task id."),
        ("x-{more}", f"x-{{more}} becomes x-['{LETTERED}'], which is not a task id."),
        ("'x-{more}'", f"'x-{{more}}' becomes x-['{LETTERED}'], which is not a task id."),
        ("$ids[0]", "A $ takes a name and its attributes only. Write {ids[0]}."),
        ("'$ids[0]'", "A $ takes a name and its attributes only. Write {ids[0]}."),
    ],
)
def test_unusable_word_is_one_sentence(line: str, message: str):
    with pytest.raises(UsageError) as raised:
        tasks(f"{UUID} {line}" if "in the line" not in message else line)
    assert str(raised.value) == message


@pytest.mark.parametrize("line", ["resp", "{resp}", "n", "len(ids)", "pick"])
def test_value_of_a_wrong_type(line: str):
    with pytest.raises(UsageError, match=r": A value of type \w+ cannot hold task ids"):
        tasks(line)


def test_expansion_is_not_evaluated_again():
    with pytest.raises(UsageError, match="odd holds no task id"):
        tasks("{odd}")


def test_expression_is_evaluated_once():
    calls: list[int] = []
    user = {"submit": lambda: calls.append(1) or UUID}

    assert resolved(["submit()"], Scope(user)) == [UUID]
    assert calls == [1]


def test_interrupt_of_an_expression_passes():
    with pytest.raises(KeyboardInterrupt):
        tasks("interrupt()")


# --- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("api_key", "api_key"),
        ("{api_key}", "api_key"),
        ("$api_key", "api_key"),
        ("api_key[:8]", "api_key"),
        ("api_key.strip()", "api_key"),
        ("str(api_key)", "api_key"),
        ("x-{api_key}", "api_key"),
        ("[one, api_key]", "api_key"),
        ("{one or api_key}", "api_key"),
        ('cfg["token"]', "token"),
        ('cfg.get("token")', "token"),
        ("settings.key", "key"),
        ('os.environ["APIKLEY_API_KEY"]', "APIKLEY_API_KEY"),
        ('os.getenv("APIKLEY_API_KEY")', "APIKLEY_API_KEY"),
    ],
)
def test_name_of_a_secret_is_refused(line: str, name: str):
    with pytest.raises(UsageError) as raised:
        tasks(line)
    assert (
        str(raised.value) == f"{name} is the name of a secret, and a secret is never looked up. Give the id of a task."
    )


@pytest.mark.parametrize(
    "line",
    [KEY, f"'{KEY}'", KEY.upper(), f"[{KEY}]", "innocent", "{innocent}", f"{UUID} {KEY}", "'{innocent}'"],
)
def test_key_in_use_is_refused(line: str):
    with pytest.raises(UsageError) as raised:
        tasks(line)
    assert str(raised.value) == KEY_MESSAGE


@pytest.mark.parametrize("line", ["sk-abcdefghij", "'sk-abcdefghij'", "ghp_abcdefghijkl", "[sk-abcdefghij]"])
def test_what_looks_like_a_key_is_refused(line: str):
    with pytest.raises(UsageError) as raised:
        tasks(line)
    assert str(raised.value) == LIKE_KEY_MESSAGE


def test_key_among_the_ids_of_a_value():
    with pytest.raises(UsageError, match="wrapped holds no task id"):
        tasks("wrapped")


# --- cells ------------------------------------------------------------------------------------------------------------


def test_cell_text(capsys: pytest.CaptureFixture[str]):
    assert found_in(f"submitted {UUID}") == [UUID]
    assert capsys.readouterr().out == "1 task id found in the cell.\n"
    assert found_in(f"{UUID} {OTHER}") == [UUID, OTHER]
    assert capsys.readouterr().out == "2 task ids found in the cell.\n"


@pytest.fixture
def leave_out(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str], int], None]:
    """Let `find` and `read` leave words out; which words these are is tested with them."""

    def leave(ids: list[str], count: int) -> None:
        monkeypatch.setattr("runway_nb.ids.reading.find", lambda *_: Found(ids, count))
        monkeypatch.setattr("runway_nb.ids.reading.read", lambda *_: Found(ids, count))

    return leave


def test_words_left_out_are_counted(leave_out: Callable[..., None], capsys: pytest.CaptureFixture[str]):
    leave_out([UUID, OTHER], 1)
    found_in("any")
    tasks("ids")
    leave_out([UUID], 2)
    found_in("any")

    assert capsys.readouterr().out == (
        "2 task ids found in the cell. 1 more word looks like an id but may be a key or a password, so it was left "
        "out. If it is a task id, give it on its own.\n"
        "In ids, 1 word looks like an id but may be a key or a password, so it was left out. If it is a task id, give "
        "it on its own.\n"
        "1 task id found in the cell. 2 more words look like ids but may be keys or passwords, so they were left out. "
        "If they are task ids, give them on their own.\n"
    )


def test_only_words_left_out(leave_out: Callable[..., None]):
    leave_out([], 1)
    with pytest.raises(UsageError) as raised:
        tasks("ids")
    assert str(raised.value) == (
        "The variable ids holds no task id. 1 word looks like an id but may be a key or a password, so it was left "
        "out. If it is a task id, give it on its own."
    )
    with pytest.raises(UsageError, match=r"no task id in the cell\..* 1 word looks like an id"):
        found_in("any")


def test_cell_text_without_ids():
    with pytest.raises(UsageError) as raised:
        found_in("nothing here")
    message = "There is no task id in the cell. Paste a log, a response or a list that contains task ids."
    assert str(raised.value) == message


def test_expanded_words_are_text():
    assert expanded(["{switch}", "'$switch'", "ON"], Scope({"switch": " off "})) == ["off", "off", "on"]

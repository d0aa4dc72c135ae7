"""What Tab offers in the lines of the magics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from support.demo import FAILED, FINISHED
from support.kernel import Kernel

from runway_nb.kernel.completion import Completion, Offer, last_word
from runway_nb.kernel.debug_magic import RunwayDebugMagics
from runway_nb.kernel.magic import RunwayMagics
from runway_nb.model.task import Task

UUID = "ee603959-debb-48d1-98c4-a6d1c717eba6"
OTHER = "8d36091e83e54df7b078c43ac87be6e7"
SEEN = (Offer("eeee-1", "success A boat"), Offer(OTHER))


class Costly:
    @property
    def task_id(self) -> str:
        raise AssertionError("A property was evaluated.")


def endless() -> Iterator[str]:
    raise AssertionError("A generator was started.")
    yield UUID


VARIABLES = {
    "one": UUID,
    "several": [UUID, OTHER],
    "a_task": Task(UUID),
    "column": pd.Series([UUID]),
    "frame_ids": pd.DataFrame({"task_id": [UUID]}),
    "job_id": "walk-1",
    "text": "some text",
    "number": 3,
    "numbers": [1, 2],
    "api_key": OTHER,
    "_hidden": UUID,
    "costly_task": Costly(),
    "generated_ids": endless(),
    "task_function": endless,
}
HOLDERS = ["one", "several", "a_task", "column", "frame_ids", "job_id"]


@pytest.fixture
def offered(ipython: InteractiveShell) -> Callable[..., list[str] | None]:
    main = RunwayMagics(ipython)
    magics = (main, RunwayDebugMagics(main))

    def magic(name: str) -> Callable[..., Any] | None:
        return next((getattr(each, name) for each in magics if hasattr(each, name)), None)

    completion = Completion(
        magic, lambda prefix: (each for each in SEEN if each.text.startswith(prefix)), lambda: VARIABLES
    )

    def offers(line: str, before: str = "") -> list[str] | None:
        found = completion.offers(before + line, line)
        return None if found is None else [offer.text for offer in found]

    return offers


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%runway --wa", ["--watch", "--wait"]),
        ("%runway abc --j", ["--json"]),
        ("  %runway --wat", ["--watch"]),
        ("%%runway --wat", ["--watch"]),
        ("x = %runway --js", ["--json"]),
        ("%runway --watch --wa", ["--wait"]),
        ("%runway -w --wa", ["--wait"]),
        ("%runway_history --st", ["--state"]),
        ("%runway_report --", ["--redact", "--help"]),
        ("%runway_history --state ", ["wait", "queueing", "generating", "success", "fail", "unknown"]),
        ("%runway_history --state f", ["fail"]),
        ("%runway_history --cause mod", ['"moderation (prompt)"', '"moderation (image or video)"']),
        ('%runway_history --cause "prompt t', []),
        ("%runway_history --since ", []),
        ("%runway_demo ", ["on", "off"]),
        ("%runway_demo of", ["off"]),
        ("%runway_login ", []),
        ("%runway -o ", []),
        ("%runway ee", ["eeee-1"]),
        ("%runway eeee-1, 8", [OTHER]),
        ("%runway one --watch 8", [OTHER]),
        ("%runway ", [*HOLDERS, "eeee-1", OTHER]),
        ("%runway_compare on", ["one"]),
        ("%runway one.", None),
        ("%runway {on", None),
        ("%runway several[", None),
        ("%runway_nonsense --", None),
        ("%runwa", None),
        ("%timeit ee", None),
        ("print('%runway ", None),
        ("x = runway ee", None),
        ("", None),
    ],
)
def test_offers_of_a_line(offered: Callable[..., list[str] | None], line: str, words: list[str] | None):
    assert offered(line) == words


def test_cell_magic_completes_its_first_line_only(offered: Callable[..., list[str] | None]):
    assert offered("%runway --wat", before="a = 1\n") == ["--watch"]
    assert offered("%%runway --wat", before="a = 1\n") is None
    assert offered("%runway --wat", before="%%runway\n") is None


def test_last_word_of_a_line():
    assert [last_word(line) for line in ("%runway ab", "%runway a,b", "%runway ", "")] == ["ab", "b", "", ""]


def types_at(kernel: Kernel, code: str, position: int | None = None) -> dict[str, str]:
    """Return what a front-end shows at Tab: the words, and what each is."""
    return {each["text"]: each["type"] for each in kernel.completions(code, position)}


def test_front_end_shows_options_alone(kernel: Kernel):
    types = types_at(kernel, "%runway --")

    assert types["--watch"] == "auto-refresh until every task has ended, in the background"
    assert all(word.startswith("--") for word in types)
    assert not {"--abs", "--__builtins__"} & set(types)
    assert set(types_at(kernel, "%%runway --wa\na log", len("%%runway --wa"))) == {"--watch", "--wait"}


def test_front_end_shows_state_and_prompt(kernel: Kernel):
    kernel.run(f"%runway {FINISHED} {FAILED}\nmy_tasks = [{FINISHED!r}]")
    types = types_at(kernel, "%runway ")

    assert types[FINISHED].startswith("success ")
    assert types[FAILED].startswith("fail ")
    assert types["my_tasks"] == "list"
    assert not any(word.startswith("%") for word in types)

"""Task ids are read from the values that people have, and everything else gets one sentence."""

import collections
import dataclasses
import decimal
import io
import itertools
import queue
import sqlite3
import types
from unittest.mock import Mock
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from runway_nb.ids.reading import Found, read
from runway_nb.service.key import Secret

A = "ee603959-debb-48d1-98c4-a6d1c717eba6"
B = "485da89c-7fca-4340-8c04-101025b2ae71"
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

Row = collections.namedtuple("Row", "job api_key n")  # noqa: PYI024  # the kind without types is meant


@dataclasses.dataclass
class Job:
    job: str
    token: str
    n: int = 1


@dataclasses.dataclass
class NamedJob:
    task_id: str
    token: str


def sqlite_row():
    with sqlite3.connect(":memory:") as database:
        database.row_factory = sqlite3.Row
        return database.execute("SELECT ? AS job, ? AS api_key, 3 AS n, 'fail' AS state", (A, KEY)).fetchone()


def waiting_responses():
    responses = queue.Queue()
    responses.put({"taskId": A})
    return responses


FRAME = pd.DataFrame({"task_id": [A, B], "api_key": [KEY, KEY], "n": [1, 2]})
STRUCTURED = np.array([(A, 1, KEY)], dtype=[("task_id", "U36"), ("n", int), ("api_key", "U36")])

VALUES = {
    "UUID": (UUID(A), [A]),
    "UUIDs": ([UUID(A), UUID(B)], [A, B]),
    "UUID keys": ({UUID(A): 1}, [A]),
    "missing among ids": ([A, float("nan"), None, pd.NaT, pd.NA, B], [A, B]),
    "row with numbers": ([3, A, 2.5], [A]),
    "row with other types": ([decimal.Decimal(3), UUID(A), pd.Timestamp(0)], [A]),
    "rows": ([(1, "fail", A, 2.5), (2, "wait", B, None)], [A, B]),
    "sqlite3.Row": (sqlite_row(), [A]),
    "namedtuple": (Row(A, KEY, 1), [A]),
    "dataclass": (Job(A, KEY), [A]),
    "dataclass with task_id": (NamedJob("t1", KEY), ["t1"]),
    "namespace": (types.SimpleNamespace(job=A, token=KEY), [A]),
    "values of a frame": (FRAME[["task_id", "n"]].to_numpy(), [A, B]),
    "two task_id columns": (pd.concat([FRAME[["task_id"]], FRAME[["task_id"]][::-1]], axis=1), [A, B]),
    "levels of columns": (pd.DataFrame({("a", "task_id"): [A], ("auth", "value"): [KEY]}), [A]),
    "levels of the index": (FRAME.set_index(["task_id", "n"]), [A, B]),
    "Styler": (FRAME.style, [A, B]),
    "Categorical": (pd.Categorical([A, B, A]), [A, B]),
    "column of UUIDs": (pd.DataFrame({"job": [UUID(A), UUID(B)], "n": [1, 2]}), [A, B]),
    "structured array": (STRUCTURED, [A]),
    "row of a structured array": (STRUCTURED[0], [A]),
    "itertuples": (FRAME.itertuples(), [A, B]),
    "generator": ((task_id for task_id in (A, B)), [A, B]),
    "cycle": (itertools.cycle([A, B]), [A, B]),
    "queue of responses": (waiting_responses(), [A]),
    "values of a dict": ({"cat": A, "api_key": KEY}.values(), [A]),
    "items of a dict": ({"cat": A, "api_key": KEY}.items(), [A]),
    "Mock with a task_id": (Mock(task_id=A), [A]),
}


@pytest.mark.parametrize(("value", "ids"), VALUES.values(), ids=VALUES)
def test_values_that_hold_ids(value, ids):
    assert read(value) == Found(ids)


@pytest.mark.parametrize(
    "value",
    [
        {"auth": {"value": A}},
        {"headers": [{"name": "Authorization", "value": KEY}]},
        [("Authorization", KEY)],
        pd.Series([A], name="api_key"),
        pd.Series({"api_key": KEY}),
        "sk-abcdefgh12345678",
        {"token": [A, {"id": B}]},
    ],
)
def test_credentials_in_values(value):
    assert read(value) == Found([])


def test_queue_is_not_emptied():
    responses = waiting_responses()
    read(responses)
    assert responses.qsize() == 1


def test_keys_in_use_are_skipped_in_values():
    assert read([A, KEY, B], [Secret(A.upper()), Secret(KEY)]) == Found([B])
    assert read("my-secret-key", [Secret("my-secret-key")]) == Found([])
    assert read({"taskId": KEY}, [Secret(KEY)]) == Found([])


def test_left_out_words_are_counted_in_values():
    assert read({"note": f"my key for it: one of {KEY}", "job": A}) == Found([A], left_out=1)


def test_values_that_hold_themselves():
    ids, response = [A], {"taskId": B}
    ids.append(ids)
    response["self"] = response
    shared = [A]
    for _ in range(40):
        shared = [shared, shared]

    assert read(ids) == Found([A])
    assert read(response) == Found([B])
    assert read(shared) == Found([A])


class Raising:
    def __getattr__(self, name):
        raise RuntimeError(name)


class Answering:
    def __getattr__(self, name):
        return self

    def __call__(self, *_):
        return self


class BrokenIteration:
    def __iter__(self):
        raise RuntimeError(KEY)


OTHERS = {
    "Mock": Mock,
    "raises": Raising,
    "answers": Answering,
    "count": itertools.count,
    "range": lambda: range(3),
    "module": lambda: types,
    "class": lambda: Job,
    "interactive": lambda: iter(input, ""),
}


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_values_that_cannot_hold_ids(make):
    with pytest.raises(ValueError, match=r"^A value of type \w+ cannot hold task ids\. Give an id, "):
        read(make())


def test_value_that_fails_while_it_is_read():
    with pytest.raises(ValueError, match="could not be read") as raised:
        read(BrokenIteration())
    assert str(raised.value) == (
        "A value of type BrokenIteration could not be read (RuntimeError). Give its ids as a list."
    )


def test_file_is_not_read():
    with pytest.raises(ValueError, match="file") as raised:
        read(io.StringIO(A))
    assert str(raised.value) == "A file (StringIO) is not read. Give its text, such as file.read()."

"""Task ids of any type that callers have."""

import json
import math
import uuid

import numpy as np
import pandas as pd
import pytest
from service.recording import error_of
from support.demo import FINISHED

from runway_nb.model.errors import RunwayError
from runway_nb.model.task import Task
from runway_nb.service.client import RunwayClient
from runway_nb.service.ids import given_ids

ID = uuid.UUID(FINISHED)
MISSING = [None, math.nan, pd.NaT, pd.NA, "", "  ", np.datetime64("NaT"), np.float64("nan")]


@pytest.mark.parametrize("task_id", [ID, np.str_(FINISHED), f" {FINISHED}\n"])
def test_one_id_of_any_type(client: RunwayClient, task_id: str):
    for task in (client.get(task_id), client.look(task_id), client.wait(task_id), *client.get_many(task_id)):
        assert task.task_id == FINISHED
        assert type(json.loads(json.dumps(task.task_id))) is str


@pytest.mark.parametrize("missing", MISSING, ids=repr)
def test_missing_id_loses_nothing_else(client: RunwayClient, missing: object):
    found = client.get_many([ID, missing, FINISHED, 42])

    assert [isinstance(each, Task) for each in found] == [True, False, True, False]
    assert all(isinstance(each, (Task, RunwayError)) for each in found)
    error_of(lambda: client.get(missing))


@pytest.mark.parametrize("ids", [(each for each in [ID]), pd.Series([FINISHED]), {FINISHED: 1}, np.array([ID])])
def test_ids_from_any_collection(client: RunwayClient, ids: object):
    assert [each.task_id for each in client.get_many(ids)] == [FINISHED]


@pytest.mark.parametrize("ids", [None, 42])
def test_no_collection_of_ids(client: RunwayClient, ids: object):
    assert str(error_of(lambda: client.get_many(ids))) == (
        f"Task ids must be a list of strings, not {type(ids).__name__}."
    )


def test_missing_ids_are_left_out():
    assert given_ids([ID, *MISSING, "b"]) == [FINISHED, "b"]
    assert given_ids(ID) == [FINISHED]
    assert given_ids([]) == []
    assert str(error_of(lambda: given_ids([None, math.nan]))) == (
        "All task ids are missing. Use the ids that the service returned."
    )

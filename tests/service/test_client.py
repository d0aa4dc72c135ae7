"""Look-ups over real HTTP: the request and its result."""

import threading
from functools import partial

import pytest
from service.recording import KEY, error_of, recording
from support.demo import FINISHED

from runway_nb import __version__
from runway_nb.model.errors import MissingKeyError, SettingError
from runway_nb.model.task import Task, TaskState
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Simulator


def test_get_returns_the_task(client: RunwayClient, simulator: Simulator):
    task = client.get(FINISHED)

    assert isinstance(task, Task)
    assert (task.task_id, task.state) == (FINISHED, TaskState.SUCCESS)
    assert [look.task_id for look in simulator.lookups] == [FINISHED]


@pytest.mark.parametrize("task_id", ["a&b=c", "ä/../x?y#z", "a b", "8d36091e83e54df7b078c43ac87be6e7", "%00", "'\"<"])
def test_id_is_sent_unchanged(client: RunwayClient, simulator: Simulator, task_id: str):
    simulator.put(task_id, {"state": "wait"})

    assert client.get(f" {task_id}\n").task_id == task_id
    assert simulator.lookups[-1].task_id == task_id


def test_id_must_be_a_string(client: RunwayClient):
    with pytest.raises(TypeError, match=r"^A task id must be a string, not NoneType\.$"):
        client.get(None)


@pytest.mark.parametrize("task_id", ["", "  ", "\n"])
def test_empty_id_is_not_sent(client: RunwayClient, simulator: Simulator, task_id: str):
    for call in (client.get, client.wait):
        assert str(error_of(partial(call, task_id))) == (
            "The task id is empty. Use the id that the service returned when the task was created."
        )
    assert not simulator.lookups


def test_request():
    with recording() as server, RunwayClient(KEY, server.url) as client:
        client.get("t")

    assert server.headers["Authorization"] == f"Bearer {KEY}"
    assert server.headers["User-Agent"] == f"runway_nb/{__version__}"
    assert server.headers["Accept"] == "application/json"
    assert server.seen[0][1] == "/api/v1/runway/record-detail?taskId=t"


def test_base_url_with_a_path():
    with recording() as server, RunwayClient(KEY, f"{server.url}/proxy/") as client:
        client.get("t")

    assert server.seen[0][1] == "/proxy/api/v1/runway/record-detail?taskId=t"


def test_missing_key():
    assert type(error_of(RunwayClient)) is MissingKeyError


@pytest.mark.parametrize("url", ["http://api.apikley.ru", "ftp://127.0.0.1", f"https://{KEY}@host"])
def test_unusable_base_url(url: str):
    error = error_of(lambda: RunwayClient(KEY, url))

    assert type(error) is SettingError
    assert KEY not in str(error)


def test_threads_share_a_client(client: RunwayClient):
    found: list[Task] = []
    threads = [threading.Thread(target=lambda: found.append(client.get(FINISHED))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 20
    assert {task.task_id for task in found} == {FINISHED}

"""Task ids are found in texts and values; ids of other things are not, and keys in particular are not."""

import json
import time

import numpy as np
import pandas as pd
import pytest
import requests

from runway_nb.ids.reading import find, read
from runway_nb.model.errors import BadResponseError, TaskNotFoundError
from runway_nb.model.task import Task, TaskState
from runway_nb.model.wait_errors import TaskFailedError

A = "ee603959-debb-48d1-98c4-a6d1c717eba6"
B = "485da89c-7fca-4340-8c04-101025b2ae71"
H = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

RESPONSE = {
    "code": 200,
    "msg": "success",
    "data": {
        "taskId": A,
        "parentTaskId": "",
        "generateParam": {"prompt": "a cat", "imageUrl": f"https://example.com/{B}.jpg", "expandPrompt": True},
        "state": "success",
        "generateTime": "2023-08-15 14:30:45",
        "videoInfo": {
            "videoId": B,
            "taskId": A,
            "videoUrl": f"https://file.com/k/{B}.mp4?sign={H}",
            "imageUrl": f"https://file.com/m/{B}.png",
        },
        "failCode": 400,
        "failMsg": "",
        "expireFlag": 0,
    },
}

TRACEBACK = f"""Traceback (most recent call last):
  File "poll.py", line 12, in <module>
    task_id = client.generate(prompt2)["data"]["taskId"]
  File "poll.py", line 40, in wait
    raise TimeoutError(task_id=task_id, tries=str(20))
TimeoutError: task {A} is still queueing; Task ID: gen-77 was first
"""


def find_task_ids(text):
    return find(text).ids


def task_ids_in(value):
    return read(value).ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (f"task {A} done", [A]),
        (f"{A},{B};{H}", [A, B, H]),
        (f"({A})[{B}]<{H}>", [A, B, H]),
        (A.upper(), [A.upper()]),
        ('{"taskId": "abc"}', ["abc"]),
        ("{'taskId':'abc.1'}", ["abc.1"]),
        ('{"taskId": 12345}', ["12345"]),
        ('{\\"taskId\\": \\"gen-5\\"}', ["gen-5"]),
        ("taskId=abc1&x=2", ["abc1"]),
        ("task_id: abc1.", ["abc1"]),
        ("TASK_ID='abc-1'", ["abc-1"]),
        ("task-id=abc1, state=fail", ["abc1"]),
        ("run --task-id gen-12345 --wait", ["gen-12345"]),
        ("Task ID: 77", ["77"]),
        ("Task(task_id='abc', state=<TaskState.FAIL>)", ["abc"]),
        ("GET /api/v1/runway/record-detail?taskId=abc1 HTTP/1.1", ["abc1"]),
        (f"saved videos/{A}.mp4", [A]),
        (f"task_id={A}.", [A]),
        (f"task_id={A}.mp4", [A]),
        (f"taskId=pre-{A}", [f"pre-{A}"]),
        ("taskId: b1, taskId: a1, taskId: b1", ["b1", "a1"]),
        ("taskId: Ab1, taskId: aB1", ["Ab1", "aB1"]),
        (f'"parentTaskId": "{A}", "taskId": "{B}"', [A, B]),
        ("parent_task_id=root1", ["root1"]),
        (TRACEBACK, [A, "gen-77"]),
        (json.dumps(RESPONSE), [A]),
        (json.dumps(RESPONSE, indent=2), [A]),
        (json.dumps(json.dumps(RESPONSE)), [A]),
    ],
)
def test_ids_in_a_text(text, ids):
    assert find_task_ids(text) == ids


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing here",
        "a" * 64,
        "0123456789abcdef" * 4,
        f"sha256:{H}{H}",
        f"x{H}",
        f"{H}x",
        f"00-{H}-00f067aa0ba902b7-01",
        f"abc-{A}",
        f"{A}0",
        "1234-5678",
        '"taskId": null, "state": "fail"',
        '"taskId": "", "state": "fail"',
        "taskId=None",
        "taskId: undefined",
        '"taskId": "null"',
        '"taskId": "string"',
        "task_id: str",
        "task_id: str = None",
        "task_id=task_id",
        "task_id = uuid4()",
        "task_id = ids2[0]",
        "task_id = task2.id",
        'url = f"{base}?taskId={task_id}"',
        '{"taskId": "{task_id}"}',
        "taskId=%s",
        "task id 20 of 30",
        "task_id is missing1",
        f'"videoId": "{A}"',
        f"video_id={A}",
        f"(request id {A})",
        f"X-Request-Id: {A}",
        f"Authorization: Bearer {H}",
        f"'Authorization': 'Bearer {H}'",
        f"APIKLEY_API_KEY={H}",
        f'"api_key": "{A}"',
        f"api-key => '{H}'",
        f"https://file.com/k/{A}.mp4",
        f"https:\\/\\/file.com\\/k\\/{H}.png?x=1",
    ],
)
def test_other_words_are_not_ids(text):
    assert find_task_ids(text) == []


def test_two_spellings_of_a_uuid():
    assert find_task_ids(f"{A.upper()} {A} {A.replace('-', '')}") == [A.upper()]
    assert find_task_ids(f"{A.replace('-', '')} taskId={A}") == [A.replace("-", "")]


def _seconds(text):
    start = time.process_time()
    find_task_ids(text)
    return time.process_time() - start


@pytest.mark.parametrize(
    "unit",
    [
        f"2026-11-01 12:00:00 INFO task {A} GET /record-detail?taskId={B} 200\n",
        "a",
        "abcdabcd-abcd-",
        "taskId=",
        'taskId: "',
        "task id ",
        "http://",
        f"{H} ",
        "taskId=" + "a1" * 150,
        f"key{' ' * 190}{A} ",
        "\\",
        "\\n",
        "%25",
        "\x1b[",
        "\n",
        f"client token refresh with key cache {H} retried {H[::-1]}\n",
        f"task_id,api_key,state\n{A},{H},ok\n{B},{H[::-1]},ok\n\n",
        f"key {H} ",
        f"token: {H}\n",
        f"api key for task {H}\n",
        f"ключ принят, задача {A} в очереди, ждём {H}\n",
        f'{{"name": "key", "value": "{H}"}}',
        f'{{"api_key": "***", "taskId": "{A}", "request_id": "{B}"}}\n',
        f"│ {A} │ wait │ 12 % │\n",
        f"| {A} | {H} |\n",
        "| token | a |\n|---|---|\n",
        f'login("me", "{H}")\n',
        f"curl -u me:{H} https://x/{B}\n",
        f'{{"auth": {{"value": "{H}"}}}} ',
        f"auth:\n  value: {H}\n",
        f"[auth]\nvalue={H}\n",
        f"videoUrl: https://f.com/{A} ",
        "ee603959-debb-\n",
        "taskId=a1 ",
    ],
)
def test_time_is_linear(unit):
    small, large = unit * (100_000 // len(unit)), unit * (1_000_000 // len(unit))
    # The text is 10 times as long; a quadratic search would take 100 times as long.
    assert _seconds(large) < max(30 * _seconds(small), 1.0)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (A, [A]),
        (f"  {A}\n", [A]),
        ("any.shape:1", ["any.shape:1"]),
        ("None", []),
        ("", []),
        (None, []),
        (f"two: {A} {B}", [A, B]),
        (f"taskId=abc {A}", [A]),
        (f"log {A}".encode(), [A]),
        (Task("t1"), ["t1"]),
        ([Task("t1"), "t2", Task("t1")], ["t1", "t2"]),
        ((A, [B, (H,)]), [A, B, H]),
        ({A}, [A]),
        ([A, None, float("nan"), B], [A, B]),
        ([f"line {A}", f"line {B}"], [A, B]),
        ([TaskNotFoundError(404, "", "t1"), BadResponseError("no JSON")], ["t1"]),
        ([TaskFailedError(Task("t1", TaskState.FAIL))], ["t1"]),
        (RESPONSE, [A]),
        ([RESPONSE, {**RESPONSE, "data": None}], [A]),
        (RESPONSE["data"], [A]),
        ({"first": RESPONSE, "second": {"data": {"taskId": "t2", "parentTaskId": "t1"}}}, [A, "t2", "t1"]),
        ({A: "success", B: {"state": "fail"}}, [A, B]),
        ({"x": Task("t1"), "y": Task("t2")}, ["t1", "t2"]),
        ({"cat": A, "dog": B, "videoId": H, "api_key": H, "request_id": H}, [A, B]),
        ({"taskIds": ["t1", "t2"], "n": 2}, ["t1", "t2"]),
        ({"taskId": 12345, "parentTaskId": 0}, ["12345"]),
        ({"id": 12345, "parentId": 0, "state": "success"}, ["12345"]),
        ({"id": "user-7", "name": "Ann"}, []),
        ({"taskId": None, "tags": ["16:9", "hd"]}, []),
        ({"callback": json.dumps({"task_id": "t1"}), "log": f"task {B}"}, ["t1", B]),
        ([], []),
    ],
)
def test_ids_in_a_value(value, ids):
    assert task_ids_in(value) == ids


def test_ids_in_iterators():
    assert task_ids_in(task_id for task_id in (A, B)) == [A, B]
    assert task_ids_in({A: 1, B: 2}.keys()) == [A, B]
    assert task_ids_in(map(Task, ("t1", "t2"))) == ["t1", "t2"]


def test_endless_iterator():
    def forever():
        while True:
            yield A

    assert task_ids_in(forever()) == [A]


def test_ids_in_an_http_response():
    response = requests.Response()
    response._content = json.dumps(RESPONSE).encode()
    assert task_ids_in(response) == [A]


def test_ids_in_numpy_arrays():
    assert task_ids_in(np.array([A, B])) == [A, B]
    assert task_ids_in(np.array([[A, None], [B, np.nan]], dtype=object)) == [A, B]
    assert task_ids_in(np.array(A)) == [A]
    assert task_ids_in(np.array([A])[0]) == [A]


def test_ids_in_a_pandas_series():
    assert task_ids_in(pd.Series([A, None, B, A])) == [A, B]
    assert task_ids_in(pd.Series([A, pd.NA, B], dtype="string")) == [A, B]
    assert task_ids_in(pd.Index([A, B])) == [A, B]
    assert task_ids_in(pd.Series([Task("t1"), Task("t2")])) == ["t1", "t2"]


@pytest.mark.parametrize("name", ["taskId", "task_id", "Task ID", "runway_task_id", "TASKID"])
def test_data_frame_column_by_name(name):
    frame = pd.DataFrame({"other": [H, B], "parentTaskId": ["p1", "p2"], name: ["t1", "t2"], "state": ["fail", "wait"]})
    assert task_ids_in(frame) == ["t1", "t2"]


def test_data_frame_column_by_content():
    frame = pd.DataFrame({"state": ["fail", "wait", "wait"], "job": [A, None, B], "video_id": [B, A, H]})
    assert task_ids_in(frame) == [A, B]


def test_data_frame_index():
    frame = pd.DataFrame({"taskId": ["t1", "t2"], "state": ["fail", "wait"]}).set_index("taskId")
    assert task_ids_in(frame) == ["t1", "t2"]
    assert task_ids_in(frame["state"]) == ["t1", "t2"]
    assert task_ids_in(pd.DataFrame({"state": ["fail", "wait"]}, index=[A, B])) == [A, B]


def test_data_frame_row_is_one_task():
    frame = pd.DataFrame({"prompt": ["cat", "dog"], "taskId": ["t1", "t2"]})
    assert task_ids_in(frame.iloc[1]) == ["t2"]


def test_data_frame_column_of_numbers():
    assert task_ids_in(pd.DataFrame({"taskId": [12345, 12346]})) == ["12345", "12346"]


def test_data_frame_without_ids():
    with pytest.raises(ValueError, match="table") as raised:
        task_ids_in(pd.DataFrame({"state": ["fail"], "prompt": ["a cat"]}))
    message = "The table has no column of task ids (state, prompt). Give the column itself, such as df['task_id']."
    assert str(raised.value) == message
    with pytest.raises(ValueError, match=r"^The table has no column of task ids\. Give"):
        task_ids_in(pd.DataFrame())


def test_data_frame_with_many_columns():
    with pytest.raises(ValueError, match=r"\(0, 1, 2, 3, 4, 5, 6, 7, …\)"):
        task_ids_in(pd.DataFrame([range(500)]))


def test_data_frame_with_two_id_columns():
    with pytest.raises(ValueError, match=r"several columns of task ids \(a, b\)"):
        task_ids_in(pd.DataFrame({"a": [A], "b": [B], "n": [1]}))


@pytest.mark.parametrize("value", [3, 2.5, True, object(), [1, 2], find_task_ids])
def test_value_of_a_wrong_type(value):
    with pytest.raises(ValueError, match="type") as raised:
        task_ids_in(value)
    type_name = "int" if isinstance(value, list) else type(value).__name__
    assert str(raised.value) == (
        f"A value of type {type_name} cannot hold task ids. "
        "Give an id, a text, a Task, a response, or a list, dict, Series or DataFrame of these."
    )

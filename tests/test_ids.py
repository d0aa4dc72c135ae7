"""Task ids are found in texts and values; ids of other things, keys above all, are not."""

import json
import time

import numpy as np
import pandas as pd
import pytest
import requests

from runway_nb.errors import BadResponseError, TaskFailedError, TaskNotFoundError
from runway_nb.ids import find_task_ids, task_ids_in
from runway_nb.task import Task, TaskState

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
def test_what_is_no_task_id_stays_where_it_is(text):
    assert find_task_ids(text) == []


def test_spellings_of_one_uuid_are_one_id_in_its_first_spelling():
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
    ],
)
def test_time_is_linear_in_the_length(unit):
    small, large = unit * (250_000 // len(unit)), unit * (2_500_000 // len(unit))
    # 10 times the text; a quadratic search would take 100 times as long.
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


def test_an_endless_iterator_comes_to_an_end():
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
def test_a_data_frame_is_read_by_the_column_named_like_a_task_id(name):
    frame = pd.DataFrame({"other": [H, B], "parentTaskId": ["p1", "p2"], name: ["t1", "t2"], "state": ["fail", "wait"]})
    assert task_ids_in(frame) == ["t1", "t2"]


def test_a_data_frame_is_read_by_its_only_column_of_ids():
    frame = pd.DataFrame({"state": ["fail", "wait", "wait"], "job": [A, None, B], "video_id": [B, A, H]})
    assert task_ids_in(frame) == [A, B]


def test_a_data_frame_is_read_by_its_index():
    frame = pd.DataFrame({"taskId": ["t1", "t2"], "state": ["fail", "wait"]}).set_index("taskId")
    assert task_ids_in(frame) == ["t1", "t2"]
    assert task_ids_in(frame["state"]) == ["t1", "t2"]
    assert task_ids_in(pd.DataFrame({"state": ["fail", "wait"]}, index=[A, B])) == [A, B]


def test_a_row_of_a_data_frame_is_one_task():
    frame = pd.DataFrame({"prompt": ["cat", "dog"], "taskId": ["t1", "t2"]})
    assert task_ids_in(frame.iloc[1]) == ["t2"]


def test_numbers_in_a_column_of_task_ids_are_ids():
    assert task_ids_in(pd.DataFrame({"taskId": [12345, 12346]})) == ["12345", "12346"]


def test_a_data_frame_without_ids_says_what_to_do():
    with pytest.raises(ValueError, match=r"no column of task ids \(state, prompt\).*Give the column itself"):
        task_ids_in(pd.DataFrame({"state": ["fail"], "prompt": ["a cat"]}))


def test_a_data_frame_with_two_columns_of_ids_says_what_to_do():
    with pytest.raises(ValueError, match=r"several columns of task ids \(a, b\).*Give the column itself"):
        task_ids_in(pd.DataFrame({"a": [A], "b": [B], "n": [1]}))


@pytest.mark.parametrize("value", [3, 2.5, True, object(), [1, 2], find_task_ids])
def test_a_value_that_can_hold_no_id_is_refused_in_one_sentence(value):
    with pytest.raises(ValueError, match="holds no task ids"):
        task_ids_in(value)

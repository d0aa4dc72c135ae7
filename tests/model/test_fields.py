"""The fields of a record are read in any spelling and of any type."""

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from support.tasks import IMAGE, NOW, finished_record

from runway_nb.model.expiry import LinkLife
from runway_nb.model.fields import nested_too_deeply
from runway_nb.model.task import Task, Video

UTC = timezone.utc


def finished(**changes: Any) -> Task:
    return Task.from_data(finished_record(**changes))


def test_parameters_as_a_json_string():
    parameters = {"prompt": "A cat", "imageUrl": IMAGE, "expandPrompt": True, "seed": 7}
    task = finished(generateParam=json.dumps(parameters))

    assert task.prompt == "A cat"
    assert task.image_url == IMAGE
    assert task.expand_prompt is True
    assert task.parameters == parameters


def test_names_in_snake_case():
    task = Task.from_data(
        {"task_id": "t", "parent_task_id": "p", "fail_msg": "no", "video_info": {"video_url": "https://v/"}}
    )

    assert (task.task_id, task.parent_task_id, task.fail_msg) == ("t", "p", "no")
    assert task.video == Video("https://v/")


@pytest.mark.parametrize(
    ("value", "flag"),
    [(1, True), (0, False), (True, True), (False, False), ("1", True), ("0", False), ("true", True), ("False", False)],
)
def test_flags_of_any_type(value: Any, flag: bool):
    assert finished(expireFlag=value).expired is flag
    assert finished(generateParam={"expandPrompt": value}).expand_prompt is flag


@pytest.mark.parametrize(
    "value",
    [
        1692109845000,
        "1692109845000",
        1692109845,
        1692109845.0,
        "2023-08-15T14:30:45Z",
        "2023-08-15T16:30:45+02:00",
        "2023-08-15 14:30:45+00:00",
    ],
)
def test_times_with_a_zone(value: Any):
    task = finished(generateTime=value)

    assert task.generate_time == datetime(2023, 8, 15, 14, 30, 45, tzinfo=UTC)
    assert task.expires_at == datetime(2023, 8, 29, 14, 30, 45, tzinfo=UTC)
    assert task.expires_at.tzinfo is UTC


@pytest.mark.parametrize(
    "value", ["yesterday", "2023-13-45 99:00:00", True, -5, 10**18, "9" * 400, {}, [1], "١٢٣٤٥٦٧٨٩٠"]
)
def test_unreadable_time_is_none(value: Any):
    task = finished(generateTime=value)

    assert task.generate_time is None or task.generate_time.year > 2000
    assert task.expires_at is None or task.expires_at.tzinfo is UTC


UNUSABLE_TIMES = [
    *("0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-14:00"),
    *("9999-12-31 23:59:59", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59+14:00"),
    *("0999-05-05", "1969-12-31 23:59:59", "1970-01-01T00:00:00+00:01", "2999-12-31T23:59:59-00:01", 253402300799000),
]


@pytest.mark.parametrize("value", UNUSABLE_TIMES)
def test_unusable_time_is_unknown(value: Any):
    task = finished(generateTime=value)

    assert task.generate_time is None
    assert task.expires_at is None
    assert task.link_life(NOW) is LinkLife.FRESH


@pytest.mark.parametrize(
    ("code", "read"), [(400, 400), ("400", 400), ("", None), (None, None), ("E1", None), (True, None)]
)
def test_fail_code_is_number_or_none(code: Any, read: int | None):
    assert finished(state="fail", failCode=code).fail_code == read


def test_deeply_nested_parameters_are_not_read():
    deep = "[" * 100 + "]" * 100

    assert finished(generateParam=f'{{"prompt": "p", "x": {deep}}}').prompt == ""
    assert finished(generateParam="[" * 100_000).prompt == ""
    assert nested_too_deeply(json.loads(deep))
    assert not nested_too_deeply(finished_record())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"message": "NSFW"}, "NSFW"),
        ({"error": {"Message": " NSFW "}}, "NSFW"),
        ({"a": "é", "b": None}, '{"a": "é", "b": null}'),
        (["a", 1], '["a", 1]'),
        (7, "7"),
        (0.5, "0.5"),
        (True, "true"),
        *((empty, "") for empty in ({}, [], None, "", "  ", "null", "None", "undefined", "-", "N/A")),
    ],
)
def test_failure_message_of_any_type(value: Any, shown: str):
    assert Task.from_data({"state": "fail", "failMsg": value}).fail_msg == shown


@pytest.mark.parametrize(("value", "shown"), [({"text": "A cat"}, '{"text": "A cat"}'), (["A"], '["A"]'), (7, "7")])
def test_prompt_of_any_type(value: Any, shown: str):
    assert Task.from_data({"state": "wait", "generateParam": {"prompt": value}}).prompt == shown


NO_REFERENCE = ["null", "None", " undefined ", "NaN", "0", 0, "-", "", "  ", [], {}, None]


@pytest.mark.parametrize("value", NO_REFERENCE)
def test_reference_to_nothing(value: Any):
    data = {"taskId": value, "parentTaskId": value, "parentId": value, "generateParam": {"imageUrl": value}}
    names = ("videoUrl", "imageUrl", "videoId", "taskId")

    task = Task.from_data({**data, "videoInfo": dict.fromkeys(names, value)}, "asked")

    assert (task.task_id, task.parent_task_id, task.image_url, task.video) == ("asked", None, None, None)


def test_next_name_where_the_first_says_nothing():
    assert Task.from_data({"parentTaskId": "null", "parentId": 12345}).parent_task_id == "12345"


@pytest.mark.parametrize(("value", "code"), [("400", 400), (400.0, 400), (" 400 ", 400), ("", None), ([], None)])
def test_failure_code_of_any_type(value: Any, code: int | None):
    assert Task.from_data({"failCode": value}).fail_code == code


@pytest.mark.parametrize("value", ["null", " ", "undefined", None, []])
def test_flag_that_says_nothing(value: Any):
    assert Task.from_data({"generateParam": {"expandPrompt": value}}).expand_prompt is None
    assert Task.from_data({"expireFlag": value}).expired is False


@pytest.mark.parametrize("value", ["7" * 5000, "7" * 1_000_000, "a" * 1_000_000, ["400"], {"code": 400}])
def test_what_is_too_long_for_a_number_or_a_time_is_none(value: Any):
    task = finished(failCode=value, generateTime=value)

    assert (task.fail_code, task.generate_time) == (None, None)


def test_state_of_any_length_is_legible():
    assert Task.from_data({"state": "a " * 1_000_000}).state_text == ("a " * 100).strip()
    assert Task.from_data({"state": ["a"]}).state_text == '["a"]'


def test_message_in_many_objects_is_found():
    value: Any = {"message": "NSFW", "padding": [0] * 1000}
    for _ in range(50):
        value = {"error": value, "padding": [0] * 1000}

    assert Task.from_data({"failMsg": value}).fail_msg == "NSFW"

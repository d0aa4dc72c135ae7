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


@pytest.mark.parametrize("value", ["9999-12-31 23:59:59", "0001-01-01T00:00:00+14:00", 253402300799000])
def test_extreme_time_has_no_expiry(value: Any):
    task = finished(generateTime=value)

    assert task.generate_time is not None
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

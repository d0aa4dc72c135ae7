"""Whatever record-detail sends is read as well as it can be, and kept as it came."""

import copy
import json
import pickle
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runway_nb.fields import nested_too_deeply
from runway_nb.task import LinkLife, Task, TaskState, Video

UUID = "ee603959-debb-48d1-98c4-a6d1c717eba6"
UTC = timezone.utc
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

# The reference's own sample, failCode 400 beside success included.
SAMPLE: dict[str, Any] = {
    "taskId": UUID,
    "parentTaskId": "",
    "generateParam": {
        "prompt": "A fluffy orange cat dancing energetically in a colorful room with disco lights",
        "imageUrl": "https://example.com/image.jpg",
        "expandPrompt": True,
    },
    "state": "success",
    "generateTime": "2023-08-15 14:30:45",
    "videoInfo": {
        "videoId": "485da89c-7fca-4340-8c04-101025b2ae71",
        "taskId": UUID,
        "videoUrl": "https://file.com/k/xxxxxxx.mp4",
        "imageUrl": "https://file.com/m/xxxxxxxx.png",
    },
    "failCode": 400,
    "failMsg": "Generation failed, please try again later",
    "expireFlag": 0,
}


def finished(**changes: Any) -> Task:
    return Task.from_data(SAMPLE | changes)


def test_the_references_sample():
    task = Task.from_data(SAMPLE)

    assert task == Task(
        task_id=UUID,
        state=TaskState.SUCCESS,
        prompt="A fluffy orange cat dancing energetically in a colorful room with disco lights",
        image_url="https://example.com/image.jpg",
        expand_prompt=True,
        generate_time=datetime(2023, 8, 15, 14, 30, 45),  # noqa: DTZ001  # no zone is documented
        video=Video(
            "https://file.com/k/xxxxxxx.mp4",
            "https://file.com/m/xxxxxxxx.png",
            "485da89c-7fca-4340-8c04-101025b2ae71",
            UUID,
        ),
        fail_code=400,
        fail_msg="Generation failed, please try again later",
        raw=SAMPLE,
    )
    assert task.state_text == "success"
    assert task.expires_at == datetime(2023, 8, 29, 14, 30, 45, tzinfo=UTC)


def test_state_alone_decides():
    assert finished().state.is_terminal
    assert finished(state="generating").state is TaskState.GENERATING
    assert finished(state="fail", failCode=None, failMsg=None).state is TaskState.FAIL


@pytest.mark.parametrize(
    ("word", "state", "text"),
    [
        ("wait", TaskState.WAIT, "wait"),
        ("waiting", TaskState.WAIT, "wait"),
        ("queueing", TaskState.QUEUEING, "queueing"),
        ("queuing", TaskState.QUEUEING, "queueing"),
        (" Generating\n", TaskState.GENERATING, "generating"),
        ("SUCCESS", TaskState.SUCCESS, "success"),
        ("fail", TaskState.FAIL, "fail"),
        ("upscaling", TaskState.UNKNOWN, "upscaling"),
        ("Being\nUpscaled", TaskState.UNKNOWN, "Being Upscaled"),
        ("unknown", TaskState.UNKNOWN, "unknown"),
        ("", TaskState.UNKNOWN, "unknown"),
        (None, TaskState.UNKNOWN, "unknown"),
        (7, TaskState.UNKNOWN, "7"),
        (["fail"], TaskState.UNKNOWN, "['fail']"),
    ],
)
def test_states_in_every_spelling_and_unknown_ones_by_their_own_name(word: Any, state: TaskState, text: str):
    task = Task.from_data({"state": word}, "t")

    assert task.state is state
    assert task.state_text == text
    assert task.state.is_terminal == (state in (TaskState.SUCCESS, TaskState.FAIL))


@pytest.mark.parametrize("absent", ["missing", None, ""])
def test_every_field_may_be_missing_null_or_empty(absent: Any):
    data = {} if absent == "missing" else dict.fromkeys(SAMPLE, absent)

    assert Task.from_data(data, "asked") == Task("asked", raw=data)


@pytest.mark.parametrize("wrong", [0, 1.5, True, "text", "{broken", "[1]", "null", [], ["a"], {}, {"x": {"y": 1}}])
def test_values_of_any_other_type_break_nothing(wrong: Any):
    for name in SAMPLE:
        data = SAMPLE | {name: wrong}
        task = Task.from_data(data, "asked")
        assert task.raw is data
    nested = {name: dict.fromkeys(SAMPLE[name], wrong) for name in ("generateParam", "videoInfo")}
    assert isinstance(finished(**nested).prompt, str)


def test_older_samples_name_the_task_by_a_number():
    task = Task.from_data({"id": 12345, "parentId": 0, "state": "success"}, "asked")

    assert task.task_id == "asked"
    assert task.parent_task_id is None
    assert Task.from_data({"id": 12345}).task_id == "12345"
    assert Task.from_data({"id": 12345, "parentId": 678}).parent_task_id == "678"


def test_parameters_as_a_json_string():
    task = finished(generateParam=json.dumps(SAMPLE["generateParam"] | {"seed": 7}))

    assert task.prompt == SAMPLE["generateParam"]["prompt"]
    assert task.image_url == "https://example.com/image.jpg"
    assert task.expand_prompt is True
    assert task.parameters["seed"] == 7


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
def test_flags_as_number_boolean_or_text(value: Any, flag: bool):
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
def test_what_is_no_time_is_none(value: Any):
    task = finished(generateTime=value)

    assert task.generate_time is None or task.generate_time.year > 2000
    assert task.expires_at is None or task.expires_at.tzinfo is UTC


@pytest.mark.parametrize("value", ["9999-12-31 23:59:59", "0001-01-01T00:00:00+14:00", 253402300799000])
def test_a_time_at_the_end_of_the_calendar_has_no_expiry(value: Any):
    task = finished(generateTime=value)

    assert task.generate_time is not None
    assert task.expires_at is None
    assert task.link_life(NOW) is LinkLife.FRESH


@pytest.mark.parametrize(
    ("code", "read"), [(400, 400), ("400", 400), ("", None), (None, None), ("E1", None), (True, None)]
)
def test_the_fail_code_is_a_number_or_none(code: Any, read: int | None):
    assert finished(state="fail", failCode=code).fail_code == read


def test_raw_is_the_data_as_it_came():
    data = SAMPLE | {"somethingNew": {"deep": [1, None]}, "failMsg": ""}
    before = copy.deepcopy(data)

    task = Task.from_data(data)

    assert task.raw is data
    assert data == before


def test_success_without_a_url():
    task = finished(videoInfo={"videoId": "v", "taskId": UUID, "imageUrl": "https://file.com/m.png"})

    assert task.state.is_terminal
    assert task.video_url is None
    assert task.link_life(NOW) is LinkLife.NONE
    assert finished(videoInfo={}).video is None
    assert finished(videoInfo={"videoUrl": "", "videoId": None}).video is None


@pytest.mark.parametrize(
    ("age", "life"),
    [
        (timedelta(0), LinkLife.FRESH),
        (timedelta(days=11) - timedelta(seconds=1), LinkLife.FRESH),
        (timedelta(days=11), LinkLife.EXPIRING),
        (timedelta(days=14) - timedelta(seconds=1), LinkLife.EXPIRING),
        (timedelta(days=14), LinkLife.EXPIRING),  # the zone is an estimate: the service's flag decides
        (timedelta(days=400), LinkLife.EXPIRING),
        (timedelta(hours=-12), LinkLife.FRESH),
    ],
)
def test_the_life_of_a_link(age: timedelta, life: LinkLife):
    completed = (NOW - age).strftime("%Y-%m-%d %H:%M:%S")

    assert finished(generateTime=completed).link_life(NOW) is life
    assert finished(generateTime=completed, expireFlag=1).link_life(NOW) is LinkLife.EXPIRED


def test_a_link_of_unknown_age_is_not_said_to_end():
    assert finished(generateTime=None).expires_at is None
    assert finished(generateTime=None).link_life(NOW) is LinkLife.FRESH


def test_an_expired_link_is_not_offered():
    task = finished(expireFlag=1)

    assert task.video_url is None
    assert task.video is not None
    assert task.video.url == "https://file.com/k/xxxxxxx.mp4"  # as it came


def test_a_task_is_a_value():
    task = Task.from_data(SAMPLE)

    assert pickle.loads(pickle.dumps(task)) == task  # noqa: S301  # our own bytes
    assert len({task, Task.from_data(copy.deepcopy(SAMPLE))}) == 1
    assert "raw" not in repr(task)
    with pytest.raises(AttributeError):
        task.prompt = "another"  # type: ignore[misc]  # that is the point


def test_a_task_shows_itself():
    shown = Task.from_data(SAMPLE)._repr_mimebundle_()

    assert set(shown) == {"text/html", "text/plain"}
    assert "success" in shown["text/plain"]
    assert "https://file.com/k/xxxxxxx.mp4" in shown["text/html"]


def test_parameters_nested_beyond_reason_are_left_unread():
    deep = "[" * 100 + "]" * 100

    assert finished(generateParam=f'{{"prompt": "p", "x": {deep}}}').prompt == ""
    assert finished(generateParam="[" * 100_000).prompt == ""
    assert nested_too_deeply(json.loads(deep))
    assert not nested_too_deeply(SAMPLE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(SAMPLE, json_values)))
def test_no_record_is_refused(data: dict[str, Any]):
    task = Task.from_data(data, "asked")

    assert task.raw is data
    assert task.state_text
    assert task.link_life(NOW) in LinkLife
    assert task.expires_at is None or task.expires_at.tzinfo is UTC

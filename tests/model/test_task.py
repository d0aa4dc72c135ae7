"""Every answer of record-detail is read as far as possible, and kept unchanged."""

import copy
import pickle
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tasks import NOW, POSTER, VIDEO, finished_record

import runway_nb
from runway_nb.model.errors import BadResponseError
from runway_nb.model.expiry import LinkLife
from runway_nb.model.task import Task, TaskState, Video

UTC = timezone.utc
UUID = "ee603959-debb-48d1-98c4-a6d1c717eba6"

# The API reference's own sample, including failCode 400 beside success.
REFERENCE_SAMPLE: dict[str, Any] = {
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
FIELDS = tuple(REFERENCE_SAMPLE)


def finished(**changes: Any) -> Task:
    return Task.from_data(finished_record(**changes))


@pytest.mark.parametrize("data", [[], [1], "text", "", None, 1, 1.5, True, {"taskId"}])
def test_data_that_is_no_object_is_refused(data: Any):
    with pytest.raises(BadResponseError, match="its data is not an object"):
        Task.from_data(data, UUID)


def test_the_references_sample():
    task = Task.from_data(REFERENCE_SAMPLE)

    assert task == Task(
        task_id=UUID,
        state=TaskState.SUCCESS,
        prompt="A fluffy orange cat dancing energetically in a colorful room with disco lights",
        image_url="https://example.com/image.jpg",
        expand_prompt=True,
        generate_time=datetime(2023, 8, 15, 14, 30, 45),  # noqa: DTZ001  # no time zone is documented
        video=Video(
            "https://file.com/k/xxxxxxx.mp4",
            "https://file.com/m/xxxxxxxx.png",
            "485da89c-7fca-4340-8c04-101025b2ae71",
            UUID,
        ),
        fail_code=400,
        fail_msg="Generation failed, please try again later",
        raw=REFERENCE_SAMPLE,
    )
    assert task.state_text == "success"
    assert task.expires_at == datetime(2023, 8, 29, 14, 30, 45, tzinfo=UTC)


def test_state_alone_decides():
    assert Task.from_data(REFERENCE_SAMPLE).state.is_terminal
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
        (["fail"], TaskState.UNKNOWN, '["fail"]'),
        ("null", TaskState.UNKNOWN, "unknown"),
    ],
)
def test_state_in_every_spelling(word: Any, state: TaskState, text: str):
    task = Task.from_data({"state": word}, "t")

    assert task.state is state
    assert task.state_text == text
    assert task.state.is_terminal == (state in (TaskState.SUCCESS, TaskState.FAIL))


@pytest.mark.parametrize("absent", ["missing", None, ""])
def test_any_field_may_be_absent(absent: Any):
    data = {} if absent == "missing" else dict.fromkeys(FIELDS, absent)

    assert Task.from_data(data, "asked") == Task("asked", raw=data)


@pytest.mark.parametrize("wrong", [0, 1.5, True, "text", "{broken", "[1]", "null", [], ["a"], {}, {"x": {"y": 1}}])
def test_values_of_a_wrong_type(wrong: Any):
    for name in FIELDS:
        data = finished_record(**{name: wrong})
        assert Task.from_data(data, "asked").raw is data
    nested = {name: dict.fromkeys(REFERENCE_SAMPLE[name], wrong) for name in ("generateParam", "videoInfo")}
    assert isinstance(finished(**nested).prompt, str)


def test_older_samples_have_numeric_ids():
    task = Task.from_data({"id": 12345, "parentId": 0, "state": "success"}, "asked")

    assert task.task_id == "asked"
    assert task.parent_task_id is None
    assert Task.from_data({"id": 12345}).task_id == "12345"
    assert Task.from_data({"id": 12345, "parentId": 678}).parent_task_id == "678"


def test_raw_is_unchanged():
    data = finished_record(somethingNew={"deep": [1, None]}, failMsg="")
    before = copy.deepcopy(data)

    task = Task.from_data(data)

    assert task.raw is data
    assert data == before


def test_success_without_a_link():
    task = finished(videoInfo={"videoId": "v", "taskId": UUID, "imageUrl": POSTER})

    assert task.state.is_terminal
    assert task.video_url is None
    assert task.link_life(NOW) is LinkLife.NONE
    assert finished(videoInfo={}).video is None
    assert finished(videoInfo={"videoUrl": "", "videoId": None}).video is None


def test_link_life_follows_the_record():
    completed = (NOW - timedelta(days=11)).strftime("%Y-%m-%d %H:%M:%S")

    assert finished(generateTime=completed).link_life(NOW - timedelta(seconds=1)) is LinkLife.FRESH
    assert finished(generateTime=completed).link_life(NOW) is LinkLife.EXPIRING
    assert finished(generateTime=completed, expireFlag=1).link_life(NOW) is LinkLife.EXPIRED
    assert finished(generateTime=None).expires_at is None
    assert finished(generateTime=None).link_life(NOW) is LinkLife.FRESH


def test_expired_link_is_not_offered():
    task = finished(expireFlag=1)

    assert task.video_url is None
    assert task.video is not None
    assert task.video.url == VIDEO


def test_task_is_a_value():
    task = finished()

    assert pickle.loads(pickle.dumps(task)) == task  # noqa: S301  # our own bytes
    assert len({task, finished()}) == 1
    assert "raw" not in repr(task)
    with pytest.raises(AttributeError):
        task.prompt = "another"  # type: ignore[misc]  # frozen: this must fail


def test_task_shows_its_card():
    shown = runway_nb.Task.from_data(finished_record())._repr_mimebundle_()

    assert set(shown) == {"text/html", "text/plain"}
    assert "success" in shown["text/plain"]
    assert VIDEO in shown["text/html"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, json_values)))
def test_every_record_is_read(data: dict[str, Any]):
    task = Task.from_data(data, "asked")

    assert task.raw is data
    assert task.state_text
    assert task.link_life(NOW) in LinkLife
    assert task.expires_at is None or task.expires_at.tzinfo is UTC

"""Each JSON answer gives a task or an error of this package, and every view can draw it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.fuzz import trying
from support.hostile import DRAWINGS
from support.tasks import NOW, finished_record

from runway_nb.model.errors import RunwayError
from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
from runway_nb.service.answer import Answer, read_answer

TASK = "task-1"
RECORD = finished_record(taskId=TASK)
PARAMETERS = RECORD["generateParam"]
VIDEO = RECORD["videoInfo"]

numbers = st.one_of(
    st.integers(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.sampled_from([0, -0.0, 1e308, 200, 404, 429, 10**11, 10**12, 253402300800, 2**63, -1]),
)
odd_texts = st.sampled_from(
    [
        *("null", "None", "0", "NaN", "-", " ", "true", "success", "FAIL", "queued", "wait\u0000", "gener\u00adating"),
        *("\ud800", "\udfff\ud800", "\u202e\u2066", "\x1b[2J", "\ufeff", "\u2028", "a\u0301" * 40, "&lt;", "</script>"),
        *("2026-02-30 00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1e999", "99999999999999"),
        *("http://", "https://[", "https://a:99999/", "https://a/\n", "javascript:1", "data:,", "//h", "HTTPS://A/%zz"),
        *('{"prompt":', '{"prompt":{}}', "[1]", '"x"', "[[[[", '{"a":NaN}', "\\u0000", "$x$", "`", "|", "%s", "{0}"),
    ]
)
texts = st.one_of(odd_texts, st.text(max_size=40), st.text(st.characters(), max_size=40), st.datetimes().map(str))
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


def spelled(name: str) -> st.SearchStrategy[str]:
    """Give a field's name in its different spellings."""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return st.sampled_from([name, name, snake, name.upper(), name.lower(), f"{name}_"])


def changed(record: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Give a record in which some fields have other values, other names or are missing, and others are added."""

    @st.composite
    def change(draw: st.DrawFn) -> dict[str, Any]:
        kept = {name: value for name, value in record.items() if draw(st.integers(0, 9))}
        some = draw(st.lists(st.sampled_from(sorted(record)), max_size=4, unique=True))
        return {
            **{draw(spelled(name)): value for name, value in kept.items() if name not in some},
            **{draw(spelled(name)): draw(values) for name in some},
            **draw(st.dictionaries(texts, values, max_size=2)),
        }

    return change()


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """Give a record that is changed at any of its three levels."""
    parameters = draw(st.one_of(changed(PARAMETERS), changed(PARAMETERS).map(as_text), values))
    video = draw(st.one_of(changed(VIDEO), changed(VIDEO).map(as_text), values))
    return draw(changed({**RECORD, "generateParam": parameters, "videoInfo": video}))


def as_text(value: object) -> str:
    return json.dumps(value, default=str)


bodies = st.one_of(
    st.fixed_dictionaries({"code": st.sampled_from([200, "200", None]), "data": records()}),
    st.fixed_dictionaries({}, optional={"code": scalars, "msg": values, "data": values, "error": values}),
    values,
)
encodings = st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-16", "utf-32", "utf-8-sig", "utf-16-be", "latin-1"])


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Give an answer: JSON in some encoding, sometimes cut off or with one byte changed."""
    text = json.dumps(draw(bodies), ensure_ascii=draw(st.booleans()))
    body = bytearray(text.encode(draw(encodings), draw(st.sampled_from(["backslashreplace", "replace"]))))
    harm = draw(st.sampled_from(["none", "none", "none", "none", "cut", "changed"]))
    if harm == "cut":
        del body[draw(st.integers(0, len(body))) :]
    elif harm == "changed" and body:
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    status = draw(st.sampled_from([200, 200, 200, 200, 201, 204, 301, 403, 404, 429, 500, 599, 999]))
    location = draw(st.none() | texts) if status == 301 else None
    return Answer(status, bytes(body), draw(st.none() | st.floats(0, 1e9)), location)


@given(answers())
@trying(100)
def test_answer_is_a_task_or_an_error(answer: Answer):
    """And the error can be shown."""
    try:
        task = read_answer(answer, TASK)
    except RunwayError as error:
        error._render_traceback_()
        draw_all(Sighting(TASK).failed(error, NOW))
    else:
        assert isinstance(task, Task)


@given(records())
@example({"generateTime": "0001-01-01T00:00:00+14:00", "state": "success", "videoInfo": VIDEO})
@example({"generateTime": "9999-12-31T23:59:59-14:00", "state": "success", "videoInfo": VIDEO})
@trying(80)
def test_everything_draws_any_record(record: dict[str, Any]):
    try:
        task = read_answer(Answer(200, json.dumps({"code": 200, "data": record}).encode()), TASK)
    except RunwayError:
        return
    draw_all(Sighting(TASK).saw(task, NOW))


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_usual_record_is_drawn(drawing: str):
    """Otherwise the tests above would show nothing."""
    DRAWINGS[drawing](Sighting(TASK).saw(Task.from_data(RECORD, TASK), NOW))


def draw_all(sighting: Sighting) -> None:
    for name, draw in DRAWINGS.items():
        if sighting.task is not None or name in ERRORS_TOO:
            draw(sighting)


ERRORS_TOO = ("saved card", "stopped card", "live board", "search", "orders", "saved board", "report", "history")

"""HTTP answers become tasks or the right errors: both the body's code and the HTTP status decide."""

import json
import sys
from typing import Any

import pytest
from support.errors import ERRORS_BY_CODE

from runway_nb.model.errors import (
    ApiError,
    AuthenticationError,
    BadResponseError,
    RateLimitError,
    RunwayError,
    ServerError,
    TaskNotFoundError,
    WrongTaskError,
)
from runway_nb.model.task import TaskState
from runway_nb.service.answer import Answer, read_answer

UUID = "ee603959-debb-48d1-98c4-a6d1c717eba6"
HTML_403 = b"<!DOCTYPE html><html><head><title>Access denied</title></head><body>error code: 1010</body></html>"


def read(body: object, status: int = 200, **answer: Any):
    return read_answer(Answer(status, body if isinstance(body, bytes) else json.dumps(body).encode(), **answer), UUID)


def error(body: object, status: int = 200, **answer: Any) -> RunwayError:
    with pytest.raises(RunwayError) as caught:
        read(body, status, **answer)
    return caught.value


def test_record():
    task = read({"code": 200, "msg": "success", "data": {"taskId": UUID, "state": "wait"}})

    assert (task.task_id, task.state) == (UUID, TaskState.WAIT)
    assert task.raw == {"taskId": UUID, "state": "wait"}


def test_record_without_id_is_the_requested_one():
    assert read({"code": 200, "data": {"id": 12345, "parentId": 0, "state": "success"}}).task_id == UUID


@pytest.mark.parametrize("name", ["taskId", "task_id", "TASKID", "Task_Id"])
@pytest.mark.parametrize("other", ["ef603959-debb-48d1-98c4-a6d1c717eba6", UUID + "0", "t-1", 17, ["x"], True])
def test_answer_about_another_task_is_refused(name: str, other: Any):
    refused = error({"code": 200, "data": {name: other, "state": "success"}})

    assert type(refused) is WrongTaskError
    assert isinstance(refused, BadResponseError)
    assert refused.task_id == UUID
    assert UUID in str(refused)
    assert refused.answered in str(refused)


@pytest.mark.parametrize("same", [UUID, UUID.upper(), UUID.replace("-", ""), f"  {UUID}\n"])
def test_spellings_of_one_uuid_are_the_same_task(same: str):
    assert read({"code": 200, "data": {"taskId": same, "state": "wait"}}).state is TaskState.WAIT


@pytest.mark.parametrize("absent", [None, "", " ", 0, "0", "null", {}, []])
def test_answer_that_names_no_task_is_of_the_requested_one(absent: Any):
    assert read({"code": 200, "data": {"taskId": absent, "state": "wait"}}).task_id == UUID


@pytest.mark.parametrize("limited", [True, False])
def test_number_of_very_many_digits_is_read_as_text(limited: bool):
    digits = "9" * 1_000_000
    body = b'{"code":200,"data":{"taskId":"t","state":"wait","seed":%s,"failCode":-400}}' % digits.encode()
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(before if limited else 0)
    try:
        task = read_answer(Answer(200, body), "t")
    finally:
        sys.set_int_max_str_digits(before)

    assert task.raw["seed"] == digits
    assert task.fail_code == -400


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_json_in_each_of_its_encodings(encoding: str):
    body = json.dumps({"code": 200, "data": {"taskId": "t", "failMsg": "ä€😀"}}, ensure_ascii=False)

    assert read_answer(Answer(200, body.encode(encoding)), "t").fail_msg == "ä€😀"


def test_ids_that_are_no_uuids_are_compared_exactly():
    body = b'{"code":200,"data":{"taskId":12345,"state":"wait"}}'

    assert read_answer(Answer(200, body), "12345").task_id == "12345"
    with pytest.raises(WrongTaskError):
        read_answer(Answer(200, body), "123456")


@pytest.mark.parametrize("code", [200, "200", None, "", "ok", {}, float("inf")])
def test_meaningless_code_leaves_it_to_status(code: Any):
    assert read({"code": code, "data": {"state": "wait"}}).state is TaskState.WAIT
    assert type(error({"code": code, "data": {"state": "wait"}}, 500)) is ServerError


@pytest.mark.parametrize("data", [None, {}, [], "", 0, False])
def test_success_without_data_is_unknown_task(data: Any):
    unknown = error({"code": 200, "msg": "success", "data": data})

    assert type(unknown) is TaskNotFoundError
    assert unknown.code == 404
    assert unknown.task_id == UUID
    assert UUID in str(unknown)


@pytest.mark.parametrize(
    ("code", "kind"), [*ERRORS_BY_CODE.items(), (599, ServerError), (600, ApiError), (0, ApiError), (-1, ApiError)]
)
def test_every_code_in_body_and_status(code: int, kind: type[ApiError]):
    body = {"code": code, "msg": "the service's own words"}
    answers = [error(body), error(body | {"data": None}), error(body, 502)]
    if code > 0:
        answers += [error(body, code), error({"code": 200, "msg": "the service's own words"}, code)]

    for met in answers:
        assert type(met) is kind
        assert isinstance(met, ApiError)
        assert (met.code, met.msg, met.task_id) == (code, "the service's own words", UUID)
        assert f"answered {code} " in str(met)
        assert "the service's own words" in str(met)


def test_wrong_key_as_recorded():
    wrong = error({"code": 401, "msg": "You do not have access permissions"})

    assert type(wrong) is AuthenticationError
    assert "“You do not have access permissions”" in str(wrong)
    assert "APIKLEY_API_KEY" in str(wrong)


def test_bad_request_sent_as_server_error():
    assert "“This field is required”" in str(error({"code": 500, "msg": "This field is required"}))


@pytest.mark.parametrize("msg", [None, "", "  ", 7, ["a"]])
def test_missing_or_non_text_message(msg: Any):
    met = error({"code": 500, "msg": msg})

    assert isinstance(met, ServerError)
    assert "“”" not in str(met)


@pytest.mark.parametrize("body", [b"error code: 1010", HTML_403])
def test_network_page_is_not_a_bad_key(body: bytes):
    refused = error(body, 403)

    assert type(refused) is BadResponseError
    assert refused.status == 403
    assert "error code: 1010”). The key is not the problem" in str(refused)
    assert str(refused).startswith("The network in front of the service refused the request (HTTP 403: “")
    assert str(refused).endswith(": try another network, or check whether you are behind a proxy.")
    assert "<" not in str(refused)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, AuthenticationError), (429, RateLimitError), (500, ServerError), (502, ServerError), (503, ServerError)],
)
def test_status_without_a_json_body(status: int, kind: type[ApiError]):
    for body in (b"", b"<html><body>Bad gateway</body></html>", b"[]", b'"text"'):
        assert type(error(body, status)) is kind


def test_403_from_the_api_keeps_its_message():
    met = error({"code": 403, "msg": "Not in your region"}, 403)

    assert type(met) is ApiError
    assert "Not in your region" in str(met)


@pytest.mark.parametrize("status", [404, 405, 410])
def test_unexpected_page_suggests_the_base_url(status: int):
    met = error(b"<html><body><h1>It works!</h1><script>x()</script></body></html>", status)

    assert type(met) is BadResponseError
    assert str(met) == f"The answer is not a valid API response (HTTP {status}: “It works!”). Check the base URL."


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b'{"code":200,"msg":"success","data":{"taskId":"ee603959-deb',
        b"<html><body>Sign in to the Wi-Fi</body></html>",
        b"null",
        b"[1, 2]",
        b'"success"',
        b'{"code":200,"msg":"success"}',
        b"{}",
        b"[" * 200_000,
        b'{"code":200,"data":{"x":' + b"[" * 500 + b"]" * 500 + b"}}",
    ],
)
def test_invalid_response(body: bytes):
    met = error(body)

    assert type(met) is BadResponseError
    assert met.status == 200
    assert str(met).startswith("The answer is not a valid API response (HTTP 200")
    assert str(met).endswith("). Check the base URL, or try again later.")


@pytest.mark.parametrize("data", ["text", 5, True, [{"taskId": UUID}]])
def test_data_must_be_an_object(data: Any):
    met = error({"code": 200, "data": data})

    assert type(met) is BadResponseError
    assert str(met) == "The service's answer has an unknown shape: its data is not an object. Try again later."


def test_page_is_quoted_briefly():
    quoted = str(error(b"<p>" + b"word " * 5000))

    assert "word word" in quoted
    assert len(quoted) < 300


def test_requested_wait_is_kept():
    for status in (429, 503):
        met = error({"code": status}, status, retry_after=7.0)
        assert isinstance(met, ApiError)
        assert met.retry_after == 7.0
    assert "Wait 7 s" in str(error({"code": 429}, retry_after=7.0))
    assert "Wait a moment" in str(error({"code": 429}))


def test_redirect_is_reported():
    moved = error(b"", 302, location="https://elsewhere.example/login")

    assert type(moved) is BadResponseError
    assert str(moved) == (
        "The service redirected to https://elsewhere.example/login; the key was not sent there. "
        "If you trust that address, set it as the base URL."
    )


def test_unpaired_surrogates_are_replaced():
    body = rb'{"code":200,"data":{"generateParam":{"prompt":"a\ud800b \ud83d\ude00"},"state":"\udfff"}}'

    task = read(body)

    assert task.prompt == "a\ufffdb \U0001f600"
    assert json.dumps(dict(task.raw), ensure_ascii=False).encode()
    assert read(b'{"code":200,"data":{"state":"\xed\xa0\x80"}}').state_text


# --- what gateways send -----------------------------------------------------------------------------------------------

GATEWAYS = {
    "kong": {"message": "no Route matched with those values"},
    "fastapi": {"detail": "Not Found"},
    "rails": {"error": "Not Found"},
    "spring": {"timestamp": "2026-01-01T00:00:00Z", "status": 404, "error": "Not Found", "path": "/"},
    "google": {"error": {"code": 404, "message": "Not Found", "status": "NOT_FOUND"}},
    "grpc": {"code": 5, "message": "Not Found", "details": []},
    "symfony": {"code": 404, "message": "Not Found"},
    "wordpress": {"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}},
    "empty": {},
}


@pytest.mark.parametrize("body", GATEWAYS.values(), ids=GATEWAYS)
def test_gateways_404_is_not_the_tasks(body: dict[str, Any]):
    met = error(body, 404)

    assert type(met) is BadResponseError
    assert met.status == 404
    assert str(met).endswith("Check the base URL.")


def test_gateways_words_are_quoted():
    assert str(error({"message": "no Route matched"}, 404)) == (
        "The answer is not a valid API response (HTTP 404: “no Route matched”). Check the base URL."
    )
    assert "“Rate of this gateway”" in str(error({"error": {"message": "Rate of this gateway"}}, 429))
    assert "“upstream is down”" in str(error({"detail": "upstream is down"}, 503))


@pytest.mark.parametrize("body", [*GATEWAYS.values(), b"", b"Forbidden"])
def test_gateways_statuses(body: object):
    assert type(error(body, 401)) is AuthenticationError
    assert type(error(body, 403)) is BadResponseError
    assert "The key is not the problem" in str(error(body, 403))
    assert type(error(body, 429)) is RateLimitError
    assert type(error(body, 502)) is ServerError
    for status in (204, 400, 402, 405, 410, 422, 451):
        assert type(error(body, status)) is BadResponseError


@pytest.mark.parametrize(
    "body", [{"detail": "Not Found"}, {"message": "ok"}, {"data": None}, {"error": "x", "data": []}]
)
def test_gateways_200_is_no_task(body: dict[str, Any]):
    assert type(error(body)) is BadResponseError

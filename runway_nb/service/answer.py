"""Turns an HTTP answer into a `Task` or an error. No I/O.

Both the body's ``code`` and the HTTP status decide: the service sends most errors as HTTP 200 with
another code in the body, and the network in front of it sends real statuses with HTML pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..model.errors import RATE_LIMITED, ApiError, BadResponseError, RunwayError, TaskNotFoundError
from ..model.fields import nested_too_deeply
from ..model.task import Task

OK = 200
_UNAUTHORIZED = 401


@dataclass(frozen=True)
class Answer:
    """An HTTP answer.

    Attributes:
        status: The HTTP status.
        body: The complete body.
        retry_after: Seconds from a ``Retry-After`` header, or None.
        location: The target of a redirect, or None.
    """

    status: int
    body: bytes
    retry_after: float | None = None
    location: str | None = None


def read_answer(answer: Answer, task_id: str) -> Task:
    """Read an answer to a look-up.

    Args:
        answer: The HTTP answer.
        task_id: The requested id.

    Raises:
        ApiError: If the service answered with an error, or does not know the task.
        BadResponseError: If the answer is not what the API documents.
    """
    body = _json_object(answer.body)
    code = _code(body, answer.status)
    if code != OK:
        raise _error(answer, body, code, task_id)
    if body is None or "data" not in body:
        raise BadResponseError(f"{_invalid_response(answer)} Check the base URL, or try again later.", answer.status)
    data = body["data"]
    if not data:
        # The service answers "success" without data for a task that it does not know.
        raise TaskNotFoundError(404, "", task_id)
    if not isinstance(data, dict):
        raise BadResponseError(
            "The service's answer has an unknown shape: its data is not an object. Try again later.", answer.status
        )
    return Task.from_data(data, task_id)


def _error(answer: Answer, body: Mapping[str, Any] | None, code: int, task_id: str) -> RunwayError:
    if answer.location is not None:
        return BadResponseError(
            f"The service redirected to {answer.location}; the key was not sent there. If you trust that address, "
            "set it as the base URL.",
            answer.status,
        )
    if body is None and not _status_is_enough(answer.status):
        return BadResponseError(_unexpected_page(answer), answer.status)
    msg = str((body or {}).get("msg") or "").strip()
    return ApiError.from_code(code, msg, task_id, retry_after=answer.retry_after)


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return _well_formed(value) if isinstance(value, dict) and not nested_too_deeply(value) else None


def _well_formed(value: dict[str, Any]) -> dict[str, Any]:
    """Replace unpaired surrogates: JSON can contain them, but no front-end, file or database can store them."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        replaced: dict[str, Any] = json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        return replaced
    return value


def _code(body: Mapping[str, Any] | None, status: int) -> int:
    try:
        in_body = int((body or {}).get("code", OK))
    except (TypeError, ValueError, OverflowError):
        in_body = OK
    return in_body if in_body != OK else status


def _status_is_enough(status: int) -> bool:
    return status in (_UNAUTHORIZED, RATE_LIMITED) or 500 <= status <= 599


def _unexpected_page(answer: Answer) -> str:
    if answer.status == 403:
        return (
            f"The network in front of the service refused the request (HTTP 403{_first_words(answer.body)}). "
            "The key is not the problem: try another network, or check whether you are behind a proxy."
        )
    return f"{_invalid_response(answer)} Check the base URL."


def _invalid_response(answer: Answer) -> str:
    return f"The answer is not a valid API response (HTTP {answer.status}{_first_words(answer.body)})."


def _first_words(body: bytes) -> str:
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>", " ", body[:4096].decode("utf-8", "replace"))
    words = " ".join(text.split())
    return f": “{words[:80]}{'…' if len(words) > 80 else ''}”" if words else ""

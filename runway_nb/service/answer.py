"""Turns an HTTP answer into a `Task` or an error. No I/O.

Both the body's ``code`` and the HTTP status decide: the service sends most errors as HTTP 200 with
another code in the body, and the network in front of it sends real statuses with its own pages or JSON.
Only a body with a ``code`` comes from the service, so only that says that a task is unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..model.errors import RATE_LIMITED, ApiError, BadResponseError, RunwayError, TaskNotFoundError, WrongTaskError
from ..model.fields import integer, message_of, nested_too_deeply
from ..model.task import Task
from ..model.task_id import canonical
from ..model.text import truncated

OK = 200
_UNAUTHORIZED = 401
_LONGEST_QUOTE = 80  # characters
_LONGEST_NUMBER = 400  # digits; a float has up to 309


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
        BadResponseError: If the answer is not what the API documents; a `WrongTaskError` if it is about another task.
    """
    body = _json_object(answer.body)
    code = _code(body)
    if code not in (OK, None) or answer.status != OK:
        raise _error(answer, body, answer.status if code in (OK, None) else code, task_id)
    data = (body or {}).get("data")
    if not data and (body is None or "data" not in body or code is None):
        raise BadResponseError(f"{_invalid_response(answer, body)} Check the base URL, or try again later.", OK)
    if not data:
        # The service answers "success" without data for a task that it does not know.
        raise TaskNotFoundError(404, "", task_id)
    task = Task.from_data(data, task_id)
    if canonical(task.task_id) != canonical(task_id):
        raise WrongTaskError(task_id, task.task_id)
    return task


def _error(answer: Answer, body: Mapping[str, Any] | None, code: int, task_id: str) -> RunwayError:
    if answer.location is not None:
        return BadResponseError(
            f"The service redirected to {answer.location}; the key was not sent there. If you trust that address, "
            "set it as the base URL.",
            answer.status,
        )
    if _code(body) is None and not _status_is_enough(answer.status):
        return BadResponseError(_unexpected_page(answer, body), answer.status)
    return ApiError.from_code(
        code, message_of((body or {}).get("msg")) or _words(body), task_id, retry_after=answer.retry_after
    )


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body, parse_int=_whole_number)
    except (ValueError, RecursionError):
        return None
    return _well_formed(value) if isinstance(value, dict) and not nested_too_deeply(value) else None


def _whole_number(digits: str) -> int | str:
    """Read a whole number. One of very many digits stays a text: Python converts it slowly, or refuses to."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def _well_formed(value: dict[str, Any]) -> dict[str, Any]:
    """Replace unpaired surrogates: JSON can contain them, but no front-end, file or database can store them."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        replaced: dict[str, Any] = json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        return replaced
    return value


def _code(body: Mapping[str, Any] | None) -> int | None:
    """Return the service's own code; None if the body has none, or is not the service's but a gateway's."""
    if body is None or not ("msg" in body or "data" in body or len(body) == 1):
        return None
    return integer(body.get("code"))


def _status_is_enough(status: int) -> bool:
    return status in (_UNAUTHORIZED, RATE_LIMITED) or 500 <= status <= 599


def _unexpected_page(answer: Answer, body: Mapping[str, Any] | None) -> str:
    if answer.status == 403:
        return (
            f"The network in front of the service refused the request (HTTP 403{_quoted(answer, body)}). "
            "The key is not the problem: try another network, or check whether you are behind a proxy."
        )
    return f"{_invalid_response(answer, body)} Check the base URL."


def _invalid_response(answer: Answer, body: Mapping[str, Any] | None) -> str:
    return f"The answer is not a valid API response (HTTP {answer.status}{_quoted(answer, body)})."


def _quoted(answer: Answer, body: Mapping[str, Any] | None) -> str:
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>", " ", answer.body[:4096].decode("utf-8", "replace"))
    words = " ".join((_words(body) or page).split())
    return f": “{truncated(words, _LONGEST_QUOTE)}”" if words else ""


def _words(body: Mapping[str, Any] | None) -> str:
    """Return the message of a gateway's body; "" if it has none."""
    message = message_of(body) if body else None
    return message if message and not message.startswith("{") else ""

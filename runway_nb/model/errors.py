"""The errors of this package: typed attributes, and a ``str()`` that says what happened and what to do.

In a notebook, an error is shown as that one line after its class name. A traceback through this package
would not help the user, and a verbose one would print the frames that hold the key.
"""

from __future__ import annotations

from typing import ClassVar

from .base_error import LONGEST_QUOTE, LONGEST_QUOTED_ID
from .base_error import RunwayError as RunwayError  # noqa: PLC0414  # exported from here, with all other errors
from .text import excerpt

MAKE_A_KEY = "https://apikley.ru"
"""Where to create an API key: the service's site, under your account."""


class MissingKeyError(RunwayError):
    """No API key was found in the session, the environment or the keyring."""

    is_final = True

    def _message(self) -> str:
        return (
            f"No API key was found. Create one at {MAKE_A_KEY} (account, API keys), then set the environment variable "
            "APIKLEY_API_KEY or run %runway_login. %runway_demo works without a key."
        )


class SettingError(RunwayError):
    """A setting cannot be used, such as a base URL that would send the key unencrypted."""

    is_final = True


class TaskIdError(RunwayError, TypeError):
    """A value was given as a task id that cannot be one, such as a number, nothing, or the API key."""

    is_final = True


class ConnectionFailedError(RunwayError):
    """The service could not be reached, or did not answer in time.

    Attributes:
        host: The host of the request.
        reason: What went wrong, in a few words.
    """

    title = "No connection"
    passes = True

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(host, reason)
        self.host = host
        self.reason = reason

    def _message(self) -> str:
        return f"{self.host} could not be reached ({self.reason}). Check the network and try again; the task goes on."


class BadResponseError(RunwayError):
    """The answer was not what the API documents: not JSON, of another shape, or too large.

    Attributes:
        reason: What was wrong with it and what to do, in sentences.
        status: The HTTP status of the answer.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason, status)
        self.reason = reason
        self.status = status

    def _message(self) -> str:
        return self.reason


class WrongTaskError(BadResponseError):
    """The answer was about another task than the requested one, as after a mix-up of connections.

    Attributes:
        task_id: The requested task.
        answered: The task that the answer is about.
    """

    title = "The answer was about another task"
    passes = True

    def __init__(self, task_id: str, answered: str) -> None:
        found, asked = excerpt(answered, LONGEST_QUOTED_ID), excerpt(task_id, LONGEST_QUOTED_ID)
        super().__init__(
            f"The service answered with task {found} when asked for task {asked}; that answer was not used. "
            "Try again. If the error persists, contact the service's support with both ids.",
            200,
        )
        self.args = (task_id, answered)
        self.task_id = task_id
        self.answered = answered


class ApiError(RunwayError):
    """The service answered with an error code, in the body or as the HTTP status.

    Attributes:
        meaning: What the code means, in a few words.
        advice: What to do, in sentences.
        code: The code, such as 429. The service also uses 500 for bad requests.
        msg: The service's own words, possibly empty.
        task_id: The requested task, if there was one.
        retry_after: Seconds that the service asked the client to wait; None if it did not say.
    """

    meaning: ClassVar[str] = "an error"
    advice: ClassVar[str] = "Try again later. If the error persists, contact the service's support with the task id."

    def __init__(
        self, code: int, msg: str = "", task_id: str | None = None, *, retry_after: float | None = None
    ) -> None:
        super().__init__(code, msg, task_id)
        self.code = code
        self.msg = msg
        self.task_id = task_id
        self.retry_after = retry_after

    def _message(self) -> str:
        about = f" for task {excerpt(self.task_id, LONGEST_QUOTED_ID)}" if self.task_id else ""
        words = f": “{excerpt(self.msg, LONGEST_QUOTE)}”." if self.msg else "."
        return f"The service answered {self.code} ({self.meaning}){about}{words} {self.advice}"

    @classmethod
    def from_code(
        cls, code: int, msg: str = "", task_id: str | None = None, *, retry_after: float | None = None
    ) -> ApiError:
        """Return the error for a code.

        Args:
            code: The body's ``code``, or the HTTP status.
            msg: The service's own words.
            task_id: The requested task.
            retry_after: Seconds from a ``Retry-After`` header.

        Returns:
            An error of the most specific class; for an unlisted code a plain `ApiError` that shows the number.
        """
        kind = _BY_CODE.get(code, ServerError if 500 <= code <= 599 else ApiError)
        return kind(code, msg, task_id, retry_after=retry_after)


class AuthenticationError(ApiError):
    """401: the key is missing, wrong, or has no access."""

    title = "The key was not accepted"
    is_final = True
    meaning = "the key was not accepted"
    advice = f"Check APIKLEY_API_KEY, or run %runway_login with a key from {MAKE_A_KEY}."


class TaskNotFoundError(ApiError):
    """404, or the ``data: null`` that the service sends for a task it does not know."""

    title = "The service does not know this task"
    may_appear = True
    meaning = "task not found"
    advice = (
        "Check the id, and that the key belongs to the account that created the task. "
        "A task created seconds ago can take a minute to appear."
    )


class ParameterError(ApiError):
    """422: a parameter was refused."""

    may_appear = True  # the only parameter is the id, and the service may refuse one that it does not know yet
    meaning = "a parameter was refused"
    advice = "Check the task id: it is sent exactly as you gave it."


class RateLimitError(ApiError):
    """429: too many look-ups."""

    title = "Rate limited"
    passes = True
    meaning = "too many look-ups"

    def __init__(
        self, code: int = 429, msg: str = "", task_id: str | None = None, *, retry_after: float | None = None
    ) -> None:
        super().__init__(code, msg, task_id, retry_after=retry_after)

    @property
    def advice(self) -> str:  # type: ignore[override]  # depends on the wait that the service asked for
        """What to do, with the wait that the service asked for."""
        wait = "a moment" if self.retry_after is None else f"{max(1, round(self.retry_after))} s"
        return f"Wait {wait} and try again."


class ImageAccessError(ApiError):
    """451: the service could not fetch the reference image."""

    meaning = "the reference image could not be fetched"
    advice = "Put the image where anyone can download it and create the task again."


class MaintenanceError(ApiError):
    """455: the service is under maintenance."""

    title = "The service is under maintenance"
    meaning = "maintenance"
    advice = "Nothing is lost; try again in a few minutes."


class ServerError(ApiError):
    """500 and other 5xx. The service also uses 500 for a request it does not understand, so ``msg`` matters."""

    passes = True
    meaning = "server error"
    advice = "Try again in a moment; if the message names a field, check the task id."


RATE_LIMITED = 429
_BY_CODE: dict[int, type[ApiError]] = {
    401: AuthenticationError,
    404: TaskNotFoundError,
    422: ParameterError,
    RATE_LIMITED: RateLimitError,
    451: ImageAccessError,
    455: MaintenanceError,
}

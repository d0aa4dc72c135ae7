"""Every error a caller can meet: typed attributes, and in ``str()`` one sentence that says what to do next.

In a notebook an error is that one line behind its class name. Tracebacks through our code would
help nobody, and a verbose one would print the frames that hold the key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from .task import Task

MAKE_A_KEY = "https://apikley.ru"
"""Where a key is made: the service's own site, in one's account there."""


class RunwayError(Exception):
    """Base of every error of this package."""

    def _render_traceback_(self) -> list[str]:
        """Show one line in IPython, which calls this instead of formatting a traceback."""
        # The service's words are in it, so nothing that could steer a terminal stays.
        shown = "".join(character if character.isprintable() else " " for character in str(self))
        return [f"{type(self).__name__}: {' '.join(shown.split())}"]


class MissingKeyError(RunwayError):
    """No API key was found in the session, the environment or the keyring."""

    def __str__(self) -> str:
        return (
            f"There is no API key. Make one at {MAKE_A_KEY} (account, API keys), then set the environment variable "
            "APIKLEY_API_KEY or run %runway_login. %runway_demo needs none."
        )


class SettingError(RunwayError):
    """A setting cannot be used as it stands, such as a base URL that would send the key in the clear."""


class ConnectionFailedError(RunwayError):
    """The service could not be reached, or did not answer in time.

    Attributes:
        host: The host that was asked.
        reason: What went wrong, in a few words.
    """

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(host, reason)
        self.host = host
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.host} could not be reached ({self.reason}). Check the network and look again; the task goes on."


class BadResponseError(RunwayError):
    """The answer was not what the API documents: no JSON, another shape, or too large.

    Attributes:
        reason: What was wrong with it, as a sentence that ends in what to do.
        status: The HTTP status it came with.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason, status)
        self.reason = reason
        self.status = status

    def __str__(self) -> str:
        return self.reason


class ApiError(RunwayError):
    """The service answered with an error code, in the body or as the HTTP status.

    Attributes:
        code: The code, such as 429. 500 is also used for bad requests.
        msg: The service's own words, possibly empty.
        task_id: The task that was asked for, if one was.
        retry_after: Seconds the service asked to wait, or None if it did not say.
    """

    meaning: ClassVar[str] = "an error"
    advice: ClassVar[str] = "Look again later; if it stays, ask the service's support with the task id."

    def __init__(
        self, code: int, msg: str = "", task_id: str | None = None, *, retry_after: float | None = None
    ) -> None:
        super().__init__(code, msg, task_id)
        self.code = code
        self.msg = msg
        self.task_id = task_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        about = f" for task {self.task_id}" if self.task_id else ""
        words = f": “{self.msg}”." if self.msg else "."
        return f"The service answered {self.code} ({self.meaning}){about}{words} {self.advice}"

    @classmethod
    def from_code(
        cls, code: int, msg: str = "", task_id: str | None = None, *, retry_after: float | None = None
    ) -> ApiError:
        """Choose the error class for a code.

        Args:
            code: The body's ``code``, or the HTTP status.
            msg: The service's own words.
            task_id: The task that was asked for.
            retry_after: Seconds from a ``Retry-After`` header.

        Returns:
            The most specific error; an unlisted code gives a plain `ApiError` that shows its number.
        """
        kind = _BY_CODE.get(code, ServerError if 500 <= code <= 599 else ApiError)
        return kind(code, msg, task_id, retry_after=retry_after)


class AuthenticationError(ApiError):
    """401: the key is missing, wrong, or has no access."""

    meaning = "the key was not accepted"
    advice = f"Check APIKLEY_API_KEY, or run %runway_login with a key from {MAKE_A_KEY}."


class TaskNotFoundError(ApiError):
    """404, or the ``data: null`` that the service sends for a task it does not know."""

    meaning = "it knows no such task"
    advice = (
        "Check the id and that the key is of the account that made the task; "
        "one made seconds ago can take a minute to appear."
    )


class ParameterError(ApiError):
    """422: a parameter was refused."""

    meaning = "a parameter was refused"
    advice = "Check the task id: it is sent exactly as you gave it."


class RateLimitError(ApiError):
    """429: too many look-ups."""

    meaning = "too many look-ups"

    def __init__(
        self, code: int = 429, msg: str = "", task_id: str | None = None, *, retry_after: float | None = None
    ) -> None:
        super().__init__(code, msg, task_id, retry_after=retry_after)

    @property
    def advice(self) -> str:  # type: ignore[override]  # depends on what the service asked for
        """What to do, with the wait that the service asked for."""
        wait = "a moment" if self.retry_after is None else f"{max(1, round(self.retry_after))} s"
        return f"Wait {wait} and look again."


class ImageAccessError(ApiError):
    """451: the service could not fetch the reference image."""

    meaning = "the reference image could not be fetched"
    advice = "Put the image where anyone can download it and make the task anew."


class MaintenanceError(ApiError):
    """455: the service is being maintained."""

    meaning = "maintenance"
    advice = "Nothing is lost; look again in a few minutes."


class ServerError(ApiError):
    """500 and other 5xx. The service also uses 500 for a request it does not understand, so ``msg`` matters."""

    meaning = "a fault of the service"
    advice = "Look again in a moment; if the words name a field, check the task id."


class WaitTimeoutError(RunwayError):
    """A wait reached its deadline. The task did not fail: it goes on.

    Attributes:
        task: The last `Task` seen; its id is what the wait can be taken up with.
    """

    def __init__(self, task: Task, timeout: float) -> None:
        super().__init__(task, timeout)
        self.task = task
        self.timeout = timeout

    def __str__(self) -> str:
        return (
            f"Stopped waiting after {self.timeout:g} s; task {self.task.task_id} is still {self.task.doing} and "
            f"goes on. Take it up again with: %runway {self.task.task_id} --wait"
        )


class TaskFailedError(RunwayError):
    """A task that was waited for ended in ``fail``.

    Attributes:
        task: The failed `Task`; the first, where several were waited for.
        others: How many others failed with it.
    """

    def __init__(self, task: Task, others: int = 0) -> None:
        super().__init__(task, others)
        self.task = task
        self.others = others

    def __str__(self) -> str:
        words = f": “{self.task.fail_msg.rstrip('.')}”." if self.task.fail_msg else ", and the service gave no reason."
        more = f" {self.others} more failed." if self.others else ""
        return f"Task {self.task.task_id} failed{words}{more} The card says what can be done."


class WaitInterruptedError(RunwayError, KeyboardInterrupt):
    """The user interrupted a wait. An interrupt, so that it stops what an interrupt stops; the task goes on.

    Attributes:
        task_ids: The tasks that had not ended.
    """

    def __init__(self, task_ids: tuple[str, ...]) -> None:
        super().__init__(task_ids)
        self.task_ids = task_ids

    def __str__(self) -> str:
        one = len(self.task_ids) == 1
        what = f"task {self.task_ids[0]} goes on" if one else f"{len(self.task_ids)} tasks go on"
        return f"Stopped waiting; {what}. Run the cell again, or resume in the card."


class LooksInterruptedError(RunwayError, KeyboardInterrupt):
    """The user interrupted the look-up of many tasks. What was seen by then is shown.

    Attributes:
        seen: How many tasks were seen.
        wanted: How many were asked for.
    """

    def __init__(self, seen: int, wanted: int) -> None:
        super().__init__(seen, wanted)
        self.seen = seen
        self.wanted = wanted

    def __str__(self) -> str:
        return f"Stopped after {self.seen} of {self.wanted} tasks. Run the cell again to see the rest."


RATE_LIMITED = 429
_BY_CODE: dict[int, type[ApiError]] = {
    401: AuthenticationError,
    404: TaskNotFoundError,
    422: ParameterError,
    RATE_LIMITED: RateLimitError,
    451: ImageAccessError,
    455: MaintenanceError,
}

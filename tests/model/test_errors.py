"""The errors: their messages, and what they mean to the code that looks a task up."""

import io
import logging
import pickle
from traceback import format_exception_only

import pytest
from IPython.core.interactiveshell import InteractiveShell

import runway_nb
from runway_nb.model import errors, wait_errors
from runway_nb.model.errors import (
    ApiError,
    AuthenticationError,
    BadResponseError,
    ConnectionFailedError,
    ImageAccessError,
    MaintenanceError,
    MissingKeyError,
    ParameterError,
    RateLimitError,
    RunwayError,
    ServerError,
    SettingError,
    TaskIdError,
    TaskNotFoundError,
    WrongTaskError,
)
from runway_nb.model.task import Task, TaskState
from runway_nb.model.wait_errors import LooksInterruptedError, TaskFailedError, WaitInterruptedError, WaitTimeoutError

QUEUEING = Task("ee60", TaskState.QUEUEING)
FAILED = Task("ee60", TaskState.FAIL, fail_msg="the server is busy")

# At least one of each class, with its message.
SAMPLES: list[tuple[RunwayError, str]] = [
    (
        MissingKeyError(),
        (
            "No API key was found. Create one at https://apikley.ru (account, API keys), then set the environment "
            "variable APIKLEY_API_KEY or run %runway_login. %runway_demo works without a key."
        ),
    ),
    (
        SettingError("http://x would send the key unencrypted. Use https."),
        "http://x would send the key unencrypted. Use https.",
    ),
    (TaskIdError("A task id must be a string, not int."), "A task id must be a string, not int."),
    (
        ConnectionFailedError("api.apikley.ru", "no answer in time"),
        ("api.apikley.ru could not be reached (no answer in time). Check the network and try again; the task goes on."),
    ),
    (
        BadResponseError("The answer is not JSON. Check the base URL.", 200),
        "The answer is not JSON. Check the base URL.",
    ),
    (
        WrongTaskError("ee60", "a\u202e\x1b[2J" + "x" * 100),
        (
            f"The service answered with task a [2J{'x' * 94}… when asked for task ee60; that answer was not used. "
            "Try again. If the error persists, contact the service's support with both ids."
        ),
    ),
    (
        ApiError(402, "Credits insufficient", "ee60"),
        (
            "The service answered 402 (an error) for task ee60: “Credits insufficient”. Try again later. "
            "If the error persists, contact the service's support with the task id."
        ),
    ),
    (
        AuthenticationError(401, "No access", "ee60"),
        (
            "The service answered 401 (the key was not accepted) for task ee60: “No access”. "
            "Check APIKLEY_API_KEY, or run %runway_login with a key from https://apikley.ru."
        ),
    ),
    (
        TaskNotFoundError(404, "", "ee60"),
        (
            "The service answered 404 (task not found) for task ee60. Check the id, and that the key belongs "
            "to the account that created the task. A task created seconds ago can take a minute to appear."
        ),
    ),
    (
        ParameterError(422, "taskId is not valid", "ee60"),
        (
            "The service answered 422 (a parameter was refused) for task ee60: “taskId is not valid”. "
            "Check the task id: it is sent exactly as you gave it."
        ),
    ),
    (RateLimitError(), "The service answered 429 (too many look-ups). Wait a moment and try again."),
    (
        RateLimitError(429, "Slow down", "ee60", retry_after=2.4),
        "The service answered 429 (too many look-ups) for task ee60: “Slow down”. Wait 2 s and try again.",
    ),
    (RateLimitError(retry_after=0.2), "The service answered 429 (too many look-ups). Wait 1 s and try again."),
    (
        ImageAccessError(451, "", "ee60"),
        (
            "The service answered 451 (the reference image could not be fetched) for task ee60. "
            "Put the image where anyone can download it and create the task again."
        ),
    ),
    (
        MaintenanceError(455, "", "ee60"),
        "The service answered 455 (maintenance) for task ee60. Nothing is lost; try again in a few minutes.",
    ),
    (
        ServerError(500, "This field is required", "ee60"),
        (
            "The service answered 500 (server error) for task ee60: “This field is required”. "
            "Try again in a moment; if the message names a field, check the task id."
        ),
    ),
    (
        WaitTimeoutError(QUEUEING, 1200),
        (
            "Stopped waiting after 1200 s; task ee60 is still queueing and goes on. "
            "Wait for it again, or use a longer timeout."
        ),
    ),
    (
        WaitTimeoutError(None, 3.0, "ee60"),
        (
            "Stopped waiting after 3 s without an answer about task ee60, which goes on. "
            "Check the network, or use a longer timeout."
        ),
    ),
    (
        TaskFailedError(FAILED),
        ("Task ee60 failed: “the server is busy”. For what to do, see the card or call read_failure(error.task)."),
    ),
    (
        TaskFailedError(Task("ee60", TaskState.FAIL), others=2),
        (
            "Task ee60 failed, and the service gave no reason. 2 more failed. "
            "For what to do, see the card or call read_failure(error.task)."
        ),
    ),
    (
        WaitInterruptedError(("ee60",)),
        "Stopped waiting; task ee60 goes on. Run this again to keep waiting.",
    ),
    (WaitInterruptedError(("a", "b")), "Stopped waiting; 2 tasks go on. Run this again to keep waiting."),
    (LooksInterruptedError(7, 200), "Stopped after 7 of 200 tasks. Run this again to see the rest."),
]

LAST_LOOK = "The last check failed"

# title, passes, is_final, may_appear
MEANINGS: dict[type[RunwayError], tuple[str, bool, bool, bool]] = {
    RunwayError: (LAST_LOOK, False, False, False),
    MissingKeyError: (LAST_LOOK, False, True, False),
    SettingError: (LAST_LOOK, False, True, False),
    TaskIdError: (LAST_LOOK, False, True, False),
    ConnectionFailedError: ("No connection", True, False, False),
    BadResponseError: (LAST_LOOK, False, False, False),
    WrongTaskError: ("The answer was about another task", True, False, False),
    ApiError: (LAST_LOOK, False, False, False),
    AuthenticationError: ("The key was not accepted", False, True, False),
    TaskNotFoundError: ("The service does not know this task", False, False, True),
    ParameterError: (LAST_LOOK, False, False, True),
    RateLimitError: ("Rate limited", True, False, False),
    ImageAccessError: (LAST_LOOK, False, False, False),
    MaintenanceError: ("The service is under maintenance", False, False, False),
    ServerError: (LAST_LOOK, True, False, False),
    WaitTimeoutError: (LAST_LOOK, False, False, False),
    TaskFailedError: (LAST_LOOK, False, False, False),
    WaitInterruptedError: (LAST_LOOK, False, False, False),
    LooksInterruptedError: (LAST_LOOK, False, False, False),
}


def name(sample: object) -> str:
    return type(sample).__name__ if isinstance(sample, Exception) else ""


@pytest.mark.parametrize(("error", "message"), SAMPLES, ids=name)
def test_message(error: RunwayError, message: str):
    assert str(error) == message
    assert message.endswith((".", "--wait"))
    assert "\n" not in message
    assert ".." not in message
    assert "None" not in message


def test_each_error_has_a_sample():
    defined = {
        kind
        for module in (errors, wait_errors)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, RunwayError)
    }

    assert defined - {RunwayError} == {type(error) for error, _ in SAMPLES}
    assert defined == set(MEANINGS)


@pytest.mark.parametrize(("kind", "meaning"), MEANINGS.items(), ids=[kind.__name__ for kind in MEANINGS])
def test_what_an_error_means(kind: type[RunwayError], meaning: tuple[str, bool, bool, bool]):
    assert (kind.title, kind.passes, kind.is_final, kind.may_appear) == meaning


def test_base_classes():
    api = {AuthenticationError, TaskNotFoundError, ParameterError, RateLimitError, ImageAccessError, MaintenanceError}

    assert all(issubclass(kind, ApiError) for kind in api | {ServerError})
    assert issubclass(WaitInterruptedError, KeyboardInterrupt)
    assert not any(
        issubclass(kind, ApiError)
        for kind in (MissingKeyError, ConnectionFailedError, BadResponseError, WaitTimeoutError, TaskFailedError)
    )
    assert {kind.__name__ for kind in api} <= set(runway_nb.__all__)


@pytest.mark.parametrize(("error", "_"), SAMPLES, ids=name)
def test_errors_survive_pickling(error: RunwayError, _: object):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes

    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


@pytest.mark.parametrize("mode", ["Plain", "Context", "Verbose", "Minimal"])
def test_ipython_shows_one_line(ipython: InteractiveShell, mode: str, capsys: pytest.CaptureFixture[str]):
    ipython.run_line_magic("xmode", mode)
    ipython.user_ns["error"] = TaskNotFoundError(404, "", "ee60")
    capsys.readouterr()

    ipython.run_cell("raise error")

    assert capsys.readouterr().out.strip() == f"TaskNotFoundError: {TaskNotFoundError(404, '', 'ee60')}"


def test_message_cannot_control_a_terminal():
    hostile = TaskFailedError(Task("ee60", TaskState.FAIL, fail_msg="a\x1b[2Jb\x9b1mc\n\nd\u202ee\r\x00f\ud800"))

    (line,) = hostile._render_traceback_()

    assert line.isprintable()
    assert "a [2Jb 1mc d e f" in line
    assert line.startswith("TaskFailedError: Task ee60 failed")


HOSTILE = "a\x1b[2Jb\x9b1mc\n\nd\u202ee\r\x00f\ud800\u2028g\u200eh\U000e0041i\x07 " + "long " * 200_000
HOSTILE_TASK = Task(HOSTILE, TaskState.UNKNOWN, fail_msg=HOSTILE, raw={"state": HOSTILE})
HOSTILE_ERRORS = [
    RunwayError(HOSTILE),
    SettingError(HOSTILE),
    TaskIdError(HOSTILE),
    ConnectionFailedError(HOSTILE, HOSTILE),
    BadResponseError(HOSTILE, 200),
    *(ApiError.from_code(code, HOSTILE, HOSTILE) for code in (0, 401, 404, 422, 429, 451, 455, 500)),
    WaitTimeoutError(HOSTILE_TASK, 3),
    TaskFailedError(HOSTILE_TASK),
    WaitInterruptedError((HOSTILE,)),
]


def shown_by_python(error: BaseException) -> list[str]:
    """Return what Python itself shows of an error: printed, uncaught and logged."""
    logged = io.StringIO()
    record = logging.LogRecord("test", logging.ERROR, "", 0, "%s", (error,), (type(error), error, None))
    logging.StreamHandler(logged).emit(record)
    return [str(error), repr(error), *format_exception_only(error), logged.getvalue()]


@pytest.mark.parametrize("error", HOSTILE_ERRORS, ids=name)
def test_errors_are_printable_and_short_wherever_they_are_shown(error: RunwayError):
    for shown in shown_by_python(error):
        lines = shown.splitlines()
        assert all(line.isprintable() for line in lines)
        assert len(lines) <= 3
        assert len(shown) < 2500
    assert len(str(error)) <= 1000
    assert "a [2Jb 1mc d e f g h i" in str(error)


@pytest.mark.parametrize("error", [each for each in HOSTILE_ERRORS if hasattr(each, "msg")], ids=name)
def test_the_advice_stays_after_long_words(error: ApiError):
    assert str(error).endswith(error.advice)
    assert (error.msg, error.task_id) == (HOSTILE, HOSTILE)


def test_the_cleaning_is_done_for_all_errors():
    kinds = {type(error) for error, _ in SAMPLES}

    assert not [kind for kind in kinds if {"__str__", "__repr__", "_render_traceback_"} & set(vars(kind))]


def test_timeout_is_not_a_failure():
    error = WaitTimeoutError(Task("ee60", TaskState.UNKNOWN, raw={"state": "upscaling"}), 90.0)

    assert error.task.task_id == "ee60"
    assert "still upscaling" in str(error)
    assert "fail" not in str(error)

"""Every error says in one sentence what to do next, and nothing more."""

import pickle

import pytest
from IPython.core.interactiveshell import InteractiveShell

import runway_nb
from runway_nb import errors
from runway_nb.errors import (
    ApiError,
    AuthenticationError,
    BadResponseError,
    ConnectionFailedError,
    ImageAccessError,
    LooksInterruptedError,
    MaintenanceError,
    MissingKeyError,
    ParameterError,
    RateLimitError,
    RunwayError,
    ServerError,
    SettingError,
    TaskFailedError,
    TaskNotFoundError,
    WaitInterruptedError,
    WaitTimeoutError,
)
from runway_nb.task import Task, TaskState

RUNNING = Task("ee60", TaskState.QUEUEING)
FAILED = Task("ee60", TaskState.FAIL, fail_msg="the server is busy")

# One of each, with what its sentence has to name.
SAMPLES: list[tuple[RunwayError, tuple[str, ...]]] = [
    (MissingKeyError(), ("https://apikley.ru", "APIKLEY_API_KEY", "%runway_login")),
    (SettingError("http://x would send the key unencrypted. Use https."), ("Use https",)),
    (ConnectionFailedError("api.apikley.ru", "no answer in time"), ("api.apikley.ru", "no answer in time", "network")),
    (BadResponseError("The answer is no JSON. Check the base URL.", 200), ("base URL",)),
    (ApiError(402, "Credits insufficient", "ee60"), ("402", "Credits insufficient", "ee60", "support")),
    (AuthenticationError(401, "No access", "ee60"), ("401", "No access", "APIKLEY_API_KEY", "%runway_login")),
    (TaskNotFoundError(404, "", "ee60"), ("404", "ee60", "Check the id")),
    (ParameterError(422, "taskId is not valid", "ee60"), ("422", "taskId is not valid", "Check the task id")),
    (RateLimitError(429, "Slow down", "ee60", retry_after=2.4), ("429", "Slow down", "Wait 2 s")),
    (ImageAccessError(451, "", "ee60"), ("451", "image", "download")),
    (MaintenanceError(455, "", "ee60"), ("455", "maintenance", "few minutes")),
    (ServerError(500, "This field is required", "ee60"), ("500", "This field is required", "Look again")),
    (WaitTimeoutError(RUNNING, 1200), ("1200 s", "ee60", "queueing", "goes on", "--wait")),
    (TaskFailedError(FAILED), ("ee60", "the server is busy", "card")),
    (TaskFailedError(Task("ee60", TaskState.FAIL)), ("ee60", "no reason")),
    (WaitInterruptedError(("ee60",)), ("ee60", "goes on", "resume")),
    (WaitInterruptedError(("a", "b")), ("2 tasks", "go on")),
    (LooksInterruptedError(7, 200), ("7 of 200", "Run the cell again")),
]


def name(sample: object) -> str:
    return type(sample).__name__ if isinstance(sample, Exception) else ""


@pytest.mark.parametrize(("error", "named"), SAMPLES, ids=name)
def test_the_sentence(error: RunwayError, named: tuple[str, ...]):
    sentence = str(error)

    for word in named:
        assert word in sentence
    assert sentence.endswith((".", "--wait"))
    assert "\n" not in sentence
    assert ".." not in sentence
    assert "None" not in sentence


def test_there_is_a_sample_of_each_error():
    defined = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, RunwayError)}

    assert defined - {RunwayError} == {type(error) for error, _ in SAMPLES}


def test_the_tree():
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
def test_in_ipython_an_error_is_one_line(ipython: InteractiveShell, mode: str, capsys: pytest.CaptureFixture[str]):
    ipython.run_line_magic("xmode", mode)
    ipython.user_ns["error"] = TaskNotFoundError(404, "", "ee60")
    capsys.readouterr()

    ipython.run_cell("raise error")

    assert capsys.readouterr().out.strip() == f"TaskNotFoundError: {TaskNotFoundError(404, '', 'ee60')}"


def test_the_services_words_cannot_steer_a_terminal():
    hostile = TaskFailedError(Task("ee60", TaskState.FAIL, fail_msg="a\x1b[2Jb\x9b1mc\n\nd\u202ee\r\x00f\ud800"))

    (line,) = hostile._render_traceback_()

    assert line.isprintable()
    assert "a [2Jb 1mc d e f" in line
    assert line.startswith("TaskFailedError: Task ee60 failed")


def test_a_wait_that_ends_is_not_a_task_that_failed():
    error = WaitTimeoutError(Task("ee60", TaskState.UNKNOWN, raw={"state": "upscaling"}), 90.0)

    assert error.task.task_id == "ee60"
    assert "still upscaling" in str(error)
    assert "fail" not in str(error)

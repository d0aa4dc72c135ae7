"""Reads the task ids that callers pass: strings, also numpy's, and `uuid.UUID`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from ..model.errors import RunwayError, TaskIdError
from ..model.task_id import as_text, is_missing
from .key import Secret

TaskId = str | UUID
"""What is accepted as one task id."""

_KEY_AS_ID = "That is the API key, not a task id. Use the id that the service returned when the task was created."


def read_id(task_id: object) -> str:
    """Return a task id as text, without the whitespace around it.

    Raises:
        TaskIdError: If it is neither a string nor a UUID.
        RunwayError: If it is empty.
    """
    text: str | None = None
    problem = ""
    try:
        text = as_text(task_id)
    except TypeError as error:
        problem = str(error)
    if task_id is None:  # such as from a response without an id
        problem = "A task id must be a string, not NoneType."
    if problem:
        raise TaskIdError(problem)
    if text is None:
        raise RunwayError("The task id is empty. Use the id that the service returned when the task was created.")
    return text


def each_id(task_ids: object) -> list[str | RunwayError]:
    """Return each of several task ids as text, or the error of one that is missing or cannot be one.

    Args:
        task_ids: Anything that yields ids, such as a list, a generator or a pandas Series; or a single id.

    Raises:
        TaskIdError: If it is neither.
    """
    return [_id_or_error(task_id) for task_id in _listed(task_ids)]


def given_ids(task_ids: object) -> list[str]:
    """Return the ids among several values as text, as `each_id`; missing values are left out.

    Raises:
        TaskIdError: If a value that is not missing cannot be an id.
        RunwayError: If all are missing.
    """
    values = _listed(task_ids)
    given = [read_id(value) for value in values if not is_missing(value)]
    if values and not given:
        raise RunwayError("All task ids are missing. Use the ids that the service returned.")
    return given


def refuse_keys(task_ids: Iterable[str], keys: Collection[Secret]) -> None:
    """Refuse to send a key as a task id.

    Raises:
        TaskIdError: If one of the ids is or contains one of the keys.
    """
    if any(key.is_in(task_id) for task_id in task_ids for key in keys):
        raise TaskIdError(_KEY_AS_ID)


def _listed(task_ids: object) -> list[object]:
    if isinstance(task_ids, (str, UUID)):
        return [task_ids]
    if not isinstance(task_ids, Iterable):
        raise TaskIdError(f"Task ids must be a list of strings, not {type(task_ids).__name__}.")
    return list(task_ids)


def _id_or_error(task_id: object) -> str | RunwayError:
    try:
        return read_id(task_id)
    except RunwayError as error:
        return error.with_traceback(None)

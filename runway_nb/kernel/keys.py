"""Keep credentials from being looked up as task ids, and out of messages."""

from __future__ import annotations

from collections.abc import Iterable

from ..ids.credentials import looks_like_secret
from ..service import key
from ..service.key import KEY_VARIABLE, known_keys
from .usage import usage_error

_IS_KEY = (
    "The line contains the API key. A key is never looked up as a task id. Delete it from the cell, and give the id of "
    "a task."
)
_LOOKS_LIKE_KEY = (
    "The line contains what looks like an API key. A key is never looked up as a task id. Delete it from the cell; set "
    f"the environment variable {KEY_VARIABLE} or run %runway_login instead."
)


def refuse_keys(task_ids: Iterable[str]) -> None:
    """Raise if one of these ids is or contains a key in use, or has the form of a credential.

    Every id in a magic's line or cell passes here before it is looked up.

    Raises:
        UsageError: The message does not contain the key.
    """
    keys = known_keys()
    for task_id in task_ids:
        if any(each.is_in(task_id) for each in keys):
            raise usage_error(_IS_KEY)
        if looks_like_secret(task_id):
            raise usage_error(_LOOKS_LIKE_KEY)


def without_keys(text: str) -> str:
    """Replace the keys in use by an ellipsis."""
    return key.without_keys(text, "…")

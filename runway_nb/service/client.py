"""`RunwayClient`: looks tasks up over HTTP, once, many at a time, or until a task ends."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from types import TracebackType

import requests

from ..follow.budget import RateBudget
from ..follow.handle import WatchHandle
from ..follow.watcher import Watcher
from ..model.defaults import (
    DEFAULT_INTERVAL,
    DEFAULT_MAX_RATE,
    DEFAULT_TIMEOUT,
    LOOK_TIMEOUT,
    RETRIES,
    check_http_timeout,
)
from ..model.errors import AuthenticationError, ConnectionFailedError, RateLimitError, RunwayError, WrongTaskError
from ..model.sighting import Sighting
from ..model.task import Task, TaskState
from ..model.wait_errors import TaskFailedError
from .answer import read_answer
from .batch import Batch, Sleep
from .closing import run_then_close
from .ids import TaskId, each_id, read_id, refuse_keys
from .key import known_keys, read_given
from .retrying import retrying
from .route import Route
from .settings import DEFAULT_HTTP_TIMEOUT
from .transport import CONNECTIONS, Transport

WORKERS = CONNECTIONS
"""Maximum number of look-ups under way at once; slow ones do not count."""


class RunwayClient:
    """Looks tasks up. Safe to share between threads.

    Settings that are not given are found in the notebook and the environment, and a change counts from the next look.

    Args:
        api_key: The key; None to find it in the session, the environment or the keyring.
        base_url: The base URL; None for the simulator's during the demo, or else the one of ``%config``, the
            environment's, or ``https://api.apikley.ru``.
        session: Your own `requests.Session` (proxies, certificates). It is not changed or closed.
        timeout: Seconds to connect, and between two bytes of an answer. A look also has a limit in all, see `look`.
        retries: How many times `get` and `get_many` look again after an error that may pass.
        max_rate: Look-ups per second of `get_many` and `wait` together.

    Raises:
        MissingKeyError: If there is no key.
        SettingError: If the base URL or the key cannot be used.
        NumberError: If a number cannot be used.
    """

    def __init__(
        self,
        api_key: str | None = None,
        base_url: str | None = None,
        session: requests.Session | None = None,
        timeout: tuple[float, float] | float = DEFAULT_HTTP_TIMEOUT,
        *,
        retries: int = 2,
        max_rate: float = DEFAULT_MAX_RATE,
    ) -> None:
        given = read_given(api_key)
        del api_key  # a traceback may show this frame
        if isinstance(given, RunwayError):
            raise given
        check_http_timeout(timeout)
        RETRIES.check(retries)
        self.budget = RateBudget(max_rate)
        self._route = Route(given, base_url, session, timeout, self.budget.reset)
        self._retries = retries

    @property
    def base_url(self) -> str:
        """The base URL of the next look.

        Raises:
            SettingError: If it cannot be used.
        """
        return self._route.base_url

    def __repr__(self) -> str:
        try:
            return f"RunwayClient({self.base_url!r})"
        except (AttributeError, RunwayError):  # a traceback may show a client whose constructor failed
            return "RunwayClient()"

    def __enter__(self) -> RunwayClient:  # noqa: PYI034  # typing.Self is newer than Python 3.10
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections; the caller's own session stays open."""
        self._route.close()

    def refresh(self, *, keyring: bool = True) -> None:
        """Check the settings now, as `Route.refresh` does.

        Args:
            keyring: Whether to ask the keyring again if the key comes from there.

        Raises:
            RunwayError: As for the client itself.
        """
        self._route.refresh(keyring=keyring)

    def look(self, task_id: TaskId, *, within: float = LOOK_TIMEOUT) -> Task:
        """Look a task up, once.

        Args:
            task_id: The task's id; its format is not checked.
            within: Seconds that it may take in all, however slowly the answer arrives.

        Raises:
            RunwayError: An `ApiError`, `ConnectionFailedError` or `BadResponseError`; or if the id is empty, or a key.
        """
        task_id = read_id(task_id)
        started = time.monotonic()
        with self._route.transport() as transport:
            try:
                return self._ask(transport, task_id, within)
            except AuthenticationError as error:
                refused = error
        left = within - (time.monotonic() - started)  # without the time that a keyring may wait for the user
        if left <= 0 or not self._route.has_changed_since(transport):
            raise refused
        with self._route.transport() as transport:
            return self._ask(transport, task_id, left)

    def _ask(self, transport: Transport, task_id: str, within: float) -> Task:
        refuse_keys([task_id], (transport.key, *known_keys()))
        try:
            return read_answer(transport.ask(task_id, within), task_id)
        except WrongTaskError:
            self._route.close()  # the next answers on these connections may be mixed up, too
            raise

    def get(self, task_id: TaskId, *, within: float = LOOK_TIMEOUT) -> Task:
        """Look a task up, and look again after an error that may pass: no connection, 429, 5xx.

        Args:
            task_id: The task's id; its format is not checked.
            within: Seconds that all looks and the pauses between them may take together. A pause that would be longer,
                or longer than ten seconds, raises the error at once.

        Raises:
            RunwayError: As in `look`.
        """
        ends = time.monotonic() + within
        task_id = read_id(task_id)
        return retrying(
            lambda: self.look(task_id, within=ends - time.monotonic()), self._retries, lambda: ends - time.monotonic()
        )

    def get_many(
        self,
        task_ids: Iterable[TaskId | None],
        on_result: Callable[[str, Task | RunwayError], None] | None = None,
        *,
        within: float = math.inf,
    ) -> list[Task | RunwayError]:
        """Look many tasks up, a few at a time and within the rate budget.

        Args:
            task_ids: The ids; a repeated id is looked up once, and a missing one not at all.
            on_result: Called in this thread with each id ("" for a missing one) and its Task or error, as they arrive.
            within: Seconds for all of them together; what has not come by then has a `ConnectionFailedError`.

        Returns:
            For each id, in order: the Task, or the RunwayError that its look-up raised.
        """
        ids = each_id(task_ids)
        wanted = dict.fromkeys(each for each in ids if isinstance(each, str))
        found: dict[str, Task | RunwayError] = {}

        def note(task_id: str, result: Task | RunwayError) -> None:
            found[task_id] = result
            if on_result is not None:
                on_result(task_id, result)

        for each in ids:
            if not isinstance(each, str):
                note("", each)
        Batch(self._find, wanted, WORKERS).run(note, within)
        for task_id in wanted.keys() - found.keys():
            note(task_id, ConnectionFailedError(self.base_url.split("://", 1)[1], "no answer in time"))
        return [found[each] if isinstance(each, str) else each for each in ids]

    def _find(self, task_id: str, sleep: Sleep) -> Task:
        left = LOOK_TIMEOUT  # seconds for all looks at the task; the waits for their turns do not count

        def look() -> Task:
            nonlocal left
            sent_at = self.budget.acquire(sleep)
            began = time.monotonic()
            try:
                return self._look_in_turn(task_id, left, sent_at)
            finally:
                left -= time.monotonic() - began

        return retrying(look, self._retries, lambda: left, sleep)

    def wait(self, task_id: TaskId, timeout: float = DEFAULT_TIMEOUT, interval: float = DEFAULT_INTERVAL) -> Task:
        """Poll a task until it has ended.

        Args:
            task_id: The task.
            timeout: Seconds after which the wait ends; the task goes on.
            interval: Seconds between two looks.

        Returns:
            The task, in ``success``.

        Raises:
            TaskFailedError: If the task failed.
            WaitTimeoutError: If the timeout came first.
            WaitInterruptedError: If the user interrupted the wait.
            RunwayError: If another error ended the wait, such as a key that was not accepted.
        """
        task_id = read_id(task_id)
        watcher = Watcher(self.look, self.budget)

        def last_sighting() -> Sighting:
            handle = WatchHandle(watcher, [task_id], interval=interval, timeout=timeout)
            handle.wait()
            return handle.sightings[task_id]

        task = run_then_close(last_sighting, watcher.close).terminal_task()
        if task.state is TaskState.FAIL:
            raise TaskFailedError(task)
        return task

    def _look_in_turn(self, task_id: str, within: float, sent_at: float) -> Task:
        try:
            task = self.look(task_id, within=within)
        except RateLimitError as error:
            self.budget.rate_limited(error.retry_after, sent_at)
            raise
        self.budget.succeeded(sent_at)
        return task

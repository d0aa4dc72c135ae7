"""``%runway`` as Python functions: `show` displays a task's card, `watch` follows tasks without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ..follow.handle import WatchHandle
from ..model.defaults import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, DEFAULT_WIDTH
from ..model.task import Task
from ..screen.options import ShowOptions
from ..screen.presenter import Presenter
from ..service.ids import TaskId, given_ids, read_id, refuse_keys
from ..service.key import known_keys
from .session import current_session

if TYPE_CHECKING:
    from ..view.card.widget import TaskCard


def show(
    task_id: TaskId,
    *,
    watch: bool = False,
    interval: float = DEFAULT_INTERVAL,
    timeout: float = DEFAULT_TIMEOUT,
    width: int = DEFAULT_WIDTH,
    embed: bool = False,
) -> TaskCard:
    """Look up a task and show its card here, as ``%runway`` does.

    Args:
        task_id: The task.
        watch: Whether to poll the task until it ends.
        interval: Seconds between two looks while watching.
        timeout: Seconds after which watching stops. The task goes on.
        width: Maximum width of the card in pixels.
        embed: Whether to embed the video and picture in the card.

    Returns:
        The card: ``card.task``, ``card.observe``, ``await card.finished()``, ``card.close()``.

    Raises:
        NumberError: If the interval, the timeout or the width cannot be used, such as an interval of more than a day.
        RunwayError: If the task could not be looked up. With ``watch``, only a missing key, an unusable base URL
            and an interrupt are raised; other errors are shown in the card.
    """
    session = current_session()
    options = ShowOptions(interval, timeout, width, embed=embed or session.carries_media)
    then = Presenter.watch if watch else None
    presenter = session.present_one(read_id(task_id), options, follow=watch, then=then)
    return presenter.live_card


def watch(
    task_ids: TaskId | Iterable[TaskId | None],
    *,
    interval: float = DEFAULT_INTERVAL,
    timeout: float = DEFAULT_TIMEOUT,
    on_change: Callable[[Task], object] | None = None,
) -> WatchHandle:
    """Follow tasks without a card, in a notebook or a script.

    Args:
        task_ids: One id or many; missing ones, such as None, are left out.
        interval: Seconds between two looks at a task.
        timeout: Seconds after which following stops. The tasks go on.
        on_change: Called with a task after its first look and after each look that found a change, in a thread.

    Returns:
        A handle: ``handle.tasks``, ``handle.stop()``, ``handle.wait()``.

    Raises:
        MissingKeyError: If there is no key.
        SettingError: If the base URL or the key is not usable.
        ValueError: As for `show`.
    """
    ids = given_ids(task_ids)
    connection = current_session().connection
    connection.client()  # a missing key is an error of the cell
    refuse_keys(ids, known_keys())
    return WatchHandle(connection.watcher(), ids, interval=interval, timeout=timeout, on_change=on_change)

"""What ``%runway`` does, as Python functions: `show` a task on a card, `watch` tasks without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from . import following
from .handle import WatchHandle
from .presenter import ShowOptions
from .session import current_session
from .settings import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, DEFAULT_WIDTH
from .task import Task

if TYPE_CHECKING:
    from .view.card import TaskCard


def show(
    task_id: str,
    *,
    watch: bool = False,
    interval: float = DEFAULT_INTERVAL,
    timeout: float = DEFAULT_TIMEOUT,
    width: int = DEFAULT_WIDTH,
    embed: bool = False,
) -> TaskCard:
    """Look a task up and show its card here, as ``%runway`` does.

    Args:
        task_id: The task.
        watch: Whether to look again and again until it ends.
        interval: Seconds between two looks while watched.
        timeout: Seconds after which watching stops; the task goes on.
        width: Pixels of the card at most.
        embed: Whether the card carries the media themselves.

    Returns:
        The card: ``card.task``, ``card.observe``, ``await card.finished()``, ``card.close()``.

    Raises:
        ValueError: If the interval or the timeout is not above 0, or the interval longer than a day.
        RunwayError: If the task could not be seen; with ``watch`` only a missing key, an unusable base URL and an
            interrupt are raised, all else is shown.
    """
    session = current_session()
    options = ShowOptions(interval, timeout, width, embed=embed or session.carries_media)
    presenter = session.present_one(task_id, options, follow=watch)
    if watch:
        following.watch(presenter)
    return presenter.live_card


def watch(
    task_ids: str | Iterable[str],
    *,
    interval: float = DEFAULT_INTERVAL,
    timeout: float = DEFAULT_TIMEOUT,
    on_change: Callable[[Task], object] | None = None,
) -> WatchHandle:
    """Follow tasks without a card, in a notebook or a script.

    Args:
        task_ids: One id or many.
        interval: Seconds between two looks at a task.
        timeout: Seconds after which following stops; the tasks go on.
        on_change: Called with a task at its first look and whenever a look finds it changed, in a thread.

    Returns:
        A handle: ``handle.tasks``, ``handle.stop()``, ``handle.wait()``.

    Raises:
        MissingKeyError: If there is no key.
        SettingError: If the base URL cannot be used.
        ValueError: As `show`.
    """
    ids = [task_ids] if isinstance(task_ids, str) else task_ids
    return WatchHandle(
        current_session().connection.watcher(), ids, interval=interval, timeout=timeout, on_change=on_change
    )

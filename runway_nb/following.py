"""Following what is on the screen: in the background, or in the foreground, where the cell's own thread draws."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from .errors import TaskFailedError, WaitInterruptedError
from .sighting import Following, Sighting
from .task import TaskState

if TYPE_CHECKING:
    from .presenter import Presenter

_FOREGROUND_ONLY = "Following in the foreground; an interrupt ends the wait, not the task."
_SLICE = 0.2  # seconds; an interrupt is noticed within one


def watch(presenter: Presenter) -> None:
    """Follow tasks in the background; in the foreground where what a background thread changes is not drawn."""
    if presenter.has_thread_updates or presenter.settled:
        presenter.subscribe()
    else:
        print(_FOREGROUND_ONLY)  # noqa: T201  # said where the cell says things
        wait(presenter)


def wait(presenter: Presenter) -> None:
    """Follow tasks until none is followed any more.

    Raises:
        WaitInterruptedError: If the user interrupted; the tasks go on, and the screen says so.
    """
    news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    try:
        presenter.subscribe(news.put)
        while presenter.is_followed:
            with suppress(queue.Empty):
                news.get(timeout=_SLICE)()
    except KeyboardInterrupt:
        going_on = _interrupt(presenter, news)
    else:
        return
    raise WaitInterruptedError(going_on)


def _interrupt(presenter: Presenter, news: queue.SimpleQueue[Callable[[], None]]) -> tuple[str, ...]:
    """Stop following, and say so for every task that goes on, wherever the interrupt struck."""
    going_on = tuple(each.task_id for each in presenter.sightings if each.following is Following.ON)
    presenter.unfollow(Following.INTERRUPTED)
    with suppress(queue.Empty):
        while True:
            news.get_nowait()()
    for sighting in presenter.sightings:
        if sighting.following is Following.ON:
            presenter.show(sighting.stopped(Following.INTERRUPTED))
    return going_on


def look_here(presenter: Presenter, task_id: str | None = None) -> None:
    """Look once at a task, or at all that may have changed, and draw what came of it here."""
    news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    before = {each.task_id: each for each in presenter.sightings}
    asked = presenter.ask(task_id, news.put)
    while any(each is before[each.task_id] for each in presenter.sightings if each.task_id in asked):
        with suppress(queue.Empty):
            news.get(timeout=_SLICE)()


def raise_for(sightings: Sequence[Sighting]) -> None:
    """Fail the cell if a wait did not end well, so that "Run All" stops there.

    Raises:
        TaskFailedError: If a task failed.
        WaitTimeoutError: If the deadline passed.
        RunwayError: What ended a watch otherwise, such as a key that is not accepted.
    """
    failed = [each.task for each in sightings if each.task is not None and each.task.state is TaskState.FAIL]
    if failed:
        raise TaskFailedError(failed[0], others=len(failed) - 1)
    for sighting in sightings:
        sighting.terminal_task()

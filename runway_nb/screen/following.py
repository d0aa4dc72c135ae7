"""Following what is on the screen: in the background or the foreground, and the wait that both can end in."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from contextlib import suppress

from ..model.defaults import WAIT_SLICE
from ..model.sighting import Following, Sighting
from ..model.task import TaskState
from ..model.wait_errors import TaskFailedError, WaitInterruptedError
from ..view.say import say
from .presenter import Presenter
from .services import Mode
from .surface import Surface

_FOREGROUND_ONLY = "Following in the foreground. An interrupt ends the wait, not the task."
_PRINTED_LATER = (
    "Following in the background. The end is printed below; jupyter console prints it after your next line."
)


class Background:
    """The watcher's threads draw, and the cell goes on."""

    draws_later = True

    def watch(self, presenter: Presenter) -> None:
        """Follow the tasks that have not ended, and look once, last, at those that the record says have."""
        presenter.subscribe()
        presenter.look_at_ended()

    def follow(self, presenter: Presenter, task_id: str | None = None) -> None:
        """Follow one task, or all that have not ended, because a control was pressed."""
        if task_id is None:
            presenter.expect_following(save=True)
            presenter.subscribe()
        else:
            presenter.follow_task(task_id)

    def look(self, presenter: Presenter, task_id: str | None = None) -> None:
        """Look once at one task, or at all that may have changed."""
        presenter.ask(task_id)


class PrintedBackground(Background):
    """The same where an output is never replaced, so that nothing else shows that the tasks are followed."""

    def watch(self, presenter: Presenter) -> None:
        """Follow the tasks as `Background` does, and say so."""
        if not presenter.settled:
            say(_PRINTED_LATER)
        super().watch(presenter)


class Foreground:
    """The cell's own thread draws, since what another thread changes is not drawn."""

    draws_later = False

    def watch(self, presenter: Presenter) -> None:
        """Follow the tasks that have not ended, until the last one has."""
        if not presenter.settled:
            say(_FOREGROUND_ONLY)
            wait(presenter)

    def follow(self, presenter: Presenter, task_id: str | None = None) -> None:  # noqa: ARG002  # one wait is for all
        """Follow all tasks that have not ended, because a control was pressed."""
        wait(presenter)

    def look(self, presenter: Presenter, task_id: str | None = None) -> None:
        """Look once at one task, or at all that may have changed, and draw the answers here."""
        news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        before = {each.task_id: each for each in presenter.sightings}
        asked = presenter.ask(task_id, news.put)
        while any(each is before[each.task_id] for each in presenter.sightings if each.task_id in asked):
            with suppress(queue.Empty):
                news.get(timeout=WAIT_SLICE)()


def mode_for(surface: Surface) -> Mode[Presenter]:
    """Return how tasks are followed on a surface."""
    if not surface.has_thread_updates:
        return Foreground()
    return Background() if surface.replaces else PrintedBackground()


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
                news.get(timeout=WAIT_SLICE)()
    except KeyboardInterrupt:
        going_on = _interrupt(presenter, news)
    else:
        return
    raise WaitInterruptedError(going_on)


def _interrupt(presenter: Presenter, news: queue.SimpleQueue[Callable[[], None]]) -> tuple[str, ...]:
    """Stop following, and show it on every task that goes on, wherever the interrupt came."""
    going_on = tuple(each.task_id for each in presenter.sightings if each.following is Following.ON)
    presenter.unfollow(Following.INTERRUPTED)
    with suppress(queue.Empty):
        while True:
            news.get_nowait()()
    stop(presenter)
    return going_on


def stop(presenter: Presenter, following: Following = Following.INTERRUPTED) -> None:
    """Stop following, and show it on every task, wherever an interrupt or an error came."""
    presenter.unfollow(following)
    presenter.withdraw()
    for sighting in presenter.sightings:
        if sighting.following is Following.ON:
            presenter.show(sighting.stopped(following))


def raise_for(sightings: Sequence[Sighting]) -> None:
    """Fail the cell if a wait did not end well, so that "Run All" stops there.

    Raises:
        TaskFailedError: If a task failed.
        WaitTimeoutError: If the deadline passed.
        RunwayError: If anything else ended it, such as a key that is not accepted.
    """
    failed = [each.task for each in sightings if each.task is not None and each.task.state is TaskState.FAIL]
    if failed:
        raise TaskFailedError(failed[0], others=len(failed) - 1)
    for sighting in sightings:
        sighting.terminal_task()

"""`Session`: what one kernel shares between its cards: a connection, the record, and what is on the screen."""

from __future__ import annotations

import atexit
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython

from ..model.errors import RunwayError
from ..model.sighting import Following
from ..model.task import Task
from ..record.history import TaskHistory
from ..screen.board import BoardPresenter
from ..screen.card import CardPresenter
from ..screen.following import mode_for, stop
from ..screen.interrupted import follow_up, interrupted
from ..screen.options import ShowOptions
from ..screen.presenter import Presenter
from ..screen.services import Services
from ..screen.surface import current_surface
from ..service.media import embedded_media
from ..view.shared import close_shared, disconnect_shared
from .areas import Areas
from .connection import Connection
from .lookup import LookUp

if TYPE_CHECKING:
    from ..model.media import Embedded
    from ..view.card.widget import TaskCard


class Session:
    """One kernel's tasks: looked up, recorded, and on the screen.

    Attributes:
        history: The record of tasks seen.
        connection: The way to the service.
        lookup: Looks tasks up and records them.
    """

    def __init__(self) -> None:
        self.history = TaskHistory(self._record_folder)
        self.connection = Connection(self.history.note)
        self.lookup = LookUp(self.connection, self.history)
        self._demo_folder: TemporaryDirectory[str] | None = None
        self._areas = Areas()

    @property
    def carries_media(self) -> bool:
        """Whether cards embed their media, as the demo's do: a browser elsewhere cannot reach this loopback."""
        return self.connection.demo is not None

    def start_demo(self) -> None:
        """Look tasks up at a local simulator from now on, with a separate record."""
        if self.connection.demo is not None:
            return
        try:
            self._demo_folder = self._demo_folder or TemporaryDirectory(prefix="runway_nb-demo-")
            self.connection.start_demo()
            self.history.reset()
        except BaseException:  # an interrupt, too
            self.stop_demo()
            raise

    def stop_demo(self) -> None:
        """Look tasks up at the service again. An interrupt is raised after that is done."""
        try:
            self._stop_demo()
        except BaseException:
            self._stop_demo()
            raise

    def _stop_demo(self) -> None:
        self.connection.stop_demo()  # first: the cards that show this ask the record, which opens its file again
        if self._demo_folder is not None:
            self.history.reset()
            self._demo_folder.cleanup()
            self._demo_folder = None

    def present(
        self,
        task_ids: Sequence[str],
        options: ShowOptions,
        *,
        follow: bool = False,
        at_once: bool = False,
        on_board: Callable[[BoardPresenter], object] | None = None,
        then: Callable[[Presenter], object] | None = None,
    ) -> Presenter:
        """Look tasks up and show them: one as a card, several as a board. An interrupt stops all of it.

        Args:
            task_ids: The ids, each once.
            options: How to show and follow them.
            follow: Whether they will be followed; errors are then shown, not raised.
            at_once: Whether to return a board before its tasks were looked at, if a thread can draw it.
            on_board: Called with a board before its tasks are looked at.
            then: Called with what is shown, to follow it.

        Raises:
            RunwayError: As `LookUp.many`.
            LooksInterruptedError: If the user interrupted the first looks.
            WaitInterruptedError: If the user interrupted what came then.
        """
        if len(task_ids) == 1:
            return self.present_one(task_ids[0], options, follow=follow, then=then)
        board = None
        began = monotonic()
        try:
            self.connection.client()  # a missing key is an error of the cell, not of every row
            board = BoardPresenter(self._services(), [self.history.known(task_id) for task_id in task_ids], options)
            self._areas.keep(board)
            if on_board is not None:
                on_board(board)
            self._fill(board, follow=follow, at_once=at_once, within=options.timeout if follow else math.inf)
            follow_up(board, then, began)
            return board  # noqa: TRY300  # an interrupt in this line stops it, too
        except KeyboardInterrupt as interrupt:
            raise interrupted(interrupt, board, len(task_ids)) from None
        except RunwayError:
            if board is not None:
                stop(board, Following.OFF)  # its rows are shown as followed
            raise

    def present_one(
        self,
        task_id: str,
        options: ShowOptions,
        *,
        follow: bool = False,
        then: Callable[[Presenter], object] | None = None,
    ) -> CardPresenter:
        """Look a task up and show its card, as `present` does."""
        presenter = None
        try:
            began = monotonic()
            (sighting,) = self.lookup.many([task_id], patient=follow, within=options.timeout if follow else math.inf)
            presenter = CardPresenter(self._services(), sighting, options)
            self._areas.keep(presenter)
            if follow:
                presenter.expect_following()
            presenter.display()
            follow_up(presenter, then, began)
            return presenter  # noqa: TRY300  # an interrupt in this line stops it, too
        except KeyboardInterrupt as interrupt:
            raise interrupted(interrupt, presenter, 1) from None
        except RunwayError:
            if presenter is not None:
                stop(presenter, Following.OFF)  # it is shown as followed
            raise

    def _fill(self, presenter: BoardPresenter, *, follow: bool, at_once: bool, within: float) -> None:
        """Show a board of what the record knows, and look its tasks up while the reader watches.

        Tasks that may have changed are looked at first, those known to have ended last.
        """
        services = self._services()
        looks_later = follow and at_once and services.mode.draws_later and services.surface.replaces
        if looks_later:
            presenter.await_looks()
            presenter.expect_following()
            presenter.display()
            return
        if services.surface.replaces:
            presenter.display()
        else:
            presenter.tell_fetching()
        try:
            changing_first = sorted(presenter.sightings, key=lambda sighting: sighting.settled)
            ids = [sighting.task_id for sighting in changing_first]
            self.lookup.many(ids, on_seen=presenter.show, within=within)
            if follow:
                presenter.expect_following()
        finally:
            presenter.gathered()
            presenter.display()

    def media(self, tasks: Iterable[Task]) -> dict[str, Embedded]:
        """Return the media that views of these tasks embed, by task id; none unless `carries_media`."""
        return {task.task_id: embedded_media(task) for task in tasks} if self.carries_media else {}

    def forget_cell(self) -> None:
        """Close what the cell that is about to run showed before, as `Areas.begin_cell` does."""
        self._areas.begin_cell()

    def close(self) -> None:
        """Stop and close everything."""
        self._areas.close()
        self.stop_demo()
        self.connection.close()
        self.history.close()
        close_shared()

    def leave(self) -> None:
        """Stop everything before the kernel ends. Cards and boards stay on the page and say that they are not live."""
        self._areas.leave()
        disconnect_shared()
        self.stop_demo()
        self.connection.close()
        self.history.close()

    def _services(self) -> Services:
        surface = current_surface()
        return Services(self.connection.watcher, surface, mode_for(surface), self.history.usual, self._open_card)

    def _open_card(self, task_id: str, options: ShowOptions) -> TaskCard:
        """Make a live card that looks at its task. The card or board that it is put into closes it."""
        known = self.history.known(task_id)
        presenter = CardPresenter(self._services(), known, replace(options, static=False, freeze=False))
        presenter.look()
        return presenter.live_card

    def _record_folder(self) -> Path | None:
        """Return IPython's profile folder, where its own history is; the demo's tasks go into a temporary one."""
        if self._demo_folder is not None and self.connection.demo is not None:
            return Path(self._demo_folder.name)
        shell = get_ipython()
        return None if shell is None else Path(shell.profile_dir.location)


_current: Session | None = None


def current_session() -> Session:
    """Return the kernel's session, made when first needed."""
    global _current  # noqa: PLW0603  # one kernel, one session: the magics and the Python functions share it
    if _current is None:
        session = Session()
        atexit.register(session.leave)
        _current = session
    return _current


def session_if_any() -> Session | None:
    """Return the kernel's session, or None if nothing has needed it yet."""
    return _current


def close_session() -> None:
    """Stop and close everything that the session holds; the next use creates a new one.

    After an interrupt, the session is still there, and it can be used or closed again.
    """
    global _current  # noqa: PLW0603  # as above
    if _current is not None:
        _current.close()
        atexit.unregister(_current.leave)
        _current = None

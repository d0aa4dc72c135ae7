"""`Session`: what one kernel shares between its cards: a connection, a memory, and what is on the screen."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython

from .board_presenter import BoardPresenter
from .card_presenter import CardPresenter
from .connection import Connection
from .embedding import embedded_media
from .errors import LooksInterruptedError, RunwayError, TaskNotFoundError
from .memory import Memory
from .presenter import Presenter, Services, ShowOptions
from .sighting import Sighting
from .surface import current_surface
from .task import Task

if TYPE_CHECKING:
    from .view.card import TaskCard
    from .view.html import Embedded


class Session:
    """One kernel's tasks: looked up, remembered, and on the screen.

    Attributes:
        memory: What was seen.
        connection: Who is asked.
    """

    def __init__(self) -> None:
        self.memory = Memory(self._record_folder)
        self.connection = Connection(self.memory.note)
        self._demo_folder: TemporaryDirectory[str] | None = None
        self._shown: dict[str | None, list[Presenter]] = {}

    @property
    def carries_media(self) -> bool:
        """Whether cards carry their media, as the demo's do: a browser elsewhere cannot reach this loopback."""
        return self.connection.demo is not None

    def start_demo(self) -> None:
        """Play the API locally from now on, with a record of its own."""
        if self.connection.demo is None:
            self.connection.start_demo()
            self._demo_folder = TemporaryDirectory(prefix="runway_nb-demo-")
            self.memory.reset()

    def stop_demo(self) -> None:
        """Go back to the service."""
        self.connection.stop_demo()  # first: cards that are told of it ask the record, which opens it again
        folder, self._demo_folder = self._demo_folder, None
        if folder is not None:
            self.memory.reset()
            folder.cleanup()

    def look_up(
        self,
        task_ids: Sequence[str],
        *,
        patient: bool = False,
        on_seen: Callable[[Sighting], object] | None = None,
    ) -> list[Sighting]:
        """Look tasks up, one request each.

        Args:
            task_ids: The ids.
            patient: Whether an error is a beginning, not the end, since the tasks are to be followed.
            on_seen: Called with each sighting as it comes.

        Raises:
            RunwayError: If one task was asked for and could not be seen, unless `patient`. Of several tasks,
                each carries its own error. A missing key is raised in any case.
            LooksInterruptedError: If the user interrupted.
        """
        seen: dict[str, Sighting] = {}

        def note(task_id: str, result: Task | RunwayError) -> None:
            seen[task_id] = self._sighted(task_id, result)
            if on_seen is not None:
                on_seen(seen[task_id])

        try:
            if len(task_ids) == 1 and not patient:
                note(task_ids[0], self._got(task_ids[0]))
            else:
                self.connection.client().get_many(task_ids, note)
        except KeyboardInterrupt:
            raise LooksInterruptedError(len(seen), len(task_ids)) from None
        return [seen[task_id] for task_id in task_ids]

    def get(self, task_id: str) -> Task:
        """Look one task up, and remember it.

        Raises:
            RunwayError: If it could not be seen and is not remembered either.
        """
        (sighting,) = self.look_up([task_id])
        if sighting.task is None:
            raise sighting.error or RunwayError(f"Task {task_id} could not be seen.")
        return sighting.task

    def present(self, task_ids: Sequence[str], options: ShowOptions, *, follow: bool = False) -> Presenter:
        """Look tasks up and show them: one as a card, several as a board.

        Args:
            task_ids: The ids, each once.
            options: How to show and follow them.
            follow: Whether they are to be followed: then an error is a beginning, not the end.

        Raises:
            RunwayError: As `look_up`.
        """
        if len(task_ids) == 1:
            return self.present_one(task_ids[0], options, follow=follow)
        return self.present_many(task_ids, options, follow=follow)

    def present_one(self, task_id: str, options: ShowOptions, *, follow: bool = False) -> CardPresenter:
        """Look a task up and show its card, as `present` does."""
        (sighting,) = self.look_up([task_id], patient=follow)
        presenter = CardPresenter(self._services(), sighting, options)
        self._keep(presenter)
        if follow:
            presenter.expect_following()
        presenter.display()
        return presenter

    def present_many(self, task_ids: Sequence[str], options: ShowOptions, *, follow: bool = False) -> BoardPresenter:
        """Show a board, and look its tasks up before the reader's eyes, as `present` does."""
        services = self._services()
        presenter = BoardPresenter(services, [self.memory.known(task_id) for task_id in task_ids], options)
        self._keep(presenter)
        if services.surface.replaces:
            presenter.display()
        try:
            self.look_up(task_ids, on_seen=presenter.show)
            if follow:
                presenter.expect_following()
        finally:
            presenter.gathered()
            presenter.display()
        return presenter

    def media(self, sightings: Iterable[Sighting]) -> dict[str, Embedded]:
        """The media that views of these tasks carry, by task id; none unless `carries_media`."""
        if not self.carries_media:
            return {}
        return {each.task_id: embedded_media(each.task) for each in sightings if each.task is not None}

    def forget_cell(self) -> None:
        """Close what the cell that is about to run showed before: its output is replaced, its widgets are not."""
        cell = _current_cell()
        if cell is not None:
            for presenter in self._shown.pop(cell, []):
                presenter.close()

    def close(self) -> None:
        """Stop and close everything."""
        for presenters in self._shown.values():
            for presenter in presenters:
                presenter.close()
        self._shown.clear()
        self.stop_demo()
        self.memory.close()

    def _services(self) -> Services:
        return Services(self.connection.watcher, current_surface(), self.memory.usual, self._open_card)

    def _open_card(self, task_id: str, options: ShowOptions) -> TaskCard:
        """Make a live card that looks at its task by itself. Whoever it is put into closes it."""
        known = self.memory.known(task_id)
        presenter = CardPresenter(self._services(), known, replace(options, static=False, freeze=False))
        presenter.look()
        return presenter.live_card

    def _keep(self, presenter: Presenter) -> None:
        self._shown.setdefault(_current_cell(), []).append(presenter)

    def _got(self, task_id: str) -> Task | RunwayError:
        """Look one task up. A task that the service no longer knows is shown as it was last seen."""
        try:
            return self.connection.client().get(task_id)
        except TaskNotFoundError as error:
            if self.memory.known(task_id).task is None:
                raise
            return error

    def _sighted(self, task_id: str, result: Task | RunwayError) -> Sighting:
        now = datetime.now(timezone.utc)
        known = self.memory.known(task_id)
        if isinstance(result, RunwayError):
            return known.failed(result, now)
        sighting = known.saw(result, now)
        self.memory.note(sighting)
        return sighting

    def _record_folder(self) -> Path | None:
        """Beside IPython's own history; the demo's tasks are nobody's and go elsewhere."""
        if self._demo_folder is not None:
            return Path(self._demo_folder.name)
        shell = get_ipython()
        return None if shell is None else Path(shell.profile_dir.location)


_current: Session | None = None


def current_session() -> Session:
    """The kernel's session, made when first needed."""
    global _current  # noqa: PLW0603  # one kernel, one session: the magics and the Python functions share it
    if _current is None:
        _current = Session()
        atexit.register(close_session)
    return _current


def session_if_any() -> Session | None:
    """The kernel's session, unless nothing has needed it yet."""
    return _current


def close_session() -> None:
    """Stop and close everything that the session holds; the next need makes a new one."""
    global _current
    if _current is not None:
        atexit.unregister(close_session)
        session, _current = _current, None
        session.close()


def _current_cell() -> str | None:
    """The id of the running cell, where the front-end sends one."""
    shell = get_ipython()
    get_parent = getattr(shell, "get_parent", None)
    if get_parent is None:
        return None
    cell: str | None = get_parent().get("metadata", {}).get("cellId")
    return cell

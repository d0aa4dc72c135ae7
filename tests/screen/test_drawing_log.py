"""Where nothing can be drawn at all, following goes on, and the log says so once."""

from __future__ import annotations

import logging

import pytest
from support.tasks import NOW

from runway_nb.model.sighting import Following, Sighting
from runway_nb.model.task import Task
from runway_nb.screen.board import BoardPresenter
from runway_nb.screen.card import CardPresenter
from runway_nb.screen.following import Background
from runway_nb.screen.options import ShowOptions
from runway_nb.screen.presenter import Presenter, Services
from runway_nb.screen.surface import TerminalSurface
from runway_nb.screen.trouble import DrawingLog, with_trouble
from runway_nb.view.mime import Bundle


class BrokenSurface(TerminalSurface):
    """A surface that raises what ipykernel 7.0.0 raises in a thread, until it is mended."""

    def __init__(self) -> None:
        self.is_broken = False
        self.shown: list[str] = []
        self.tried = 0

    def put(self, bundle: Bundle) -> BrokenSurface:
        self.replace(bundle, final=False)
        return self

    def replace(self, bundle: Bundle, *, final: bool) -> None:  # noqa: ARG002  # each one is shown
        self.tried += 1
        if self.is_broken:
            raise LookupError("shell_parent")
        self.shown.append(bundle.text)

    def tell(self, line: str) -> None:
        """Say nothing."""


@pytest.mark.parametrize("kind", ["card", "board"])
def test_following_goes_on(kind: str, caplog: pytest.LogCaptureFixture):
    surface = BrokenSurface()
    presenter = _presenter(kind, Services(lambda: None, surface, Background(), lambda _: None, None))
    presenter.display()
    surface.is_broken = True
    tried = surface.tried
    with caplog.at_level(logging.ERROR):
        for place in range(20):
            presenter.show(_stopped("task-1"))
            presenter.show(_known("task-1", f"state {place}"))
    assert presenter.is_followed
    assert 0 < surface.tried - tried <= 80  # at most twice for each sighting
    assert caplog.text.count("An output could not be updated.") <= 20
    surface.is_broken = False
    for task_id in ("task-1", "task-2")[: len(presenter.sightings)]:
        presenter.show(_stopped(task_id))
    assert "could not be updated" not in surface.shown[-1]


def test_the_same_error_is_logged_once(caplog: pytest.LogCaptureFixture):
    errors = DrawingLog()
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            errors.log(LookupError("shell_parent"))
        assert caplog.text.count("An output could not be updated.") == 1
        errors.reset()
        errors.log(LookupError("shell_parent"))
        errors.log(ValueError())
    assert caplog.text.count("An output could not be updated.") == 3


def test_trouble_is_on_its_own_task_only():
    surface = BrokenSurface()
    services = Services(lambda: None, surface, Background(), lambda _: None, None)
    presenter = BoardPresenter(services, [_known("task-1"), _known("task-2")], ShowOptions(static=True))
    presenter.display()
    presenter.show(_known("task-1").stopped(Following.ENDED))
    surface.is_broken = True
    presenter.show(_known("task-2").stopped(Following.ENDED))
    assert [bool(each.error) for each in presenter.sightings] == [False, True]
    surface.is_broken = False
    presenter.show(_known("task-2"))
    assert [each.error for each in presenter.sightings] == [None, None]


def test_why_is_said_with_advice():
    shown = with_trouble(_known("task-1"), LookupError("shell_parent"))
    assert shown.following is Following.ON
    assert shown.error.title == "This output could not be updated"
    assert str(shown.error) == (
        "LookupError: shell_parent. The next check tries again, and so does running the cell again. "
        "Upgrade ipykernel: 7.0.0 and 7.0.1 cannot draw from a thread."
    )


def _presenter(kind: str, services: Services) -> Presenter:
    options = ShowOptions(static=True)
    if kind == "card":
        return CardPresenter(services, _known("task-1"), options)
    return BoardPresenter(services, [_known("task-1"), _known("task-2")], options)


def _known(task_id: str, state: str = "generating") -> Sighting:
    return Sighting(task_id).saw(Task.from_data({"taskId": task_id, "state": state}), NOW).due(None)


def _stopped(task_id: str) -> Sighting:
    return _known(task_id, "success").stopped(Following.ENDED)

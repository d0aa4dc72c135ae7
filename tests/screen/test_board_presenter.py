"""A board without widgets: what is looked at, and what is followed, after its watch was switched off."""

from dataclasses import replace

import pytest
from support.tasks import NOW
from support.waiting import wait_until
from support.watching import FakeService, no_thread_left, task

from runway_nb.follow.budget import RateBudget
from runway_nb.follow.watcher import Watcher
from runway_nb.model.sighting import Following, Sighting
from runway_nb.model.task import TaskState
from runway_nb.screen.board import BoardPresenter
from runway_nb.screen.following import Background
from runway_nb.screen.options import ShowOptions
from runway_nb.screen.presenter import Services
from runway_nb.screen.surface import TerminalSurface


def known(task_id, state):
    return replace(Sighting(task_id).saw(task(task_id, state), NOW), from_record=True)


@pytest.fixture
def service():
    return FakeService()


@pytest.fixture
def board(service):
    with no_thread_left():
        watcher = Watcher(service, RateBudget(10_000, 10_000))
        services = Services(lambda: watcher, TerminalSurface(), Background(), lambda _: None, None)
        sightings = [known("ended", TaskState.FAIL), known("going on", TaskState.GENERATING)]
        yield BoardPresenter(services, sightings, ShowOptions(static=True))
        service.open.set()
        watcher.close()


def following(board):
    return {each.task_id: each.following for each in board.sightings}


def test_only_what_goes_on_is_shown_as_followed(board):
    board.expect_following()
    assert following(board) == {"ended": Following.OFF, "going on": Following.ON}


def test_switched_off_board_follows_nothing_that_goes_on_after_all(board, service):
    service.open.clear()
    board.await_looks()
    board.watch()
    service.wait_for_looks_at_once(2)
    board.unfollow()
    service.open.set()
    wait_until(lambda: not board.sightings[0].from_record)
    assert following(board) == {"ended": Following.OFF, "going on": Following.OFF}

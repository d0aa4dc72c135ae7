"""A fault in drawing one task costs its own row, card or line, which says so; all others are drawn as ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from support.boards import Actions, Reader, make_board, markup
from support.cards import plain
from support.tasks import NOW, seen

from runway_nb.model.errors import RunwayError
from runway_nb.model.lineage import Lineage, Link
from runway_nb.model.sighting import Sighting
from runway_nb.view import fault
from runway_nb.view.board import saved as saved_board
from runway_nb.view.board.query import Order, Query, ordered, select, tally
from runway_nb.view.board.row import Row
from runway_nb.view.card import saved
from runway_nb.view.card.widget import TaskCard
from runway_nb.view.mime import Bundle
from runway_nb.view.reports import compare, history, lineage, report

SAID = "This task could not be drawn (TypeError). To see its raw response, use --json."
FAULT = "could not be drawn (TypeError)"  # a terminal may cut the rest
ENVIRONMENT = report.Environment((), "a notebook", "Linux")


class Broken:
    """A value that cannot even be compared or written."""

    def _fail(self, *_: object) -> Any:
        raise TypeError("broken")

    __bool__ = __str__ = __repr__ = __eq__ = __len__ = __iter__ = __getattr__ = __format__ = _fail
    __hash__ = object.__hash__


class BrokenError(RunwayError):
    """An error that cannot say what happened."""

    def __str__(self) -> str:
        raise TypeError("broken")


def with_field(**fields: Any) -> Callable[[Sighting], Sighting]:
    return lambda sighting: replace(sighting, task=replace(sighting.seen_task(), **fields))


POISONS = {
    "prompt": with_field(prompt=Broken()),
    "message": with_field(fail_msg=Broken()),
    "error": lambda sighting: sighting.failed(BrokenError(), NOW),
}
"""What makes each drawing of a failed task raise an exception."""


def sound() -> Sighting:
    return seen("fail", task_id="sound-1", generateParam={"prompt": "a calm sea"}, failMsg="The server is busy.")


@pytest.fixture(params=POISONS)
def broken(request: pytest.FixtureRequest) -> Sighting:
    """A task that cannot be drawn."""
    start = seen("fail", task_id="broken-1", generateParam={"prompt": "a"}, failMsg="The server is busy.")
    return POISONS[request.param](start)


def both(bundle: Bundle) -> tuple[str, str]:
    return plain(bundle.data["text/html"]), " ".join(bundle.text.split())


def test_card(broken: Sighting):
    for shown in both(saved.card(broken, NOW)):
        assert shown == f"? unknown broken-1 {SAID}"


def test_live_card_recovers(broken: Sighting):
    card = TaskCard(broken, Actions())
    assert f"? unknown broken-1 {SAID}" in plain(markup(card))
    for part in ("top", "bottom"):  # the style sheet lays out these
        assert f'class="runway-{part}"' in markup(card)
    card.show(replace(sound(), task_id="broken-1"))
    assert "a calm sea" in markup(card)
    assert "could not be drawn" not in markup(card)
    card.show(broken)
    assert SAID in plain(markup(card))


def test_live_card_with_a_parent_that_is_no_id():
    for shown in (sound(), with_field(prompt=Broken())(sound())):
        card = TaskCard(with_field(parent_task_id=Broken())(shown), Actions())
        assert "could not be drawn (TypeError)" in markup(card)


def test_comparison_with_a_value_that_is_no_text():
    shown = compare.draw(with_field(image_url=5)(sound()), replace(sound(), task_id="other-1"), NOW)
    assert "could not be drawn (TypeError)" in shown.data["text/html"]
    assert "other-1" in shown.data["text/html"]


def test_live_board(broken: Sighting):
    board = make_board([sound(), broken])
    first, second = Reader(board).rows
    assert "a calm sea" in first
    assert second == f"? ? unknown broken-1 {SAID}"
    board.update(replace(sound(), task_id="broken-1"))
    assert "could not be drawn" not in Reader(board).text
    board.update(broken)
    board.gathered()
    assert Reader(board).rows[1] == f"? ? unknown broken-1 {SAID}"
    board.open_task("broken-1")
    assert SAID in plain(markup(board.card))
    board.close_task()


def test_filters_and_orders(broken: Sighting):
    rows = [Row.of(place, each) for place, each in enumerate((broken, sound()))]
    assert tally(rows).states == {"unknown": 1, "fail": 1}
    assert [row.sighting.task_id for row in select(rows, Query(text="calm")).rows] == ["sound-1"]
    assert [row.sighting.task_id for row in select(rows, Query(text="broken-1")).rows] == ["broken-1"]
    for order in Order:
        assert len(ordered(rows, order)) == 2
    assert rows[0].seen(sound()).fault == ""


@pytest.mark.parametrize("since", ["soon", 5, datetime.min, datetime.max])  # noqa: DTZ901  # the case
def test_steps_with_a_time_that_is_none(since: Any):
    start = seen("wait", "generating", task_id="broken-1")
    steps = tuple(replace(step, since=since) for step in start.steps)
    board = make_board([sound(), start])
    board.update(replace(start, steps=steps))
    board.gathered()
    for place in range(len(Order)):
        Reader(board).order.index = place
        assert "a calm sea" in Reader(board).text


def test_saved_board(broken: Sighting):
    for shown in both(saved_board.board([broken, sound()], NOW)):
        assert shown.count(FAULT) == 1
        assert "a calm sea" in shown
        assert "fail 1" in shown


def test_history(broken: Sighting):
    for shown in both(history.draw([broken, sound()], NOW)):
        assert "sound-1" in shown
        assert "service fault: The server is busy." in shown


@pytest.mark.parametrize("name", ["prompt", "message"])
def test_history_row(name: str):
    shown = both(history.draw([POISONS[name](seen("fail" if name == "message" else "wait"))], NOW))

    assert [FAULT in each for each in shown] == [True, True]


def test_lineage(broken: Sighting):
    links = [Link(each.task_id, each.task, each.error) for each in (broken, sound())]
    for shown in both(lineage.draw(Lineage(tuple(links)), NOW)):
        assert shown.count(SAID) == 1
        assert "a calm sea" in shown


@pytest.mark.parametrize("name", ["prompt", "message", "error"])
def test_comparison(name: str):
    for shown in both(compare.draw(POISONS[name](sound()), replace(sound(), task_id="other-1"), NOW)):
        assert "other-1" in shown
        assert "could not be drawn (TypeError)" in shown
        assert "server is busy" in shown


def test_report(broken: Sighting):
    for redact in (False, True):
        shown = report.markdown(broken, redact=redact, now=NOW, environment=ENVIRONMENT)
        assert "- Extends task: none\n" in shown
        assert "could not be drawn (TypeError)" in shown
        assert "### Raw response" in shown


def test_report_of_a_task_without_readable_fields():
    task = with_field(state=Broken(), prompt=Broken(), generate_time="soon", video=Broken(), parent_task_id=Broken())
    shown = report.markdown(task(sound()), redact=True, now=NOW, environment=ENVIRONMENT)

    assert "- State: could not be drawn (TypeError)\n- Code: " not in shown
    assert "- Prompt: could not be drawn (TypeError)\n" in shown
    assert "- Generated: could not be drawn (AttributeError)\n" in shown
    assert "- First seen: 2026-11-24 12:00:00 UTC\n" in shown


def test_raw_values_that_cannot_be_written_are_named():
    task = replace(sound().seen_task(), raw={"state": Broken(), "generateParam": {"prompt": "p", "style": Broken()}})
    for shown in both(saved.card(replace(sound(), task=task), NOW)):
        assert "a calm sea" in shown
        assert "<Broken>" in shown


def test_fault_is_logged_for_those_who_look(caplog: pytest.LogCaptureFixture):
    with caplog.at_level("DEBUG", logger="runway_nb"):
        assert fault.contained(lambda: 1 // 0, str) == "could not be drawn (ZeroDivisionError)"
    assert "ZeroDivisionError" in caplog.text
    assert fault.contained(lambda: 1, lambda _: 2) == 1
    with pytest.raises(KeyboardInterrupt):
        fault.contained(_interrupted, str)


def _interrupted() -> str:
    raise KeyboardInterrupt

"""The widget models that all cards and boards share."""

from datetime import timedelta

import ipywidgets as widgets
import pytest
from support.boards import Actions, batch, make_board
from support.tasks import NOW, seen

from runway_nb.view.card.widget import TaskCard
from runway_nb.view.shared import close_shared, shared


@pytest.fixture(autouse=True)
def _nothing_shared():
    close_shared()
    yield
    close_shared()


def make_card(state="success"):
    return TaskCard(seen(state), Actions())


def is_open(model):
    return model.comm is not None


def test_cards_and_boards_share_one_sheet():
    cards = [make_card(), make_card("fail")]
    board = make_board(batch(3))

    sheets = {view.children[0] for view in (*cards, board)}
    assert sheets == {shared().sheet}
    parts = [part for view in (*cards, board) for part in view.children]
    assert {part.layout for part in parts} == {shared().layout}
    for kind in (widgets.HTML, widgets.Button, widgets.ToggleButton):
        assert len({part.style for part in parts if type(part) is kind}) == 1


def test_each_card_has_its_own_layout():
    first, second = make_card(), make_card()

    first.layout.width = "300px"

    assert second.layout.width is None


@pytest.mark.parametrize("make", [make_card, lambda: make_board(batch(3))], ids=["card", "board"])
def test_closing_leaves_what_is_shared(make):
    closing, staying = make(), make_card()

    closing.close()

    assert not any(is_open(part) for part in (closing, closing.layout, *closing.children[1:]))
    assert shared().is_open
    assert all(is_open(part) and is_open(part.style) for part in staying.children)


def test_models_open_again_after_close_all():
    before = make_card().children[0]

    widgets.Widget.close_all()
    card = make_card()

    assert is_open(card)
    assert all(is_open(part) and is_open(part.layout) and is_open(part.style) for part in card.children)
    assert card.children[0] is not before


def test_shared_set_is_replaced_whole():
    staying = shared()
    style = make_card().children[1].style

    style.close()
    card = make_card()

    assert all(is_open(part) and is_open(part.style) for part in card.children)
    assert shared() is not staying
    assert not any(is_open(model) for model in (staying.sheet, staying.layout))


def test_close_shared_closes_every_model():
    card = make_card()
    models = [card.children[0], *(part.style for part in card.children), card.children[0].layout]

    close_shared()
    close_shared()

    assert not any(is_open(model) for model in models)


def test_an_unchanged_poll_draws_nothing(monkeypatch):
    sighting = seen("generating", generateParam={"prompt": "A cat"}).due(None)
    card = TaskCard(sighting, Actions())
    drawn = []
    monkeypatch.setattr("runway_nb.view.card.html.info", lambda *_: drawn.append("info") or "changed")
    monkeypatch.setattr("runway_nb.view.card.html.media", lambda *_: drawn.append("media") or "changed")

    again = seen("generating", generateParam={"prompt": "A cat"}).task  # equal, not the same object
    card.show(sighting.saw(again, NOW + timedelta(seconds=5)).due(NOW + timedelta(seconds=10)))  # as every poll: later
    assert drawn == []
    card.show(seen("generating", generateParam={"prompt": "A dog"}))
    assert drawn == ["info", "media"]

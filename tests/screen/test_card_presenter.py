"""What a followed card does at each look, apart from its widgets: what it fetches and what it saves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.tasks import NOW, finished_record

from runway_nb.model.media import Embedded, Media
from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
from runway_nb.screen.card import CardPresenter
from runway_nb.screen.following import Background
from runway_nb.screen.options import ShowOptions
from runway_nb.screen.presenter import Services
from runway_nb.screen.surface import TerminalSurface
from runway_nb.view.card.saved import card


@pytest.mark.parametrize("static", [False, True])
def test_unchanged_poll_fetches_and_saves_nothing(monkeypatch, static):
    clip, done = Embedded(Media("video/mp4", b"1")), []
    monkeypatch.setattr("runway_nb.screen.card.embedded_media", lambda _: done.append("fetched") or clip)
    monkeypatch.setattr(
        "runway_nb.view.card.saved.card", lambda *args, **options: done.append("saved") or card(*args, **options)
    )
    services = Services(lambda: None, TerminalSurface(), Background(), lambda _: None, None)
    record = finished_record(state="generating")
    sighting = Sighting("ee60").saw(Task.from_data(record, "ee60"), NOW).due(None)
    presenter = CardPresenter(services, sighting, ShowOptions(static=static, embed=True))
    presenter.display()
    assert done == ["fetched", "saved"]

    for seconds in (5, 10):
        again = Task.from_data(dict(record), "ee60")
        presenter.show(presenter.sighting.saw(again, NOW + timedelta(seconds=seconds)).due(None))
    assert done == ["fetched", "saved"]

"""Caches are limited in bytes, however long the texts are."""

from __future__ import annotations

import gc
import json
import tracemalloc

from support.tasks import NOW, finished_record

from runway_nb.ids.credentials import names_secret
from runway_nb.ids.logs import clean
from runway_nb.model.caching import cache_short
from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
from runway_nb.view.board import saved as saved_board
from runway_nb.view.board.query import Query
from runway_nb.view.board.row import Row
from runway_nb.view.board.shown import Choices, shown
from runway_nb.view.card import saved

LENGTH = 100_000
ANSWERS = 15


def test_short_texts_are_cached_and_long_ones_are_not():
    asked = []

    @cache_short(10)
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    for text in ("a" * 200, "b" * 201) * 2:
        assert length(text) == len(text)
    assert [text[0] for text in asked] == ["a", "b", "b"]


def test_long_answers_are_not_kept():
    tracemalloc.start()
    try:
        _read_and_draw("warm up")
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for number in range(ANSWERS):
            _read_and_draw(f"{number:06}")
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert after - before < 10 * LENGTH


def _read_and_draw(mark: str) -> None:
    """Read an answer with long names and texts that no other answer has, and draw it in every form."""
    long = f"{mark}{'k' * LENGTH}"
    record = finished_record(state="fail", failMsg=f"m{long}", videoInfo={f"v{long}": 1}, **{f"n{long}": 1})
    record["generateParam"] = json.dumps({f"p{long}": 1, "prompt": f"a {long}"})
    sighting = Sighting(mark).saw(Task.from_data(record, mark), NOW)
    saved.card(sighting, NOW)
    saved_board.board([sighting], NOW)
    shown([Row.of(0, sighting)], Query(text=mark), Choices(), "", NOW)
    names_secret(f"s{long}")
    clean(f"h%41{long}")

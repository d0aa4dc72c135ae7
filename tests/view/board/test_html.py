"""The drawing of a board's fragments: what looks the same is drawn once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from support.markup import read
from support.tasks import MODERATED, NOW, seen

from runway_nb.view.board import html as board_html
from runway_nb.view.board.query import tally
from runway_nb.view.board.row import Row
from runway_nb.view.style import live


def row(state="generating", prompt="A cat dances", **fields):
    return Row.of(0, seen(state, generateParam={"prompt": prompt}, **fields))


def test_unchanged_row_is_not_drawn_again():
    first = board_html.draw_row(row(), NOW, live)
    assert board_html.draw_row(row(), NOW + timedelta(seconds=30), live) is first
    followed = row()
    followed = followed.seen(followed.sighting.due(NOW))
    assert board_html.draw_row(followed, NOW, live) is first


def test_everything_a_row_shows_is_drawn():
    failed = row("fail", failMsg=MODERATED)
    cases = [
        (row(), NOW, []),
        (row(), NOW + timedelta(minutes=5), []),
        (row(), NOW, ["cat"]),
        (row(prompt="A dog dances"), NOW, []),
        (row(task_id="another"), NOW, []),
        (row("wait"), NOW, []),
        (failed, NOW, []),
        (row("success", videoInfo={"imageUrl": "https://file.com/clip.png"}), NOW, []),
    ]
    drawn = [board_html.draw_row(each, now, live, searched) for each, now, searched in cases]
    assert len(set(drawn)) == len(drawn)
    assert drawn == [board_html.draw_row(each, now, live, searched) for each, now, searched in cases]


def test_very_long_rows_are_not_remembered():
    long_row = row("success", videoInfo={"imageUrl": f"https://file.com/{'k' * 5000}.png"})
    first = board_html.draw_row(long_row, NOW, live)
    again = board_html.draw_row(long_row, NOW, live)
    assert first == again
    assert first is not again


def test_unchanged_numbers_are_not_drawn_again():
    rows = [row("fail", failMsg=MODERATED), row("wait"), row("success")]
    states = ["", "wait", "success", "fail"]
    summary = board_html.summary(tally(rows), states, NOW, live)
    bars = board_html.bars(tally(rows), [None, rows[0].reading.cause], live)
    rows[1] = rows[1].seen(seen("wait", generateParam={"prompt": "changed"}))
    assert board_html.summary(tally(rows), states, NOW + timedelta(minutes=1), live) is summary
    assert board_html.bars(tally(rows), [None, rows[0].reading.cause], live) is bars
    rows[1] = row("success")
    assert board_html.summary(tally(rows), states, NOW, live) != summary


def test_progress_line_ends_with_its_note():
    rows = [Row.of(0, replace(seen("wait"), from_record=True))]
    drawn = read(board_html.summary(tally(rows), [""], NOW + timedelta(hours=2), live))
    (line,) = [each for each in drawn.elements if "runway-row-text" in (each.attributes.get("class") or "")]
    assert line.text == "0 of 1 ended · 1 from the record, 2 h old"
    _, note = line.find("span")
    assert note.attributes == {"title": "1 from the record, 2 h old", "class": "runway-remark runway-quiet"}
    without = read(board_html.summary(tally([row()]), [""], NOW, live))
    assert not any(each.attributes.get("title") for each in without.elements)

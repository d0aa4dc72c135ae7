"""The live board: what it shows, and its filters, pages and open card."""

# ruff: noqa: RUF001  (the sign of multiplication and the dash are what the board says)

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.boards import STARTED, Reader, answered, batch, bundle_of, changed, choose, markup
from support.cards import plain
from support.tasks import MODERATED

from runway_nb.model.errors import ConnectionFailedError
from runway_nb.model.sighting import Sighting
from runway_nb.simulator import Record

# --- what it shows ----------------------------------------------------------------------------------------------------


def test_batch_at_a_glance(open_board):
    reader = Reader(open_board(batch()))
    states = ("all", "○ wait", "◔ queueing", "◐ generating", "✓ success", "✕ fail", "? not found")
    assert reader.states.options == states
    assert reader.causes.options[:3] == ("all failures", "moderation (prompt)", "concurrency limit")
    text = reader.text
    assert "181 of 200 ended 200 all 3 ○ wait 5 ◔ queueing 6 ◐ generating 120 ✓ success 61 ✕ fail 5 ? not found" in text
    assert "61 × all failures 21 × moderation (prompt) 14 × concurrency limit 13 × image format" in text
    assert "2 can work now, 18 can work later, 41 will fail again" in text
    assert "1–10 of 200" in text
    assert len(reader.rows) == 10


def test_row_shows_state_cause_id_age_prompt(open_board):
    two_days = timedelta(days=2, minutes=1)
    sightings = [
        answered("1b6952ef959c5a5c", Record("fail", "Two rivals", fail_msg=MODERATED)),
        answered("44aa", Record("success", "A neon cat", age=two_days), "https://clips.example"),
        answered("9d2f", Record("success", "Paper city", age=timedelta(days=16))),
    ]
    reader = Reader(open_board(sightings))
    assert reader.rows[0] == "✕ ✕ fail moderation (prompt) 1b6952ef… Two rivals"
    assert reader.rows[1] == "✓ success 44aa 2 days A neon cat"
    assert reader.rows[2] == "✓ success link expired 9d2f 16 days Paper city"
    assert 'src="https://clips.example/neon-cat.jpg"' in reader.html[1].value


def test_unseen_task_is_one_row(open_board):
    lost = Sighting("lost").failed(ConnectionFailedError("api.example", "timed out"), STARTED)
    first, last = answered("a", Record("success", "shot 01")), answered("c", Record("success", "shot 03"))
    board = open_board([first, lost, last])
    reader = Reader(board)
    assert reader.prompts == ["shot 01", "shot 03"]
    assert f"? not seen yet no connection lost {lost.error}" in reader.rows[1]
    assert board.tasks[1] is None
    board.open_task("lost")
    assert board.card.sighting is lost


def test_repeated_task_is_shown_once(open_board):
    one, other = answered("a", Record("wait", "shot 01")), answered("b", Record("wait", "shot 02"))
    assert Reader(open_board([one, other, one])).prompts == ["shot 01", "shot 02"]


def test_no_task_at_all(open_board):
    reader = Reader(open_board([]))
    assert reader.rows == ["There are no tasks."]
    assert all(button.disabled for button in reader.buttons)


def test_nothing_from_the_api_is_markup(open_board):
    evil = "<img src=x onerror=alert(1)>"
    failed = answered("a", Record("fail", evil, fail_msg=evil))
    odd = answered("<b>id</b>", Record(evil, evil))
    script = answered("s", Record("success", "shot 03"), "javascript:alert(1)//")
    board = open_board([failed, odd, script])
    Reader(board).search.value = "img src"
    board.open_task("a")
    everything = markup(board) + bundle_of(board).data["text/html"]
    assert "<img" not in everything
    assert "<b>id" not in everything
    assert "javascript" not in everything
    assert "<mark" in everything
    assert "&lt;" in everything


def test_search_shows_and_marks_its_match(open_board):
    prompt = f"{'far away ' * 60}a hidden lantern {'and on ' * 60}"
    failed = answered("a", Record("fail", prompt, fail_msg=MODERATED))
    reader = Reader(open_board([failed, answered("b", Record("wait", "shot 02"))]))
    reader.search.value = "LANTERN"
    row = reader.html[0].value
    assert ">lantern</mark>" in row
    assert len(plain(row)) < 300
    reader.search.value = "ai moderator"
    assert "Your prompt was caught by our AI moderator" in reader.rows[0]
    assert "1 (of 2) · “ai moderator”" in reader.text
    reader.search.value = "(("
    assert reader.rows == ["No task matches. Clear the filters to see all."]


def test_board_says_what_is_from_the_record(open_board):
    hours_ago = STARTED - timedelta(hours=3, minutes=10)
    known = replace(answered("a", Record("wait", "shot 01"), at=hours_ago), from_record=True)
    board = open_board([known, answered("b", Record("wait", "shot 02")), Sighting("c", from_record=True)])
    reader = Reader(board)
    assert "0 of 3 ended · 1 from the record, 3 h old 3 all" in reader.text
    board.update(changed(known, Record("success", "shot 01")))
    board.flush()
    assert "1 of 3 ended 3 all" in reader.text


# --- filters, pages, the open card ------------------------------------------------------------------------------------


def test_filters_and_clearing_them(open_board):
    reader = Reader(open_board(batch()))
    states, causes, order = reader.states, reader.causes, reader.order
    assert causes.index is None
    choose(causes, "concurrency limit")
    assert "1–10 of 14 (of 200) · concurrency limit" in reader.text
    assert (states.label, causes.label) == ("✕ fail", "concurrency limit")
    choose(causes, "all failures")
    assert (states.label, causes.label) == ("✕ fail", "all failures")
    assert "1–10 of 61 (of 200) · fail" in reader.text
    choose(states, "success")
    assert causes.index is None
    choose(order, "last first")
    reader.search.value = "harbour"
    assert "· success · “harbour”" in reader.text
    reader.button("Clear filters").click()
    assert states.label == "all"
    assert order.label == "last first"
    assert "1–10 of 200" in reader.text


def test_pages_go_round(reader):
    following, previous = reader.button("Next"), reader.button("Previous")
    previous.click()
    assert reader.prompts == [f"shot {at}" for at in range(20, 24)]
    assert [button.disabled for button in reader.buttons] == [False] * 4 + [True] * 6
    following.click()
    assert reader.prompts == [f"shot {at:02}" for at in range(10)]
    reader.search.value = "shot 20"
    assert reader.prompts == ["shot 20"]
    assert following.disabled
    assert previous.disabled


def test_one_card_is_open_at_a_time(board, reader):
    before = board.children
    reader.buttons[3].click()
    first = board.card
    assert (board.opened, first.sighting.task_id) == ("task-03", "task-03")
    assert board.children == (*before, first)
    assert (reader.buttons[3].description, reader.buttons[4].description) == ("Close", "Open")
    reader.buttons[4].click()
    assert first.comm is None
    assert board.children == (*before, board.card)
    assert reader.buttons[3].description == "Open"
    reader.search.value = "shot 20"
    assert board.opened == "task-04"  # and can be closed although its row is gone
    reader.button("Close the card").click()
    assert (board.opened, board.card, board.children) == ("", None, before)
    reader.buttons[0].click()
    assert board.opened == "task-20"
    reader.buttons[0].click()
    assert board.opened == ""
    with pytest.raises(KeyError):
        board.open_task("another")


def test_click_on_vanished_row_does_nothing(board, reader):
    late = reader.buttons[5]
    reader.search.value = "shot 03"
    late.click()
    assert board.card is None


def test_open_card_follows_the_board(board):
    board.open_task("task-03")
    board.update(changed(board.sightings[3], Record("success", "shot 03")))
    assert board.card.sighting.settled
    assert board.card.sighting is board.sightings[3]

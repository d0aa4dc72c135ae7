"""The saved board, as HTML and as text."""

# ruff: noqa: RUF001  (the sign of multiplication is what the board says)

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from support.boards import batch
from support.cards import plain
from support.tasks import NOW, seen

from runway_nb.model.sighting import Sighting
from runway_nb.view.board import saved


def html_of(sightings):
    return saved.board(sightings, NOW).data["text/html"]


def test_reads_well_without_style_and_script():
    html = html_of(batch(at=NOW))
    assert not re.search(r"<(style|script)| id=|var\(--", html)
    assert "21 × moderation (prompt)" in plain(html)
    assert html.count("<tr") == 201
    assert "https" not in html
    assert re.search(r'<a href="http://127\.0\.0\.1:9/clips/night-sea\.mp4"', html)
    for cell in re.findall(r"<t[dh]\b[^>]*>", html):
        assert "background:" in cell
        assert "color:" in cell


def test_text_board_is_a_table():
    lines = saved.board(batch(at=NOW), NOW).text.splitlines()
    assert lines[0].startswith("181 of 200 ended: ○ wait 3 · ◔ queueing 5")
    assert lines[1].startswith("21 × moderation (prompt), 14 × concurrency limit")
    assert re.match(r"✓ success +\w{8}-\S+ +Fishing boats", lines[4])
    assert max(len(line) for line in lines[3:-1]) <= 80
    assert lines[-1] == "As of 24 Nov 2026, 12:00 UTC. Run the cell again to update."


def test_settled_board_asks_for_nothing():
    assert saved.board([seen()], NOW).text.endswith("As of 24 Nov 2026, 12:00 UTC.")


def test_first_looks_are_counted():
    bundle = saved.board([seen(), Sighting("b")], NOW, fetching=True)
    assert bundle.text.startswith("Fetching 1 of 2: ✓ success 1 · ? not seen 1\n")
    assert plain(bundle.data["text/html"]).startswith("Fetching 1 of 2 ✓ success 1 · ? not seen 1 ")


def test_long_board_lists_failures_first():
    html = html_of(batch(1000, at=NOW))
    assert html.count("<tr") == saved.SAVED_ROWS + 1
    assert "800 more tasks are not listed; failed tasks come first." in html
    assert plain(html).count("✕ fail") == saved.SAVED_ROWS + 1  # and once in the numbers
    assert len(html) < 300_000


def test_one_task_too_many():
    assert "1 more task is not listed;" in html_of(batch(saved.SAVED_ROWS + 1, at=NOW))
    assert "not listed" not in html_of(batch(saved.SAVED_ROWS, at=NOW))


def test_rows_from_the_record_are_dated():
    old = replace(seen(task_id="a", at=NOW - timedelta(hours=3)), from_record=True)
    recent = replace(seen("wait", task_id="b", at=NOW - timedelta(hours=1)), from_record=True)
    bundle = saved.board([old, recent, seen(task_id="c"), Sighting("d")], NOW)
    note = "2 rows from the record, the oldest seen on 24 Nov 2026, 09:00 UTC"
    assert bundle.text.splitlines()[1] == note
    assert note in plain(bundle.data["text/html"])
    assert " ago" not in str(bundle.data)
    assert "record" not in str(saved.board([seen(), Sighting("d")], NOW).data)

"""Which tasks a board shows, in what order and on which page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.tasks import BUSY, MODERATED, NOW, seen

from runway_nb.model.errors import ConnectionFailedError, TaskNotFoundError
from runway_nb.model.failure import Cause, Retry
from runway_nb.model.sighting import Sighting
from runway_nb.model.task import TaskState
from runway_nb.view.board.query import STATES, Order, Query, ordered, select, tally
from runway_nb.view.board.row import NOT_SEEN, Row


def task(task_id, state="success", *, prompt="", fail_msg="", hours=None, **changes):
    ended = "" if hours is None else f"{NOW - timedelta(hours=hours):%Y-%m-%d %H:%M:%S}"
    fields = {"generateParam": {"prompt": prompt}, "failMsg": fail_msg, "generateTime": ended, **changes}
    return seen(state, task_id=task_id, **fields)


def rows_of(*sightings):
    return [Row.of(place, sighting) for place, sighting in enumerate(sightings)]


MIXED = rows_of(
    task("a", "success", prompt="A neon cat dances", hours=5),
    task("b", "fail", prompt="Two rivals under neon rain", fail_msg=MODERATED),
    task("c", "generating", prompt="a paper city at dawn"),
    task("d", "fail", prompt="Lanterns rise", fail_msg=BUSY),
    task("e", "success", prompt="", hours=1),
    task("f", "fail", prompt="Straße im Regen", fail_msg=MODERATED),
)


def ids(page):
    return "".join(row.sighting.task_id for row in page.rows)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(), "abcdef"),
        (Query(state="fail"), "bdf"),
        (Query(state="wait"), ""),
        (Query(state="fail", cause=Cause.MODERATION_PROMPT), "bf"),
        (Query(text="neon"), "ab"),
        (Query(text="  NEON   rain "), "b"),
        (Query(text="rain neon"), "b"),
        (Query(text="STRASSE"), "f"),
        (Query(text="ai moderator"), "bf"),
        (Query(text="concurrency"), "d"),
        (Query(text="neon", state="fail"), "b"),
        (Query(text="(.*"), ""),
        (Query(order=Order.LAST), "fedcba"),
        (Query(order=Order.STATE), "bdfcae"),
        (Query(order=Order.AGE), "ceabdf"),
        (Query(order=Order.CAUSE), "bfdace"),
        (Query(order=Order.PROMPT), "acdfbe"),
        (Query(order=Order.LAST, state="fail"), "fdb"),
    ],
)
def test_select(query, expected):
    assert ids(select(MIXED, query)) == expected


def test_search_covers_ids_and_errors():
    lost = Sighting("5f0c-lost").failed(ConnectionFailedError("api.example", "timed out"), NOW)
    found = [Row.of(0, lost), *MIXED]
    assert ids(select(found, Query(text="5F0C"))) == "5f0c-lost"
    assert ids(select(found, Query(text="timed out"))) == "5f0c-lost"
    assert ids(select(found, Query(state=NOT_SEEN))) == "5f0c-lost"


def test_finished_task_has_no_cause():
    (row,) = rows_of(task("a", "success", fail_msg=MODERATED))
    assert row.reading is None
    assert select([row], Query(state="fail", cause=Cause.MODERATION_PROMPT)).matching == 0


def test_pages():
    many = rows_of(*(task(f"{at:02}") for at in range(23)))
    first, last = select(many, Query()), select(many, Query(page=2))
    assert [row.sighting.task_id for row in first.rows] == [f"{at:02}" for at in range(10)]
    assert [row.sighting.task_id for row in last.rows] == ["20", "21", "22"]
    assert (last.number, last.pages, last.matching, last.total) == (2, 3, 23, 23)
    assert select(many, Query(page=99)) == last
    assert select(many, Query(page=-1)) == first
    assert select(many[:20], Query()).pages == 2


def test_no_rows_make_one_empty_page():
    page = select([], Query())
    assert (page.rows, page.number, page.pages, page.matching, page.total) == ([], 0, 1, 0, 0)


def test_filters_begin_at_the_first_page():
    query = Query(page=4, order=Order.PROMPT)
    moderated = query.with_cause(Cause.MODERATION_PROMPT)
    assert moderated == Query("fail", Cause.MODERATION_PROMPT, order=Order.PROMPT)
    assert moderated.with_cause(None) == query.with_state("fail")
    assert moderated.with_state("success") == Query("success", order=Order.PROMPT)
    assert replace(moderated, text="neon").cleared() == Query(order=Order.PROMPT)


def test_every_order_sorts_every_state():
    unknown = Sighting("z").failed(TaskNotFoundError(404), NOW)
    all_states = [
        Row.of(0, Sighting("x")),
        Row.of(1, unknown),
        *rows_of(*(task("y", state.value) for state in TaskState)),
    ]
    assert {row.state for row in all_states} == set(STATES)
    for order in Order:
        assert len(ordered(all_states, order)) == len(STATES)


def test_tally():
    counted = tally([*MIXED, Row.of(6, Sighting("g"))])
    assert counted.fetched is None
    assert (counted.total, counted.ended, counted.failed) == (7, 5, 3)
    assert counted.states == {"success": 2, "fail": 3, "generating": 1, NOT_SEEN: 1}
    assert list(counted.causes.items()) == [(Cause.MODERATION_PROMPT, 2), (Cause.CONCURRENCY, 1)]
    assert counted.retries == {Retry.NO: 2, Retry.LATER: 1}


def test_tally_counts_rows_from_the_record():
    old = replace(task("a", at=NOW - timedelta(hours=3)), from_record=True)
    recent = replace(task("b", "generating", at=NOW - timedelta(hours=1)), from_record=True)
    never_seen = Sighting("c", from_record=True)
    counted = tally(rows_of(recent, old, task("d"), never_seen))
    assert (counted.from_record, counted.oldest) == (2, old.seen_at)
    failed_look = old.failed(ConnectionFailedError("api.example", "no route"), NOW)
    counted = tally(rows_of(recent, failed_look))
    assert (counted.from_record, counted.oldest) == (1, recent.seen_at)
    counted = tally(rows_of(task("d"), never_seen))
    assert (counted.from_record, counted.oldest) == (0, None)


def test_row_is_read_again_only_if_it_differs():
    (row,) = rows_of(task("a", "generating", prompt="before"))
    followed = row.seen(row.sighting.due(NOW))
    assert followed.searched is row.searched
    failed = followed.seen(task("a", "fail", prompt="after", fail_msg=MODERATED))
    assert (failed.state, failed.index) == ("fail", 0)
    assert failed.reading.cause is Cause.MODERATION_PROMPT
    assert select([failed], Query(text="after")).matching == 1
    trouble = failed.seen(failed.sighting.failed(ConnectionFailedError("api.example", "no route"), NOW))
    assert select([trouble], Query(text="no route")).matching == 1


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_time_outside_the_calendar_is_no_date(time):
    assert Row.of(0, seen("success", generateTime=time)).dated is None


def test_dated():
    ended, running = rows_of(task("a", "success", hours=2), task("b", "generating"))
    assert ended.dated == NOW - timedelta(hours=2)
    assert running.dated == NOW
    (found_failed,) = rows_of(task("c", "fail"))
    assert found_failed.dated is None  # it may have failed at any time before
    (seen_failing,) = rows_of(seen("generating", "fail"))
    assert seen_failing.dated == NOW
    assert Row.of(0, Sighting("x")).dated is None

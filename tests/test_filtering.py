"""Which tasks a board shows, in what order and on which page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from runway_nb.errors import ConnectionFailedError
from runway_nb.failure import Cause, Retry
from runway_nb.sighting import Sighting
from runway_nb.task import Task, TaskState
from runway_nb.view.filtering import NOT_SEEN, STATES, Entry, Order, Query, ordered, select, tally

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
MODERATED = "Your prompt was caught by our AI moderator. Please adjust it and try again."
BUSY = "Reached the limit for concurrent generations. Wait until one of them has ended."


def task(task_id, state="success", *, prompt="", fail_msg="", hours=None):
    at = None if hours is None else (NOW - timedelta(hours=hours)).replace(tzinfo=None)
    return Task(task_id, TaskState.read(state), prompt=prompt, fail_msg=fail_msg, generate_time=at)


def entries(*tasks):
    return [Entry.of(place, Sighting(each.task_id).saw(each, NOW)) for place, each in enumerate(tasks)]


MIXED = entries(
    task("a", "success", prompt="A neon cat dances", hours=5),
    task("b", "fail", prompt="Two rivals under neon rain", fail_msg=MODERATED),
    task("c", "generating", prompt="a paper city at dawn"),
    task("d", "fail", prompt="Lanterns rise", fail_msg=BUSY),
    task("e", "success", prompt="", hours=1),
    task("f", "fail", prompt="Straße im Regen", fail_msg=MODERATED),
)


def ids(page):
    return "".join(entry.sighting.task_id for entry in page.rows)


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


def test_ids_and_errors_are_searched_too():
    lost = Sighting("5f0c-lost").failed(ConnectionFailedError("api.example", "timed out"), NOW)
    found = [Entry.of(0, lost), *MIXED]
    assert ids(select(found, Query(text="5F0C"))) == "5f0c-lost"
    assert ids(select(found, Query(text="timed out"))) == "5f0c-lost"
    assert ids(select(found, Query(state=NOT_SEEN))) == "5f0c-lost"


def test_leftovers_of_a_failure_on_a_finished_task_are_no_cause():
    (entry,) = entries(task("a", "success", fail_msg=MODERATED))
    assert entry.reading is None
    assert select([entry], Query(state="fail", cause=Cause.MODERATION_PROMPT)).matching == 0


def test_pages():
    many = entries(*(task(f"{at:02}") for at in range(23)))
    first, last = select(many, Query()), select(many, Query(page=2))
    assert [entry.sighting.task_id for entry in first.rows] == [f"{at:02}" for at in range(10)]
    assert [entry.sighting.task_id for entry in last.rows] == ["20", "21", "22"]
    assert (last.number, last.pages, last.matching, last.total) == (2, 3, 23, 23)
    assert select(many, Query(page=99)) == last
    assert select(many, Query(page=-1)) == first
    assert select(many[:20], Query()).pages == 2


def test_nothing_has_one_empty_page():
    page = select([], Query())
    assert (page.rows, page.number, page.pages, page.matching, page.total) == ([], 0, 1, 0, 0)


def test_every_filter_begins_at_the_first_page_and_a_cause_is_one_of_failed_tasks():
    query = Query(page=4, order=Order.PROMPT)
    moderated = query.with_cause(Cause.MODERATION_PROMPT)
    assert moderated == Query("fail", Cause.MODERATION_PROMPT, order=Order.PROMPT)
    assert moderated.with_cause(None) == query.with_state("fail")
    assert moderated.with_state("success") == Query("success", order=Order.PROMPT)
    assert replace(moderated, text="neon").cleared() == Query(order=Order.PROMPT)


def test_every_state_has_its_place_in_every_order():
    all_states = [Entry.of(0, Sighting("x")), *entries(*(task("y", state.value) for state in TaskState))]
    assert {entry.state for entry in all_states} == set(STATES)
    for order in Order:
        assert len(ordered(all_states, order)) == len(STATES)


def test_tally():
    counted = tally([*MIXED, Entry.of(6, Sighting("g"))])
    assert (counted.total, counted.ended, counted.failed) == (7, 5, 3)
    assert counted.states == {"success": 2, "fail": 3, "generating": 1, NOT_SEEN: 1}
    assert list(counted.causes.items()) == [(Cause.MODERATION_PROMPT, 2), (Cause.CONCURRENCY, 1)]
    assert counted.retries == {Retry.NO: 2, Retry.LATER: 1}


def test_a_newer_sighting_is_read_anew_only_where_it_differs():
    (entry,) = entries(task("a", "generating", prompt="before"))
    followed = entry.seen(entry.sighting.due(NOW))
    assert followed.searched is entry.searched
    failed = followed.seen(followed.sighting.saw(task("a", "fail", prompt="after", fail_msg=MODERATED), NOW))
    assert (failed.state, failed.index) == ("fail", 0)
    assert failed.reading.cause is Cause.MODERATION_PROMPT
    assert select([failed], Query(text="after")).matching == 1
    trouble = failed.seen(failed.sighting.failed(ConnectionFailedError("api.example", "no route"), NOW))
    assert select([trouble], Query(text="no route")).matching == 1


def test_dated():
    ended, running = entries(task("a", "success", hours=2), task("b", "generating"))
    assert ended.dated == NOW - timedelta(hours=2)
    assert running.dated == NOW
    (found_failed,) = entries(task("c", "fail"))
    assert found_failed.dated is None  # it may have failed at any time before
    seen_failing = running.seen(running.sighting.saw(task("b", "fail"), NOW + timedelta(minutes=1)))
    assert seen_failing.dated == NOW + timedelta(minutes=1)
    assert Entry.of(0, Sighting("x")).dated is None

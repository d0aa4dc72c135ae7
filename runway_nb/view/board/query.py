"""Which tasks a board shows, in what order and on which page. Pure, and fast enough to run on every keystroke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from ...model.failure import Cause, Retry
from ...model.task import TaskState
from ..long import TEXT
from ..words import NOT_FOUND
from .row import NOT_SEEN, Row

PAGE_SIZE = 10
"""Rows on a page."""

STATES = (*(state.value for state in TaskState), NOT_FOUND, NOT_SEEN)
"""All values of `Row.state`, in the order of the summary."""

_URGENCY = (
    *("fail", NOT_FOUND, NOT_SEEN, "unknown"),  # these need attention
    *("generating", "queueing", "wait", "success"),
)
_CAUSES = tuple(Cause)


class Order(Enum):
    """What the rows are sorted by, in the words of the control."""

    GIVEN = "as given"
    LAST = "last first"
    STATE = "state"
    AGE = "newest"
    CAUSE = "cause"
    PROMPT = "prompt"


@dataclass(frozen=True)
class Query:
    """The filters, the order and the page that the user chose.

    Attributes:
        state: A `Row.state`; "" for all.
        cause: A failure's cause, together with the failed state; None for all.
        text: Words that must all occur in the prompt, the id, a message or a cause.
        order: What to sort by.
        page: Which page, from 0.
    """

    state: str = ""
    cause: Cause | None = None
    text: str = ""
    order: Order = Order.GIVEN
    page: int = 0

    @property
    def words(self) -> list[str]:
        """The words of the search, case-folded."""
        return self.text.casefold().split()

    def with_state(self, state: str) -> Query:
        """Return this for another state and any cause."""
        return replace(self, state=state, cause=None, page=0)

    def with_cause(self, cause: Cause | None) -> Query:
        """Return this for the failed tasks of one cause, or of all causes."""
        return replace(self, state=TaskState.FAIL.value, cause=cause, page=0)

    def cleared(self) -> Query:
        """Return this without filters; the order stays."""
        return Query(order=self.order)


@dataclass(frozen=True)
class Page:
    """The rows to show.

    Attributes:
        rows: At most `PAGE_SIZE`.
        number: Which page, from 0; not beyond the last.
        pages: Number of pages, at least one.
        matching: Number of tasks that match, on all pages.
        total: Number of tasks.
    """

    rows: Sequence[Row]
    number: int
    pages: int
    matching: int
    total: int


@dataclass(frozen=True)
class Tally:
    """The board in numbers.

    Attributes:
        total: Number of tasks.
        states: Number of tasks by `Row.state`.
        causes: Number of failures by cause, most first.
        retries: Number of failures by whether sending the task again can work.
        from_record: Number of tasks whose state comes from the record, with no look since.
        oldest: When the oldest of those states was seen (UTC); None if there are none.
        fetched: Number of tasks that were looked at, with or without success; None if no first looks are under way.
    """

    total: int
    states: Mapping[str, int]
    causes: Mapping[Cause, int]
    retries: Mapping[Retry, int]
    from_record: int = 0
    oldest: datetime | None = None
    fetched: int | None = None

    @property
    def ended(self) -> int:
        """Number of tasks that have ended."""
        return sum(count for state, count in self.states.items() if TaskState.read(state).is_terminal)

    @property
    def failed(self) -> int:
        """Number of tasks that have failed."""
        return self.states.get(TaskState.FAIL.value, 0)


def select(rows: Sequence[Row], query: Query) -> Page:
    """Filter and sort the rows, and return the page asked for.

    Args:
        rows: All tasks, as given.
        query: The filters, the order and the page.
    """
    words = query.words
    found = [
        row
        for row in rows
        if (not query.state or row.state == query.state)
        and (query.cause is None or (row.reading is not None and row.reading.cause is query.cause))
        and all(word in row.searched for word in words)
    ]
    pages = max(1, -(-len(found) // PAGE_SIZE))
    number = min(max(query.page, 0), pages - 1)
    on_page = ordered(found, query.order)[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
    return Page(on_page, number, pages, len(found), len(rows))


def ordered(rows: Sequence[Row], order: Order) -> list[Row]:
    """Sort rows. Equal ones keep their order; those without the value come last."""
    if order is Order.LAST:
        return list(reversed(rows))
    if order is Order.STATE:
        return sorted(rows, key=lambda row: _URGENCY.index(row.state))
    if order is Order.AGE:
        return sorted(rows, key=lambda row: -row.dated.timestamp() if row.dated else 0)
    if order is Order.CAUSE:
        return sorted(rows, key=_cause_rank)
    if order is Order.PROMPT:
        return sorted(rows, key=_prompt_rank)
    return list(rows)


def tally(rows: Sequence[Row], *, fetching: bool = False) -> Tally:
    """Count the rows by state, cause and the rest.

    Args:
        rows: All tasks.
        fetching: Whether first looks are under way.
    """
    readings = [row.reading for row in rows if row.reading is not None]
    causes = Counter(reading.cause for reading in readings)
    recorded = [row.sighting for row in rows if row.sighting.from_record and row.sighting.task is not None]
    return Tally(
        total=len(rows),
        states=Counter(row.state for row in rows),
        causes=dict(causes.most_common()),
        retries=Counter(reading.retry for reading in readings),
        from_record=len(recorded),
        oldest=min((sighting.seen_at for sighting in recorded if sighting.seen_at is not None), default=None),
        fetched=sum(row.sighting.fetched for row in rows) if fetching else None,
    )


def _cause_rank(row: Row) -> int:
    return _CAUSES.index(row.reading.cause) if row.reading else len(_CAUSES)


def _prompt_rank(row: Row) -> tuple[bool, str]:
    prompt = row.sighting.task.prompt[:TEXT].casefold() if row.sighting.task and not row.fault else ""
    return (not prompt, prompt)

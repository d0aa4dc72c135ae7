"""Which tasks a board shows, in what order and on which page. Pure, and quick enough for every keystroke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from enum import Enum
from functools import lru_cache

from ..failure import Cause, Reading, Retry, read_message
from ..sighting import Sighting
from ..task import TaskState

PAGE_SIZE = 10
"""Rows on a page."""

NOT_SEEN = "not seen"
"""Beside the states' own words: a task that no look has shown yet."""

STATES = (*(state.value for state in TaskState), NOT_SEEN)
"""All that an `Entry` can be in, in the order that a task goes through them."""

_URGENCY = (
    *("fail", NOT_SEEN, "unknown"),  # what needs somebody
    *("generating", "queueing", "wait", "success"),
)
_CAUSES = tuple(Cause)

_read = lru_cache(maxsize=256)(read_message)  # a batch fails with the same few messages


@dataclass(frozen=True)
class Entry:
    """A task as the board handles it: what is looked for again and again is read once.

    Attributes:
        index: Its place among the tasks as they were given.
        sighting: What is known of it.
        state: Its state's word, or `NOT_SEEN`.
        reading: What its failure means; None if it did not fail.
        searched: All text that a search looks into, case-folded.
    """

    index: int
    sighting: Sighting
    state: str
    reading: Reading | None
    searched: str

    @classmethod
    def of(cls, index: int, sighting: Sighting) -> Entry:
        """Read a sighting."""
        task = sighting.task
        state = task.state.value if task else NOT_SEEN
        reading = _read(task.fail_msg) if task is not None and task.state is TaskState.FAIL else None
        return cls(index, sighting, state, reading, "\n".join(_texts(sighting, reading)).casefold())

    def seen(self, sighting: Sighting) -> Entry:
        """Return this with a newer sighting."""
        if sighting.task is self.sighting.task and sighting.error is self.sighting.error:
            return replace(self, sighting=sighting)
        return Entry.of(self.index, sighting)

    @property
    def dated(self) -> datetime | None:
        """When it ended or, while it goes on, when it was first seen (UTC); None where that is not known.

        The service's own time comes without a zone and is taken for UTC, as the estimate of the link's end does.
        """
        task, steps = self.sighting.task, self.sighting.steps
        if task is None:
            return None
        if task.generate_time is not None:
            at = task.generate_time
            return at.replace(tzinfo=timezone.utc) if at.tzinfo is None else at.astimezone(timezone.utc)
        if not steps or (task.state.is_terminal and not steps[-1].watched_from_start):
            return None
        return steps[-1].since if task.state.is_terminal else steps[0].since


class Order(Enum):
    """What the rows are sorted by, in the words of its control."""

    GIVEN = "as given"
    LAST = "last first"
    STATE = "state"
    AGE = "newest"
    CAUSE = "cause"
    PROMPT = "prompt"


@dataclass(frozen=True)
class Query:
    """What is asked for.

    Attributes:
        state: A state's word or `NOT_SEEN`; "" for all.
        cause: A failure's cause, beside the state of failure; None for all.
        text: Words that all have to occur in the prompt, the id, a message or a cause.
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
        """Return this for another state, of whatever cause."""
        return replace(self, state=state, cause=None, page=0)

    def with_cause(self, cause: Cause | None) -> Query:
        """Return this for the failed tasks, of one cause or of all."""
        return replace(self, state=TaskState.FAIL.value, cause=cause, page=0)

    def cleared(self) -> Query:
        """Return this with nothing left out; the order stays."""
        return Query(order=self.order)


@dataclass(frozen=True)
class Page:
    """The rows to show.

    Attributes:
        rows: At most `PAGE_SIZE`.
        number: Which page, from 0; not beyond the last.
        pages: How many there are, at least one.
        matching: How many tasks match on all of them.
        total: How many tasks there are.
    """

    rows: Sequence[Entry]
    number: int
    pages: int
    matching: int
    total: int


@dataclass(frozen=True)
class Tally:
    """The board in numbers.

    Attributes:
        total: How many tasks there are.
        states: How many by state's word, `NOT_SEEN` among them.
        causes: How many failures by cause, most first.
        retries: How many failures by whether sending the task again can work.
    """

    total: int
    states: Mapping[str, int]
    causes: Mapping[Cause, int]
    retries: Mapping[Retry, int]

    @property
    def ended(self) -> int:
        """How many have ended."""
        return sum(count for state, count in self.states.items() if TaskState.read(state).is_terminal)

    @property
    def failed(self) -> int:
        """How many have failed."""
        return self.states.get(TaskState.FAIL.value, 0)


def select(entries: Sequence[Entry], query: Query) -> Page:
    """Filter, sort and cut the page.

    Args:
        entries: All tasks, as given.
        query: What is asked for.
    """
    words = query.words
    found = [
        entry
        for entry in entries
        if (not query.state or entry.state == query.state)
        and (query.cause is None or (entry.reading is not None and entry.reading.cause is query.cause))
        and all(word in entry.searched for word in words)
    ]
    pages = max(1, -(-len(found) // PAGE_SIZE))
    number = min(max(query.page, 0), pages - 1)
    rows = ordered(found, query.order)[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
    return Page(rows, number, pages, len(found), len(entries))


def ordered(entries: Sequence[Entry], order: Order) -> list[Entry]:
    """Sort tasks; those that are equal in it, and those without it at the end, stay as given."""
    if order is Order.LAST:
        return list(reversed(entries))
    if order is Order.STATE:
        return sorted(entries, key=lambda entry: _URGENCY.index(entry.state))
    if order is Order.AGE:
        return sorted(entries, key=lambda entry: -entry.dated.timestamp() if entry.dated else 0)
    if order is Order.CAUSE:
        return sorted(entries, key=_cause_rank)
    if order is Order.PROMPT:
        return sorted(entries, key=_prompt_rank)
    return list(entries)


def tally(entries: Sequence[Entry]) -> Tally:
    """Count."""
    readings = [entry.reading for entry in entries if entry.reading is not None]
    causes = Counter(reading.cause for reading in readings)
    return Tally(
        total=len(entries),
        states=Counter(entry.state for entry in entries),
        causes=dict(causes.most_common()),
        retries=Counter(reading.retry for reading in readings),
    )


def _cause_rank(entry: Entry) -> int:
    return _CAUSES.index(entry.reading.cause) if entry.reading else len(_CAUSES)


def _prompt_rank(entry: Entry) -> tuple[bool, str]:
    prompt = entry.sighting.task.prompt.casefold() if entry.sighting.task else ""
    return (not prompt, prompt)


def _texts(sighting: Sighting, reading: Reading | None) -> list[str]:
    task = sighting.task
    texts = [sighting.task_id, str(sighting.error or "")]
    if task is not None:
        texts += [task.prompt, task.state_text]
    if task is not None and reading is not None:
        texts += [task.fail_msg, reading.cause.value]
    return texts

"""`Memory`: what one session has seen, within a number of bytes, and what of it is not written yet. No I/O."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from threading import RLock

from ..model.sighting import Sighting
from .limits import Limits, weight
from .rows import without_answer
from .saving import Look

_ENTRY = 2000  # bytes of a task besides its answer and its texts


class News(IntEnum):
    """What of a task is not written yet."""

    NONE = 0
    TIME = 1
    ALL = 2


@dataclass(frozen=True)
class Entry:
    """A task that the session has seen.

    Attributes:
        sighting: What was seen last.
        size: About how many bytes it takes.
        facts: What makes it worth writing, as a hash.
        news: What is not written yet.
        written: The facts that the file has; None if it has none of this session.
        written_at: The time that was written for it.
        whole: Whether it still has its answer.
    """

    sighting: Sighting
    size: int
    facts: int
    news: News = News.NONE
    written: int | None = None
    written_at: datetime | None = None
    whole: bool = True


class Memory:
    """What the session has seen. Thread-safe, and never waits.

    Args:
        limits: How much it keeps.
    """

    def __init__(self, limits: Limits) -> None:
        self.lock = RLock()
        self.lost = 0
        """How many tasks were forgotten before they were written."""
        self.changed: set[str] = set()
        """The ids of tasks with more news than the time that is not written yet."""
        self._limits = limits
        self._entries: OrderedDict[str, Entry] = OrderedDict()  # the most recently seen at the end
        self._size = 0

    def note(self, sighting: Sighting, *, recorded: bool) -> None:
        """Keep a sighting.

        Args:
            sighting: The sighting; it must have a task.
            recorded: Whether it is to be written.
        """
        with self.lock:
            before = self._entries.get(sighting.task_id)
            if before is None or not _is_late(sighting, before.sighting):
                self._keep(sighting, before, recorded=recorded)

    def get(self, task_id: str) -> Entry | None:
        """Return what is kept about a task."""
        with self.lock:
            return self._entries.get(task_id)

    def ids(self) -> list[str]:
        """Return the ids, the most recently seen first."""
        with self.lock:
            return list(reversed(self._entries))

    def entries(self, least: News) -> dict[str, Entry]:
        """Return what is kept, by id.

        Args:
            least: Leave out tasks with less news.
        """
        with self.lock:
            chosen = self.changed if least is News.ALL else self._entries
            found = ((task_id, self._entries.get(task_id)) for task_id in chosen)
            return {task_id: entry for task_id, entry in found if entry is not None and entry.news >= least}

    def written(self, entries: Mapping[str, Entry], times: Mapping[str, datetime]) -> None:
        """Remember what was written.

        Args:
            entries: What was written, as `entries` returned it.
            times: The time in the file, by id.
        """
        with self.lock:
            for task_id, entry in entries.items():
                now = self._entries.get(task_id)
                if now is not None:
                    at = times.get(task_id, now.written_at)
                    news = News.NONE if now is entry else now.news
                    if news is News.NONE:
                        self.changed.discard(task_id)
                    self._entries[task_id] = replace(now, news=news, written=entry.facts, written_at=at)

    def forget_written(self) -> None:
        """Count nothing as written: the file is no longer in use, or another one is."""
        with self.lock:
            for task_id, entry in self._entries.items():
                self._entries[task_id] = replace(entry, written=None, written_at=None)

    def forget(self) -> None:
        """Forget everything."""
        with self.lock:
            self._entries.clear()
            self.changed.clear()
            self._size = self.lost = 0

    def _keep(self, sighting: Sighting, before: Entry | None, *, recorded: bool) -> None:
        size, facts, news = _size(sighting, self._limits.memory), _facts(sighting), News.NONE
        written, written_at = (before.written, before.written_at) if before else (None, None)
        if recorded:
            changed = written != facts or (before is not None and before.news is News.ALL)
            news = News.ALL if changed else News.TIME
        entry = Entry(sighting, size, facts, news, written, written_at)
        self._size += size - (before.size if before else 0)
        self._entries[sighting.task_id] = entry
        self._entries.move_to_end(sighting.task_id)
        if entry.news is News.ALL:
            self.changed.add(sighting.task_id)
        else:
            self.changed.discard(sighting.task_id)
        self._trim()

    def _trim(self) -> None:
        """Drop the oldest answers first, then the oldest tasks, until the rest is small enough.

        The latest task keeps its answer, which is about to be written, and tasks without one leave half of the memory
        to those with one.
        """
        if self._size <= self._limits.memory:
            return
        enough = self._limits.memory * 7 // 8  # so that not every look drops something
        self._size = sum(entry.size for entry in self._entries.values())
        slim = sum(entry.size for entry in self._entries.values() if not entry.whole)
        while slim > enough // 2:
            slim -= self._drop_oldest()
        for entry in list(self._entries.values())[:-1]:
            if self._size > enough and entry.whole:
                self._drop_answer(entry)
        while self._size > enough and len(self._entries) > 1:
            self._drop_oldest()
        if self._size > self._limits.memory:
            self._drop_answer(next(iter(self._entries.values())))

    def _drop_answer(self, entry: Entry) -> None:
        sighting = without_answer(entry.sighting, self._limits.text)
        size = _size(sighting, self._limits.memory)
        self._entries[sighting.task_id] = replace(entry, sighting=sighting, size=size, whole=False)
        self._size += size - entry.size

    def _drop_oldest(self) -> int:
        """Forget the oldest task, and return its size."""
        task_id, entry = self._entries.popitem(last=False)
        self.changed.discard(task_id)
        self.lost += entry.news is News.ALL
        self._size -= entry.size
        return entry.size


def look_of(entry: Entry) -> Look:
    """Return what to write of an entry."""
    return Look(entry.sighting, entry.news is News.ALL, entry.written_at)


def _is_late(sighting: Sighting, known: Sighting) -> bool:
    """Whether a look was overtaken by another one that saw the task's end."""
    if sighting.settled or not known.settled or sighting.seen_at is None or known.seen_at is None:
        return False
    return sighting.seen_at < known.seen_at


def _facts(sighting: Sighting) -> int:
    """Return a hash of what makes a sighting worth writing. Not of `raw`, which may differ in every answer."""
    return hash((sighting.steps, sighting.task))  # a task's hash leaves `raw` out


def _size(sighting: Sighting, most: int) -> int:
    task = sighting.seen_task()
    texts = (sighting.task_id, task.prompt, task.fail_msg, *(step.text for step in sighting.steps))
    return _ENTRY + 200 * len(sighting.steps) + weight(task.raw, most) + sum(map(len, texts))

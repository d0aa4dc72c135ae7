"""What two tasks have in common and what not, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..failure import read_failure
from ..sighting import Sighting
from ..task import Task, TaskState
from . import words
from .difference import Fate, Piece, difference

NAMES = ("A", "B")

_OF_THE_OUTCOME = ("video id", "thumbnail", "link valid until")  # details that no two tasks share


@dataclass(frozen=True)
class Row:
    """A fact of both tasks.

    Attributes:
        label: What it is.
        a: The first task's; "" if it has none.
        b: The second's.
    """

    label: str
    a: str
    b: str

    @property
    def differs(self) -> bool:
        """Whether the tasks differ in it."""
        return self.a != self.b


@dataclass(frozen=True)
class Comparison:
    """What two tasks have in common and what not; empty where one of them was not seen.

    Attributes:
        pair: Both tasks.
        prompt: The prompts' difference; None where they are too unlike to be laid over one another.
        outcome: State and cause.
        times: When they finished, and how long they were in each state.
        parameters: What they were made from, apart from the prompt.
    """

    pair: tuple[Sighting, Sighting]
    prompt: list[Piece] | None = None
    outcome: tuple[Row, ...] = ()
    times: tuple[Row, ...] = ()
    parameters: tuple[Row, ...] = ()

    @classmethod
    def of(cls, a: Sighting, b: Sighting) -> Comparison:
        """Compare two tasks."""
        if a.task is None or b.task is None:
            return cls((a, b))
        return cls(
            (a, b),
            difference(a.task.prompt, b.task.prompt),
            _rows(_outcome(a.task), _outcome(b.task)),
            _rows(_times(a), _times(b)),
            _rows(_parameters(a.task), _parameters(b.task)),
        )

    @property
    def same_prompt(self) -> bool:
        """Whether the prompts are the same, apart from spaces."""
        return self.prompt is not None and all(piece.fate is Fate.KEPT for piece in self.prompt)

    @property
    def rows(self) -> list[Row]:
        """What a table shows: outcome and times in any case, of the parameters those that differ."""
        return [*self.outcome, *self.times, *(row for row in self.parameters if row.differs)]

    @property
    def shared(self) -> str:
        """The parameters that are the same."""
        same = [f"{row.label} {row.a}" for row in self.parameters if not row.differs]
        return f"The same in both: {' · '.join(same)}" if same else ""

    def summary(self) -> str:
        """What differs, in a sentence or two."""
        a, b = self.pair
        unseen = [name for name, one in zip(NAMES, self.pair, strict=True) if one.task is None]
        if unseen:
            return f"{' and '.join(unseen)} could not be seen, so there is nothing to compare."
        if a.task_id == b.task_id:
            return "A and B are the same task."
        made = [] if self.same_prompt else ["prompt"]
        made += [row.label for row in self.parameters if row.differs]
        came = [row.label for row in self.outcome if row.differs]
        differing = f"They differ in {_listed([*made, *came])}." if made or came else "They have the same outcome."
        return differing if made else f"Prompt and parameters are the same. {differing}"


def _rows(a: Mapping[str, str], b: Mapping[str, str]) -> tuple[Row, ...]:
    return tuple(Row(label, a.get(label, ""), b.get(label, "")) for label in {**a, **b})


def _outcome(task: Task) -> dict[str, str]:
    failed = task.state is TaskState.FAIL
    return {"state": task.state_text} | ({"cause": read_failure(task).cause.value} if failed else {})


def _times(sighting: Sighting) -> dict[str, str]:
    finished = words.headline(sighting)
    found = {"finished": finished} if finished else {}
    steps = sighting.steps[:-1] if sighting.settled else sighting.steps
    for index, step in enumerate(steps):
        found[f"in {step.text}"] = words.dwell(sighting, index)
    return found


def _parameters(task: Task) -> dict[str, str]:
    return {label: value for label, value in words.details(task) if label not in _OF_THE_OUTCOME}


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

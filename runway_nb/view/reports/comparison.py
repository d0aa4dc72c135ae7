"""The similarities and differences of two tasks, as texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...model.failure import read_failure
from ...model.sighting import Sighting
from ...model.task import Task, TaskState
from .. import words
from .difference import Change, Piece, difference

NAMES = ("A", "B")

_OUTPUT_DETAILS = ("video id", "thumbnail", "link valid until")  # different for every task


@dataclass(frozen=True)
class Fact:
    """One fact about both tasks.

    Attributes:
        label: What the fact is called.
        a: The first task's value; "" if it has none.
        b: The second task's value; "" if it has none.
    """

    label: str
    a: str
    b: str

    @property
    def differs(self) -> bool:
        """Whether the values differ."""
        return self.a != self.b


@dataclass(frozen=True)
class Comparison:
    """The similarities and differences of two tasks; empty if one of them could not be looked up.

    Attributes:
        pair: Both tasks.
        prompt: The difference of the prompts; None if they have too little in common.
        outcome: The state, and the cause of a failure.
        times: When the tasks finished, and how long they were in each state.
        parameters: The generation parameters, without the prompt.
        fault: Why they cannot be compared, as `fault.contained` words it; "" if they can.
    """

    pair: tuple[Sighting, Sighting]
    prompt: list[Piece] | None = None
    outcome: tuple[Fact, ...] = ()
    times: tuple[Fact, ...] = ()
    parameters: tuple[Fact, ...] = ()
    fault: str = ""

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
        return self.prompt is not None and all(piece.change is Change.KEPT for piece in self.prompt)

    @property
    def rows(self) -> list[Fact]:
        """The rows of a table: outcome, times, and the parameters that differ."""
        return [*self.outcome, *self.times, *(row for row in self.parameters if row.differs)]

    @property
    def shared(self) -> str:
        """The parameters that are the same, as one line; "" if there are none."""
        same = [f"{row.label} {row.a}" for row in self.parameters if not row.differs]
        return f"The same in both: {' · '.join(same)}" if same else ""

    def summary(self) -> str:
        """Return what differs, in one or two sentences."""
        a, b = self.pair
        missing = [name for name, one in zip(NAMES, self.pair, strict=True) if one.task is None]
        if missing:
            return f"{' and '.join(missing)} could not be looked up, so there is nothing to compare."
        if self.fault:
            return f"The comparison {self.fault}."
        if a.task_id == b.task_id:
            return "A and B are the same task."
        inputs = [] if self.same_prompt else ["prompt"]
        inputs += [row.label for row in self.parameters if row.differs]
        outcomes = [row.label for row in self.outcome if row.differs]
        differing = [*inputs, *outcomes]
        sentence = f"They differ in {_listed(differing)}." if differing else "They have the same outcome."
        return sentence if inputs else f"Prompt and parameters are the same. {sentence}"


def _rows(a: Mapping[str, str], b: Mapping[str, str]) -> tuple[Fact, ...]:
    return tuple(Fact(label, a.get(label, ""), b.get(label, "")) for label in {**a, **b})


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
    return {label: value for label, value in words.details(task) if label not in _OUTPUT_DETAILS}


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

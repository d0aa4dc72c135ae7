"""An interrupt at an exact line: what the n-th line of the package that this thread runs is, and what comes of it."""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import runway_nb

from .fuzz import scale

_PACKAGE = str(Path(runway_nb.__file__).parent)


class Interrupter:
    """Runs a function, and interrupts it at a line of the package.

    A ``with`` statement that is about to let its lock go is no place for it: the interpreter handles signals at calls
    and jumps only.

    Args:
        at: The number of the line; 0 to interrupt nothing.
        within: The functions whose lines count; None for all of the package.

    Attributes:
        places: The lines of the package that the function has run, each with the number of its first time.
        place: Where it was interrupted.
    """

    def __init__(self, at: int = 0, *, within: Collection[CodeType] | None = None) -> None:
        self._at = at
        self._within = within
        self._lines = 0
        self.places: dict[str, int] = {}
        self.place = ""
        self._exits: dict[CodeType, set[int]] = {}

    def run(self, call: Callable[[], object]) -> BaseException | None:
        """Run the function, and return the exception that it raised."""
        before = sys.gettrace()
        sys.settrace(self._trace)
        try:
            call()
        except BaseException as error:  # noqa: BLE001  # the interrupt, or what was made of it
            return error
        finally:
            sys.settrace(before)
        return None

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if not (frame.f_code in self._within if self._within else frame.f_code.co_filename.startswith(_PACKAGE)):
            return None
        if event == "line" and frame.f_lasti not in self._exits_of(frame.f_code):
            self._lines += 1
            place = f"{frame.f_code.co_filename.removeprefix(_PACKAGE)[1:]}:{frame.f_lineno}"
            self.places.setdefault(place, self._lines)
            if self._lines == self._at:
                self.place = place
                raise KeyboardInterrupt
        return self._trace

    def _exits_of(self, code: CodeType) -> set[int]:
        """Return the offsets where a ``with`` statement is about to call ``__exit__`` with three times None."""
        if code not in self._exits:
            steps = [step for step in dis.get_instructions(code) if step.opname not in ("NOP", "CACHE", "RESUME")]
            self._exits[code] = {
                step.offset
                for step, *next_ones in zip(steps, steps[1:], steps[2:], strict=False)
                if _exits(step, *next_ones)
            }
        return self._exits[code]


def _exits(step: dis.Instruction, *next_ones: dis.Instruction) -> bool:
    if step.opname in ("SWAP", "ROT_TWO"):  # the value that the block returns is on the stack
        step, *next_ones = next_ones
    nothing = step.opname == "LOAD_CONST" and step.argval is None
    return nothing and (next_ones[0].opname == "DUP_TOP" or next_ones[0].argval is None)


def sampled_lines(call: Callable[[], object], most: int, within: tuple[str, ...] = ("",)) -> list[int]:
    """Run a function, and return the numbers of lines at which to interrupt it: different ones, evenly spread.

    Args:
        call: The function.
        most: At most this many, or a multiple of them in a longer fuzz run.
        within: Only lines of files whose path in the package begins with one of these.
    """
    run = Interrupter()
    error = run.run(call)
    assert error is None, error
    lines = [number for place, number in run.places.items() if place.startswith(within)]
    return lines[:: max(len(lines) // scale(most), 1)]

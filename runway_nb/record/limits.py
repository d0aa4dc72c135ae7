"""How much the record keeps, and how much memory the values of a task take."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """How much the record keeps, in bytes.

    Attributes:
        file: For all tasks together, with the companion files of SQLite.
        task: For one task's answer. Of a longer one, only the facts are kept.
        memory: For what one session has seen.
        text: For one text of a task whose answer is not kept, such as its prompt.
    """

    file: int = 256 * MIB
    task: int = MIB
    memory: int = 64 * MIB
    text: int = 32 * 1024

    @property
    def log(self) -> int:
        """The size that SQLite's write-ahead log is cut to. One write may add as much again, or one task."""
        return max(self.file // 64, 128 * 1024)

    @property
    def pages(self) -> int:
        """The size of the file without its log."""
        return self.file - 4 * self.log


def weight(value: object, most: int) -> int:
    """Return about how many bytes a JSON value takes in memory.

    Args:
        value: The value.
        most: Counting stops above this.
    """
    total, left = 0, [value]
    while left and total <= most:
        each = left.pop()
        total += sys.getsizeof(each)
        if isinstance(each, Mapping):
            left.extend(each)
            left.extend(each.values())
        elif isinstance(each, (list, tuple)):
            left.extend(each)
    return total

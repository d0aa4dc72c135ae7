"""Prints an answer. The magics, cards and boards print all their text here."""

from __future__ import annotations

import sys
from typing import TextIO

from ..model.text import encodable, printable


def say(text: str, file: TextIO | None = None) -> None:
    """Print text without control characters, as far as the stream's encoding can show it.

    Args:
        text: One or more lines.
        file: Where to print it; None for standard output.
    """
    stream = sys.stdout if file is None else file
    print(encodable(printable(text), getattr(stream, "encoding", None)), file=stream, flush=True)  # the one place

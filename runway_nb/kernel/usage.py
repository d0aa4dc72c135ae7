"""The error of a line that cannot be used."""

from __future__ import annotations

import sys

from IPython.core import error

from ..model.encoding import encodable


class UsageError(error.UsageError):
    """Says what is wrong with a line. IPython prints it on standard error, without a traceback."""

    def __str__(self) -> str:
        return encodable(super().__str__(), getattr(sys.stderr, "encoding", None))

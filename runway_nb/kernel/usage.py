"""The error of a line that cannot be used."""

from __future__ import annotations

import sys

from IPython.core.error import UsageError

from ..model.text import encodable


def usage_error(message: str) -> UsageError:
    """Return the error that IPython prints on standard error as one line, in that stream's encoding."""
    return UsageError(encodable(message, getattr(sys.stderr, "encoding", None)))

"""Why an output could not be drawn, in words for the reader of that output."""

from __future__ import annotations

from ..model.errors import RunwayError

_UPGRADE = " If it happens again, upgrade ipykernel: 7.0.0 and 7.0.1 cannot draw from a thread."


def cannot_draw(error: Exception) -> RunwayError:
    """Return what to show in place of an update that raised an error."""
    what = f"This output could not be updated ({type(error).__name__}: {error}). Run it again."
    return RunwayError(what + (_UPGRADE if isinstance(error, LookupError) else ""))

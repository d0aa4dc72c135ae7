"""What is shown where an output could not be updated, in words for its reader."""

from __future__ import annotations

import logging
from datetime import datetime, timezone

from ..model.errors import RunwayError
from ..model.fields import safe_str
from ..model.sighting import Sighting

_UPGRADE = " Upgrade ipykernel: 7.0.0 and 7.0.1 cannot draw from a thread."


class DrawingError(RunwayError):
    """An output could not be updated: a fault of the front-end, of the kernel or of an observer."""

    title = "This output could not be updated"


def with_trouble(sighting: Sighting, error: Exception) -> Sighting:
    """Return a sighting that shows, until the next one, why drawing it raised an error. Following goes on."""
    what = f"{type(error).__name__}: {safe_str(error)}. The next check tries again, and so does running the cell again."
    shown = DrawingError(what + (_UPGRADE if isinstance(error, LookupError) else ""))
    return sighting.failed(shown, sighting.looked_at or datetime.now(timezone.utc))


class DrawingLog:
    """Logs errors that cannot be shown. While drawing fails in the same way at each look, only the first is logged."""

    def __init__(self) -> None:
        self._logged: type[Exception] | None = None

    def log(self, error: Exception) -> None:
        """Log an error, unless the one before was of the same type."""
        if self._logged is not type(error):
            self._logged = type(error)
            logging.getLogger(__name__).error("An output could not be updated.", exc_info=error)

    def reset(self) -> None:
        """Note that something was drawn, so that the next error is logged."""
        self._logged = None

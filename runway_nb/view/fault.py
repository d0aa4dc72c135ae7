"""The boundary around each part of an output: a fault in drawing one row or card does not affect the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

_Drawn = TypeVar("_Drawn")


def contained(draw: Callable[[], _Drawn], instead: Callable[[str], _Drawn]) -> _Drawn:
    """Draw a part of an output or, if that raises an exception, what is shown in its place.

    Args:
        draw: Draws the part.
        instead: Draws the text that it gets, such as ``could not be drawn (TypeError)``. It must read nothing that the
            service sent except the id.
    """
    try:
        return draw()
    except Exception as error:  # whatever is wrong with one task, the others are shown
        logging.getLogger(__name__).debug("A part of an output could not be drawn.", exc_info=error)
        return instead(f"could not be drawn ({type(error).__name__})")

"""What live cards and boards say once their kernel was restarted or stopped; `disconnected.css` shows it then."""

from __future__ import annotations

from .markup import Html, element, fragment
from .style import live

DISCONNECTED = "jupyter-widgets-disconnected"
"""The class that ipywidgets gives a view whose kernel was restarted or died."""

UNFINISHED = "No longer live: the kernel was restarted or stopped. Run the cell again."
ENDED = "The kernel was restarted or stopped. To use the controls, run the cell again."


def notice() -> Html:
    """Draw the sentence for views of unfinished tasks, and the one for views whose tasks have all ended."""
    return fragment(
        element("span", UNFINISHED, **live("lost")),
        element("span", ENDED, **live("lost-controls")),
    )

"""Tab completion of ``%runway``: its options, and the ids of tasks seen. From memory, never over the network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_CALL = re.compile(r"^\s*%{0,2}(runway\w*)\s")


def completer(
    line_until_cursor: Callable[[], str],
    options_of: Callable[[str], Iterable[str]],
    known_ids: Callable[[str], Iterable[str]],
) -> Callable[[str], list[str]]:
    """Make a matcher for IPython's completer.

    Args:
        line_until_cursor: Gives the line being completed.
        options_of: Gives the options of a magic, by its name.
        known_ids: Gives the ids of tasks seen that begin with a prefix, the most recent first.
    """

    def complete_runway(text: str) -> list[str]:
        call = _CALL.match(line_until_cursor())
        if call is None:
            return []
        if text.startswith("-"):
            return [option for option in options_of(call[1]) if option.startswith(text)]
        return list(known_ids(text))

    return complete_runway

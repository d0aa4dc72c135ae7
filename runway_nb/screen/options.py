"""`ShowOptions`: how tasks are shown and followed."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.defaults import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, DEFAULT_WIDTH, WIDTH, check_pace


@dataclass(frozen=True)
class ShowOptions:
    """How tasks are shown and followed.

    Attributes:
        interval: Seconds between two looks while followed.
        timeout: Seconds after which following stops; the task goes on.
        width: Maximum width of a card, in pixels.
        static: Plain HTML instead of widgets.
        embed: Embed the media in the output, so that they still work after their links expire.
        freeze: Turn a card into plain HTML as soon as its task has ended.

    Raises:
        NumberError: If the interval, the timeout or the width cannot be used.
    """

    interval: float = DEFAULT_INTERVAL
    timeout: float = DEFAULT_TIMEOUT
    width: int = DEFAULT_WIDTH
    static: bool = False
    embed: bool = False
    freeze: bool = False

    def __post_init__(self) -> None:
        check_pace(self.interval, self.timeout)
        WIDTH.check(self.width)

"""Media embedded in a card, as bytes."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Media:
    """A file's content.

    Attributes:
        media_type: Its media type, such as ``video/mp4``.
        content: Its bytes.
    """

    media_type: str
    content: bytes

    @cached_property
    def base64(self) -> str:
        """The content in base64, encoded once: a card is drawn many times."""
        return base64.b64encode(self.content).decode("ascii")


@dataclass(frozen=True)
class Embedded:
    """Media embedded in a card, which do not depend on a link.

    Attributes:
        video: The video, or None.
        poster: Its thumbnail, or None.
        problem: Why the video, its thumbnail or both are not embedded although it was requested, in sentences; "" if
            there was no problem.
    """

    video: Media | None = None
    poster: Media | None = None
    problem: str = ""


NOTHING_EMBEDDED = Embedded()

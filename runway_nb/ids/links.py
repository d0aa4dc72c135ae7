"""Where the links of clips and pictures are in a text: the ids in them are those of files. No I/O."""

from __future__ import annotations

import re
from bisect import bisect_right

_LINK = re.compile(r"://[^\s\"'<>,|]*")
_MEDIA = re.compile(r"\.(?:mp4|mov|webm|m3u8|gif|png|jpe?g|webp|avif)\b", re.IGNORECASE)
# A link without a file's extension, in a field such as `videoUrl`.
_MEDIA_FIELD = re.compile(
    r"(?:video|image|clip|media|thumb(?:nail)?|cover|poster|frame|file|download|result|output)[_-]?(?:ur[il]|link|src|href)s?"
    r"[\"']?\s{0,20}[:=]?\s{0,20}[\[(]?[\"']?[a-z0-9]{1,8}\Z",
    re.IGNORECASE,
)


class MediaLinks:
    """The links of clips and pictures in a text.

    Args:
        text: Cleaned by `logs.clean`.
    """

    def __init__(self, text: str) -> None:
        spans = [match.span() for match in _LINK.finditer(text) if _is_media(text, match)] if "://" in text else []
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def hold(self, place: int) -> bool:
        """Whether a place in the text is in one of the links."""
        number = bisect_right(self._starts, place) - 1
        return number >= 0 and place < self._ends[number]


def _is_media(text: str, match: re.Match[str]) -> bool:
    if _MEDIA.search(text, *match.span()):
        return True
    return bool(_MEDIA_FIELD.search(text[max(0, match.start() - 80) : match.start()]))

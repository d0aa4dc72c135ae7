"""Fetching a task's media, so that a card can carry them and outlive their links. The key is never sent along."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import requests

from . import __version__
from .errors import RunwayError
from .settings import DEFAULT_HTTP_TIMEOUT, is_on_this_machine

EMBED_LIMIT = 8_000_000
"""Bytes of a video that are embedded at most: a notebook grows by a third more than that."""

_CHUNK = 256 * 1024  # bytes


class MediaError(RunwayError):
    """A video or picture could not be fetched, or is too large."""


@dataclass(frozen=True)
class Media:
    """A file's content.

    Attributes:
        media_type: Such as ``video/mp4``.
        content: Its bytes.
    """

    media_type: str
    content: bytes

    @property
    def base64(self) -> str:
        """The content as a data URI wants it."""
        return base64.b64encode(self.content).decode("ascii")


def fetch_media(url: str, kind: str, limit: int = EMBED_LIMIT) -> Media:
    """Download a video or picture.

    Args:
        url: http(s).
        kind: ``"video"`` or ``"image"``; anything else that comes is refused.
        limit: Bytes at most.

    Raises:
        MediaError: If it cannot be had, is of another kind, or is larger than the limit.
    """
    try:
        with requests.Session() as session:
            session.trust_env = not is_on_this_machine(url)
            with session.get(url, headers=_HEADERS, timeout=DEFAULT_HTTP_TIMEOUT, stream=True) as response:
                return _read(response, kind, limit)
    except requests.RequestException as error:
        status = error.response.status_code if error.response is not None else None
        why = f"HTTP {status}" if status else "no connection"
        raise MediaError(f"The {kind} could not be fetched ({why}). Its link may have expired; look again.") from None


def _read(response: requests.Response, kind: str, limit: int) -> Media:
    response.raise_for_status()
    media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if not media_type.startswith(f"{kind}/") or media_type == "image/svg+xml":
        raise MediaError(f"The {kind}'s link leads to {media_type or 'something else'}, not to a {kind}.")
    return Media(media_type, _bounded(response, kind, limit))


def _bounded(response: requests.Response, kind: str, limit: int) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > limit:
            raise MediaError(f"The {kind} is larger than {limit / 1e6:g} MB and stays a link. Download it to keep it.")
    return bytes(content)


_HEADERS = {"User-Agent": f"runway_nb/{__version__}"}

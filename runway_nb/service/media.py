"""Downloads a task's media, so that a card can embed them and outlive their links. The key is never sent."""

from __future__ import annotations

import requests

from ..model.errors import RunwayError
from ..model.media import Embedded, Media
from ..model.task import Task
from ..model.version import __version__
from .settings import DEFAULT_HTTP_TIMEOUT, is_on_this_machine

EMBED_LIMIT = 8_000_000
"""Largest video or picture to embed, in bytes. In base64 it takes up a third more space in the notebook."""

_CHUNK = 256 * 1024  # bytes


class MediaError(RunwayError):
    """A video or picture could not be fetched, is of another type, or is too large."""


def embedded_media(task: Task) -> Embedded:
    """Download a task's video and thumbnail.

    Args:
        task: The task; without a video, nothing is downloaded.

    Returns:
        The media, or the problem that prevented it. If the video's link has expired, only the thumbnail.
    """
    if task.video is None:
        return Embedded()
    try:
        return Embedded(_fetched(task.video_url, "video"), _fetched(task.video.image_url, "image"))
    except MediaError as error:
        return Embedded(problem=str(error))


def fetch_media(url: str, kind: str, limit: int = EMBED_LIMIT) -> Media:
    """Download a video or picture.

    Args:
        url: An http(s) URL.
        kind: ``"video"`` or ``"image"``; media of another type are refused.
        limit: Maximum number of bytes to download.

    Raises:
        MediaError: If it could not be fetched, is of another type, or is larger than the limit.
    """
    try:
        with requests.Session() as session:
            session.trust_env = not is_on_this_machine(url)
            with session.get(url, headers=_HEADERS, timeout=DEFAULT_HTTP_TIMEOUT, stream=True) as response:
                return _read(response, kind, limit)
    except requests.RequestException as error:
        status = error.response.status_code if error.response is not None else None
        why = f"HTTP {status}" if status else "no connection"
        raise MediaError(f"The {kind} could not be fetched ({why}). Its link may have expired; try again.") from None


def _fetched(url: str | None, kind: str) -> Media | None:
    return None if url is None else fetch_media(url, kind)


def _read(response: requests.Response, kind: str, limit: int) -> Media:
    response.raise_for_status()
    media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if not media_type.startswith(f"{kind}/") or media_type == "image/svg+xml":
        raise MediaError(f"The {kind}'s link returned {media_type or 'data of unknown type'} instead.")
    return Media(media_type, _bounded(response, kind, limit))


def _bounded(response: requests.Response, kind: str, limit: int) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > limit:
            size = f"larger than {limit / 1e6:g} MB"
            raise MediaError(f"The {kind} is {size}, so it stays a link. Download it to keep it.")
    return bytes(content)


_HEADERS = {"User-Agent": f"runway_nb/{__version__}"}

"""Downloads a task's media, so that a card can embed them and outlive their links. The key is never sent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import requests
from urllib3.exceptions import HTTPError

from ..model.errors import RunwayError
from ..model.media import Embedded, Media
from ..model.task import Task
from ..model.version import __version__
from .media_type import FIRST_BYTES, media_type_of
from .network import plain_session, setting_error
from .settings import DEFAULT_HTTP_TIMEOUT, is_web_url

EMBED_LIMIT = 8_000_000
"""Largest video or picture to embed, in bytes. In base64 it takes up a third more space in the notebook."""

_HEADERS = {"User-Agent": f"runway_nb/{__version__}"}
_CHUNK = 256 * 1024  # bytes
_ANY_TYPE = ("application/octet-stream", "binary/octet-stream")  # how storage serves a file of unknown type


class MediaError(RunwayError):
    """A video or picture could not be fetched, is of another type, or is too large."""


def embedded_media(task: Task) -> Embedded:
    """Download a task's video and thumbnail. One is embedded even if the other cannot be.

    Args:
        task: The task; without a video, nothing is downloaded.

    Returns:
        The media, and the problems with what is missing. If the video's link has expired, only the thumbnail.
    """
    if task.video is None:
        return Embedded()
    video, video_problem = _fetched(task.video_url, "video")
    poster, poster_problem = _fetched(task.video.image_url, "image")
    return Embedded(video, poster, " ".join(filter(None, (video_problem, poster_problem))))


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
        with (
            plain_session(url) as session,
            session.get(url, headers=_HEADERS, timeout=DEFAULT_HTTP_TIMEOUT, stream=True) as response,
        ):
            return _read(response, kind, limit)
    except (requests.RequestException, OSError, HTTPError, ValueError) as error:
        failure = MediaError(_failure(error, url, kind))
    raise failure


def _failure(error: Exception, url: str, kind: str) -> str:
    setting = setting_error(error, url) if is_web_url(url) else None
    if setting is not None:
        return f"The {kind} could not be fetched. {setting}"
    response = getattr(error, "response", None)
    why = "no connection" if response is None else f"HTTP {response.status_code}"
    return f"The {kind} could not be fetched ({why}). Its link may have expired; try again."


def _fetched(url: str | None, kind: str) -> tuple[Media | None, str]:
    """Download media if there is a link. Return them, and the problem in a sentence."""
    try:
        return (fetch_media(url, kind) if url else None), ""
    except MediaError as error:
        return None, str(error)


def _read(response: requests.Response, kind: str, limit: int) -> Media:
    response.raise_for_status()
    declared = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    chunks = response.iter_content(_CHUNK)
    start = b""
    while len(start) < FIRST_BYTES and (chunk := next(chunks, b"")):
        start += chunk
    media_type = media_type_of(start) or ("" if declared in _ANY_TYPE else declared)
    if not media_type.startswith(f"{kind}/") or media_type == "image/svg+xml" or not start:
        found = (media_type or "data of unknown type") if start else "an empty file"
        raise MediaError(f"The {kind}'s link returned {found} instead.")
    return Media(media_type, _bounded(start, chunks, kind, limit))


def _bounded(start: bytes, chunks: Iterator[bytes], kind: str, limit: int) -> bytes:
    content = bytearray()
    for chunk in chain([start], chunks):
        content += chunk
        if len(content) > limit:
            size = f"larger than {limit / 1e6:g} MB"
            raise MediaError(f"The {kind} is {size}, so it stays a link. Download it to keep it.")
    return bytes(content)

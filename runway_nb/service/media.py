"""Downloads a task's media, so that a card can embed them and outlive their links. The key is never sent."""

from __future__ import annotations

import requests

from ..model.errors import RunwayError
from ..model.media import Embedded, Media
from ..model.task import Task
from ..model.version import __version__
from .media_type import media_type_of
from .network import plain_session
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
        What could be downloaded, and why the rest could not. If the video's link has expired, only the thumbnail.
    """
    if task.video is None:
        return Embedded()
    problems: list[str] = []
    video = _fetched(task.video_url, "video", problems)
    poster = _fetched(task.video.image_url, "image", problems)
    return Embedded(video, poster, " ".join(problems))


def fetch_media(url: str, kind: str, limit: int = EMBED_LIMIT) -> Media:
    """Download a video or picture.

    Args:
        url: An http(s) URL.
        kind: ``"video"`` or ``"image"``. The file's first bytes decide, because storage services often send
            ``application/octet-stream`` or no type, and error pages with a video's type.
        limit: Maximum number of bytes to download.

    Raises:
        MediaError: If it could not be fetched, is of another type, or is larger than the limit.
    """
    try:
        with plain_session() as session:
            session.trust_env = not is_on_this_machine(url)
            with session.get(url, headers=_HEADERS, timeout=DEFAULT_HTTP_TIMEOUT, stream=True) as response:
                return _read(response, kind, limit)
    except requests.RequestException as error:
        status = error.response.status_code if error.response is not None else None
        why = f"HTTP {status}" if status else "no connection"
        raise MediaError(f"The {kind} could not be fetched ({why}). Its link may have expired; try again.") from None


def _fetched(url: str | None, kind: str, problems: list[str]) -> Media | None:
    if url is None:
        return None
    try:
        return fetch_media(url, kind)
    except MediaError as error:
        problems.append(str(error))
        return None


def _read(response: requests.Response, kind: str, limit: int) -> Media:
    response.raise_for_status()
    content = _bounded(response, kind, limit)
    media_type = media_type_of(content)
    if media_type is None or not media_type.startswith(f"{kind}/"):
        declared = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
        returned = media_type or ("other data" if declared.startswith(f"{kind}/") else declared or "other data")
        raise MediaError(f"The {kind}'s link returned {returned} instead.")
    return Media(media_type, content)


def _bounded(response: requests.Response, kind: str, limit: int) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > limit:
            size = f"larger than {limit / 1e6:g} MB"
            raise MediaError(f"The {kind} is {size}, so it stays a link. Download it to keep it.")
    return bytes(content)


_HEADERS = {"User-Agent": f"runway_nb/{__version__}"}

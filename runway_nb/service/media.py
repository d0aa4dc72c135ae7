"""Downloads a task's media, so that a card can embed them and outlive their links. The key is never sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain

import requests

from ..model.errors import RunwayError
from ..model.media import Embedded, Media
from ..model.task import Task
from ..model.text import excerpt
from .addresses import LOOPBACK, Network, read_networks
from .connector import Connector, RefusedAddressError, TooLargeError
from .deadline import run_within
from .download import RefusedLinkError, opened
from .media_type import FIRST_BYTES, media_type_of
from .network import setting_error
from .overrides import demo_url, media_networks
from .settings import is_on_this_machine, is_web_url, resolve_base_url

EMBED_LIMIT = 8_000_000
"""Largest video or picture to embed, in bytes. In base64 it takes up a third more space in the notebook."""

EMBED_TIME = 60.0
"""Longest time to download one of them, in seconds."""

_CHUNK = 256 * 1024  # bytes
_OVERHEAD = 1024 * 1024  # bytes of headers, and of the lengths of chunks
_LONGEST_TYPE = 100  # characters
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


def fetch_media(url: str, kind: str, limit: int = EMBED_LIMIT, seconds: float = EMBED_TIME) -> Media:
    """Download a video or picture from a public address, or from one that the user admits.

    Args:
        url: An http(s) URL.
        kind: ``"video"`` or ``"image"``; media of another type are refused.
        limit: Maximum number of bytes to download.
        seconds: Longest time for all of it, with redirects.

    Raises:
        MediaError: If it could not be fetched in time, is of another type, is larger than the limit, or is at an
            address that is not asked.
    """
    connector = Connector(_networks(), limit + _OVERHEAD)
    try:
        return run_within(seconds, partial(_download, url, kind, limit, connector), connector.cut)
    except MediaError as error:
        failure = error.with_traceback(None)
    except Exception as error:  # noqa: BLE001  # on odd bytes, the libraries do not only raise their own errors
        failure = MediaError(_failure(error, url, kind, limit))
    finally:
        connector.cut()
    raise failure


def _download(url: str, kind: str, limit: int, connector: Connector) -> Media:
    with opened(url, connector) as response:
        return _read(response, kind, limit)


def _networks() -> Sequence[Network]:
    """Return the networks that are admitted besides public ones: the media of an API on this machine are here, too."""
    admitted = read_networks(media_networks())
    return (*admitted, *LOOPBACK) if _api_is_here() else admitted


def _api_is_here() -> bool:
    try:
        return is_on_this_machine(demo_url() or resolve_base_url())
    except RunwayError:
        return False


def _failure(error: Exception, url: str, kind: str, limit: int) -> str:
    if isinstance(error, TooLargeError):
        return _too_large(kind, limit)
    if isinstance(error, RefusedAddressError):
        return (
            f"The {kind}'s link leads to an address of this machine or of a private network, so it was not opened. "
            "If you trust that network, add it to RunwayMagics.media_networks."
        )
    if isinstance(error, RefusedLinkError):
        return f"The {kind} could not be fetched (no connection). Its link {error}."
    if isinstance(error, TimeoutError):
        return f"The {kind} took too long to arrive, so it stays a link. Try again, or download it to keep it."
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
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise MediaError(f"The {kind}'s link returned compressed data instead.")
    declared = excerpt(response.headers.get("Content-Type", "").split(";")[0].lower(), _LONGEST_TYPE)
    chunks = response.iter_content(_CHUNK)
    start = b""
    while len(start) < FIRST_BYTES and (chunk := next(chunks, b"")):
        start += chunk
    media_type = media_type_of(start) or ("" if declared in _ANY_TYPE else declared)
    if not re.fullmatch(rf"{kind}/[\w.+-]+", media_type, re.ASCII) or media_type == "image/svg+xml" or not start:
        found = (media_type or "data of unknown type") if start else "an empty file"
        raise MediaError(f"The {kind}'s link returned {found} instead.")
    return Media(media_type, _bounded(start, chunks, kind, limit))


def _bounded(start: bytes, chunks: Iterator[bytes], kind: str, limit: int) -> bytes:
    content = bytearray()
    for chunk in chain([start], chunks):
        content += chunk
        if len(content) > limit:
            raise MediaError(_too_large(kind, limit))
    return bytes(content)


def _too_large(kind: str, limit: int) -> str:
    return f"The {kind} is larger than {limit / 1e6:g} MB, so it stays a link. Download it to keep it."

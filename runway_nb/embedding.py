"""Media that a card carries itself."""

from __future__ import annotations

from .task import Task
from .video import MediaError, fetch_media
from .view.html import Embedded
from .view.markup import Html, data_uri


def embedded_media(task: Task) -> Embedded:
    """Fetch a task's video and thumbnail.

    Args:
        task: The task; without a video nothing is fetched.

    Returns:
        The media, or why there are none. An expired video has its thumbnail only.
    """
    if task.video is None:
        return Embedded()
    try:
        return Embedded(_fetched(task.video_url, "video"), _fetched(task.video.image_url, "image"))
    except MediaError as error:
        return Embedded(problem=str(error))


def _fetched(url: str | None, kind: str) -> Html | None:
    if url is None:
        return None
    media = fetch_media(url, kind)
    return data_uri(media.media_type, media.base64)

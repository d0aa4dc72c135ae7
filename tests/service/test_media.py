"""Downloads of media: limited in size, of the right type, without the key."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from service.recording import RecordingHandler, recording

from runway_nb.model.media import NOTHING_EMBEDDED, Embedded
from runway_nb.model.task import Task, Video
from runway_nb.service.media import EMBED_LIMIT, MediaError, embedded_media, fetch_media
from runway_nb.simulator import Simulator


@pytest.fixture(autouse=True)
def _api_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's servers are on loopback, where media are fetched from only if the API is there, too."""
    monkeypatch.setenv("APIKLEY_BASE_URL", "http://127.0.0.1:9")


@pytest.fixture
def clips(simulator: Simulator) -> str:
    return f"{simulator.base_url}/clips"


def error_of(url: str, kind: str = "video", limit: int = EMBED_LIMIT) -> MediaError:
    with pytest.raises(MediaError) as caught:
        fetch_media(url, kind, limit)
    return caught.value


def test_video_and_thumbnail(clips: str):
    video = fetch_media(f"{clips}/neon-cat.mp4", "video")
    image = fetch_media(f"{clips}/neon-cat.jpg", "image")

    assert video.media_type == "video/mp4"
    assert video.content[4:8] == b"ftyp"
    assert image.media_type == "image/jpeg"
    assert image.content[:2] == b"\xff\xd8"


def test_media_of_a_task(clips: str):
    task = Task("t", video=Video(f"{clips}/neon-cat.mp4", f"{clips}/neon-cat.jpg"))
    embedded = embedded_media(task)

    assert embedded.video == fetch_media(f"{clips}/neon-cat.mp4", "video")
    assert embedded.poster == fetch_media(f"{clips}/neon-cat.jpg", "image")
    assert embedded.problem == ""
    assert embedded_media(Task("t")) == NOTHING_EMBEDDED


def test_expired_task_keeps_its_thumbnail(clips: str):
    task = Task("t", video=Video(f"{clips}/neon-cat.mp4", f"{clips}/neon-cat.jpg"), expired=True)
    embedded = embedded_media(task)

    assert embedded.video is None
    assert embedded.poster is not None


def test_problem_is_part_of_the_result(clips: str):
    embedded = embedded_media(Task("t", video=Video(f"{clips}/neon-cat.jpg")))

    assert (embedded.video, embedded.poster) == (None, None)
    assert embedded.problem == "The video's link returned image/jpeg instead."


def test_no_proxy_on_this_machine(clips: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert fetch_media(f"{clips}/neon-cat.jpg", "image").content


def test_size_limit(clips: str):
    size = len(fetch_media(f"{clips}/neon-cat.mp4", "video").content)

    assert fetch_media(f"{clips}/neon-cat.mp4", "video", limit=size)
    assert str(error_of(f"{clips}/neon-cat.mp4", limit=1000)) == (
        "The video is larger than 0.001 MB, so it stays a link. Download it to keep it."
    )
    assert EMBED_LIMIT == 8_000_000


def test_another_type_is_refused(clips: str, simulator: Simulator):
    assert str(error_of(f"{clips}/neon-cat.jpg")) == "The video's link returned image/jpeg instead."
    record = f"{simulator.base_url}/api/v1/runway/record-detail"
    assert str(error_of(record, "image")) == "The image's link returned application/json instead."


def test_dead_link(clips: str, simulator: Simulator):
    assert str(error_of(f"{clips}/expired/neon-cat.mp4")) == (
        "The video could not be fetched (HTTP 404). Its link may have expired; try again."
    )
    simulator.stop()
    error = error_of(f"{clips}/neon-cat.mp4")
    assert "(no connection)" in str(error)
    assert error.__context__ is None


@pytest.mark.parametrize(
    "url", ["", "x", "javascript:alert(1)", "file:///etc/passwd", "http://[broken", "http://", "data:video/mp4,x"]
)
def test_unusable_link(url: str):
    assert "(no connection)" in str(error_of(url))


# --- what links really return -----------------------------------------------------------------------------------------

MP4 = b"\x00\x00\x00\x20ftypisom" + b"x" * 1000
FILES = {
    "video/mp4": MP4,
    "video/quicktime": b"\x00\x00\x00\x14ftypqt  " + b"x" * 1000,
    "video/webm": b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"x" * 1000,
    "video/x-matroska": b"\x1a\x45\xdf\xa3\xa3B\x82\x88matroska" + b"x" * 1000,
    "image/jpeg": b"\xff\xd8\xff\xe0" + b"x" * 1000,
    "image/png": b"\x89PNG\r\n\x1a\n" + b"x" * 1000,
    "image/gif": b"GIF89a" + b"x" * 1000,
    "image/webp": b"RIFF\x10\x00\x00\x00WEBPVP8 " + b"x" * 1000,
}
PAGES = [
    b"<!DOCTYPE html><p>Sign in",
    b"\n <html>Expired",
    b"\xef\xbb\xbf<?xml version='1.0'?><Error/>",
    b'{"error": "gone"}',
]


@contextmanager
def serving(*files: tuple[bytes, str | None, int]) -> Iterator[str]:
    """Serve each file, with its Content-Type and status, at its number."""

    def reply(handler: RecordingHandler) -> None:
        content, media_type, status = files[int(handler.path.lstrip("/"))]
        handler.reply(content, status, **({"Content_Type": media_type} if media_type else {}))

    with recording(reply) as server:
        yield server.url


def embedded_of(url: str) -> Embedded:
    return embedded_media(Task("t", video=Video(f"{url}/0", f"{url}/1")))


@pytest.mark.parametrize("declared", ["application/octet-stream", "binary/octet-stream", None, "own", "Own; x=y"])
@pytest.mark.parametrize("media_type", FILES)
def test_type_is_read_from_the_bytes(media_type: str, declared: str | None):
    sent = declared.lower().replace("own", media_type) if declared else None
    with serving((FILES[media_type], sent, 200)) as url:
        media = fetch_media(f"{url}/0", media_type.partition("/")[0])

    assert (media.media_type, media.content) == (media_type, FILES[media_type])


def test_wrong_type_of_video_is_corrected():
    with serving((FILES["video/webm"], "video/mp4", 200)) as url:
        assert fetch_media(f"{url}/0", "video").media_type == "video/webm"


@pytest.mark.parametrize("declared", ["video/mp4", "image/jpeg", "text/html", "application/octet-stream", None])
@pytest.mark.parametrize("page", PAGES)
def test_page_is_refused_by_its_bytes(page: bytes, declared: str | None):
    with serving((page, declared, 200)) as url:
        for kind in ("video", "image"):
            assert "'s link returned " in str(error_of(f"{url}/0", kind))


@pytest.mark.parametrize(
    ("content", "named"),
    [(b"", "an empty file"), (b"x" * 1000, "data of unknown type"), (FILES["image/gif"], "image/gif")],
)
def test_no_video_of_unknown_type(content: bytes, named: str):
    with serving((content, "application/octet-stream", 200)) as url:
        assert str(error_of(f"{url}/0")) == f"The video's link returned {named} instead."


PICTURE = (FILES["image/png"], None, 200)
CLIP = (MP4, "binary/octet-stream", 200)


@pytest.mark.parametrize(
    "bad", [(b"", None, 403), (b"", None, 410), (PAGES[0], "video/mp4", 200), (MP4 * 9000, None, 200)]
)
def test_thumbnail_without_the_clip(bad: tuple[bytes, str | None, int]):
    with serving(bad, PICTURE) as url:
        embedded = embedded_of(url)

    assert embedded.video is None
    assert embedded.poster
    assert embedded.poster.media_type == "image/png"
    assert embedded.problem.startswith("The video")


def test_clip_without_the_thumbnail():
    with serving(CLIP, (b"", None, 404)) as url:
        embedded = embedded_of(url)

    assert embedded.video
    assert embedded.poster is None
    assert embedded.problem == "The image could not be fetched (HTTP 404). Its link may have expired; try again."


def test_both_problems_are_kept():
    with serving((b"", None, 403), (PAGES[0], "image/png", 200)) as url:
        assert embedded_of(url).problem == (
            "The video could not be fetched (HTTP 403). Its link may have expired; try again. "
            "The image's link returned text/html instead."
        )


def test_a_patched_session_is_not_used(clips: str, monkeypatch: pytest.MonkeyPatch):
    class Frozen(requests.Session):
        def send(self, *_: object, **__: object) -> requests.Response:
            raise AssertionError

    monkeypatch.setattr(requests, "Session", Frozen)
    monkeypatch.setattr(requests.sessions, "Session", Frozen)

    assert fetch_media(f"{clips}/neon-cat.jpg", "image")

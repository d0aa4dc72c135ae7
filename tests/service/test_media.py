"""Downloads of media: limited in size, of the right type, without the key."""

import pytest
from service.recording import RecordingHandler, recording

from runway_nb.model.media import NOTHING_EMBEDDED, Media
from runway_nb.model.task import Task, Video
from runway_nb.service.media import EMBED_LIMIT, MediaError, embedded_media, fetch_media
from runway_nb.service.media_type import media_type_of
from runway_nb.simulator import Simulator

MP4 = b"\0\0\0\x18ftypisom" + b"\0" * 100
PAGE = b"<!DOCTYPE html><title>Sign in</title>"


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


@pytest.mark.parametrize(
    ("video", "image", "came", "problem"),
    [
        ("neon-cat.mp4", "gone.jpg", (True, False), "The image could not be fetched (HTTP 404)."),
        ("gone.mp4", "neon-cat.jpg", (False, True), "The video could not be fetched (HTTP 404)."),
        ("neon-cat.jpg", "neon-cat.jpg", (False, True), "The video's link returned image/jpeg instead."),
        ("neon-cat.mp4", "neon-cat.mp4", (True, False), "The image's link returned video/mp4 instead."),
        ("gone.mp4", "gone.jpg", (False, False), "The video could not be fetched (HTTP 404)."),
    ],
)
def test_one_problem_does_not_lose_the_rest(clips: str, video: str, image: str, came: tuple[bool, bool], problem: str):
    embedded = embedded_media(Task("t", video=Video(f"{clips}/{video}", f"{clips}/{image}")))

    assert (embedded.video is not None, embedded.poster is not None) == came
    assert embedded.problem.startswith(problem)


def test_every_problem_is_told(clips: str):
    embedded = embedded_media(Task("t", video=Video(f"{clips}/gone.mp4", f"{clips}/neon-cat.mp4")))

    assert embedded.problem == (
        "The video could not be fetched (HTTP 404). Its link may have expired; try again. "
        "The image's link returned video/mp4 instead."
    )


def test_too_large_video_keeps_its_thumbnail(clips: str, monkeypatch: pytest.MonkeyPatch):
    size = len(fetch_media(f"{clips}/neon-cat.jpg", "image").content)
    monkeypatch.setattr(fetch_media, "__defaults__", (size,))
    embedded = embedded_media(Task("t", video=Video(f"{clips}/neon-cat.mp4", f"{clips}/neon-cat.jpg")))

    assert (embedded.video, embedded.poster is not None) == (None, True)
    assert "so it stays a link" in embedded.problem


@pytest.mark.parametrize(
    "declared", ["video/mp4", "application/octet-stream", "binary/octet-stream", "", "text/plain; charset=utf-8", None]
)
def test_bytes_decide_what_a_file_is(declared: str | None):
    headers = {} if declared is None else {"Content_Type": declared}

    def answer(request: RecordingHandler) -> None:
        request.reply(MP4 if request.path == "/video" else PAGE, **headers)

    with recording(answer) as server:
        assert fetch_media(f"{server.url}/video", "video") == Media("video/mp4", MP4)
        assert "instead." in str(error_of(f"{server.url}/page"))


@pytest.mark.parametrize(
    ("declared", "returned"),
    [("text/html; charset=utf-8", "text/html"), ("video/mp4", "other data"), ("", "other data")],
)
def test_page_instead_of_a_video(declared: str, returned: str):
    with recording(lambda request: request.reply(PAGE, Content_Type=declared)) as server:
        assert str(error_of(server.url)) == f"The video's link returned {returned} instead."


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (MP4, "video/mp4"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\0\0\x10\0moov", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "video/x-matroska"),
        (b"OggS\0\x02", "video/ogg"),
        (b"RIFF\x24\0\0\0AVI LIST", "video/x-msvideo"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x24\0\0\0WAVEfmt ", None),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (PAGE, None),
        (b'{"code":404}', None),
        (b"", None),
    ],
)
def test_media_types(content: bytes, media_type: str | None):
    assert media_type_of(content) == media_type


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
    assert error.__suppress_context__


@pytest.mark.parametrize(
    "url", ["", "x", "javascript:alert(1)", "file:///etc/passwd", "http://[broken", "http://", "data:video/mp4,x"]
)
def test_unusable_link(url: str):
    assert "(no connection)" in str(error_of(url))

"""Downloads of media: limited in size, of the right type, without the key."""

import pytest

from runway_nb.model.media import NOTHING_EMBEDDED
from runway_nb.model.task import Task, Video
from runway_nb.service.media import EMBED_LIMIT, MediaError, embedded_media, fetch_media
from runway_nb.simulator import Simulator


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
    assert error.__suppress_context__


@pytest.mark.parametrize(
    "url", ["", "x", "javascript:alert(1)", "file:///etc/passwd", "http://[broken", "http://", "data:video/mp4,x"]
)
def test_unusable_link(url: str):
    assert "(no connection)" in str(error_of(url))

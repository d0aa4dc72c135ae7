"""Fetching media: bounded, of the right kind, without the key."""

from collections.abc import Iterator

import pytest

from runway_nb.simulator import Simulator
from runway_nb.video import EMBED_LIMIT, Media, MediaError, fetch_media


@pytest.fixture
def clips(simulator: Simulator) -> Iterator[str]:
    return f"{simulator.base_url}/clips"


def test_a_clip_and_its_thumbnail(clips: str):
    video = fetch_media(f"{clips}/neon-cat.mp4", "video")
    image = fetch_media(f"{clips}/neon-cat.jpg", "image")

    assert video.media_type == "video/mp4"
    assert video.content[4:8] == b"ftyp"
    assert image.media_type == "image/jpeg"
    assert image.content[:2] == b"\xff\xd8"
    assert Media("video/mp4", b"\x00\xff").base64 == "AP8="


def test_a_proxy_has_no_business_on_this_machine(clips: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert fetch_media(f"{clips}/neon-cat.jpg", "image").content


def test_too_large_is_told_with_the_limit(clips: str):
    size = len(fetch_media(f"{clips}/neon-cat.mp4", "video").content)

    assert fetch_media(f"{clips}/neon-cat.mp4", "video", limit=size)
    with pytest.raises(MediaError, match=r"larger than 0\.001 MB"):
        fetch_media(f"{clips}/neon-cat.mp4", "video", limit=1000)
    assert EMBED_LIMIT == 8_000_000


def test_another_kind_is_refused(clips: str, simulator: Simulator):
    with pytest.raises(MediaError, match="leads to image/jpeg, not to a video"):
        fetch_media(f"{clips}/neon-cat.jpg", "video")
    with pytest.raises(MediaError, match="leads to application/json"):
        fetch_media(f"{simulator.base_url}/api/v1/runway/record-detail", "image")


def test_a_link_that_leads_nowhere(clips: str, simulator: Simulator):
    with pytest.raises(MediaError, match="HTTP 404"):
        fetch_media(f"{clips}/expired/neon-cat.mp4", "video")
    simulator.stop()
    with pytest.raises(MediaError, match="no connection") as caught:
        fetch_media(f"{clips}/neon-cat.mp4", "video")
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "url", ["", "x", "javascript:alert(1)", "file:///etc/passwd", "http://[broken", "http://", "data:video/mp4,x"]
)
def test_what_is_no_link(url: str):
    with pytest.raises(MediaError, match="no connection"):
        fetch_media(url, "video")

"""Embedded media: a value whose base64 form is encoded once."""

import pytest

from runway_nb.model.media import NOTHING_EMBEDDED, Embedded, Media


@pytest.mark.parametrize(("content", "encoded"), [(b"", ""), (b"\x00\xff", "AP8="), (b"ftyp", "ZnR5cA==")])
def test_base64(content: bytes, encoded: str):
    assert Media("video/mp4", content).base64 == encoded


def test_base64_is_encoded_once():
    media = Media("video/mp4", b"\x00" * 1000)

    assert media.base64 is media.base64


def test_media_are_values():
    media = Media("video/mp4", b"\x00\xff")
    assert media.base64  # the encoded form is not part of the value

    assert media == Media("video/mp4", b"\x00\xff")
    assert hash(media) == hash(Media("video/mp4", b"\x00\xff"))
    with pytest.raises(AttributeError):
        media.content = b""  # type: ignore[misc]  # frozen: this must fail


def test_nothing_embedded():
    assert Embedded(video=None, poster=None, problem="") == NOTHING_EMBEDDED

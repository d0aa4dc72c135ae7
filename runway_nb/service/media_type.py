"""What kind of media a file is, by its first bytes. No I/O."""

from __future__ import annotations

FIRST_BYTES = 512
"""As many bytes as `media_type_of` looks at."""

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)
_BRANDS = (
    (b"qt  ", "video/quicktime"),
    (b"avi", "image/avif"),
    (b"hei", "image/heic"),
    (b"mif1", "image/heif"),
    (b"M4A", "audio/mp4"),
)
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"pnot")


def media_type_of(content: bytes) -> str | None:
    """Return the media type of a file: a video or picture that browsers play, or text in their place.

    Args:
        content: Its first bytes, at least `FIRST_BYTES` of a longer file.

    Returns:
        A media type such as ``video/mp4``; None if the bytes are of no known kind.
    """
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:4] == b"\x1a\x45\xdf\xa3":  # EBML
        return "video/webm" if b"webm" in content[:64] else "video/x-matroska"
    if content[4:8] == b"ftyp":
        return next((media_type for brand, media_type in _BRANDS if content[8:12].startswith(brand)), "video/mp4")
    return "video/quicktime" if content[4:8] in _OLD_QUICKTIME else _text_type(content[:FIRST_BYTES])


def _text_type(start: bytes) -> str | None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return "image/svg+xml" if b"<svg" in text.lower() else "text/html"
    return "application/json" if text.startswith((b"{", b"[")) else None

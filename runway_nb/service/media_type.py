"""Recognizes videos and pictures by their first bytes. No I/O.

The signatures are those of the WHATWG's MIME Sniffing standard, and of ISO 14496-12 for the boxes of MP4.
"""

from __future__ import annotations

ENOUGH = 4096
"""The number of bytes that decide."""

_PICTURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}
_BRANDS = {b"qt  ": "video/quicktime", b"avif": "image/avif", b"avis": "image/avif", b"heic": "image/heic"}
_EBML = b"\x1a\x45\xdf\xa3"
_QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")  # of files older than the ftyp box


def media_type_of(content: bytes) -> str | None:
    """Return the media type of a file, such as ``video/mp4``; None if it is neither a known video nor a picture.

    Args:
        content: The whole file, or at least its first `ENOUGH` bytes.
    """
    for signature, media_type in _PICTURES.items():
        if content.startswith(signature):
            return media_type
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12])
    if content.startswith(b"OggS"):
        return "video/ogg"
    if content.startswith(_EBML):
        return "video/webm" if b"webm" in content[:ENOUGH] else "video/x-matroska"
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], "video/mp4")
    return "video/quicktime" if content[4:8] in _QUICKTIME_BOXES else None

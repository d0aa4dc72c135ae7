"""Reads the body of an answer up to a size limit, which also holds for its decompressed form."""

from __future__ import annotations

import zlib

import requests

from ..model.errors import BadResponseError

MAX_BODY = 1024 * 1024
"""Largest answer, in bytes. A record has a few thousand."""
ACCEPTED = "gzip, deflate"
"""What to send as ``Accept-Encoding``."""

_PIECE = 64 * 1024  # bytes to read at a time
_GZIP = b"\x1f\x8b"


def read_body(response: requests.Response) -> bytes:
    """Read and decode the body of an answer.

    Raises:
        BadResponseError: If it is larger than `MAX_BODY`, incomplete, or in an encoding that was not asked for.
    """
    encoding = ",".join(response.headers.get("Content-Encoding", "").lower().split())
    decoder = None if encoding in ("", "identity") else _Decoder(encoding, response.status_code)
    body = bytearray()
    received = 0
    while piece := response.raw.read(_PIECE, decode_content=False):
        received += len(piece)
        body += piece if decoder is None else decoder.decode(piece, MAX_BODY + 1 - len(body))
        if max(received, len(body)) > MAX_BODY:
            raise BadResponseError(
                "The answer is larger than 1 MiB, far more than any task's record. Check the base URL.",
                response.status_code,
            )
    if decoder is not None and received:
        decoder.finish()
    return bytes(body)


class _Decoder:
    """Decompresses a body, never further than is needed to see that it is too large."""

    def __init__(self, encoding: str, status: int) -> None:
        self._status = status
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise self._refused("is in an encoding that was not asked for")
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS | 32)  # of gzip or zlib, as its first bytes say
        self._is_started = encoding != "deflate"

    def decode(self, piece: bytes, limit: int) -> bytes:
        """Decode the next piece to at most `limit` bytes."""
        decoded = b""
        try:
            if not self._is_started:
                self._zlib = _deflate(piece)
                self._is_started = True
            while piece and len(decoded) < limit:
                if self._zlib.eof:
                    if not piece.startswith(_GZIP):
                        break  # padding after the end, which is ignored
                    self._zlib = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip allows several parts
                decoded += self._zlib.decompress(piece, limit - len(decoded))
                piece = self._zlib.unused_data
        except zlib.error:
            failure = self._refused("cannot be decompressed")
        else:
            return decoded
        raise failure

    def finish(self) -> None:
        """Check that nothing is missing at the end."""
        if not self._zlib.eof:
            raise self._refused("is incomplete")

    def _refused(self, what: str) -> BadResponseError:
        return BadResponseError(f"The answer {what}. Try again later, or check the base URL.", self._status)


def _deflate(start: bytes) -> zlib._Decompress:
    """Return a decompressor for ``deflate``: zlib's format, which some servers send without its first two bytes."""
    try:
        zlib.decompressobj().decompress(start, 1)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS)
    return zlib.decompressobj()

"""Finds a secret in a text or an answer, also where it is encoded or broken up, and masks it. No I/O.

The search goes through what a reader could see: the text itself, and the text with its escapes decoded (those of JSON,
URLs, HTML and C), again and again. In each, the secret is found in any case, in full-width letters, and in base64 and
in hex, also of its UTF-16; characters between its own that are invisible, blank, hyphens or not ASCII do not hide it.
The time grows with the length of the text only.

The frames of this module hold the secret, so it is used inside `sealed` only.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from html.entities import html5
from typing import Any

SHORTEST_MASKED = 8  # characters of a secret that is masked: a shorter one may be a word

_LEVELS = 8  # encodings inside each other
_SEEN = bytes(range(0x20, 0x7F))
_UNSEEN = bytes(set(range(256)) - set(_SEEN))
_WIDE_BYTES = re.compile(rb"\xef[\xbc\xbd]")  # where those may be, in UTF-8
_WIDE = {0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)}  # full-width letters, digits and signs
_ENTITIES = {name[:-1]: text for name, text in html5.items() if name.endswith(";") and len(text) == 1}
_ENTITIES = {name: text for name, text in _ENTITIES.items() if text.isascii() or not text.isprintable()}
_HEX = "[0-9a-fA-F]"
_BASES = {"decimal": 10, "octal": 8}
_NO_BLANKS = str.maketrans("", "", " +-")
_ESCAPE = re.compile(
    # A run of backslashes is searched from its beginning only, which keeps the time linear. Each alternative begins
    # with a character, which lets `re` find the first escape quickly.
    rf"\\(?<!\\\\)\\*(?:u(?P<u>{_HEX}{{4}})|u\{{0*(?P<braces>{_HEX}{{1,6}})\}}|U(?P<long>{_HEX}{{8}})"
    rf"|x(?P<x>{_HEX}{{2}})|(?P<octal>[0-3]?[0-7]{{2}})|(?P<blank>[bfnrt])|(?P<itself>[\"'/\\]))"
    rf"|%(?:25)*(?:u(?P<wide>{_HEX}{{4}})|(?P<percent>{_HEX}{{2}}))"
    rf"|&(?:amp;)*(?:\#[xX]0*(?P<hex>{_HEX}{{1,6}});?|\#0*(?P<decimal>[0-9]{{1,7}});?|(?P<name>{'|'.join(_ENTITIES)});)"
    r"|<[^<>]{0,200}>"
)


class _Form:
    """A way in which a secret can be written: which characters do not matter, and what it then looks like.

    Args:
        without: Characters that are left out before the comparison.
        before: Characters that are replaced before the comparison.
        after: What they are replaced by.

    Attributes:
        needles: What is searched for, as views, whose repr does not show it.
    """

    def __init__(self, without: bytes, before: bytes, after: bytes) -> None:
        self._without = without
        self._table = bytes.maketrans(before, after)
        self._kept = frozenset(chr(code) for code in _SEEN if code not in without)
        self.needles: set[memoryview] = set()

    def squeezed(self, text: str) -> bytes:
        """Return the characters that matter."""
        return text.encode("ascii", "ignore").translate(self._table, _UNSEEN + self._without)

    def is_in(self, text: str) -> bool:
        """Whether a text contains the secret in this form."""
        squeezed = self.squeezed(text)
        return any(squeezed.find(needle) >= 0 for needle in self.needles)

    def masked(self, text: str, mask: str) -> str:
        """Return a text with a mask in place of the secret in this form."""
        if not self.is_in(text):
            return text
        places = [place for place, character in enumerate(text) if character in self._kept]
        squeezed = self.squeezed(text)
        shown, end = [], 0
        for first, last in sorted(_spans(squeezed, self.needles)):
            shown += [text[end : places[first]], mask] if places[first] >= end else []
            end = max(end, places[last] + 1)
        return "".join([*shown, text[end:]])


class Masking:
    """Masks one secret.

    Args:
        secret: The secret. One that is so short that it may be an ordinary word is not masked.
        mask: What takes its place.
    """

    def __init__(self, secret: str, mask: str) -> None:
        self._mask = mask
        self._is_number = secret.isdecimal()
        self._forms = _forms(secret) if len(secret) >= SHORTEST_MASKED else []

    def is_needed(self, text: str) -> bool:
        """Whether a text contains the secret in any form."""
        return bool(self._forms) and any(form.is_in(reading) for reading in _readings(text) for form in self._forms)

    def text(self, text: str) -> str:
        """Return a text without the secret.

        A text that contains it encoded is returned decoded; one that cannot be masked in part is masked as a whole.
        """
        if not self.is_needed(text):
            return text
        shown, reading = text, text
        for _ in range(_LEVELS):
            without = _narrow(reading)
            reading = without
            for form in self._forms:
                without = form.masked(without, self._mask)
            shown = shown if without == reading else without
            reading = _decoded(without)
            if reading == without:
                break
        return self._mask if self.is_needed(shown) else shown

    def body(self, body: bytes) -> bytes:
        """Return the body of an answer without the secret: in the values and the keys of its JSON.

        Args:
            body: The body, in any encoding that JSON has. If it is not JSON, it is masked as a text.

        Returns:
            The body itself if it does not contain the secret; else the masked one in UTF-8.
        """
        text = body.decode(json.detect_encoding(body), "replace")
        # Without its zero bytes, UTF-16 of ASCII is ASCII: also where it is not recognized.
        needed = self._is_number or self.is_needed(body.translate(None, _UNSEEN).decode())
        if not needed and not ((b"\0" in body or _WIDE_BYTES.search(body)) and self.is_needed(text)):
            return body
        try:
            value = json.loads(body)
            without = self.value(value)
            return body if without == value else json.dumps(without).encode()
        except (ValueError, RecursionError):
            return self.text(text).encode("utf-8", "replace")

    def value(self, value: Any) -> Any:
        """Return a JSON value without the secret: in strings, numbers and keys at any depth.

        Raises:
            RecursionError: If the value is nested too deeply.
        """
        if isinstance(value, dict):
            return {self.text(key): self.value(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if isinstance(value, str):
            return self._string(value)
        if value is None or isinstance(value, bool):
            return value
        written = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        without = self.text(written)
        return value if without == written else without

    def _string(self, text: str) -> str:
        if text.lstrip()[:1] in ("{", "[") and self.is_needed(text):  # JSON in a string stays JSON
            try:
                return json.dumps(self.value(json.loads(text)), ensure_ascii=False)
            except ValueError:
                pass
        return self.text(text)


def _readings(text: str) -> Iterator[str]:
    """Yield a text, and what it says with its escapes decoded, level by level."""
    text = _narrow(text)
    for _ in range(_LEVELS):
        yield text
        decoded = _decoded(text.encode("ascii", "ignore").translate(None, _UNSEEN).decode("ascii"))
        if decoded == text:
            return
        text = decoded


def _decoded(text: str) -> str:
    return _ESCAPE.sub(_character, text)


def _narrow(text: str) -> str:
    return text if text.isascii() else text.translate(_WIDE)


def _character(match: re.Match[str]) -> str:
    """Return the character of an escape; "" for one that is not ASCII, which cannot be part of a secret."""
    kind = match.lastgroup
    if kind is None:  # a tag
        return ""
    written = match[kind]
    if kind in ("blank", "itself"):
        return " " if kind == "blank" else written
    if kind == "name":
        return _ENTITIES[written] if _ENTITIES[written].isascii() else ""
    code = int(written, _BASES.get(kind, 16))
    code = ord(_WIDE.get(code, chr(min(code, 0x7F))))
    return chr(code) if 0x20 <= code < 0x7F else ""


def _forms(secret: str) -> list[_Form]:
    upper, lower = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz"
    blank = b" +-" if len(secret.translate(_NO_BLANKS)) >= SHORTEST_MASKED else b""
    plain = _Form(blank, upper, lower)
    content = secret.encode("utf-8", "surrogatepass")
    needles = {plain.squeezed(reading) for reading in _readings(secret)}
    plain.needles = {memoryview(needle) for needle in needles if len(needle) >= SHORTEST_MASKED}
    contents = [content, *(secret.encode(encoding, "surrogatepass") for encoding in ("utf-16-le", "utf-16-be"))]
    in_hex = _Form(b" +-:,.", upper, lower)
    in_hex.needles = {memoryview(each.hex().encode()) for each in contents}
    in_base64 = _Form(b" ", b"-_", b"+/")
    in_base64.needles = {memoryview(needle) for each in contents for needle in _in_base64(each)}
    return [plain, in_hex, in_base64]


def _in_base64(secret: bytes) -> Iterator[bytes]:
    """Yield what a secret looks like in base64, after any number of other bytes."""
    for before in range(3):
        first = -(-before * 8 // 6)
        last = (before + len(secret)) * 8 // 6
        yield b64encode(bytes(before) + secret)[first:last]


def _spans(text: bytes, needles: set[memoryview]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last place of each needle."""
    for needle in needles:
        start = text.find(needle)
        while start >= 0:
            yield start, start + len(needle) - 1
            start = text.find(needle, start + len(needle))

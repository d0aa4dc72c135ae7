"""Remove what terminals, loggers and encoders have added to a text, before ids are searched in it.

Afterwards the text has plain quotes, spaces and hyphens, no colours and no invisible characters. Ids and the words
around them are as their author wrote them. Each pass takes linear time, and none if its trigger is not in the text.
"""

from __future__ import annotations

import re
import unicodedata

from ..model.caching import cache_short
from ..model.task_id import UUID_PATTERN
from .wrapped import unwrapped

_INVISIBLE = "\x7f"  # in place of each colour and each invisible character, until it is known where words end

_BACKSLASHES = r"(?<!\\)\\+"  # only from the first one on: this keeps the time linear
# An escape character, as JSON, Python, C, rsyslog, `cat -v` and terminals spell it.
_SPELLED_ESCAPE = re.compile(
    rf"(?:␛|\^\[|#033|{_BACKSLASHES}(?:0?33|[xX]1[bB]|u001[bB]|u\{{1[bB]\}}|[eE]))(?=[\[\]\\])"
)
_SPELLINGS = (
    "␛[",
    "^[[",
    "#033[",
    "33[",
    "x1b[",
    "X1b[",
    "x1B[",
    "X1B[",
    "u001b[",
    "u001B[",
    "{1b}[",
    "{1B}[",
    "\\e[",
    "\\E[",
)
_COLOUR = re.compile(r"[\x1b\x9b]\[?[0-9;:]{0,40}[mK]")
_LINK = re.compile(r"\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
_MOVEMENT = re.compile(r"\x1b\[[0-9;:?]{0,40}[A-Za-z]")
_LOST_ESCAPE = re.compile(r"\[\d{1,3}(?:;\d{1,3}){0,8}m(?:\[K)?|\[m\[K")

_BYTES = re.compile(r"(?<=[:=])\s?\[\s{0,12}\d{1,3}(?:,\s{0,12}\d{1,3}){7,}\s{0,12}\]")
_ENTITY = re.compile(r"&(?:amp;){0,4}(quot|apos|lt|gt|nbsp|amp|#0?(?:34|39|60|62|160)|#x(?:22|27|3[cCeE]|[aA]0));")
_ENTITIES = {"quot": '"', "apos": "'", "lt": "<", "gt": ">", "nbsp": " ", "amp": "&"}
_PERCENT = re.compile(r"%(?:25){0,4}(0[9aAdD]|1[bB]|[2-7][0-9a-fA-F])")
_PERCENTS = re.compile(rf"(?:{_PERCENT.pattern}){{1,40}}")
_CODE = re.compile(rf"{_BACKSLASHES}(?:u([0-9a-fA-F]{{4}})|x([0-9a-fA-F]{{2}}))")
# In `\taskId`, the backslash alone comes before the name; in `\ttaskId` there is a tab.
_LINE_BREAK = re.compile(rf"{_BACKSLASHES}[nr]")
_TAB = re.compile(rf"{_BACKSLASHES}t(?!ask)")
_QUOTED = re.compile(rf"{_BACKSLASHES}(?=[\"'`/&=])")
_CONTINUED = re.compile(r"\\\r?\n[ \t]*")

_HYPHENS = "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
_QUOTES = dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("\u2018\u2019\u201a\u2039\u203a", "'")
_LINES = {"\x85": "\n", "\u2028": "\n", "\u2029": "\n"}


def _plain_characters() -> dict[str, str]:
    plain = dict.fromkeys(_HYPHENS, "-") | _QUOTES | _LINES
    plain |= {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full width
    for code in (*range(0x80, 0x3100), *range(0xFE00, 0xFE10), 0xFEFF):
        category = unicodedata.category(chr(code))
        if category == "Zs":
            plain[chr(code)] = " "
        elif category == "Cf" or 0xFE00 <= code < 0xFE10 or code == 0x34F:
            plain[chr(code)] = _INVISIBLE
    return plain | {"İ": "I"}  # the one letter that gets longer in lower case, which would shift what follows


_PLAIN = _plain_characters()
# Invisible characters beside a UUID end the words there; all others are within a word. (Not so beside 32 hex digits,
# which may be one half of a longer hash.)
_AT_INVISIBLE = re.compile(rf"(?<={_INVISIBLE}){UUID_PATTERN}|{UUID_PATTERN}(?={_INVISIBLE})")


def clean(text: str) -> str:
    """Return a text as it was before it was logged or encoded, for `ids.find`.

    Args:
        text: A log, JSON, HTML, a terminal's output, in any encoding that these put on each other.
    """
    if "[" in text:
        text = _BYTES.sub(_from_bytes, text)  # journalctl's JSON
    if "&" in text:
        text = _ENTITY.sub(_from_entity, text)
    if "%" in text:
        text = _PERCENTS.sub(_from_percents, text)
    if "[" in text or "\x1b" in text or "\x9b" in text:
        text = _without_escapes(text)
    if "\\" in text:
        text = _without_backslashes(text)
    if not text.isascii():
        for char in set(text) & _PLAIN.keys():
            text = text.replace(char, _PLAIN[char])
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _INVISIBLE in text:
        text = _AT_INVISIBLE.sub(r" \g<0> ", text).replace(_INVISIBLE, "")
    return unwrapped(text)


def _without_escapes(text: str) -> str:
    if any(spelling in text for spelling in _SPELLINGS):
        text = _SPELLED_ESCAPE.sub("\x1b", text)
    if "\x1b" in text or "\x9b" in text:
        text = _COLOUR.sub(_INVISIBLE, text)
        text = _LINK.sub(_INVISIBLE, text)
        text = _MOVEMENT.sub(" ", text)
    return _LOST_ESCAPE.sub(_INVISIBLE, text)


def _without_backslashes(text: str) -> str:
    if "\\u" in text or "\\x" in text:
        text = _CODE.sub(_from_code, text)
    if "\\\\" not in text:
        text = text.replace("\\n", "\n").replace("\\r", "\n")
    for pattern, plain in ((_LINE_BREAK, "\n"), (_TAB, " "), (_QUOTED, ""), (_CONTINUED, " ")):
        if "\\" in text:
            text = pattern.sub(plain, text)
    return text


def _from_bytes(match: re.Match[str]) -> str:
    try:
        held = bytes(map(int, match[0].strip()[1:-1].split(",")))
    except ValueError:  # one of the numbers is above 255
        return match[0]
    return '"' + _without_escapes(held.decode("utf-8", "replace")) + '"'


def _from_entity(match: re.Match[str]) -> str:
    name = match[1].lower()
    if name.startswith("#"):
        digits = name[1:]
        return chr(int(f"0{digits}", 16) if digits.startswith("x") else int(digits))
    return _ENTITIES[name]


def _from_percents(match: re.Match[str]) -> str:
    return _without_percents(match[0])


@cache_short(4096)
def _without_percents(text: str) -> str:
    return _PERCENT.sub(_from_percent, text)


def _from_percent(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    if char.isspace():
        return "+"  # as forms encode a space: a real one would end the link
    return match[0] if char.isalnum() else char


def _from_code(match: re.Match[str]) -> str:
    char = chr(int(match[1] or match[2], 16))
    return match[0] if (char.isascii() and char.isalnum()) or "\ud800" <= char <= "\udfff" else char

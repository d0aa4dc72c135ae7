# ruff: noqa: RUF001  # the substitutes of exactly these characters
"""Text that is safe to print: without control characters, and in the encoding of standard output.

Standard output is not always UTF-8: a Windows console and ``PYTHONIOENCODING=cp1251`` are examples.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache

# The categories Cc (except line feed and tab) and Cs, the marks of the writing direction, and invisible characters.
_ALWAYS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
_JOINERS = "\u200c\u200d"  # parts of emoji and of words in some scripts, but never of ASCII words
_TAGS = "\U000e0000-\U000e01ef"  # at most seven spell the region of a flag; in other places they are hidden text
_IN_A_FLAG = "".join(f"(?<!\U0001f3f4[\U000e0020-\U000e007f]{{{count}}}.)" for count in range(7))
_VARIANTS = "(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff][\U000e0100-\U000e01ef])"  # of one ideograph
# It starts with one class of characters, so that text without any of them is searched quickly.
_UNPRINTABLE = (
    f"[{_ALWAYS}{_JOINERS}{_TAGS}]"
    f"(?:(?<=[{_ALWAYS}])|(?<=[{_JOINERS}])(?<![^\x00-\x7f].)|(?<=[{_TAGS}]){_IN_A_FLAG}{_VARIANTS})"
)
_LINE_ENDS = re.compile("\r\n|[\u2028\u2029]")
_SUBSTITUTES = {
    "✓": "+",
    "✕": "x",
    "○": "o",
    "◔": "o",
    "◐": "o",
    "…": "...",
    "·": "-",
    "–": "-",
    "—": "-",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "«": '"',
    "»": '"',
    "→": "->",
    "←": "<-",
    "≠": "!=",
    "×": "x",
    "\N{NO-BREAK SPACE}": " ",
    "\N{NON-BREAKING HYPHEN}": "-",
}


def printable(text: str) -> str:
    """Return text without what could control a terminal, change the writing direction or hide between characters.

    Line feeds and tabs stay; other ends of lines become line feeds. The joiners in emoji and between letters that are
    not ASCII stay, too.
    """
    return _unprintable().sub("", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """Return text on one line, without what is not `printable`."""
    return " ".join(printable(text).split())


def truncated(text: str, most: int) -> str:
    """Return a text of at most `most` characters: a longer one ends in an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def excerpt(text: str, most: int) -> str:
    """Return text on one line, with a space in place of what is not `printable`, so that words stay apart.

    Args:
        text: The text. A long one costs no more than its beginning.
        most: Maximum number of characters; a longer text ends in an ellipsis.
    """
    line = " ".join(_unprintable().sub(" ", text[: 2 * most]).split())
    is_longer = len(text) > 2 * most
    return truncated(f"{line}…" if is_longer and len(line) <= most else line, most)


def printable_json(value: object) -> str:
    r"""Return a value as indented JSON that can be printed: what is not `printable` becomes escapes such as ``\u202e``.

    So it still is the same value. Values that JSON does not know are written as their ``str()``.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    shown = _escaped_in_json().sub(lambda match: json.dumps(match[0])[1:-1], text)
    # Substitutes of quotation marks would break the JSON.
    return shown if for_stdout(shown) == shown else json.dumps(value, indent=2, default=str)


def encodable(text: str, encoding: str | None) -> str:
    r"""Return a text that an encoding can represent.

    Marks and punctuation get a plain substitute, any other character its escape, such as ``\u0436``.

    Args:
        text: The text.
        encoding: The name of the encoding. If it is None or unknown, the text is returned unchanged.
    """
    if encoding is None:
        return text
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate({ord(each): _character(each, encoding) for each in set(text)})
    except LookupError:
        return text
    return text


def for_stdout(text: str) -> str:
    """Return a text that this process can print."""
    return encodable(text, getattr(sys.stdout, "encoding", None))


@cache  # compiled on first use, so that loading stays quick
def _unprintable() -> re.Pattern[str]:
    return re.compile(_UNPRINTABLE, re.DOTALL)


@cache
def _escaped_in_json() -> re.Pattern[str]:
    return re.compile(f"{_UNPRINTABLE}|[\u2028\u2029]", re.DOTALL)


def _character(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        escaped = character.encode(encoding, "backslashreplace").decode(encoding)
        return _SUBSTITUTES.get(character, escaped)
    return character

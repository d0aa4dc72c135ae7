# ruff: noqa: RUF001  # the substitutes of exactly these characters
"""Text that is safe to print: without control characters, and in the encoding of standard output.

Standard output is not always UTF-8: a Windows console and ``PYTHONIOENCODING=cp1251`` are examples.
"""

from __future__ import annotations

import re
import sys

# The categories Cc (except line feed and tab) and Cs, and the marks that change the writing direction.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
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
    """Return text without control characters: no terminal escapes, and no marks that change the writing direction."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return text without control characters, on one line."""
    return " ".join(printable(text).split())


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
        return "".join(_character(each, encoding) for each in text)
    except LookupError:
        return text
    return text


def for_stdout(text: str) -> str:
    """Return a text that this process can print."""
    return encodable(text, getattr(sys.stdout, "encoding", None))


def _character(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        escaped = character.encode(encoding, "backslashreplace").decode(encoding)
        return _SUBSTITUTES.get(character, escaped)
    return character

# ruff: noqa: RUF001  # the substitutes of exactly these characters
"""Text for a standard output that is not UTF-8, such as a Windows console or ``PYTHONIOENCODING=cp1251``."""

from __future__ import annotations

import sys

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

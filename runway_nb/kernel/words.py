"""Cut a magic's line into words, and show a word in a message."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..ids.credentials import looks_like_secret
from ..model.text import one_line, truncated
from .keys import without_keys
from .usage import usage_error

_TOKEN = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<quote>["'])|(?P<open>[(\[{])|(?P<close>[)\]}])"""
    r"""|(?P<comment>(?<!\S)\#)|(?P<end>;+(?=\s*(?:\#.*)?$))|(?P<gap>[\s,]+)|(?P<other>.)""",
    re.DOTALL,
)
_PLAIN = re.compile(r"""(["'])((?:(?!\1).)*)\1""", re.DOTALL)
_NAMED = re.compile(r"\$[^\W\d]")
_MOST_SHOWN = 80  # characters of a word in a message


def cut(line: str) -> list[str]:
    """Cut a line at whitespace and commas outside of quotes and brackets.

    Args:
        line: The text after a magic's name. A trailing ``;`` and a trailing comment are left out.

    Returns:
        The words with their quotes, as they were typed.

    Raises:
        UsageError: If a quotation mark or a bracket is not closed.
    """
    words, word, opened = [], "", ""
    for kind, text in _tokens(line):
        if kind == "quote":
            raise usage_error(f"The quotation mark {text} is not closed. Close it or remove it.")
        if kind == "open":
            opened += text
        elif kind == "close":
            opened = opened[:-1]
        elif not opened and kind == "comment":
            break
        elif not opened and kind in ("end", "gap"):
            words.append(word)
            word = ""
            continue
        word += text
    if opened:
        raise usage_error(f"The bracket {opened[-1]} is not closed. Close it or remove it.")
    return [each for each in (*words, word) if each]


def unquoted(word: str) -> str | None:
    """Return the text of a word that is one quoted string, or None."""
    match = _PLAIN.fullmatch(word)
    return match[2] if match else None


def inside_brackets(word: str) -> str | None:
    """Return what is inside the brackets around a whole word, or None if they do not enclose all of it."""
    if word[:1] not in ("(", "[", "{"):
        return None
    depth, position = 0, 0
    for kind, text in _tokens(word):
        depth += (kind == "open") - (kind == "close")
        position += len(text)
        if depth == 0:
            break
    return word[1:-1] if depth == 0 and position == len(word) else None


def has_expansion(word: str) -> bool:
    """Whether a word contains ``{…}`` or ``$name`` where Python could not: outside of quotes and brackets."""
    depth = 0
    for kind, text in _tokens(word):
        if kind == "open" and text == "{" and depth == 0:
            return True
        depth += (kind == "open") - (kind == "close")
    return bool(_NAMED.search("".join(text for kind, text in _tokens(word) if kind != "string")))


def shown(text: str) -> str:
    """Return text for a message: short, printable, and without what looks like a secret."""
    if looks_like_secret(text.strip("-\"'“”.,;")):
        return "…"
    return truncated(one_line(without_keys(text)), _MOST_SHOWN)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text):
        yield str(match.lastgroup), match[0]

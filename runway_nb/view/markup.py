"""The one place that escapes what the API sends, and the one that admits a URL.

Markup is built from elements, never from strings put together: a plain ``str`` is text and is escaped,
`Html` is markup already, and only this module makes it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import urlsplit

_URL_ATTRIBUTES = ("src", "href", "poster")
_VOID = ("img", "br")


class Html(str):
    """Markup that is safe to show."""

    __slots__ = ()


def element(name: str, *children: str | None, **attributes: str | None) -> Html:
    """Build an element.

    Args:
        name: The tag's name.
        children: Text, escaped, or `Html`, taken as it is; None is left out.
        attributes: Escaped; ``""`` gives a bare attribute, None leaves it out. A URL that is not admitted is left out.
    """
    pairs = ((key, _attribute(key, value)) for key, value in attributes.items() if value is not None)
    shown = "".join(f" {key}" if value == "" else f' {key}="{value}"' for key, value in pairs if value is not None)
    if name in _VOID:
        return Html(f"<{name}{shown}>")
    return Html(f"<{name}{shown}>{fragment(*children)}</{name}>")


def fragment(*children: str | None) -> Html:
    """Put elements and text beside one another."""
    return Html("".join(_escaped(child) for child in children if child is not None))


def style_sheet(css: str) -> Html:
    """Wrap a style sheet of our own; nothing from the API may be in it."""
    return Html(f"<style>{css}</style>")


def data_uri(media_type: str, base64: str) -> Html:
    """Make a media source that carries its bytes itself; the browser plays or shows it, and never runs it."""
    return Html(f"data:{html.escape(media_type)};base64,{html.escape(base64)}")


def admitted(url: str | None) -> str | None:
    """Return a URL if it is http(s) with a host and nothing hidden in it, else None."""
    if not url or " " in url or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def printable(text: str) -> str:
    """Return text without control characters: no terminal escapes, and no marks that turn the writing direction."""
    return "".join(
        character
        for character in text.replace("\r\n", "\n")
        if character in "\n\t"
        or (unicodedata.category(character) not in ("Cc", "Cs") and character not in _DIRECTION_MARKS)
    )


_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _escaped(child: str) -> str:
    if isinstance(child, Html):
        return child
    # A blank line would end the HTML block in a Markdown export, and what follows would be read as Markdown.
    return re.sub(r"\n(?=\s*\n)", "&#10;", html.escape(printable(child)))


def _attribute(key: str, value: str) -> str | None:
    if key in _URL_ATTRIBUTES and not isinstance(value, Html):
        admitted_url = admitted(value)
        return None if admitted_url is None else html.escape(admitted_url)
    return _escaped(value)

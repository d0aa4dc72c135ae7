"""Safe HTML: the only module that escapes what the API sends, and the only one that checks a URL.

Markup is built from elements and never by joining strings. A plain ``str`` is text and is escaped; `Html` is markup
already, and only this module creates it.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

from ..model.media import Media
from ..model.origin import is_admitted
from ..model.text import printable

_URL_ATTRIBUTES = ("src", "href", "poster")
_VOID = ("img", "br")
_LONGEST_URL = 8000  # characters; servers refuse longer ones


class Html(str):
    """Markup that is safe to show."""

    __slots__ = ()


def element(name: str, *children: str | None, **attributes: str | None) -> Html:
    """Build an element.

    Args:
        name: The tag's name.
        children: Text, which is escaped, or `Html`, which is used unchanged; None is left out.
        attributes: Escaped; ``""`` gives a bare attribute. None and a URL that is not `admitted` are left out.
    """
    shown = "".join([_attribute(key, value) for key, value in attributes.items() if value is not None])
    if name in _VOID:
        return Html(f"<{name}{shown}>")
    return Html(f"<{name}{shown}>{fragment(*children)}</{name}>")


def fragment(*children: str | None) -> Html:
    """Join elements and text."""
    return Html("".join([_escaped(child) for child in children if child is not None]))


def constant(text: str) -> Html:
    """Mark a constant of ours, such as an inline style, as safe. It must not hold anything from the API."""
    return Html(text)


def style_sheet(css: str) -> Html:
    """Build a ``<style>`` element. The CSS is not escaped, so nothing from the API may be in it."""
    return Html(f"<style>{css}</style>")


def data_uri(media: Media) -> Html:
    """Build a media source from its bytes. In a media element a browser plays or shows it and never runs it."""
    return Html(f"data:{html.escape(media.media_type)};base64,{media.base64}")  # base64 needs no escaping


def image(url: str | None, alt: str, **attributes: str | None) -> Html:
    """Build a picture that is loaded once it is on the screen, and whose host does not learn which page shows it."""
    return element("img", src=url, alt=alt, loading="lazy", referrerpolicy="no-referrer", **attributes)


def admitted(url: str | None) -> str | None:
    """Return a URL if it is http(s), has an admitted host and contains no hidden character, else None."""
    # Browsers take a backslash for a slash.
    if not url or len(url) > _LONGEST_URL or " " in url or "\\" in url or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and is_admitted(parts) else None
    except ValueError:
        return None


_BLANK_LINE = re.compile(r"\n(?=[^\S\n]*(?:\n|\Z))")  # also at the end: the next text may begin with one


def _escaped(child: str) -> str:
    if isinstance(child, Html):
        return child
    # In a Markdown export a blank line would end the HTML block, and the rest would be read as Markdown.
    return _BLANK_LINE.sub("&#10;", html.escape(printable(child)))


def _attribute(key: str, value: str) -> str:
    if key in _URL_ATTRIBUTES and not isinstance(value, Html) and admitted(value) is None:
        return ""
    return f' {key}="{_escaped(value)}"' if value else f" {key}"

"""HTML as a tree, what is left of it after sanitizing, and the roles that style it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import runway_nb.view.style

_VOID = frozenset(("img", "br"))
_GITHUB_TAGS = frozenset(
    (
        *("a", "abbr", "b", "bdo", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn", "div"),
        *("dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins"),
        *("kbd", "li", "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "source"),
        *("span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time"),
        *("tr", "tt", "ul", "var", "wbr"),
    )
)
_GITHUB_ATTRIBUTES = frozenset(
    ("align", "alt", "colspan", "height", "href", "open", "rowspan", "src", "title", "width")
)


_PALETTES = ("board", "saved")  # classes that only set colours


@dataclass
class Element:
    """An element, with the text and elements inside it in order."""

    tag: str
    attributes: dict[str, str | None]
    inside: list[Element | str] = field(default_factory=list)

    @property
    def elements(self) -> Iterator[Element]:
        """All elements below, in order."""
        for child in self.inside:
            if isinstance(child, Element):
                yield child
                yield from child.elements

    @property
    def text(self) -> str:
        """All text below."""
        return "".join(child if isinstance(child, str) else child.text for child in self.inside)

    def find(self, tag: str) -> list[Element]:
        """Return all elements of this name below."""
        return [element for element in self.elements if element.tag == tag]


def read(html: str) -> Element:
    """Parse a fragment, which must be well-formed: no unclosed element, no attribute twice, no comment.

    Returns:
        An element without a name that holds the fragment.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.open[0]


def as_github_shows(fragment: Element) -> Element:
    """Return what GitHub's sanitizer leaves: known tags without their styles, and the text of unknown ones."""
    inside: list[Element | str] = []
    for child in fragment.inside:
        if isinstance(child, str):
            inside.append(child)
        elif child.tag not in ("style", "script"):
            kept = as_github_shows(child)
            inside += [kept] if child.tag in _GITHUB_TAGS else kept.inside
    attributes = {name: value for name, value in fragment.attributes.items() if name in _GITHUB_ATTRIBUTES}
    return Element(fragment.tag, attributes, inside)


def roles() -> list[str]:
    """Return every role that style.css has a rule for."""
    css = Path(runway_nb.view.style.__file__).with_name("style.css").read_text(encoding="utf-8")
    selectors = re.findall(r"^(?:\.runway-saved )?\.runway-([a-z-]+) \{", css, re.MULTILINE)
    return [role for role in selectors if role not in _PALETTES]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs), f"<{tag}> has an attribute twice: {attrs}"
        self.open[-1].inside.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        closed = self.open.pop()
        assert closed.tag == tag, f"</{tag}> closes <{closed.tag}>"

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment or declaration: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment

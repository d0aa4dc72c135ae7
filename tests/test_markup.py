"""Escaping happens in one place, and so does admitting a URL."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runway_nb.view.markup import Html, admitted, data_uri, element, fragment, printable, style_sheet
from runway_nb.view.table import text_table


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def test_text_is_escaped_and_markup_is_not():
    assert element("div", "<b>", element("i", "&")) == "<div>&lt;b&gt;<i>&amp;</i></div>"
    assert fragment("<", element("br"), None, ">") == "&lt;<br>&gt;"
    assert isinstance(fragment("a"), Html)


def test_attributes():
    assert element("a", "x", title="\"'<&>", href="https://h/?a=1&b=2") == (
        '<a title="&quot;&#x27;&lt;&amp;&gt;" href="https://h/?a=1&amp;b=2">x</a>'
    )
    assert element("video", controls="", src=None) == "<video controls></video>"
    assert element("img", src="javascript:alert(1)", alt="a") == '<img alt="a">'


def test_what_is_done_to_markup_makes_it_text_again():
    shown = element("b", "x")

    for changed in (shown.replace("x", "y"), shown + "<i>", shown.upper(), f"{shown}", shown[:3]):
        assert not isinstance(changed, Html)
        assert "<" not in fragment(changed)


@given(st.text(), st.text(), st.text())
def test_no_text_becomes_markup(first: str, second: str, attribute: str):
    reader = read(element("div", first, element("span", second, title=attribute or "x")))

    assert reader.tags == ["div", "span"]
    assert [name for name, _ in reader.attributes] == ["title"]
    # What a reader sees is the text, less what cannot be printed.
    assert reader.text.replace("\r", "") == printable(first) + printable(second)


@pytest.mark.parametrize(
    "url",
    [
        "https://file.com/k/x.mp4",
        "http://127.0.0.1:8000/clips/a.mp4",
        "HTTPS://FILE.COM/x",
        "https://file.com/a?b=c&d='e'\"f\"<g>",
        "https://müller.example/ä",
        "https://[::1]/x",
    ],
)
def test_urls_that_are_admitted(url: str):
    assert admitted(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        " ",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        " https://file.com/x",
        "https://file.com/a b",
        "https://file.com/a\u00a0b",
        "https://file.com/\x00",
        "https://file.com/\n",
        "https://file.com/\u202egnp.exe",
        "https://file.com/\u200b",
        "https://file.com/\ud800",
        "data:text/html,<script>alert(1)</script>",
        "data:video/mp4;base64,AAAA",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://file.com/x",
        "//file.com/x",
        "/x.mp4",
        "x.mp4",
        "https:",
        "https://",
        "https:///x",
        "https:x",
        "https:\\\\file.com",
        "https://[broken/",
        "ftp://file.com/x",
    ],
)
def test_urls_that_are_not(url: str | None):
    assert admitted(url) is None


@given(st.text())
def test_no_url_but_http_is_ever_admitted(url: str):
    if admitted(url) is not None:
        assert url.lower().startswith(("http://", "https://"))
        assert url.isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred\x1b[0m", "a[31mred[0m"),
        ("a\x9b31m\x07\x08\x7f", "a31m"),
        ("a\x00b\ud800c", "abc"),
        ("\u202etxt.exe\u202c \u2066x\u2069", "txt.exe x"),
        ("line\r\nline\ttab\rover", "line\nline\ttabover"),
        ("äöü 漢字 عربي 👩‍🚀", "äöü 漢字 عربي 👩‍🚀"),
    ],
)
def test_printable(text: str, shown: str):
    assert printable(text) == shown


def test_a_media_source_is_inert():
    uri = data_uri('video/mp4"><script>', "AA==")

    assert read(element("video", src=uri)).tags == ["video"]
    assert style_sheet(".a{}") == "<style>.a{}</style>"


def test_a_table_keeps_hostile_cells_in_their_lines():
    shown = text_table(("<State>", "Prompt"), [("<b>x</b>", "a\x1b[31m\nb"), ("y", "z")], below="end")

    assert shown.splitlines() == ["<State>   Prompt", "<b>x</b>  a[31m b", "y         z", "end"]

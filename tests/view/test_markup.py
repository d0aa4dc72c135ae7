"""Elements, escaping, URLs and text for a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.markup import read

from runway_nb.model.media import Media
from runway_nb.model.text import printable
from runway_nb.view.markup import Html, admitted, data_uri, element, fragment, style_sheet
from runway_nb.view.terminal import text_table


def test_text_is_escaped():
    assert element("div", "<b>", element("i", "&")) == "<div>&lt;b&gt;<i>&amp;</i></div>"
    assert fragment("<", element("br"), None, ">") == "&lt;<br>&gt;"
    assert isinstance(fragment("a"), Html)


def test_attributes_are_escaped_and_checked():
    assert element("a", "x", title="\"'<&>", href="https://h/?a=1&b=2") == (
        '<a title="&quot;&#x27;&lt;&amp;&gt;" href="https://h/?a=1&amp;b=2">x</a>'
    )
    assert element("video", controls="", src=None) == "<video controls></video>"
    assert element("img", src="javascript:alert(1)", alt="a") == '<img alt="a">'


def test_changed_markup_is_text_again():
    shown = element("b", "x")

    for changed in (shown.replace("x", "y"), shown + "<i>", shown.upper(), f"{shown}", shown[:3]):
        assert not isinstance(changed, Html)
        assert "<" not in fragment(changed)


@given(st.text(), st.text(), st.text())
def test_no_text_becomes_markup(first: str, second: str, attribute: str):
    tree = read(element("div", first, element("span", second, title=attribute or "x")))

    outer, inner = tree.elements
    assert (outer.tag, inner.tag) == ("div", "span")
    assert (list(outer.attributes), list(inner.attributes)) == ([], ["title"])
    assert tree.text.replace("\r", "") == printable(first) + printable(second)


@pytest.mark.parametrize(
    "url",
    [
        "https://file.com/k/x.mp4",
        "http://10.0.0.3:9000/clips/a.mp4",
        "HTTPS://FILE.COM/x",
        "https://file.com/a?b=c&d='e'\"f\"<g>",
        "https://müller.example/ä",
        "https://[2001:db8::1]:8443/x",
        "https://0x7f.example/x",
        "https://127.0.0.1.example/x",
        "https://localhost.example/x",
    ],
)
def test_admitted_urls(url: str):
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
        "https://file.com:99999/x",
        "https://file.com:x/",
        "https://name@file.com/x",
        "https://name:word@file.com/x",
        "https://file.com\\@file.org/x",
        "https://%66ile.com/x",
        f"https://{'a' * 250}.com/x",
    ],
)
def test_refused_urls(url: str | None):
    assert admitted(url) is None


@given(st.text())
def test_only_http_urls_are_admitted(url: str):
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
def test_printable_drops_control_characters(text: str, shown: str):
    assert printable(text) == shown


def test_media_type_cannot_become_markup():
    uri = data_uri(Media('video/mp4"><script>', b"\0"))

    (video,) = read(element("video", src=uri)).elements
    assert (video.tag, list(video.attributes)) == ("video", ["src"])
    assert style_sheet(".a{}") == "<style>.a{}</style>"


def test_table_cuts_what_is_too_long():
    head, row = text_table(("State", "Prompt"), [("s" * 3000, "p" * 3000)]).splitlines()

    assert head.index("Prompt") == 42
    assert row == f"{'s' * 39}…  {'p' * 37}…"


def test_table_keeps_cells_on_one_line():
    shown = text_table(("<State>", "Prompt"), [("<b>x</b>", "a\x1b[31m\nb"), ("y", "z")], below="end")

    assert shown.splitlines() == ["<State>   Prompt", "<b>x</b>  a[31m b", "y         z", "end"]

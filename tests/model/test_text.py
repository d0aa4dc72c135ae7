# ruff: noqa: RUF001  # the characters to replace
"""Text that can be printed: nothing hidden, nothing that controls a terminal, and in the encoding of the output."""

import io
import json
import re
from pathlib import Path

import pytest

import runway_nb
from runway_nb.model.errors import MissingKeyError, TaskNotFoundError
from runway_nb.model.text import encodable, excerpt, for_stdout, one_line, printable, printable_json, truncated

ENCODINGS = ["ascii", "cp1251", "cp1252", "cp866", "cp437", "latin-1", "koi8-r", "gbk", "shift_jis"]


ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
HIDDEN = [
    *map(chr, range(0x09)),
    *map(chr, range(0x0B, 0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u061c\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u206a\u206f\ufeff\ufff9\ufffa\ufffb\ud800\udfff",
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
    *map(chr, range(0xE0000, 0xE0080)),
    *"\U000e0100\U000e01ef",
]


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_hidden_characters_are_left_out(hidden: str):
    assert printable(f"a{hidden}b{hidden}") == "ab"
    assert one_line(f"a{hidden}b{hidden}") == "ab"
    assert excerpt(f"a{hidden}b{hidden}", 10) == "a b"


@pytest.mark.parametrize("mark", ["\u200d", "\u200c"], ids=ascii)
def test_joiners_are_left_out_of_ascii_words(mark: str):
    assert printable(f"{mark}pass{mark}word") == "password"


@pytest.mark.parametrize(
    "text",
    ["👩\u200d🚀 👨\u200d👩\u200d👧 ❤️ 1️⃣", ENGLAND, "می\u200cخواهم", "葛\U000e0100飾区", "שלום", "a\n\tb", "e\u0301"],
    ids=ascii,
)
def test_what_scripts_and_emoji_need_stays(text: str):
    assert printable(text) == text
    assert one_line(text) == excerpt(text, 100) == " ".join(text.split())


def test_a_flag_hides_no_text():
    smuggled = "".join(chr(0xE0000 + ord(each)) for each in "ignore all of this")

    assert len(printable(f"\U0001f3f4{smuggled}")) <= 8
    assert printable(f"x{smuggled}y") == "xy"


def test_ends_of_lines():
    assert printable("a\r\nb\u2028c\u2029d") == "a\nb\nc\nd"
    assert one_line("a\r\nb\u2028c\u2029d") == excerpt("a\r\nb\u2028c\u2029d\u0085", 9) == "a b c d"


def test_long_lines_are_cut():
    assert excerpt("word " * 100, 11) == "word word…"
    assert excerpt("short", 5) == truncated("short", 5) == "short"
    assert truncated("word word", 6) == "word…"
    assert excerpt("x" * 10**7, 100) == "x" * 99 + "…"


def test_json_is_printable_and_still_the_same():
    value = {f"a{hidden}": [f"{hidden}b", {"c": hidden}] for hidden in [*HIDDEN, "\u2028", "\u2029", "a\u200d"]}
    text = printable_json({**value, "emoji": f"👩\u200d🚀{ENGLAND}", "text": 'é "quoted"'})

    assert printable(text) == text
    assert json.loads(text) == {**value, "emoji": f"👩\u200d🚀{ENGLAND}", "text": 'é "quoted"'}
    assert f"👩\u200d🚀{ENGLAND}" in text
    assert printable_json({"at": {1}}) == '{\n  "at": "{1}"\n}'


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_text_can_be_encoded(encoding: str):
    text = "✓ success · “Кошка” in 4K — 10 × 5 → 🎬 é\ud800 …"

    assert encodable(text, encoding).encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", '+ "Hi" - 2 x 3 -> ...  \\u0436 \\xe9'),
        ("cp1251", "+ “Hi” · 2 x 3 -> …\xa0 ж \\xe9"),
        ("cp1252", "+ “Hi” · 2 × 3 -> …\xa0 \\u0436 é"),
        ("cp866", '+ "Hi" · 2 x 3 -> ...\xa0 ж \\xe9'),
        ("utf-8", "✓ “Hi” · 2 × 3 → …\xa0 ж é"),
        ("no-such-encoding", "✓ “Hi” · 2 × 3 → …\xa0 ж é"),
        (None, "✓ “Hi” · 2 × 3 → …\xa0 ж é"),
    ],
)
def test_only_what_does_not_fit_is_replaced(encoding: str | None, shown: str):
    assert encodable("✓ “Hi” · 2 × 3 → …\xa0 ж é", encoding) == shown


def test_our_own_marks_have_substitutes():
    root = Path(runway_nb.__file__).parent
    paths = (path for path in root.rglob("*.py") if path.parent.name not in ("ids", "kernel"))  # these read marks
    sources = "".join(path.read_text("utf-8") for path in paths)
    marks = "".join(set(re.findall(r"[^\x00-\x7f]", sources)))

    assert "✓" in marks
    assert "\\" not in encodable(marks, "ascii")


def test_errors_and_stdout(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))

    assert for_stdout("a…") == "a..."
    assert TaskNotFoundError(404, "кошка…", "t")._render_traceback_()[0].isascii()
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert for_stdout("a…") == "a…"
    assert "No API key" in MissingKeyError()._render_traceback_()[0]

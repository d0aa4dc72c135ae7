# ruff: noqa: RUF001  # the characters to replace
"""Text for a standard output that is not UTF-8."""

import io
import re
from pathlib import Path

import pytest

import runway_nb
from runway_nb.model.errors import MissingKeyError, TaskNotFoundError
from runway_nb.model.text import encodable, for_stdout

ENCODINGS = ["ascii", "cp1251", "cp1252", "cp866", "cp437", "latin-1", "koi8-r", "gbk", "shift_jis"]


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

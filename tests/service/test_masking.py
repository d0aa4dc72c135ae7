"""The key is masked in what the service answers, however it is written there."""

import base64
import json
import sys
import unicodedata
from urllib.parse import quote, quote_plus

import pytest

from runway_nb.service.key import Secret
from runway_nb.service.masking import Masking

KEY = "sk-live_Zq7.x9+K3y~never-shown"
MASKING = Masking(KEY, "[key]")


def each(form: str) -> str:
    """Write every character of the key in one form."""
    return "".join(form % ord(character) for character in KEY)


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


WRITTEN = {
    "as it is": KEY,
    "upper case": KEY.upper(),
    "mixed case": KEY.swapcase(),
    "JSON": each("\\u%04x"),
    "JSON in JSON": each("\\\\u%04X"),
    "JavaScript": each("\\u{%x}"),
    "Python": each("\\x%02x") + each("\\U%08x"),
    "percent": each("%%%02x"),
    "percent, in part": f"%73{KEY[1:]}",
    "percent, twice": each("%%25%02X"),
    "percent, four times": each("%%252525%02X"),
    "percent and u": each("%%u%04x"),
    "a query": quote_plus(KEY),
    "decimal entities": each("&#%d;"),
    "hexadecimal entities": each("&#x%04X;"),
    "entities, twice": each("&amp;#%d;"),
    "named entities": KEY.replace(".", "&period;").replace("_", "&lowbar;"),
    "entities of percent": "".join(f"&#{ord(character)};" for character in each("%%%02x")),
    "percent of JSON": quote(each("\\u%04x")),
    "zero width": "\u200b".join(KEY),
    "zero width, escaped": "\\u200b".join(KEY),
    "bidi": "\u202e".join(KEY),
    "soft hyphen": "\xad".join(KEY),
    "soft hyphen, named": "&shy;".join(KEY),
    "NUL": "\0".join(KEY),
    "backspace": "\b".join(KEY),
    "tags": "<wbr>".join(KEY),
    "lines": "\n".join(KEY),
    "without hyphens": KEY.replace("-", ""),
    "base64": in_base64(KEY),
    "base64 of a header": in_base64(f"Bearer {KEY}"),
    "base64 of basic": in_base64(f"u:{KEY}:x"),
    "base64 for URLs": base64.urlsafe_b64encode(f"?~{KEY}~?".encode()).decode(),
    "base64 in a URL": quote(in_base64(f"Bearer {KEY}")),
    "base64 in lines": "\n".join(in_base64(f"Bearer {KEY}")),
    "hex": KEY.encode().hex(),
    "octal": each("\\%03o"),
    "full width": "".join(chr(0xFEE0 + ord(character)) for character in KEY),
    "full width, in part": f"{chr(0xFEE0 + ord('s'))}{KEY[1:]}",
    "full width, escaped": "".join(f"\\u{0xFEE0 + ord(character):04x}" for character in KEY),
    "base64 of UTF-16": base64.b64encode(KEY.encode("utf-16-le")).decode(),
    "base64 of more UTF-16": base64.b64encode(f"?{KEY}".encode("utf-16-be")).decode(),
    "hex of UTF-16": KEY.encode("utf-16").hex(),
    "hex with colons": KEY.encode().hex(":"),
    "hex in upper case": KEY.encode().hex(" ").upper(),
}


def said_by(text: str) -> str:
    """Return the letters and digits that are left of a text without its escapes and tags."""
    return "".join(character for character in unicodedata.normalize("NFKC", text).lower() if character.isalnum())


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_every_form_in_a_text(written: str):
    masked = MASKING.text(f"before {written} after, отлично")

    assert "[key]" in masked
    assert said_by(written)[:12] not in said_by(masked)
    assert masked.startswith("before ")
    assert masked.endswith(" after, отлично")
    assert MASKING.text(masked) == masked


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_every_form_in_an_answer(written: str):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-le"):
        assert_masked_in_an_answer(written, encoding)


def assert_masked_in_an_answer(written: str, encoding: str) -> None:
    answer = {"code": 401, "msg": f"no {written}", "data": {written: [1.5, None, True, {"deep": [written]}], "ж": "ж"}}

    masked = json.loads(MASKING.body(json.dumps(answer, ensure_ascii=False).encode(encoding)))

    assert masked["msg"].startswith("no ")
    assert masked["data"]["ж"] == "ж"
    ((name, inside),) = [item for item in masked["data"].items() if item[0] != "ж"]
    for shown in (masked["msg"], name, inside[3]["deep"][0]):
        assert "[key]" in shown
        assert said_by(written)[:12] not in said_by(shown)
    assert inside[:3] == [1.5, None, True]


def test_json_in_a_string_stays_json():
    inner = json.dumps({"prompt": f'a "{KEY}"', "n": 1})
    body = json.dumps({"data": {"generateParam": json.dumps({"again": inner})}}).encode()

    again = json.loads(json.loads(MASKING.body(body))["data"]["generateParam"])["again"]

    assert json.loads(again) == {"prompt": 'a "[key]"', "n": 1}


@pytest.mark.parametrize("number", ["1234567890123", "1.234567890123e12", "1234567890123.0", "-1234567890123"])
def test_key_of_digits_in_a_number(number: str):
    masking = Masking("1234567890123", "[key]")

    masked = json.loads(masking.body(f'{{"a": {number}, "b": [{number}], "c": 12}}'.encode()))

    assert masked["a"].lstrip("-") == masked["b"][0].lstrip("-") == "[key]"
    assert masked["c"] == 12


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b'{"code": 200, "data": {"a": 1e5, "b": "%6", "c": "&#1;&x;", "d": "\\ud800"}}',
        '{"a": "sk-live_Zq7.x9 или never-shown"}'.encode(),
        b"<html>never shown</html>",
    ],
)
def test_answer_without_the_key_is_unchanged(body: bytes):
    assert MASKING.body(body) is body


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_page_that_is_not_json(encoding: str):
    page = f"<html><title>Отказ</title>{'<b>'.join(KEY)} is blocked, &#115;{KEY[1:]}</html>"

    masked = MASKING.body(page.encode(encoding)).decode()

    assert "is blocked, [key]" in masked
    assert KEY[1:] not in masked


def test_json_that_is_too_deep_is_masked_as_text():
    deep = "[" * 100_000 + json.dumps(KEY) + "]" * 100_000

    assert KEY.encode() not in MASKING.body(deep.encode())


def test_short_key_is_left():
    assert Masking("success", "[key]").text("success") == "success"
    assert Masking("success", "[key]").body(b'{"msg": "success"}') == b'{"msg": "success"}'


def test_a_secret_masks_alike():
    secret = Secret(KEY)

    assert secret.masked(f"a {each('%%%02x')}", "…") == "a …"
    assert secret.masked_body(json.dumps({"msg": each("\\u%04x")}).encode(), "…") == b'{"msg": "\\u2026"}'


LONG = 20_000
HOSTILE = {
    "nearly": ("a" * 40 + "b", "a"),
    "the key": ("a" * 40 + "b", "a" * 40 + "b"),
    "percent": ("a" * 40 + "b", "%61"),
    "backslashes": ("a" * 40 + "b", "\\"),
    "escapes": ("a" * 40 + "b", "\\u0061"),
    "ampersands": ("a" * 40 + "b", "&amp;"),
    "zeros": ("a" * 40 + "b", "&#0"),
    "tags": ("a" * 40 + "b", "<a"),
    "nested": ("a" * 40 + "b", "%25"),
}


def steps_of(masking: Masking, text: str) -> int:
    """Count the calls of functions, Python's own too, that masking a text makes."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    try:
        masking.text(text)
    finally:
        sys.setprofile(None)
    return steps


@pytest.mark.parametrize(("key", "unit"), HOSTILE.values(), ids=HOSTILE)
def test_work_grows_with_the_length_only(key: str, unit: str):
    masking = Masking(key, "[key]")

    once, twice = (steps_of(masking, (unit * length)[: length + length // 2]) for length in (LONG, 2 * LONG))

    assert twice < 3 * once + 100

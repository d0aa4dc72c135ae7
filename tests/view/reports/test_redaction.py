"""Redaction of single texts and values. `test_report.py` has the tests of a redacted report."""

from __future__ import annotations

import json

import pytest

from runway_nb.view.reports.redaction import LINK, PROMPT, TEXT, Redaction

WORDS = "A masked dancer whispers her sister's real name"


def test_data_for_support_is_kept():
    raw = {
        "taskId": "ee60",
        "parentTaskId": "",
        "state": "fail",
        "generateParam": {"prompt": WORDS, "expandPrompt": True, "aspectRatio": "16:9", "duration": 5, "image": None},
        "param": '{"expandPrompt": "true", "model": "gen-3", "duration": 5}',
        "failCode": 400,
        "failMsg": "Unsupported width or height of the image.",
        "expireFlag": 0,
        "generateTime": "2026-11-20 10:00:00",
    }

    left = Redaction(WORDS).value(raw)

    assert left == {**raw, "generateParam": {**raw["generateParam"], "prompt": PROMPT}}


def test_longer_parameter_texts_are_removed():
    assert Redaction("").value({"generateParam": {"scene": "two words", "style": "noir"}}) == {
        "generateParam": {"scene": TEXT, "style": "noir"}
    }


@pytest.mark.parametrize(
    ("prompt", "text", "left"),
    [
        ("one two three four five six", "it says: two, three four FIVE!", f"it says: {PROMPT}!"),
        ("one two three four five six", "one two three only", "one two three only"),
        ("one two three four five six", "one two three four and three four five six.", f"{PROMPT} and {PROMPT}."),
        ("night", "A night, by night", f"A {PROMPT}, by {PROMPT}"),
        ("night", "nightly", "nightly"),
        ("🐈🔥", "flagged: 🐈 🔥 twice", f"flagged: {PROMPT} twice"),
        ("", "nothing to find", "nothing to find"),
        ("...", "nothing ... to find", "nothing ... to find"),
    ],
)
def test_quotations_of_the_prompt_are_removed(prompt: str, text: str, left: str):
    assert Redaction(prompt).text(text) == left


def test_invalid_json_is_treated_as_text():
    deep = "[" * 500 + '"https://file.com"' + "]" * 500

    for text in (deep, '{"a": https://file.com', "[" * 100_000 + "https://file.com"):
        assert "file.com" not in Redaction("").value(text)


@pytest.mark.parametrize(
    "link",
    [
        "http://a.b/c",
        "HTTPS://a.b",
        "see.http://a.b",
        "1http://a.b",
        "_http://a.b",
        "s3:\\/\\/a",
        "data:a/b;c,d",
        "www.a.b",
    ],
)
def test_links_are_removed(link: str):
    left = Redaction("").text(f"before {link} after")

    assert left in (f"before {LINK} after", f"before _{LINK} after")


def test_long_json_in_a_text_is_left_out():
    text = json.dumps({"prompt": "secret " * 10_000})

    assert Redaction("").value({"input": text, "other": "kept"}) == {"input": TEXT, "other": "kept"}


@pytest.mark.parametrize("prompt", ["word " * 30_000, None], ids=["very long", "unknown"])
def test_any_text_may_quote_a_prompt_that_is_not_compared(prompt: str | None):
    redaction = Redaction(prompt)

    assert redaction.text("one two three") == "one two three"
    assert redaction.text("one two three four") == TEXT

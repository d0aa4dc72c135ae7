"""Long texts and values are shortened to what can be drawn, and everything else stays exact."""

from __future__ import annotations

import json

import pytest

from runway_nb.view import long


def test_short_text_is_unchanged():
    text = " a\n\n$b$ " * 100

    assert long.cut(text) == text
    assert long.cut_name("ee603959-debb-48d1-98c4-a6d1c717eba6") == "ee603959-debb-48d1-98c4-a6d1c717eba6"


def test_long_text_says_what_is_missing():
    assert long.cut("a" * 21_234) == f"{'a' * 20_000}… 1,234 more characters, in task.raw"
    assert long.cut_name("a" * 300) == f"{'a' * 199}…"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        (" \n ", ""),
        ("one two", "one two"),
        (" one \n\n two ", "one two"),
        ("one two three", "one two …"),
        ("one two thr", "one two thr"),
        ("onetwothreefour", "onetwothr …"),
        (" " * 1000 + "one two", "one two"),
        ("\n" * 1000, ""),
        ("one" + " " * 1000 + "two", "one …"),
    ],
)
def test_shortened(text: str, line: str):
    assert long.shortened(text, 11) == line


@pytest.mark.parametrize("value", [{"a": [1, None, "é"], "b": {"c": True}}, [], {}, "text", 7, 0.5, {"": ""}])
def test_short_value_is_unchanged(value: object):
    assert long.cut_value(value) == value
    assert json.loads(long.as_json(value)) == value


def test_long_values_say_what_is_missing():
    text = long.cut_value({"a": "b" * 30_000})["a"]
    kept = text.count("b")
    assert 19_000 < kept < 20_000
    assert text == f"{'b' * kept}… {30_000 - kept:,} more characters, in task.raw"
    numbers = long.cut_value(list(range(5000)))
    assert numbers[-1] == f"… {5000 - len(numbers) + 1:,} more, in task.raw"
    fields = long.cut_value({f"key{number}": number for number in range(5000)})
    assert fields["…"] == f"{5000 - len(fields) + 1:,} more, in task.raw"


def test_texts_can_stay_whole():
    value = {"a": "b" * 30_000, "c": 1}

    assert long.cut_value(value, cut_texts=False) == {"a": "b" * 30_000, "…": "1 more, in task.raw"}


class Silent:
    """A value that cannot say what it is."""

    def __repr__(self) -> str:
        raise TypeError("no text")


def test_foreign_values_are_written_as_text():
    within: dict[str, object] = {"a": {1, 2}, "b": Silent(), 3: ("x",)}
    within["itself"] = within

    assert json.loads(long.as_json(within))["b"] == "<Silent>"
    assert json.loads(long.as_json(within))["3"] == ["x"]
    assert long.as_text(Silent()) == "<Silent>"
    assert long.as_text(["a", {"b": 1}]) == '["a", {"b": 1}]'
    assert long.as_text(True) == "True"

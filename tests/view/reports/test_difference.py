"""The word-by-word difference of two texts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runway_nb.simulator.prompts import LONG
from runway_nb.view.reports.difference import MOST_WORDS, Change, difference


def marked(a: str, b: str) -> str | None:
    pieces = difference(a, b)
    signs = {Change.KEPT: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}
    return None if pieces is None else "".join(signs[piece.change].format(piece.text) for piece in pieces)


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ("one red cat here", "one blue cat here", "one [-red-]{+blue+} cat here"),
        ("one red cat here", "one cat here", "one [-red-] cat here"),
        ("one cat here", "one red cat here", "one {+red+} cat here"),
        ("the very same words", "the very same words", "the very same words"),
        ("spaces   and\nlines do not count", "spaces and lines do not count", "spaces and lines do not count"),
        ("a quiet scene at night", "a quiet scene, at night", "a quiet scene{+,+} at night"),
        ("they don't stop dancing", "they won't stop dancing", "they [-don't-]{+won't+} stop dancing"),
        ("they don\u2019t stop", "they won\u2019t stop", "they [-don\u2019t-]{+won\u2019t+} stop"),
        # A short common word between two changes counts as changed.
        ("slow dolly in a city", "slow glide to a city", "slow [-dolly in-]{+glide to+} a city"),
        ("slow pan by a paper city", "slow tilt to a glass city", "slow [-pan by a paper-]{+tilt to a glass+} city"),
        ("一只橙色的猫在房间里跳舞", "一只蓝色的猫在房间里跳舞", "一只[-橙-]{+蓝+}色的猫在房间里跳舞"),
        ("Café crème at dawn today", "Cafe\u0301 crème at dawn today", "[-Café-]{+Cafe\u0301+} crème at dawn today"),
        ("", "", ""),
    ],
)  # fmt: skip  # a table
def test_whole_words_are_compared(a: str, b: str, found: str):
    assert marked(a, b) == found


@pytest.mark.parametrize(("a", "b"), [("", "something"), ("one two three", "four five six")])
def test_texts_with_little_in_common(a: str, b: str):
    assert difference(a, b) is None


def test_one_changed_word_in_long_prompt():
    changed = LONG.replace("copper", "silver")
    assert changed != LONG

    pieces = difference(LONG, changed)

    assert pieces is not None
    assert [(piece.change, piece.text) for piece in pieces if piece.change is not Change.KEPT] == [
        (Change.REMOVED, "copper"),
        (Change.ADDED, "silver"),
    ]


@given(st.text(alphabet="ab ,.\n", max_size=60), st.text(alphabet="ab ,.\n", max_size=60))
def test_difference_contains_both_texts(a: str, b: str):
    pieces = difference(a, b)
    if pieces is None:
        return

    for text, other in ((a, Change.ADDED), (b, Change.REMOVED)):
        assert "".join("".join(piece.text for piece in pieces if piece.change is not other).split()) == "".join(
            text.split()
        )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (["aaaa", "aaaa", "b"] * 66, ["aaaa", "b", "b"] * 66),
        (["a"] * 199, ["a", "x"] * 99),
        (["aaaa", "b"] * (MOST_WORDS // 2), ["b", "aaaa"] * (MOST_WORDS // 2)),
        ([str(n) for n in range(20_000)], [str(n ^ 1) for n in range(20_000)]),
    ],
    ids=["short", "shorter", "longest", "too long"],
)
def test_difference_is_quick(a: list[str], b: list[str]):
    began = time.process_time()

    difference(" ".join(a), " ".join(b))

    assert time.process_time() - began < 5

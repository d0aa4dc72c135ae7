"""How a magic's line is cut into words."""

import pytest
from IPython.core.error import UsageError

from runway_nb.kernel.words import cut, has_expansion, inside_brackets, shown, unquoted


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        (" , ;", []),
        ("a b,c\td", ["a", "b", "c", "d"]),
        ('df["task id"] x', ['df["task id"]', "x"]),
        ("f(a, b) g[1:2, 3]", ["f(a, b)", "g[1:2, 3]"]),
        ('{x["a b"]}, y', ['{x["a b"]}', "y"]),
        ("'a, b' \"c d\"", ["'a, b'", '"c d"']),
        (r'"a \" b" c', [r'"a \" b"', "c"]),
        ('f(")", "(") z', ['f(")", "(")', "z"]),
        ("a;", ["a"]),
        ("a ; # over", ["a"]),
        ("a # it's over", ["a"]),
        ("task#1 # note", ["task#1"]),
        ("'take #2' # don't", ["'take #2'"]),
        ("f(a # b)", ["f(a # b)"]),
        ("a;b", ["a;b"]),
        ("a) b", ["a)", "b"]),
        ("--text='a b' -o x", ["--text='a b'", "-o", "x"]),
    ],
)
def test_line_is_cut_outside_of_brackets(line: str, words: list[str]):
    assert cut(line) == words


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('"unfinished', 'The quotation mark " is not closed. Close it or remove it.'),
        ("a 'x", "The quotation mark ' is not closed. Close it or remove it."),
        ("ids[0", "The bracket [ is not closed. Close it or remove it."),
        ("f(a, {b", "The bracket { is not closed. Close it or remove it."),
    ],
)
def test_unclosed_mark_is_named(line: str, message: str):
    with pytest.raises(UsageError) as raised:
        cut(line)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("word", "text"),
    [("'a b'", "a b"), ('"it\'s"', "it's"), ('""', ""), ("a", None), ("'a'b'c'", None), ("'a\"", None)],
)
def test_quotes_around_a_word(word: str, text: str | None):
    assert unquoted(word) == text


@pytest.mark.parametrize(
    ("word", "inside"),
    [("[a, b]", "a, b"), ("(a)", "a"), ("[a][0]", None), ("{a}-{b}", None), ("a[0]", None), ("[", None)],
)
def test_brackets_around_a_word(word: str, inside: str | None):
    assert inside_brackets(word) == inside


@pytest.mark.parametrize("word", ["task-{n}", "{a}{b}", "a$name", "x{{y}}", "$a.b-1"])
def test_word_with_an_expansion(word: str):
    assert has_expansion(word)


@pytest.mark.parametrize("word", ["f({1: 2})", 'd["{x}"]', "cost$5", "[{1}]", "'$name'"])
def test_word_without_an_expansion(word: str):
    assert not has_expansion(word)


def test_shown_words_are_short_and_safe(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("APIKLEY_API_KEY", "the-key-in-use")

    assert shown("a\x1b[31m\nb") == "a[31m b"
    assert shown("x" * 500) == "x" * 79 + "…"
    assert shown("error: the-key-in-use is wrong") == "error: … is wrong"
    assert shown("--sk-abcdefghijkl") == "…"

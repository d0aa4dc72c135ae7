"""The options in a magic's line."""

from argparse import Namespace
from enum import Enum
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments

from runway_nb.kernel.limits import COUNT, INTERVAL, TIMEOUT, WIDTH
from runway_nb.kernel.line import help_of, parsed
from runway_nb.kernel.options import HELP, OneOf, variable_name
from runway_nb.kernel.scope import Scope

UUID = "ee603959-debb-48d1-98c4-a6d1c717eba6"
OTHER = "8d36091e83e54df7b078c43ac87be6e7"
VARIABLES = {"name": "stored", "x": 2.5, "odd": "{x}", "job": {"name": "n"}, "text": "--static"}


class Colour(Enum):
    RED = "red"
    GREEN = "green"


@magic_arguments("%show")
@argument("task", nargs="*", help="a task")
@argument("-w", "--watch", action="store_true", help="follow it")
@argument("--wait", action="store_true")
@argument("-i", "--interval", type=INTERVAL, metavar="SECONDS")
@argument("-t", "--timeout", type=TIMEOUT, metavar="SECONDS")
@argument("--width", type=WIDTH)
@argument("--limit", type=COUNT, default=20)
@argument("--state", type=OneOf(lambda: Colour))
@argument("--text")
@argument("-o", "--out", type=variable_name, metavar="NAME")
@HELP
def show(line: str) -> None:
    """Show tasks.

    More about it.
    """


@magic_arguments("%bare")
@HELP
def bare(line: str) -> None:
    """Do one thing."""


def read(line: str) -> Namespace:
    args = parsed(show, line, Scope(dict(VARIABLES)))
    assert args is not None
    return args


def test_options_may_be_anywhere():
    args = read(f"-w {UUID} --interval 2.5 {OTHER} -o 'task';  # follow")

    assert (args.watch, args.interval, args.out, args.limit) == (True, 2.5, "task", 20)
    assert args.task == [UUID, OTHER]


@pytest.mark.parametrize(
    ("line", "option", "value"),
    [
        ("--interval=2", "interval", 2.0),
        ("--int 2", "interval", 2.0),
        ("-i2", "interval", 2.0),
        ("-i=2", "interval", 2.0),
        ("-wi 2", "interval", 2.0),
        ("-wi2", "watch", True),
        ("--width 300", "width", 300),
        ("--interval {x}", "interval", 2.5),
        ("--interval=$x", "interval", 2.5),
        ("-i '$x'", "interval", 2.5),
        ("-o {name}", "out", "stored"),
        ("-o {job['name']}", "out", "n"),
        ("-o $name", "out", "stored"),
        ("--text 'a {name} b'", "text", "a stored b"),
        ("--text='a, b'", "text", "a, b"),
        ("--text {odd}", "text", "{x}"),
        ("--text '{{x}} $$x'", "text", "{x} $x"),
        ("--text 'costs $5'", "text", "costs $5"),
        ("--text '{\"a\": 1'", "text", '{"a": 1'),
        ("--text {text}", "text", "--static"),
        ("--text '-x'", "text", "-x"),
        ("--text=-x", "text", "-x"),
        ("--text '--watch'", "text", "--watch"),
        ("--state g", "state", Colour.GREEN),
        ("--wat", "watch", True),
    ],
)
def test_value_of_an_option(line: str, option: str, value: Any):
    args = read(line)

    assert getattr(args, option) == value
    assert args.task == []


def test_words_after_two_hyphens_are_tasks():
    assert read("-w -- a --wait").task == ["a", "--wait"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--wach", "There is no option --wach. Did you mean --watch?"),
        ("-watch", "There is no option -watch. Did you mean --watch?"),
        ("--Interval 2", "There is no option --Interval. Did you mean --interval?"),
        ("--nonsense=1", "There is no option --nonsense. Run %show --help to see the options."),
        ("-x", "There is no option -x. Run %show --help to see the options."),
        ("-5", "There is no option -5. Run %show --help to see the options."),
        ("--wa", "--wa could mean --watch or --wait. Write more of it."),
        ("--watch=1", "--watch takes no value."),
        ("--interval", "--interval needs a value: --interval SECONDS."),
        ("--text --watch", "--text needs a value: --text TEXT."),
        ("-o", "-o needs a value: -o NAME."),
        ("-o 1st", "-o “1st” is not a valid variable name."),
        ("-o class", "-o “class” is not a valid variable name."),
        ("-o {missing}", "There is no variable named missing."),
        ("--interval soon", "--interval must be a number, not “soon”."),
        ("--interval 0.5", "--interval must be at least 1 s and at most a day, not 0.5 s."),
        ("--interval -5", "--interval must be at least 1 s and at most a day, not -5 s."),
        ("-i nan", "-i must be at least 1 s and at most a day, not nan s."),
        ("--timeout inf", "--timeout must be at least 1 s and at most 30 days, not inf s."),
        ("--timeout 1e300", "--timeout must be at least 1 s and at most 30 days, not 1e+300 s."),
        ("--width 10", "--width must be at least 200 pixels and at most 10000 pixels, not 10 pixels."),
        ("--width 300.5", "--width must be a whole number, not “300.5”."),
        ("--limit 0", "--limit must be at least 1 and at most 1000000, not 0."),
        (f"--limit {10**30}", f"--limit must be at least 1 and at most 1000000, not {10**30}."),
        ("--state blue", "--state must be one of red, green, not “blue”."),
        ("--state ''", "--state must be one of red, green, not “”."),
    ],
)
def test_bad_option_is_one_sentence(line: str, message: str):
    with pytest.raises(UsageError) as raised:
        read(line)
    assert str(raised.value) == message


def test_word_for_a_magic_without_words():
    with pytest.raises(UsageError) as raised:
        parsed(bare, "off", Scope({}))
    assert str(raised.value) == "“off” is not an option of %bare. Run %bare --help to see the options."


@pytest.mark.parametrize("line", ["-h", "--help", "a --interval soon -h", "--nonsense --help", "{ -h"])
def test_help_is_printed_before_all_else(line: str, capsys: pytest.CaptureFixture[str]):
    assert parsed(show, line, Scope({})) is None
    assert capsys.readouterr().out == help_of(show) + "\n"


def test_help_is_plain_text():
    text = help_of(show)

    assert text.startswith("usage: %show [-w]")
    assert "Show tasks.\n\noptions:\n  task " in text
    assert "-w, --watch " in text
    assert "::" not in text

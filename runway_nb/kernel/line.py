"""Read the options of a magic's line, and print its help."""

from __future__ import annotations

from argparse import Action, HelpFormatter, Namespace
from collections import deque
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from ..view.say import say
from .expression import expand
from .options import options_of, parser_of, positional_of
from .scope import Scope
from .usage import usage_error
from .words import cut, shown, unquoted

_CLOSEST = 0.6  # similarity from which an option is suggested
_HELP_WIDTH = 100


def read(magic: Callable[..., Any], line: str, variables: dict[str, Any]) -> tuple[Namespace, Scope] | None:
    """Read a line as `parsed` does.

    Args:
        magic: As for `parsed`.
        line: As for `parsed`.
        variables: The user's namespace.

    Returns:
        What `parsed` returns, and the variables that the line can name.

    Raises:
        UsageError: As `parsed`.
    """
    scope = Scope.of_caller(variables)
    args = parsed(magic, line, scope)
    return None if args is None else (args, scope)


def parsed(magic: Callable[..., Any], line: str, scope: Scope) -> Namespace | None:
    """Read a line with the options that decorate a magic.

    Args:
        magic: A function decorated with ``magic_arguments`` and `HELP`.
        line: The text after the magic's name.
        scope: The variables that an option's value may name in ``{…}`` or as ``$name``.

    Returns:
        The value of each option, and the words beside the options as a list, as they were typed. None if the line
        asked for help, which was printed.

    Raises:
        UsageError: If an option is unknown or its value is missing or not valid, or a quote or bracket is not closed.
    """
    if {"-h", "--help"} & set(line.split()):  # before all else, so that nothing runs and no other word is an error
        say(help_of(magic))
        return None
    return _Reader(magic, scope).read(cut(line))


def help_of(magic: Callable[..., Any]) -> str:
    """Return the usage and the options of a magic as plain text."""
    parser = parser_of(magic)
    formatter = HelpFormatter(f"%{magic.__name__}", max_help_position=32, width=_HELP_WIDTH)
    formatter.add_usage(None, parser._actions, [])  # noqa: SLF001  # argparse has no public list of them
    formatter.add_text(str(parser.description).strip().partition("\n\n")[0].replace("``", ""))
    formatter.start_section("options")
    formatter.add_arguments(parser._actions)  # noqa: SLF001
    formatter.end_section()
    return formatter.format_help().rstrip()


class _Reader:
    """Reads the words of one line. `ArgumentParser` declares the options; its messages do not fit a magic's line."""

    def __init__(self, magic: Callable[..., Any], scope: Scope) -> None:
        self._name = f"%{magic.__name__}"
        self._options = options_of(magic)
        self._scope = scope
        self._positional = positional_of(magic)
        self._read = Namespace(**{each.dest: each.default for each in parser_of(magic)._actions})  # noqa: SLF001  # as above

    def read(self, words: list[str]) -> Namespace:
        left, beside = deque(words), list[str]()
        while left:
            word = left.popleft()
            if word == "--":
                beside += left
                break
            if len(word) > 1 and word.startswith("-"):
                self._take(word, left)
            else:
                beside.append(word)
        if self._positional is not None:
            setattr(self._read, self._positional, beside)
        elif beside:
            raise usage_error(f"“{shown(beside[0])}” is not an option of {self._name}. {self._see_help()}")
        return self._read

    def _take(self, word: str, left: deque[str]) -> None:
        """Read an option, and its value from the same word or the next one."""
        if word.startswith("--"):
            name, attached, value = word.partition("=")
        else:
            name, value = word[:2], word[2:].removeprefix("=")
            attached = "=" if word[2:] else ""
        action = self._action(name, word)
        if action.nargs == 0:
            if attached and word.startswith("--"):
                raise usage_error(f"{name} takes no value.")
            setattr(self._read, action.dest, True)
            if value:
                left.appendleft(f"-{value}")  # several options of one letter, such as -wi 5
            return
        if not attached:
            if not left or self._is_option(left[0]):
                raise usage_error(f"{name} needs a value: {name} {action.metavar or action.dest.upper()}.")
            value = left.popleft()
        self._set(name, action, value)

    def _set(self, name: str, action: Action, word: str) -> None:
        text = unquoted(word)
        text = expand(word if text is None else text, self._scope)
        read: Any = action.type or str
        try:
            setattr(self._read, action.dest, read(text))
        except ValueError as error:
            raise usage_error(f"{name} {error}") from None

    def _action(self, name: str, word: str) -> Action:
        """Find an option by its name, or by the first letters of a long one."""
        if name in self._options:
            if name == word or word.startswith("--") or f"-{word}" not in self._options:
                return self._options[name]
        elif name.startswith("--"):
            full = [each for each in self._options if each.startswith(name)]
            if len(full) == 1:
                return self._options[full[0]]
            if full:
                raise usage_error(f"{shown(name)} could mean {' or '.join(full)}. Write more of it.")
        wrong = name if word.startswith("--") else word.partition("=")[0]
        raise usage_error(f"There is no option {shown(wrong)}. {self._suggestion(wrong)}")

    def _suggestion(self, wrong: str) -> str:
        wrong = f"--{wrong.lstrip('-')}" if len(wrong) > 2 else wrong
        close = get_close_matches(wrong.lower(), self._options, n=1, cutoff=_CLOSEST)
        return f"Did you mean {close[0]}?" if close else self._see_help()

    def _see_help(self) -> str:
        return f"Run {self._name} --help to see the options."

    def _is_option(self, word: str) -> bool:
        return len(word) > 1 and word.startswith("-") and not word[1].isdigit()

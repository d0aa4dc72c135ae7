"""Tab completion for the magics: options and their values, ids of tasks seen, and variables that hold ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..ids.credentials import names_secret
from ..model.command import as_argument
from ..model.task_id import SHAPE
from .options import OneOf, options_of, positional_of

_CALL = re.compile(r"^\s*(?:[\w ,.\[\]\"']+=\s*)?(?P<percent>%%?)(?P<name>runway\w*)\s+(?P<words>.*)$", re.DOTALL)
_GAP = re.compile(r"[\s,]+")
_TELLING = re.compile(r"(?:^|_)(?:task|job)s?(?:_?ids?)?$|(?:^|_)t?ids?$", re.IGNORECASE)
_HOLDERS = ("str", "list", "tuple", "set", "dict", "Series", "Index", "DataFrame", "ndarray", "Task")
_SOME = 20  # items of a list that are looked at


def last_word(line: str) -> str:
    """Return the word that a line ends in; empty after whitespace or a comma."""
    return _GAP.split(line)[-1]


class Offer(NamedTuple):
    """A word that completion offers.

    Attributes:
        text: The word.
        kind: What it is, for front-ends that show that.
    """

    text: str
    kind: str = ""


class Completion:
    """Completes the lines of the magics.

    Args:
        magics: Returns a magic by its name, or None.
        seen: Returns the ids of tasks seen that begin with a prefix, the latest first, with what they are.
        variables: Returns the user's namespace.
    """

    def __init__(
        self,
        magics: Callable[[str], Callable[..., Any] | None],
        seen: Callable[[str], Iterable[Offer]],
        variables: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._magics = magics
        self._seen = seen
        self._variables = variables

    def offers(self, cell: str, line: str) -> list[Offer] | None:
        """Return what completes a line.

        Args:
            cell: The whole text before the cursor.
            line: The line before the cursor.

        Returns:
            The words that begin with the line's last word; None if the line is not one of a magic, or if its last word
            is Python.
        """
        call = _CALL.match(line)
        magic = self._magics(call["name"]) if call else None
        if call is None or magic is None or not hasattr(magic, "parser"):
            return None
        if "\n" in cell.strip() and (call["percent"] == "%%" or cell.lstrip().startswith("%%runway")):
            return None  # the text of a cell magic
        words = _GAP.split(call["words"])
        return self._at(magic, words[:-1], words[-1])

    def _at(self, magic: Callable[..., Any], before: list[str], word: str) -> list[Offer] | None:
        options = options_of(magic)
        waiting = options.get(before[-1]) if before else None
        if waiting is not None and waiting.nargs != 0:
            choices = waiting.type.choices if isinstance(waiting.type, OneOf) else []
            begun = word.lstrip("\"'").lower()
            return [Offer(_quoted(each), "value") for each in choices if each.startswith(begun)]
        if word.startswith("-"):
            given = {options[each].dest for each in before if each in options}
            found = ((name, action) for name, action in options.items() if name.startswith(word))
            return [Offer(name, action.help or "") for name, action in found if action.dest not in given]
        positional = positional_of(magic)
        if positional is None:
            return []
        if positional != "task":
            return [Offer(each) for each in ("on", "off") if each.startswith(word)]
        return self._tasks(word)

    def _tasks(self, word: str) -> list[Offer] | None:
        if re.search(r"[^\w-]", word):
            return None
        held = (Offer(name, type(value).__name__) for name, value in _holders(self._variables()))
        return [*(each for each in held if each.text.startswith(word)), *self._seen_as_words(word)]

    def _seen_as_words(self, begun: str) -> Iterator[Offer]:
        """Yield the ids of tasks seen as they are written in a line; some came from the service, as a task's parent."""
        for offer in self._seen(begun):
            argument = as_argument(offer.text)
            if argument is not None and argument.casefold().startswith(begun.casefold()):
                yield offer._replace(text=argument)


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _holders(variables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the variables that hold task ids as far as a glance tells: nothing is evaluated or iterated over."""
    for name, value in list(variables.items()):
        kind = type(value).__name__
        if name.startswith("_") or names_secret(name) or kind not in _HOLDERS:
            continue
        if (_TELLING.search(name) and value is not None) or _holds_id(value):
            yield name, value


def _holds_id(value: object) -> bool:
    if isinstance(value, str):
        return bool(SHAPE.fullmatch(value))
    if isinstance(value, (list, tuple)):
        return any(_holds_id(each) for each in value[:_SOME] if not isinstance(each, (list, tuple)))
    if type(value).__name__ == "Series":
        return any(_holds_id(each) for each in value.head(_SOME).tolist())  # type: ignore[attr-defined]  # pandas' own
    return type(value).__name__ == "Task" and type(value).__module__.startswith("runway_nb")

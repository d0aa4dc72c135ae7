"""What a task's record says, without its prompt and without links. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .fields import nested_too_deeply

PROMPT = "[prompt left out]"
LINK = "[link left out]"
TEXT = "[text left out]"

_QUOTED = 4  # words of the prompt in a row that are taken for a quotation of it

_WORD = re.compile(r"\w+|[^\w\s!-~\u2010-\u203a]")  # no punctuation, but each emoji
_LINK_IN_TEXT = re.compile(
    r"\b[a-z][a-z0-9+.-]*:\\?/\\?/[^\s\"'<>]+|\bdata:[\w/+.-]+[;,][^\s\"'<>]+|\bwww\.[^\s\"'<>]+", re.IGNORECASE
)
_LINK_KEYS = ("url", "urls", "uri", "link", "links", "href")
_PARAMETERS = ("generateparam", "param")


class Redaction:
    """Leaves out one prompt, and every link.

    Args:
        prompt: The prompt; "" if there is none.
    """

    def __init__(self, prompt: str) -> None:
        words = [word.casefold() for word in _WORD.findall(prompt)]
        self._run = min(_QUOTED, len(words))
        self._runs = {tuple(words[at : at + self._run]) for at in range(len(words) - self._run + 1)} if words else set()

    def text(self, text: str) -> str:
        """Return a text without links, and without what it quotes of the prompt: four words in a row, or all of it."""
        without = _LINK_IN_TEXT.sub(LINK, text)
        for start, end in reversed(list(self._quotations(without))):
            without = f"{without[:start]}{PROMPT}{without[end:]}"
        return without

    def value(self, value: Any, key: str = "", *, is_parameter: bool = False) -> Any:
        """Return a JSON value in which all that must not be told is replaced, however deep it lies.

        Besides the prompt and the links, these are all texts of several words among the generation parameters.
        Numbers, flags, ids, single words and what the service says of a failure stay.

        Args:
            value: The value.
            key: What it is called where it stands.
            is_parameter: Whether it stands among the generation parameters.
        """
        name = key.replace("_", "").lower()
        hidden = _hidden(name)
        inside = is_parameter or name in _PARAMETERS
        if isinstance(value, Mapping):
            # What lies below a prompt or a link is one, whatever it is called there.
            return {
                self.text(str(each)): self.value(child, key if hidden else str(each), is_parameter=inside)
                for each, child in value.items()
            }
        if isinstance(value, list):
            return [self.value(child, key, is_parameter=inside) for child in value]
        if value is None or value == "" or isinstance(value, bool):
            return value
        if hidden:
            return hidden
        return self._string(value, key, is_parameter=inside) if isinstance(value, str) else value

    def _string(self, text: str, key: str, *, is_parameter: bool) -> str:
        nested = _json(text)
        if nested is not None:
            return json.dumps(self.value(nested, key, is_parameter=is_parameter), ensure_ascii=False)
        return TEXT if is_parameter and len(text.split()) > 1 else self.text(text)

    def _quotations(self, text: str) -> Iterator[tuple[int, int]]:
        """Find where the text quotes the prompt."""
        found = list(_WORD.finditer(text))
        words = [match[0].casefold() for match in found]
        start = end = -1
        for at in range(len(words) - self._run + 1 if self._runs else 0):
            if tuple(words[at : at + self._run]) not in self._runs:
                continue
            if found[at].start() > end:
                if end >= 0:
                    yield start, end
                start = found[at].start()
            end = found[at + self._run - 1].end()
        if end >= 0:
            yield start, end


def _hidden(name: str) -> str | None:
    """Return what stands in for whatever is called so; None if that is no prompt and no link."""
    if "prompt" in name and name != "expandprompt":  # that one is a flag
        return PROMPT
    return LINK if name.endswith(_LINK_KEYS) else None


def _json(text: str) -> Any:
    """Return the object or list that a text holds as JSON, as some records do; None if it holds none."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return None if nested_too_deeply(value) else value

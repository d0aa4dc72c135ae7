"""Removal of the prompt and of all links from texts and JSON values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...model.fields import nested_too_deeply, plain_name
from ..long import TEXT as LONGEST
from ..long import cut

PROMPT = "[prompt left out]"
LINK = "[link left out]"
TEXT = "[text left out]"

_QUOTED = 4  # this many words of the prompt in a row count as a quotation
_LONGEST_PROMPT = 100_000  # characters in which quotations are looked for

_WORD = re.compile(r"\w+|[^\w\s!-~\u2010-\u203a]")  # skips punctuation; each emoji is a word
# A scheme begins where the characters of one do, and is tried nowhere else: this keeps the time linear.
_LINK_IN_TEXT = re.compile(
    r"(?<![a-z0-9+.-])[a-z0-9+.-]+:\\?/\\?/[^\s\"'<>]+|\bdata:[\w/+.-]+[;,][^\s\"'<>]+|\bwww\.[^\s\"'<>]+",
    re.IGNORECASE,
)
_LINK_KEYS = ("url", "urls", "uri", "link", "links", "href")
_PARAMETERS = ("generateparam", "param")


class Redaction:
    """Removes one prompt, and every link.

    Args:
        prompt: The prompt; "" if there is none, None if it cannot be read.
    """

    def __init__(self, prompt: str | None) -> None:
        self._is_unknown = prompt is None or len(prompt) > _LONGEST_PROMPT
        words = [word.casefold() for word in _WORD.findall("" if self._is_unknown else prompt or "")]
        self._run = min(_QUOTED, len(words))
        self._runs = {tuple(words[at : at + self._run]) for at in range(len(words) - self._run + 1)} if words else set()

    def text(self, text: str) -> str:
        """Return a text without links and quotations: four words of the prompt in a row, or all of a shorter one.

        A very long text is cut first. If the prompt is very long, any text of four words counts as a quotation.
        """
        without = _LINK_IN_TEXT.sub(LINK, cut(text))
        if self._is_unknown and len(without.split(maxsplit=_QUOTED)) >= _QUOTED:
            return TEXT
        kept, place = [], 0
        for start, end in self._quotations(without):
            kept += [without[place:start], PROMPT]
            place = end
        return "".join([*kept, without[place:]])

    def value(self, value: Any, key: str = "", *, is_parameter: bool = False) -> Any:
        """Return a JSON value with everything private replaced, at any depth.

        Private are the prompt, links, and all texts of several words in the generation parameters. Numbers, flags, ids,
        single words and the service's failure message are kept.

        Args:
            value: The value.
            key: The key that holds it.
            is_parameter: Whether it is part of the generation parameters.
        """
        name = plain_name(key)
        replacement = _replacement(name)
        inside = is_parameter or name in _PARAMETERS
        if isinstance(value, Mapping):
            # Everything below a prompt or a link is private, under any key.
            return {
                self.text(str(each)): self.value(child, key if replacement else str(each), is_parameter=inside)
                for each, child in value.items()
            }
        if isinstance(value, list):
            return [self.value(child, key, is_parameter=inside) for child in value]
        if value is None or value == "" or isinstance(value, bool):
            return value
        if replacement:
            return replacement
        return self._string(value, key, is_parameter=inside) if isinstance(value, str) else value

    def _string(self, text: str, key: str, *, is_parameter: bool) -> str:
        if len(text) > LONGEST and _may_be_json(text):
            return TEXT  # what is left of it could not be read
        nested = _json(text)
        if nested is not None:
            return json.dumps(self.value(nested, key, is_parameter=is_parameter), ensure_ascii=False)
        return TEXT if is_parameter and len(text.split()) > 1 else self.text(text)

    def _quotations(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the start and end of each quotation of the prompt."""
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


def _replacement(name: str) -> str | None:
    """Return the text that replaces the value of a key; None if the key is not of a prompt or a link."""
    if "prompt" in name and name != "expandprompt":  # that one is a flag
        return PROMPT
    return LINK if name.endswith(_LINK_KEYS) else None


def _may_be_json(text: str) -> bool:
    return text.lstrip().startswith(("{", "["))


def _json(text: str) -> Any:
    """Return the JSON object or list that a text contains, as in some records; None if it does not contain one."""
    if not _may_be_json(text):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return None if nested_too_deeply(value) else value

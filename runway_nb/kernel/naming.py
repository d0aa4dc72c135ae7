"""Which words of a text are named as credentials, in code, configuration, commands and requests. No I/O.

A name is followed by its value, with only *glue* between them: quotes, separators, type annotations, wrappers. Where a
name has no value, it may mean any word in its line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from .credentials import HINTS, looks_like_secret, names_secret
from .places import Places
from .sections import sections

_REACH = 300  # characters between a name and its value at most
_MOST_NAMES = 6  # names before a word that are tried
_NAME = re.compile(r"[\w-]{0,60}")
_NAME_BACKWARDS = re.compile(r"[\w-]{0,40}(?:[ ][A-Za-z]{1,20}\b)?")  # far quicker than a search for the end

_GENERIC = "value|val|default|body|content|data|text|raw|string|str|type|password"
_WORDS = (
    rf"{_GENERIC}|bytes|const|final|secretstr|secret|bearer|basic|digest|token|negotiate|apikey|api-key|key|is|was|are|or|else"
    r"|equals|the|new|static|optional|set|use|const|и|это|равен"
)
_GLUE = rf"""
    (?: [ \t:=<>(\[{{|?&$@+*!~/-]                                    # separators and brackets that open
      | │ | ┃ | →
      | "{{3}} | '{{3}} | "(?!") | '(?!') | `                         # quotes, but not an empty string
      | [\])}}]+ (?= ["'`]? \s* (?: [:=>|?&] | (?:or|else|is)\b | - ) )   # brackets that close before a separator
      | (?: (?<= [:=(\[{{>,+] ) | (?<= :[ ]\| ) | (?<= [>|][+-] ) ) [ \t]* \n [ \t]*  # its value is in the next line
      | \n [ \t]* (?= ["']? (?:{_GENERIC}) \b )                       # its field is
      | (?<!\w) (?:{_WORDS}) (?![\w.(\[])
      | (?<!\w) [a-z_]\w{{0,40}} (?: \.\w{{1,40}} ){{0,4}} (?= [(\[] )
        (?: \( \s* ["'] [^"'\n]{{0,60}} ["'] \s* ,
          | \( [^()\n]{{0,80}} \) (?=\s*(?:or\b|\|\||\?\?))
          | \[ [^\[\]\n]{{0,80}} \] )?
      | \| [ \t]* None \b
      | (?<!\w) [fbru]{{1,2}} (?=["'])
    )*
"""
_PLAIN_GLUE = re.compile(_GLUE, re.VERBOSE | re.IGNORECASE)
# After a quoted name, a comma also leads to the value: getenv("KEY", "…"), ("Authorization", "…").
_QUOTED_GLUE = re.compile(rf"(?: [\"'] \s* , \s* )? {_GLUE}", re.VERBOSE | re.IGNORECASE)
_XML_GLUE = re.compile(r"(?:\s[^<>]{0,200})?>\s*(?:<!\[CDATA\[)?\s*[\"']?")
_DEFAULT_BEFORE = re.compile(r"\w*(?:env|default|config|setting|secret)\w*\(\s*[\w.]{0,60}\Z", re.IGNORECASE)
_COMMA_GLUE = re.compile(r"\w*[\"']?[ \t]*[,;][ \t]*[\"']?")

_TAKERS = (
    *("client(", "login", "log in", "log-in", "signin", "sign in", "sign-in", "connect(", "configure("),
    *("authenticate(", "apikley(", "runway(", "runwayml(", "openai(", "api(", " -u", "--user", "--proxy-user", " -a "),
)
# Words that a client, a login or a command takes as its credential.
_TAKEN = re.compile(
    r"""(?: (?:client|login|connect|configure|authenticate|apikley|runway(?:ml)?|openai|API)\( \s*
            (?: ["'][^"'\n]{0,100}["'] \s* , \s* ){0,3} (?:\w{1,20}=)? [fbr]? ["']
          | (?:log[ _-]?in|sign[ _-]?in)["']? [ \t]* [:=(]? [ \t]* ["']?
          | (?<!\S) (?: -u | -U | --user | --proxy-user ) [ =]? ["']? (?: [^\s"':]{1,80} : )?
          | (?<!\S) -a [ ]? ["']? [^\s"':]{0,80} :
        )\Z""",
    re.VERBOSE | re.IGNORECASE,
)
_USER_BEFORE = re.compile(r"://[^\s/@\"'<>]{0,200}\Z")
_USER_AFTER = re.compile(r"[^\s/@\"'<>]{0,200}@")

# An object with a field for the name and one for the value, in any order: HAR, Kubernetes, Postman, XML.
_VALUE_FIELD = re.compile(
    rf"\b(?:{_GENERIC}|secret)[\"']?\s{{0,20}}[:=]\s{{0,20}}[\"']?(?:(?:bearer|basic|token)\s)?\Z", re.IGNORECASE
)
_NAME_FIELD = re.compile(
    r"\b(?:name|key|header|field|label|variable|id)[\"']?\s{0,20}[:=]\s{0,20}[\"']?([\w.-]{1,60})", re.IGNORECASE
)
_OBJECT_EDGE = re.compile(r"[{}<>]|\n[ \t]*-[ \t]|\n[ \t]*\n")

# A name with a value, which is then the only word that it names.
_OWN_VALUE = re.compile(
    r"""["']? [\])]{0,3} ["']? \s{0,3}
        (?: (?: => | := | = ) \s{0,3} [^\s,;]
          | : \s{0,3} (?: ["'] | [\d\[{] | (?:null|none|true|false|bearer|basic|token)\b
                        | [^\s,;}"']+ (?: [,;}\])] | \s*$ ) )
          | \s (?: \*{2,} | <\w | \[?redacted | x{4,} | … )
        )""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_LINE_PART = 2000  # characters of a line that a name without a value may mean


class Naming:
    """Tells which words of a text are named as credentials.

    Args:
        text: Cleaned by `logs.clean`.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._lower = text.lower()
        self.hints = Places(self._lower, HINTS)
        self._takers = Places(self._lower, _TAKERS)
        self._ats = Places(text, "@") if "://" in text else Places("", ())
        self._names: dict[int, tuple[str, int, int]] = {}
        self._open_parts: dict[int, bool] = {}

    def names(self, start: int, end: int) -> bool:
        """Whether the word from `start` to `end` is named as a credential."""
        if self.hints and (self._in_section(start) or self._named_by_word(start) or self._in_object(start)):
            return True
        return self._is_taken(start) or self._is_user(start, end) or self._is_half(start, end)

    def may_name(self, start: int) -> bool:
        """Whether there is a name in the line of `start` that has no value, so that it may mean any word there."""
        if not self.hints.any_between(start - 2 * _LINE_PART, start + 2 * _LINE_PART):
            return False
        part = start // _LINE_PART
        return any(self._is_open_in(number, start) for number in (part - 1, part, part + 1))

    @cached_property
    def _sections(self) -> tuple[list[int], list[int]]:
        spans = sections(self._text, self._lower)
        return [start for start, _ in spans], [end for _, end in spans]

    def _in_section(self, start: int) -> bool:
        starts, ends = self._sections
        place = bisect_right(starts, start) - 1
        return place >= 0 and start < ends[place]

    def _named_by_word(self, start: int) -> bool:
        return any(self._leads_to(hint, start) for hint in self.hints.last_before(start, _REACH, _MOST_NAMES))

    def _leads_to(self, hint: int, start: int) -> bool:
        """Whether the name around a hint has the word at `start` as its value."""
        text = self._text
        name, begin, end = self._name_at(hint)
        if end >= start or not names_secret(name):
            return False
        mark = text[begin - 1 : begin]
        glue = _QUOTED_GLUE if mark in ('"', "'") and text[end : end + 1] == mark else _PLAIN_GLUE
        if glue.fullmatch(text, end, start) or (mark == "<" and _XML_GLUE.fullmatch(text, end, start)):
            return True
        if not _COMMA_GLUE.fullmatch(text, end, start):
            return False
        before = text[max(0, begin - 80) : begin]
        return bool(_DEFAULT_BEFORE.search(before)) or not before.rpartition("\n")[2].strip("\"' \t")

    def _name_at(self, hint: int) -> tuple[str, int, int]:
        """Return a name with the word before it (``primary key``), and where the name itself starts and ends."""
        if hint not in self._names:
            match = _NAME.match(self._text, hint)
            end = match.end() if match else hint
            before = _NAME_BACKWARDS.match(self._text[max(0, hint - 62) : hint][::-1])
            context = before[0][::-1] if before else ""
            begin = hint - len(context.rpartition(" ")[2])
            self._names[hint] = context + self._text[hint:end], begin, end
        return self._names[hint]

    def _is_taken(self, start: int) -> bool:
        """Whether a client, a login or a command takes the word as its credential."""
        if not self._takers.any_between(start - 240, start):
            return False
        return bool(_TAKEN.search(self._text[max(0, start - 240) : start]))

    def _is_user(self, start: int, end: int) -> bool:
        """Whether the word is in the part of a URL before ``@``."""
        if not self._ats.any_between(end, end + 200):
            return False
        before = self._text[max(0, start - 240) : start]
        return bool(_USER_BEFORE.search(before) and _USER_AFTER.match(self._text, end))

    def _is_half(self, start: int, end: int) -> bool:
        """Whether the word is one half of ``<id of a key>:<key>``."""
        text = self._text
        if text[end : end + 1] != ":" and text[start - 1 : start] != ":":
            return False
        return looks_like_secret(text[start : end + 33]) or looks_like_secret(text[max(0, start - 37) : end])

    def _in_object(self, start: int) -> bool:
        """Whether the word is the value in an object whose name field names a credential."""
        text = self._text
        if not self.hints.any_between(start - 400, start + 400):
            return False
        before = text[max(0, start - 400) : start]
        if not _VALUE_FIELD.search(before[-60:]):
            return False
        edges = [match.start() for match in _OBJECT_EDGE.finditer(before)]
        after = text[start : start + 400]
        edge = _OBJECT_EDGE.search(after)
        around = before[edges[-1] if edges else 0 :] + "\n" + after[: edge.start() if edge else None]
        return any(names_secret(name) for name in _NAME_FIELD.findall(around))

    def _is_open_in(self, part: int, start: int) -> bool:
        """Whether a part of the text has, in the line of `start`, a name without a value."""
        text = self._text
        line_start = text.rfind("\n", max(0, (part - 1) * _LINE_PART), start) + 1
        line_end = text.find("\n", start, (part + 2) * _LINE_PART)
        first = max(line_start, part * _LINE_PART)
        last = min((part + 1) * _LINE_PART, len(text) if line_end < 0 else line_end)
        if first >= last:
            return False
        if first not in self._open_parts:
            self._open_parts[first] = any(self._is_open(hint) for hint in self.hints.between(first, last))
        return self._open_parts[first]

    def _is_open(self, hint: int) -> bool:
        name, _, end = self._name_at(hint)
        return name.lower() != "pass" and names_secret(name) and not _OWN_VALUE.match(self._text, end)

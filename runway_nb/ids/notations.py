"""The notations in which a credential's name comes before its value. No I/O."""

from __future__ import annotations

import re

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
PLAIN_GLUE = re.compile(_GLUE, re.VERBOSE | re.IGNORECASE)
# After a quoted name, a comma also leads to the value: getenv("KEY", "…"), ("Authorization", "…").
QUOTED_GLUE = re.compile(rf"(?: [\"'] \s* , \s* )? {_GLUE}", re.VERBOSE | re.IGNORECASE)
XML_GLUE = re.compile(r"(?:\s[^<>]{0,200})?>\s*(?:<!\[CDATA\[)?\s*[\"']?")
DEFAULT_BEFORE = re.compile(r"\w*(?:env|default|config|setting|secret)\w*\(\s*[\w.]{0,60}\Z", re.IGNORECASE)
COMMA_GLUE = re.compile(r"\w*[\"']?[ \t]*[,;][ \t]*[\"']?")

TAKERS = (
    *("client(", "login", "log in", "log-in", "signin", "sign in", "sign-in", "connect(", "configure("),
    *(
        "authenticate(",
        "getenv(",
        "environ.get(",
        "cookie",
        "apikley(",
        "runway(",
        "runwayml(",
        "openai(",
        "api(",
        " -u",
        "--user",
        "--proxy-user",
        " -a ",
    ),
)
# Words that a client, a login or a command takes as its credential.
TAKEN = re.compile(
    r"""(?: (?:client|login|connect|configure|authenticate|apikley|runway(?:ml)?|openai|API)\( \s*
            (?: ["'][^"'\n]{0,100}["'] \s* , \s* ){0,3} (?:\w{1,20}=)? [fbr]? ["']
          | (?:getenv|environ\.get)\( \s* [\w.]{1,60} \s* , \s* ["']      # the default of a variable without its name
          | \bcookie["']? [ \t]* [:=] [ \t]* ["']? [^\n"']{0,200} =
          | (?:log[ _-]?in|sign[ _-]?in)["']? [ \t]* [:=(]? [ \t]* ["']?
          | (?<!\S) (?: -u | -U | --user | --proxy-user ) [ =]? ["']? (?: [^\s"':]{1,80} : )?
          | (?<!\S) -a [ ]? ["']? [^\s"':]{0,80} :
        )\Z""",
    re.VERBOSE | re.IGNORECASE,
)
USER_BEFORE = re.compile(r"://[^\s/@\"'<>]{0,200}\Z")
USER_AFTER = re.compile(r"[^\s/@\"'<>]{0,200}@")

# An object with a field for the name and one for the value, in any order: HAR, Kubernetes, Postman, XML.
VALUE_FIELD = re.compile(
    rf"\b(?:{_GENERIC}|secret)[\"']?\s{{0,20}}[:=]\s{{0,20}}[\"']?(?:(?:bearer|basic|token)\s)?\Z", re.IGNORECASE
)
NAME_FIELD = re.compile(
    r"\b(?:name|key|header|field|label|variable|id)[\"']?\s{0,20}[:=]\s{0,20}[\"']?([\w.-]{1,60})", re.IGNORECASE
)
OBJECT_EDGE = re.compile(r"[{}<>]|\n[ \t]*-[ \t]|\n[ \t]*\n")

# A name with a value, which is then the only word that it names.
OWN_VALUE = re.compile(
    r"""["']? [\])]{0,3} ["']? \s{0,3}
        (?: (?: => | := | = ) \s{0,3} [^\s,;]
          | : \s{0,3} (?: ["'] | [\d\[{] | (?:null|none|true|false|bearer|basic|token)\b
                        | [^\s,;}"']+ (?: [,;}\])] | \s*$ ) )
          | \s (?: \*{2,} | <\w | \[?redacted | x{4,} | … )
        )""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)

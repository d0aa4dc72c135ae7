"""Which names and which words belong to credentials. No I/O.

An API key can look exactly like a task id, so only its name distinguishes them.
"""

from __future__ import annotations

import re

from ..model.caching import cache_short
from ..model.task_id import UUID_PATTERN

HINTS = ("key", "token", "secret", "pass", "pwd", "cred", "bearer", "auth", "jwt", "ключ", "парол", "токен", "секрет")
"""Parts of words, in lower case. Every name of a credential contains one. The service's users also write Russian."""

_WORDS = frozenset(
    [
        "pass",
        "pwd",
        "cred",
        "creds",
        "bearer",
        "authorization",
        "authentication",
        "auth",
        "oauth",
        "oauth2",
        "jwt",
        "keys",
        "tokens",
        "secrets",
        "passwords",
        "credentials",
        "ключ",
        "ключи",
        "ключа",
        "пароль",
        "пароля",
        "токен",
        "токена",
        "секрет",
    ]
)
_ENDINGS = (
    "key",
    "apikeys",
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "credential",
)  # also of `authtoken`
_ORDINARY = frozenset(["monkey", "donkey", "turkey", "whiskey", "hockey", "jockey", "lackey", "turnkey", "hotkey"])

# What follows turns the name into one of a fact about the credential (`token_count`, `KeyError`, `key_frame`).
_FACTS = frozenset(
    [
        "count",
        "counts",
        "limit",
        "limits",
        "usage",
        "used",
        "type",
        "types",
        "error",
        "errors",
        "exception",
        "expiry",
        "expires",
        "expired",
        "length",
        "size",
        "url",
        "uri",
        "endpoint",
        "path",
        "file",
        "filename",
        "name",
        "names",
        "frame",
        "frames",
        "word",
        "words",
        "code",
        "codes",
        "press",
        "event",
        "events",
        "index",
        "map",
        "board",
        "missing",
        "found",
        "required",
        "invalid",
    ]
)
# What precedes makes it a key or token of another kind: a task key names a task, as a primary key names a row.
_KINDS = frozenset(
    [
        "task",
        "tasks",
        "job",
        "jobs",
        "primary",
        "foreign",
        "partition",
        "sort",
        "cache",
        "public",
        "row",
        "dict",
        "unique",
        "max",
        "total",
        "prompt",
        "completion",
        "input",
        "output",
    ]
)
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+|\d+")

_SECRET = re.compile(
    r"(?:bearer|basic)\s+\S+"
    r"|sk-[\w-]{6,}|[srp]k_(?:live|test)_\w+|gh[opsur]_\w{10,}|github_pat_\w+|glpat-[\w-]+|hf_\w{8,}|r8_\w{8,}"
    r"|xox[a-z]-[\w-]{6,}|xapp-[\w-]+|A[KS]IA[0-9A-Z]{12,}|AIza[\w-]{20,}|ya29\.[\w-]+|npm_\w{20,}|pypi-[\w-]{20,}"
    r"|key_\w{24,}|SG\.[\w-]+\.[\w-]+|eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"
    rf"|{UUID_PATTERN}:[0-9a-fA-F]{{32,}}",  # a key's id and the key itself
    re.ASCII | re.IGNORECASE,
)


@cache_short(4096)  # the same few names in every line of a log
def names_secret(name: str) -> bool:
    """Whether a name is one of a credential, such as ``api_key``, ``authToken``, ``DB_PASS`` or ``Authorization``.

    ``KeyError``, ``keyword``, ``max_tokens`` and ``primary_key`` are not, and neither is ``task_key``, because it names
    a task.

    Args:
        name: Of a variable, field, column, header or option, in any notation.
    """
    parts = [part.lower() for part in _PARTS.findall(name)]
    last = max((place for place, part in enumerate(parts) if _is_word(part)), default=None)
    if last is None or _FACTS.intersection(parts[last + 1 :]):
        return False
    of_another_kind = last > 0 and parts[last - 1] in _KINDS and parts[last].startswith(("key", "token"))
    return not of_another_kind


def _is_word(part: str) -> bool:
    return part in _WORDS or (part.endswith(_ENDINGS) and part not in _ORDINARY)


def looks_like_secret(word: str) -> bool:
    """Whether a word has the form of a known kind of credential: ``sk-…``, ``ghp_…``, a JWT, ``Bearer …``."""
    return bool(_SECRET.fullmatch(word.strip()))

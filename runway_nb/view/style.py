"""How cards, boards and reports look: `style.css`, applied in two ways.

A live view carries classes and one style sheet, with the colours of the front-end's theme. A saved view has to read
well where style sheets, custom properties and scripts are stripped, so the same declarations go inline with plain
colours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from ..model.task import TaskState
from .markup import Html, constant, style_sheet

AS_TYPED = ("mathjax_ignore", "tex2jax_ignore")
"""Classes of every view's outermost element: MathJax 3 and 2 leave all text inside it alone.

Without them a front-end takes "a $100 bill beside a $5 coin" for mathematics.
"""

Skin = Callable[[str], Mapping[str, str]]
"""From roles, separated by spaces, to the attributes that give an element their style."""

STATE_MARKS: Mapping[TaskState, str] = {
    TaskState.WAIT: "○",
    TaskState.QUEUEING: "◔",
    TaskState.GENERATING: "◐",
    TaskState.SUCCESS: "✓",
    TaskState.FAIL: "✕",
    TaskState.UNKNOWN: "?",
}
"""A shape for each state, so that colour is never the only difference."""

_SAVED = ".runway-saved"  # begins every rule that only saved views use; alone, it is their palette
_ROLE = re.compile(rf"(?:{re.escape(_SAVED)} )?\.runway-([a-z-]+)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"var\((--runway-[a-z-]+)\)")
# Strings stay as they are. Around "+" and in "a :hover" a space has a meaning, so it stays too.
_SPARE = re.compile(r'("[^"]*")|/\*.*?\*/\s*|[\s;]*(\})\s*|\s*([{;,>])\s*|(:)\s+|(\s)\s*', re.DOTALL)


@cache  # roles are constants of ours, and every element of every view asks for some
def live(roles: str) -> Mapping[str, str]:
    """Skin of a live view: classes, for `sheet`."""
    return {"class": constant(" ".join(f"runway-{role}" for role in roles.split()))}


@cache
def saved(roles: str) -> Mapping[str, str]:
    """Skin of a saved view: inline styles in plain colours."""
    inline = _inline()
    style = ";".join(filter(None, (inline[role] for role in roles.split())))
    return {"style": constant(style)} if style else {}


def framed(width: int | None = None) -> Mapping[str, str]:
    """Skin of a saved view's outermost element, at most this many pixels wide; None for as wide as the output."""
    limit = "" if width is None else f"max-width:{int(width)}px;"
    return {"style": f"{limit}{_inline()['card']}", "class": " ".join(AS_TYPED)}


@cache
def sheet() -> Html:
    """Return the style sheet of live cards and boards, as an element."""
    shared = (
        f"{selector}{{{declarations}}}"
        for selector, declarations in _rules().items()
        if declarations and selector.split()[0] != _SAVED
    )
    # The card comes last: a card that was opened in a board has to win where both select an element equally well.
    last = map(_minified, ("board/board.css", "card/card.css", "disconnected.css"))
    return style_sheet("".join((*shared, *last)))


@cache
def _inline() -> Mapping[str, str]:
    """The declarations of each role, with the palette of saved views filled in."""
    rules = dict(_rules())
    palette = dict(declaration.split(":", 1) for declaration in rules.pop(_SAVED).split(";"))
    return {
        role[1]: _VARIABLE.sub(lambda variable: palette[variable[1]], declarations)
        for selector, declarations in rules.items()
        if (role := _ROLE.fullmatch(selector))
    }


@cache
def _rules() -> Mapping[str, str]:
    """The rules of `style.css`: declarations by selector."""
    return dict(_RULE.findall(_minified("style.css")))


def _minified(path: str) -> str:
    css = Path(__file__).parent.joinpath(path).read_text(encoding="utf-8")
    return _SPARE.sub(lambda spare: spare[1] or spare[2] or spare[3] or spare[4] or (" " if spare[5] else ""), css)

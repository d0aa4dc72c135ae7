"""How every part of a card looks: one table of roles, drawn in two ways.

A live card carries classes and one style sheet that follows the front-end's theme. A saved card has to
read well where style sheets, variables and scripts are stripped, so the same declarations go inline with
plain colours, background and text always together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..task import TaskState

Skin = Callable[[str], Mapping[str, str]]
"""From roles, space-separated, to the attributes that give an element their look."""

STATE_MARKS: Mapping[TaskState, str] = {
    TaskState.WAIT: "○",
    TaskState.QUEUEING: "◔",
    TaskState.GENERATING: "◐",
    TaskState.SUCCESS: "✓",
    TaskState.FAIL: "✕",
    TaskState.UNKNOWN: "?",
}
"""A shape for each state, so that none is told by colour alone."""

ROLES: Mapping[str, str] = {
    "card": "background:$bg;color:$ink;border:1px solid $line;border-radius:8px;overflow:hidden;"
    "font-family:$sans;font-size:13px;line-height:1.5",
    "head": "display:flex;flex-wrap:wrap;gap:2px 10px;align-items:center;padding:10px 14px 8px",
    "badge": "font-weight:600;font-size:12px;border-radius:10px;padding:1px 9px;color:#fff;white-space:nowrap",
    "wait": "background:#57606a",
    "queueing": "background:#8a6100",
    "generating": "background:#0a5fc4",
    "success": "background:#1a7f37",
    "fail": "background:#c62828",
    "unknown": "background:#6e4a9e",
    "id": "flex:1 1 200px;min-width:0;color:$dim;font-family:$mono;font-size:12px;overflow-wrap:break-word",
    "when": "color:$dim;font-size:12px;white-space:nowrap",
    "prompt": "padding:0 14px 10px;font-size:14px;overflow-wrap:break-word;white-space:pre-line",
    "steps": "display:flex;padding:2px 14px 12px;font-size:12px",
    "step": "flex:1 1 0;border-top:3px solid $line;padding:4px 6px 0 0;color:$dim",
    "done": "border-top-color:#1a7f37;color:$ink",
    "now": "border-top-color:#2f81f7;color:$ink;font-weight:600",
    "broken": "border-top-color:#c62828;color:$ink;font-weight:600",
    "media": "background:#000;color:#ccc;text-align:center",
    "player": "display:block;width:100%;height:auto;max-height:420px;aspect-ratio:auto 16/9;background:#000",
    "still": "display:block;max-width:100%;max-height:420px;margin:0 auto;opacity:.55",
    "note": "margin:10px 14px;padding:8px 12px;border-radius:6px;border-left:4px solid;overflow-wrap:break-word",
    "warn": "background:$warn;color:$warn-ink;border-left-color:#c58a00",
    "bad": "background:$bad;color:$bad-ink;border-left-color:#c62828",
    "info": "background:$info;color:$info-ink;border-left-color:#2f81f7",
    "facts": "padding:6px 14px 10px;color:$dim;font-size:12px;overflow-wrap:break-word",
    "fact": "margin:2px 0 2px 14px",
    "label": "color:$dim;display:inline-block;min-width:110px",
    "value": "color:$ink",
    "link": "color:$link",
    "reference": "display:block;max-width:160px;max-height:120px;border-radius:4px;margin:4px 0 4px 14px",
    "raw": "max-height:320px;overflow:auto;background:$soft;color:$ink;border-radius:4px;padding:8px 10px;"
    "margin:4px 0 0;font-family:$mono;font-size:12px;line-height:1.4;white-space:pre-wrap;overflow-wrap:break-word",
    "ended": "",
    "progress": "padding:10px 14px 8px",
    "track": "background:$line;height:8px;border-radius:4px;overflow:hidden;display:flex;margin-top:6px",
    "part": "height:8px",
    "top": "",
    "bottom": "",
}

SAVED_ROLES: Mapping[str, str] = {
    "strip-title": "padding:10px 14px 4px;overflow-wrap:break-word",
    "strip": "display:flex;flex-wrap:wrap;gap:10px;list-style:none;margin:0;padding:8px 14px 14px",
    "mini": "display:block;flex:1 1 200px;max-width:372px;min-width:0;box-sizing:border-box;margin:0;padding:0 0 6px;"
    "border:1px solid $line;border-radius:6px;overflow:hidden",
    "asked": "border:2px solid #0a5fc4",
    "mini-head": "display:flex;flex-wrap:wrap;gap:2px 8px;align-items:center;padding:7px 10px",
    "mini-place": "color:$dim;font-size:12px",
    "mini-picture": "display:block;max-width:100%;max-height:210px;margin:0 auto",
    "mini-prompt": "padding:7px 10px 2px;overflow-wrap:break-word",
    "mini-note": "margin:6px 10px;padding:4px 8px;font-size:12px",
    "mini-play": "padding:4px 10px 0;font-size:12px",
    "mini-player": "display:block;width:100%;height:auto;aspect-ratio:auto 16/9;background:#000;margin:4px 0",
    "mini-id": "padding:4px 10px 0;color:$dim;font-family:$mono;font-size:11px;overflow-wrap:anywhere",
    "sides": "display:flex;flex-wrap:wrap;gap:0 2px",
    "side": "flex:1 1 300px;min-width:0;box-sizing:border-box;border-top:1px solid $line",
    "prompts": "border-top:1px solid $line;padding:10px 14px 4px",
    "subject": "color:$dim;font-size:12px",
    "words": "padding:4px 0 8px;font-size:14px;line-height:1.6;overflow-wrap:break-word;white-space:pre-line",
    "gone": "background:$bad;color:$bad-ink;text-decoration:line-through;border-radius:3px;padding:0 3px",
    "new": "background:#dcf4e2;color:#0b3d1a;text-decoration:underline;border-radius:3px;padding:0 3px",
    "even": "table-layout:fixed",
    "narrow": "padding:4px 6px 4px 14px",
    "first": "width:28%;overflow-wrap:break-word",
    "inset": "margin:2px 0;max-width:100%",
    "table": "border-collapse:collapse;width:100%;margin:0;table-layout:auto;background:$bg;color:$ink;font-size:13px",
    "heading": "text-align:left;padding:4px 14px;border-bottom:1px solid $line;background:$soft;color:$dim;"
    "font-weight:600;font-size:12px",
    "cell": "text-align:left;vertical-align:top;padding:4px 14px;background:$bg;color:$ink;overflow-wrap:anywhere",
    "code": "font-family:$mono;font-size:12px",
    "line-below": "border-bottom:1px solid $line",
    "saved-cause": "color:$ink;display:flex;align-items:center",
    "saved-bar": "background:#c62828;height:8px;border-radius:2px;margin-right:8px",
    "foot": "background:$soft;color:$dim;border-top:1px solid $line;padding:6px 14px;font-size:12px",
    "list": "list-style:none;margin:0;padding:0",
    "list-item": "margin:0;padding:6px 14px;border-bottom:1px solid $line",
    "list-head": "display:flex;flex-wrap:wrap;gap:2px 10px;align-items:center",
    "list-text": "padding-top:2px;overflow-wrap:break-word",
    "list-pair": "display:flex;flex-wrap:wrap;align-items:flex-start;gap:0 12px;margin:0;padding:3px 0 3px 14px",
    "shows": "flex:1 1 200px;color:$ink",
    "flush": "border-top:0",
}
"""Parts of what is only ever shown as HTML, so that no live card carries their look."""

_PLAIN = {
    "bg": "#fff",
    "ink": "#1f2328",
    "dim": "#59636e",
    "line": "#d1d9e0",
    "soft": "#f6f8fa",
    "link": "#0a5fc4",
    "warn": "#fff4d6",
    "warn-ink": "#513c00",
    "bad": "#ffe9e7",
    "bad-ink": "#5c1410",
    "info": "#e7f1ff",
    "info-ink": "#0b2f5e",
    "sans": "system-ui,sans-serif",
    "mono": "ui-monospace,Consolas,monospace",
}


def _tinted(colour: str) -> str:
    return f"color-mix(in srgb,{colour} 16%,{_THEMED['bg']})"


_THEMED = {
    "bg": "var(--jp-layout-color1,var(--vscode-editor-background,#fff))",
    "ink": "var(--jp-ui-font-color1,var(--vscode-editor-foreground,#1f2328))",
    "dim": "var(--jp-ui-font-color2,var(--vscode-descriptionForeground,#59636e))",
    "line": "var(--jp-border-color2,var(--vscode-panel-border,#d1d9e0))",
    "link": "var(--jp-content-link-color,var(--vscode-textLink-foreground,#0a5fc4))",
    "sans": "var(--jp-ui-font-family,var(--vscode-font-family,system-ui,sans-serif))",
    "mono": "var(--jp-code-font-family,var(--vscode-editor-font-family,ui-monospace,Consolas,monospace))",
}
_THEMED |= {
    "soft": f"color-mix(in srgb,{_THEMED['ink']} 5%,{_THEMED['bg']})",
    "warn": _tinted("#c58a00"),
    "bad": _tinted("#c62828"),
    "info": _tinted("#2f81f7"),
    "warn-ink": _THEMED["ink"],
    "bad-ink": _THEMED["ink"],
    "info-ink": _THEMED["ink"],
}


def live(roles: str) -> Mapping[str, str]:
    """Skin of a live card: classes, for `style_rules`."""
    return {"class": " ".join(f"runway-{role}" for role in roles.split())}


def saved(roles: str) -> Mapping[str, str]:
    """Skin of a saved card: inline styles in plain colours."""
    style = ";".join(filter(None, (_INLINE[role] for role in roles.split())))
    return {"style": style} if style else {}


def framed(width: int) -> Mapping[str, str]:
    """Skin of a saved card itself, this many pixels wide at most."""
    return {"style": f"max-width:{int(width)}px;{_INLINE['card']}"}


def style_rules() -> str:
    """The style sheet behind `live`."""
    return "".join(f".runway-{role}{{{_filled(rule, _THEMED)}}}" for role, rule in ROLES.items()) + _filled(
        _WIDGET_RULES.replace("\n", ""), _THEMED
    )


def themed(rule: str) -> str:
    """Fill in a rule's colours and fonts with those of the front-end's theme."""
    return _filled(rule, _THEMED)


def _filled(rule: str, palette: Mapping[str, str]) -> str:
    return re.sub(r"\$([a-z-]+)", lambda token: palette[token[1]], rule)


_INLINE = {role: _filled(rule, _PLAIN) for role, rule in (*ROLES.items(), *SAVED_ROLES.items())}

# The widgets' own boxes. The info widget's boxes vanish (display:contents), so that its upper part stands
# above the player and its lower part below, while one message updates both and never touches the player.
_WIDGET_RULES = """
.runway-card.jupyter-widgets{display:flex;flex-flow:row wrap;align-items:center;background:$soft;\
padding:0;margin:2px 0 10px}
.runway-content,.runway-content>.widget-html-content,.runway-content>.jupyter-widgets{display:contents}
.runway-card .runway-top,.runway-card .runway-bottom{flex:0 0 100%;background:$bg;box-sizing:border-box;\
min-width:0;line-height:1.5}
.runway-top{order:1}.runway-player-box{order:2}.runway-bottom{order:3;border-bottom:1px solid $line}
.runway-card>.runway-player-box.jupyter-widgets{flex:0 0 100%;width:100%;margin:0;line-height:0}
.runway-player-box>.widget-html-content{width:100%;line-height:1.5}
.runway-card>.runway-control.jupyter-widgets{order:4;width:auto;margin:7px 0 7px 8px;height:26px;line-height:24px;\
padding:0 10px;border:1px solid $line;border-radius:5px;background:$bg;color:$ink;font-size:12px;box-shadow:none}
.runway-card>.runway-control.runway-follow,.runway-card.runway-card:has(>.runway-content .runway-ended)>.runway-look\
{margin-left:14px}
.runway-card>.runway-control.jupyter-widgets:hover{background:$soft}
.runway-card>.runway-control.mod-active.jupyter-widgets{background:#0a5fc4;border-color:#0a5fc4;color:#fff}
.runway-card>.runway-control.mod-active.jupyter-widgets:hover{background:#0950a8}
.runway-card:has(>.runway-content .runway-ended)>.runway-follow{display:none}
.runway-card>.runway-status.jupyter-widgets{order:5;flex:1 1 150px;width:auto;min-width:0;margin:2px 14px 5px;\
line-height:1.5;color:$dim;font-size:12px;text-align:right;text-wrap:balance}
.runway-status>.widget-html-content{width:100%;font-size:12px;line-height:1.5}
.runway-card>.runway-inside.jupyter-widgets{order:6;flex:1 0 auto;width:calc(100% - 28px);margin:4px 14px 14px}
.runway-card a.runway-link{color:$link;text-decoration:underline}
.runway-card pre.runway-raw{background:$soft;padding:8px 10px}
.runway-card summary{cursor:pointer}
.runway-facts summary{padding:3px 0}
.runway-still{width:100%;object-fit:contain}
.runway-note,.runway-prompt{text-wrap:pretty}
.runway-card :focus-visible{outline:2px solid #2f81f7;outline-offset:1px}
"""

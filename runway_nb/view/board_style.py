"""How a live board looks. Only the board carries this; what it shares with the card comes from `style.ROLES`."""

from __future__ import annotations

from .style import ROLES, themed

_SHARED = ("badge", "wait", "queueing", "generating", "success", "fail", "unknown", "progress", "track", "part")

# The order of the widgets is the order of the keyboard. The words and numbers that change lie in boxes without
# height, or of a row's height, and the controls are laid over them.
_RULES = """
.runway-board.jupyter-widgets{display:flex;flex-flow:row wrap;align-items:center;align-content:flex-start;\
container-type:inline-size;width:100%;box-sizing:border-box;overflow:visible;padding:0;margin:2px 0 10px;\
background:$bg;color:$ink;border:1px solid $line;border-radius:8px;font-family:$sans;font-size:13px;line-height:1.5}
.runway-board>.jupyter-widgets{margin:0;box-sizing:border-box;height:auto;min-width:0}
.runway-board>.widget-html,.runway-board>.runway-choice{flex:0 0 100%;width:100%;max-width:100%;display:block}
.runway-board .widget-html-content{width:100%;box-sizing:border-box;font-size:13px;line-height:1.5;display:block}
.runway-board>.runway-sheet.jupyter-widgets{display:none}
.runway-unseen,.runway-search>.widget-label{position:absolute;width:1px;height:1px;overflow:hidden;\
clip-path:inset(50%);white-space:nowrap}
.runway-board button.jupyter-button{box-sizing:border-box;width:auto;margin:0;box-shadow:none;border:1px solid $line;\
border-radius:5px;background:$bg;color:$ink;font-size:12px;font-family:inherit;height:26px;\
line-height:24px;padding:0 10px}
.runway-board button.jupyter-button:hover{background:$soft;box-shadow:none}
.runway-board button.jupyter-button:focus-visible{outline:2px solid #2f81f7;outline-offset:1px;z-index:3}
.runway-board button.jupyter-button:disabled{opacity:.45}
.runway-board>.runway-summary-box.jupyter-widgets{height:52px;z-index:0}
.runway-summary-box>.widget-html-content{height:0;overflow:visible;position:relative}
.runway-tile-numbers,.runway-tiles>div:not(.widget-label){display:grid;gap:6px;\
grid-template-columns:repeat(auto-fill,minmax(88px,1fr));padding:0 14px 10px;width:100%;box-sizing:border-box}
.runway-tile{box-sizing:border-box;height:48px;padding:3px 7px;border-radius:6px;background:$soft;font-size:17px;\
font-weight:600;line-height:22px;font-variant-numeric:tabular-nums;overflow:hidden}
.runway-none{color:$dim;font-weight:400}
.runway-choice.runway-tiles,.runway-choice.runway-causes{position:relative;z-index:1;background:none}
.runway-board .runway-tiles button.jupyter-button{height:48px;width:100%;padding:22px 6px 0;line-height:20px;\
text-align:left;background:none;border-radius:6px;color:$dim;border-color:transparent;overflow:hidden;\
text-overflow:ellipsis;display:block}
.runway-board .runway-choice button.jupyter-button:hover{border-color:$dim}
.runway-board .runway-choice button.jupyter-button.mod-active{border-color:#2f81f7;color:$ink;\
background:color-mix(in srgb,#2f81f7 14%,transparent)}
.runway-board>.runway-bars-box.jupyter-widgets{height:0;overflow:visible}
.runway-bars-box>.widget-html-content{height:0;overflow:visible}
.runway-bar-line{position:relative;height:24px;margin:0 14px 2px}
.runway-bar{height:24px;border-radius:4px;background:color-mix(in srgb,#c62828 24%,$bg)}
.runway-bar-count{position:absolute;left:0;top:0;width:44px;text-align:right;line-height:24px;font-weight:600;\
font-variant-numeric:tabular-nums}
.runway-causes>div:not(.widget-label){display:flex;flex-direction:column;gap:2px;padding:0 14px;width:100%;\
box-sizing:border-box}
.runway-board .runway-causes button.jupyter-button{width:100%;height:24px;line-height:22px;padding:0 8px 0 50px;\
text-align:left;background:none;border-color:transparent;font-size:13px;border-radius:4px;display:block;overflow:hidden;\
text-overflow:ellipsis}
.runway-advice>.widget-html-content{padding:2px 14px 0;color:$dim;font-size:12px}
.runway-advice>.widget-html-content:empty{padding:0}
.runway-board>.runway-search.jupyter-widgets{flex:1 1 190px;margin:10px 14px 0;height:28px;display:flex}
.runway-board .runway-search input[type=text]{width:100%;height:28px;border:1px solid $line;border-radius:5px;\
background:$bg;color:$ink;font-size:13px;padding:0 9px;box-sizing:border-box}
.runway-board .runway-search input:focus-visible{outline:2px solid #2f81f7;outline-offset:1px}
.runway-board>.runway-choice.runway-order{flex:0 1 auto;width:auto;display:flex;align-items:baseline;margin:10px 14px 0}
.runway-order::before{content:"Sort";color:$dim;font-size:12px;margin-right:6px}
.runway-order>div:not(.widget-label){display:flex;flex-wrap:wrap;gap:3px}
.runway-board .runway-order button.jupyter-button{padding:0 7px;border-color:transparent;background:none;color:$dim}
.runway-board>.runway-results.jupyter-widgets{flex:1 1 150px;width:auto;padding:8px 0 8px 14px}
.runway-results .widget-html-content{color:$dim;font-size:12px}
.runway-board>button.runway-button.jupyter-button{flex:0 0 auto;margin:8px 0 8px 8px}
.runway-board>button.runway-next.jupyter-button,.runway-board>button.runway-shut.jupyter-button{margin-right:14px}
.runway-board>button.runway-follow-all.jupyter-button{margin-left:14px}
.runway-board>button.runway-next.jupyter-button{display:flex;flex-direction:row-reverse;align-items:center;gap:4px}
.runway-board>.runway-row-box.jupyter-widgets{height:56px;border-bottom:1px solid $line;overflow:hidden}
.runway-board>.runway-next+.runway-row-box.jupyter-widgets{height:57px;border-top:1px solid $line}
.runway-row-box:has(>.widget-html-content:empty).jupyter-widgets.jupyter-widgets{display:none}
.runway-row{display:flex;gap:10px;align-items:center;height:55px;padding:0 78px 0 14px;box-sizing:border-box}
.runway-thumb{flex:0 0 64px;height:36px;border-radius:4px;background:$soft;color:$dim;overflow:hidden;display:flex;\
align-items:center;justify-content:center}
.runway-thumb-image{width:100%;height:100%;object-fit:cover;margin:0;display:block}
.runway-empty{height:55px;display:flex;align-items:center;justify-content:center;padding:0 14px;text-align:center;\
color:$dim}
.runway-row-body{flex:1 1 0;min-width:0}
.runway-row-head{display:flex;gap:8px;align-items:center;white-space:nowrap;overflow:hidden;height:21px}
.runway-row-head .runway-badge{flex:0 1 auto;overflow:hidden;text-overflow:ellipsis;font-size:11px;\
padding:0 7px;line-height:17px}
.runway-quiet{color:$dim}.runway-remark{flex:0 1 auto;min-width:0;overflow:hidden;text-overflow:ellipsis;font-size:12px}
.runway-short{flex:1 0 auto;color:$dim;font-family:$mono;font-size:11px}
.runway-age{flex:0 0 auto;color:$dim;font-size:12px}
.runway-row-text{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;height:20px}
.runway-found{background:color-mix(in srgb,#c58a00 40%,$bg);color:$ink;border-radius:2px}
.runway-board>button.runway-open.jupyter-button.jupyter-widgets{flex:0 0 100%;width:100%;height:55px;line-height:55px;\
margin:-56px 0 0;padding:0 14px;text-align:right;position:relative;z-index:1;background:none;border:0;border-radius:0;\
color:$link;display:block}
.runway-board>button.runway-open.jupyter-button:hover{background:color-mix(in srgb,$ink 6%,transparent)}
.runway-board>button.runway-open.jupyter-button:focus-visible{outline-offset:-2px}
.runway-board>button.runway-open.jupyter-button.mod-info{background:color-mix(in srgb,#2f81f7 10%,transparent);\
box-shadow:inset 3px 0 0 #2f81f7}
.runway-board>button.runway-open.jupyter-button:disabled{display:none}
.runway-board>.runway-status.jupyter-widgets{flex:1 1 150px;width:auto;margin:2px 14px;text-align:right}
.runway-status .widget-html-content{color:$dim;font-size:12px}
.runway-board>button.runway-follow-all.jupyter-button.mod-active{background:#0a5fc4;border-color:#0a5fc4;color:#fff}
.runway-board>button.runway-shut.jupyter-button:disabled{display:none}
.runway-board>.runway-card.jupyter-widgets{flex:0 0 calc(100% - 28px);margin:4px 14px 14px;box-sizing:border-box}
@container (max-width:720px){.runway-board .runway-tiles button.jupyter-button{font-size:11px;padding-right:2px}}
@container (max-width:440px){.runway-board>.runway-results.jupyter-widgets{flex-basis:100%;padding-bottom:0}\
.runway-board>button.runway-clear.jupyter-button{margin:6px auto 8px 14px}\
.runway-board>.runway-status.jupyter-widgets{text-align:left;flex-basis:100px}\
.runway-board>button.runway-shut.jupyter-button{margin-left:14px}\
.runway-short,.runway-age{display:none}.runway-row{padding-right:40px;gap:8px}\
.runway-thumb{flex-basis:44px;height:25px}.runway-tile-numbers,.runway-tiles>div:not(.widget-label)\
{grid-template-columns:repeat(3,minmax(0,1fr));gap:4px}.runway-tile{padding:3px 5px}\
.runway-board .runway-tiles button.jupyter-button{padding:22px 0 0 4px;font-size:11px}\
.runway-board>button.runway-open.jupyter-button,.runway-board>button.runway-previous.jupyter-button,\
.runway-board>button.runway-next.jupyter-button{font-size:0}\
.runway-open i,.runway-previous i,.runway-next i{font-size:12px;vertical-align:middle}}
""".replace("\n", "")


def board_rules() -> str:
    """The style sheet of a live board."""
    return "".join(f".runway-{role}{{{themed(ROLES[role])}}}" for role in _SHARED) + themed(_RULES)

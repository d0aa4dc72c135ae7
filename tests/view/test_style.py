"""One style sheet for live views, and the same style inline for saved ones."""

import re

import pytest
from support.markup import roles

from runway_nb.view.markup import Html
from runway_nb.view.style import AS_TYPED, framed, live, saved, sheet


def shared_rules() -> dict[str, dict[str, str]]:
    """Return the rules of the live style sheet that cards and boards share."""
    shared = sheet().removeprefix("<style>").split(".runway-board.jupyter-widgets{")[0]
    return {selector: read_pairs(pairs) for selector, pairs in re.findall(r"([^{}]+)\{([^{}]*)\}", shared)}


def read_pairs(declarations: str) -> dict[str, str]:
    return dict(declaration.split(":", 1) for declaration in declarations.split(";") if declaration)


def test_sheet_is_one_small_element():
    shown = sheet()

    assert isinstance(shown, Html)
    assert re.fullmatch(r"<style>[^<]+</style>", shown)
    assert shown.count("{") == shown.count("}")
    assert not re.search(r"/\*|\n|  |;\}|\{\}", shown)
    assert len(shown) < 16 * 1024
    assert sheet() is shown


@pytest.mark.parametrize(
    "kept", ["calc(100% - 28px)", ".runway-card :focus-visible", "(max-width:440px)", 'content:"Sort"', ":has(>"]
)
def test_sheet_keeps_what_has_a_meaning(kept: str):
    assert kept in sheet()


def test_sheet_has_no_saved_rules():
    assert "runway-saved" not in sheet()
    assert "runway-strip" not in sheet()


def test_every_colour_is_defined():
    palette = shared_rules()[".runway-card,.runway-board"]

    assert set(re.findall(r"var\((--runway-[a-z-]+)", sheet())) <= set(palette)


def test_card_rules_follow_board_rules():
    """Both select the content of a card in a board, and the card's rule has to win."""
    shown = sheet()

    assert shown.index(".runway-board .widget-html-content{") < shown.index(".runway-content>.widget-html-content,")
    assert shown.index("@container") < shown.index("}.runway-card.jupyter-widgets{")


def test_every_role_has_one_rule():
    assert len(roles()) == len(set(roles())) > 60


@pytest.mark.parametrize("role", roles())
def test_role_looks_alike_in_both(role: str):
    inline = read_pairs(saved(role).get("style", ""))
    rule = shared_rules().get(f".runway-{role}", inline)

    assert live(role) == {"class": f"runway-{role}"}
    assert "var(" not in str(inline)
    assert list(inline) == list(rule)
    for name, value in rule.items():
        assert inline[name] == value or "var(--runway-" in value


def test_colour_is_filled_in():
    assert shared_rules()[".runway-link"] == {"color": "var(--runway-link)"}
    assert saved("link") == {"style": "color:#0a5fc4"}


def test_roles_are_combined_in_order():
    assert live("badge fail ended") == {"class": "runway-badge runway-fail runway-ended"}
    assert saved("badge fail ended") == {"style": f"{saved('badge')['style']};{saved('fail')['style']}"}
    assert saved("ended") == {}


def test_framed_card_has_a_width():
    assert framed(400) == {"style": f"max-width:400px;{saved('card')['style']}", "class": " ".join(AS_TYPED)}
    assert framed()["style"] == saved("card")["style"]


def test_unknown_role_is_refused():
    with pytest.raises(KeyError):
        saved("badg")

"""The README and CONTRIBUTING name settings, options, variables and files as the code has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import runway_nb
from runway_nb.kernel.debug_magic import RunwayDebugMagics
from runway_nb.kernel.magic import RunwayMagics
from runway_nb.kernel.options import options_of
from runway_nb.model import defaults
from runway_nb.service import key, settings

PACKAGE = Path(runway_nb.__file__).parent
README = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")

REFUSED = "api_key"
"""A trait that only explains where the key goes."""

MAGICS = {
    **{name: getattr(RunwayMagics, name) for name in ("runway", "runway_demo", "runway_login")},
    **{name: getattr(RunwayDebugMagics, name) for name in ("runway_history", "runway_compare", "runway_report")},
}
_CODE = re.compile(r"`([^`]+)`")
_OPTION = re.compile(r"(?<!\S)--?[a-z][a-z-]*")


def table(document: str, *headings: str) -> list[list[str]]:
    """Return the rows of the tables with these headings, as cells."""
    lines = iter(document.splitlines())
    rows = []
    for line in lines:
        if line == f"| {' | '.join(headings)} |":
            next(lines)  # the line below the headings
            for row in lines:
                if not row.startswith("|"):
                    break
                rows.append([cell.strip() for cell in row.strip("|").split(" | ")])
    assert rows, f"no table has the headings {headings}"
    return rows


def code(cell: str) -> str:
    """Return the first code span of a cell."""
    found = _CODE.search(cell)
    assert found, f"{cell!r} holds no code"
    return found[1]


def section(document: str, heading: str) -> str:
    return document.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


# --- README -----------------------------------------------------------------------------------------------------------


def test_readme_settings_are_the_traits():
    traits = RunwayMagics.class_traits(config=True)
    written = {
        code(name): code(default)
        for name, default, _ in table(README, "`%config RunwayMagics.…`", "default", "meaning")
    }
    in_use = {name: trait.default_value for name, trait in traits.items() if name != REFUSED}
    in_use["base_url"] = in_use["base_url"] or settings.DEFAULT_BASE_URL
    assert written == {name: repr(value) for name, value in in_use.items()}


@pytest.mark.parametrize(
    ("trait", "default"),
    [
        ("interval", defaults.DEFAULT_INTERVAL),
        ("timeout", defaults.DEFAULT_TIMEOUT),
        ("width", defaults.DEFAULT_WIDTH),
        ("max_rate", defaults.DEFAULT_MAX_RATE),
    ],
)
def test_readme_numbers_are_the_defaults(trait: str, default: float):
    rows = table(README, "`%config RunwayMagics.…`", "default", "meaning")
    assert {code(name): code(written) for name, written, _ in rows}[trait] == repr(default)


@pytest.mark.parametrize("cell", [command for command, _ in table(README, "command", "result")])
def test_readme_commands_exist(cell: str):
    for command in _CODE.findall(cell):
        name, *arguments = command.split()
        magic = MAGICS[name.lstrip("%")]
        options = {option for argument in arguments for option in _OPTION.findall(argument)}
        assert options <= set(options_of(magic)), command


def test_readme_names_only_existing_options():
    prose = re.sub(r"(?s)```.*?```", "", README)
    named = {option for span in _CODE.findall(prose) for option in _OPTION.findall(span) if option.startswith("--")}
    known = {option for magic in MAGICS.values() for option in options_of(magic)}
    assert "--watch" in named
    assert named - known == {"--allow-root"}  # Jupyter's own


def test_readme_variables_are_read():
    rows = table(README, "environment variable", "meaning")
    assert [code(name) for name, _ in rows] == [key.KEY_VARIABLE, settings.BASE_URL_VARIABLE]


# --- CONTRIBUTING -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [answer for _, answer in table(CONTRIBUTING, "question", "file")])
def test_contributing_files_exist(answer: str):
    paths = _CODE.findall(answer)
    assert paths
    assert [path for path in paths if not (PACKAGE / path).is_file()] == []


def test_contributing_lists_every_subpackage():
    listed = re.findall(r"^- `([^`]+)`: ", section(CONTRIBUTING, "Find your way"), re.MULTILINE)
    subpackages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert sorted(listed) == sorted(subpackages | {"server.py"})


def test_contributing_paths_exist():
    paths = re.findall(r"`((?:[\w-]+/)+[\w-]+\.\w+)`", section(CONTRIBUTING, "Find your way"))
    roots = (PACKAGE, PACKAGE.parent)
    assert [path for path in paths if not any((root / path).is_file() for root in roots)] == []

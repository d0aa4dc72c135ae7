"""The house stands as it is laid out: who may import whom, what it needs from outside, and what it costs to enter."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import runway_nb

ROOT = Path(runway_nb.__file__).parent

ROOMS = (
    ("errors", "fields", "task", "sighting"),
    ("answer", "budget", "failure", "ids", "lineage", "pool", "redaction", "settings"),
    ("entry", "handle", "listener", "pace", "schedule", "watcher"),
    ("client", "history", "history_file", "since", "transport", "usual", "video"),
    ("view",),
    ("board_presenter", "card_presenter", "embedding", "following", "presenter", "publish", "surface"),
    ("connection", "memory"),
    ("report", "session"),
    ("completion", "debug_magic", "line", "magic"),
    ("api", "extension", "server"),
)
"""From the ground up. A module imports from its own room and from those before it, never from those after."""

ONE_EXCEPTION = ("task", "view.bundle")
"""IPython asks a value itself how it looks, so `Task._repr_mimebundle_` reaches up to the view, when it is called."""

OUTSIDE = {"IPython", "ipywidgets", "requests", "traitlets", "urllib3"}
"""The three dependencies, and what they bring."""

OPTIONAL = {"settings": {"keyring"}}
"""Imported where it is installed, and only then."""

PURE = tuple(
    f"view.{name}"
    for name in (
        *("board_html", "board_view", "board_words", "bundle", "compare", "comparison", "demo", "difference"),
        *("filtering", "history", "html", "lineage", "markup", "notes", "style", "table", "text", "words", "wrapping"),
    )
)
"""Drawing needs neither widgets nor network: a server or a script draws too."""


@dataclass(frozen=True)
class Import:
    """An import statement.

    Attributes:
        target: What is imported, as a full dotted name.
        for_types: Whether only type checkers see it.
        at_once: Whether it happens when its module is imported.
    """

    target: str
    for_types: bool
    at_once: bool

    @property
    def ours(self) -> str | None:
        """The module of this package that it names, relative to it; None if it is another's."""
        package, _, rest = self.target.partition(".")
        return rest if package == "runway_nb" and rest else None


def imports_of(path: Path) -> Iterator[Import]:
    """Read the imports of a module, wherever in it they stand."""
    tree = ast.parse(path.read_text())
    package = ["runway_nb", *path.relative_to(ROOT).parts[:-1]]
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in _targets(node, package):
                yield Import(name, id(node) in typing_only, node in tree.body)


def _targets(node: ast.Import | ast.ImportFrom, package: list[str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = package[: len(package) - node.level + 1] if node.level else []
    base = [*base, *([node.module] if node.module else [])]
    path = ROOT.joinpath(*base[1:])
    if base[0] == "runway_nb" and path.is_dir():  # a package: each name may be a module of it
        return [
            ".".join([*base, alias.name]) if is_module(path / alias.name) else ".".join(base) for alias in node.names
        ]
    return [".".join(base)]


def is_module(path: Path) -> bool:
    return path.is_dir() or path.with_suffix(".py").exists()


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


MODULES = {name_of(path): tuple(imports_of(path)) for path in sorted(ROOT.rglob("*.py"))}
INDOORS = {name: found for name, found in MODULES.items() if not name.startswith(("__init__", "simulator."))}


def room_of(module: str) -> int:
    place = module.split(".", maxsplit=1)[0]
    assert any(place in room for room in ROOMS), f"{module} has no room yet: put it into ROOMS, where it belongs"
    return next(number for number, room in enumerate(ROOMS) if place in room)


def test_every_room_exists():
    places = {module.split(".")[0] for module in INDOORS}

    assert places == {place for room in ROOMS for place in room}


@pytest.mark.parametrize("module", INDOORS)
def test_arrows_run_one_way(module: str):
    for found in INDOORS[module]:
        if found.ours is None or found.for_types or found.ours.startswith("simulator"):
            continue
        if (module, found.ours) == ONE_EXCEPTION:
            assert not found.at_once
            continue
        assert room_of(found.ours) <= room_of(module), f"{module} imports {found.ours}, which stands above it"


def test_no_module_imports_itself_by_way_of_another():
    graph = {
        module: {found.ours for found in INDOORS[module] if found.ours in INDOORS and not found.for_types}
        for module in INDOORS
    }
    graph["task"].discard("view.bundle")  # ONE_EXCEPTION

    assert list(graphlib.TopologicalSorter(graph).static_order())


def test_the_view_never_fetches_even_in_a_type():
    above = {"client", "video", "watcher", "handle", "history", "session", "presenter", "magic", "api"}
    for module in (name for name in INDOORS if name.startswith("view.")):
        for found in INDOORS[module]:
            assert found.target.split(".")[0] not in ("requests", "urllib3", "socket", "http", "urllib.request")
            assert (found.ours or "").split(".")[0] not in above


def test_the_simulator_is_a_service_and_knows_nothing_of_its_clients():
    for module, found in MODULES.items():
        if module.startswith("simulator."):
            assert {(each.ours or "").split(".")[0] for each in found} <= {"", "simulator", "task"}


def test_the_simulator_is_imported_only_when_it_plays():
    for module, found in INDOORS.items():
        for each in found:
            if (each.ours or "").startswith("simulator"):
                assert each.for_types or not each.at_once, f"{module} imports the simulator at once"


@pytest.mark.parametrize("module", MODULES)
def test_nothing_else_is_needed_from_outside(module: str):
    allowed = OUTSIDE | OPTIONAL.get(module, set())
    if module.startswith("simulator."):
        allowed = {"tornado"}
    for found in MODULES[module]:
        package = found.target.split(".")[0]
        if found.for_types or package == "runway_nb":
            continue
        assert package in sys.stdlib_module_names | allowed, f"{module} imports {package}"
        assert found.at_once is False or package not in OPTIONAL.get(module, set())


# --- the front door ---------------------------------------------------------------------------------------------------


def test_every_public_name_is_there():
    for name in runway_nb.__all__:
        assert getattr(runway_nb, name) is not None
        assert name in dir(runway_nb)
    assert len(set(runway_nb.__all__)) == len(runway_nb.__all__)
    promised = {"RunwayClient", "Task", "TaskState", "Video", "show", "watch", "RunwayError", "WaitTimeoutError"}
    assert promised <= set(runway_nb.__all__)


def test_a_name_that_is_not_there_is_told():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = runway_nb.nonsense


def brought_by(statement: str) -> set[str]:
    """Import something in a fresh process, and list the packages that this brought in beside the standard library."""
    code = (
        f"import sys; before = set(sys.modules); {statement}; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent)  # noqa: S603  # our own code
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import runway_nb",
        "from runway_nb import Task, RunwayError",
        "import runway_nb.watcher, runway_nb.failure, runway_nb.ids, runway_nb.simulator",
        f"import {', '.join(f'runway_nb.{name}' for name in PURE)}",
    ],
)
def test_what_needs_nothing_brings_nothing(statement: str):
    assert brought_by(statement) == {"runway_nb"}


def test_the_client_brings_no_notebook():
    brought = brought_by("from runway_nb import RunwayClient")

    assert "requests" in brought
    assert not {"IPython", "ipywidgets", "traitlets", "tornado"} & brought


def test_entering_imports_no_more_than_the_front_door():
    code = "import sys; before = set(sys.modules); import runway_nb; print(*sorted(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent)  # noqa: S603  # our own code

    assert [name for name in run.stdout.split() if name.startswith("runway_nb")] == ["runway_nb"]

"""The package's structure: which subpackage may import which, what is needed from outside, and what importing costs."""

import ast
import graphlib
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import runway_nb

ROOT = Path(runway_nb.__file__).parent

SUBPACKAGES = {
    "model": set(),
    "follow": {"model"},
    "record": {"model"},
    "simulator": {"model"},
    "service": {"model", "follow"},
    "ids": {"model", "service"},
    "view": {"model"},
    "view.card": {"model", "view"},
    "view.board": {"model", "view", "view.card"},
    "view.reports": {"model", "view", "view.card"},
    "screen": {"model", "follow", "service", "view", "view.card", "view.board"},
    "kernel": {
        *("model", "follow", "record", "simulator", "service", "ids"),
        *("view", "view.card", "view.reports", "screen"),
    },
    "server": {"view"},
    "__init__": {"model", "follow", "service", "view.card", "kernel"},
}
"""Each subpackage, from the bottom up, and those it may import from besides itself."""

OUTSIDE = {"IPython", "ipywidgets", "requests", "traitlets", "urllib3"}
"""The three dependencies, and what they bring."""

OPTIONAL = {"service.key": {"keyring"}}
"""Imported where it is installed, and only then."""

SIMULATOR_NEEDS = {"tornado"}

WITH_WIDGETS = {"view.card.widget", "view.board.widget", "view.board.parts"}
"""The modules of the view that import ipywidgets; all others draw in a server or a script too."""

MOST_LEVELS = 7
MOST_ENTRIES = 14
MOST_LINES = 260
MEDIAN_LINES = 150


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
        """The module of this package that it names, relative to it; None if it is another package's."""
        package, _, rest = self.target.partition(".")
        return (rest or "__init__") if package == "runway_nb" else None


def imports_of(path: Path) -> Iterator[Import]:
    """Read all imports of a module: at the top, for types only, and inside functions."""
    tree = ast.parse(path.read_text())
    package = ["runway_nb", *path.relative_to(ROOT).parts[:-1]]
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    later = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in _targets(node, package):
                yield Import(name, id(node) in typing_only, id(node) not in later)


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
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


MODULES = {name_of(path): tuple(imports_of(path)) for path in sorted(ROOT.rglob("*.py"))}


def subpackage_of(module: str) -> str:
    parents = module.split(".")
    for length in range(len(parents), 0, -1):
        if (subpackage := ".".join(parents[:length])) in SUBPACKAGES:
            return subpackage
    raise AssertionError(f"{module} is in no listed subpackage: add it to SUBPACKAGES")


def import_graph() -> dict[str, set[str]]:
    """Return the subpackages that each subpackage really imports from, types and lazy imports included."""
    graph: dict[str, set[str]] = {subpackage: set() for subpackage in SUBPACKAGES}
    for module, imports in MODULES.items():
        own = subpackage_of(module)
        graph[own] |= {subpackage_of(found.ours) for found in imports if found.ours} - {own}
    return graph


def test_subpackages_and_folders_are_the_same():
    assert {subpackage_of(module) for module in MODULES} == set(SUBPACKAGES)


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downwards_only(module: str):
    allowed = SUBPACKAGES[subpackage_of(module)] | {subpackage_of(module)}
    for found in MODULES[module]:
        if found.ours is not None:
            assert subpackage_of(found.ours) in allowed, f"{module} imports {found.ours}"


def test_no_subpackage_is_allowed_more_than_it_uses():
    assert import_graph() == SUBPACKAGES


def test_no_circle_of_modules():
    graph = {
        module: {found.ours for found in imports if found.ours and found.ours != module}
        for module, imports in MODULES.items()
    }

    assert list(graphlib.TopologicalSorter(graph).static_order())


def test_number_of_levels():
    level: dict[str, int] = {}
    for subpackage in graphlib.TopologicalSorter(SUBPACKAGES).static_order():
        level[subpackage] = 1 + max((level[below] for below in SUBPACKAGES[subpackage]), default=0)

    assert max(level.values()) <= MOST_LEVELS


def test_sizes():
    lines = {module: len((ROOT / path).read_text().splitlines()) for module, path in _paths().items()}

    assert {module: count for module, count in lines.items() if count > MOST_LINES} == {}
    assert statistics.median(count for count in lines.values() if count) <= MEDIAN_LINES
    assert len([path for path in ROOT.iterdir() if path.name != "__pycache__"]) <= MOST_ENTRIES


def _paths() -> dict[str, Path]:
    return {name_of(path): path for path in ROOT.rglob("*.py")}


def test_subpackages_have_empty_init_files():
    for path in ROOT.rglob("__init__.py"):
        if path.parent not in (ROOT, ROOT / "simulator"):  # the two that are public packages
            assert path.read_text() == "", path


def test_the_view_never_fetches():
    fetching = ("requests", "urllib3", "socket", "http", "urllib.request")
    for module, imports in MODULES.items():
        if module.startswith("view"):
            for found in imports:
                assert not any(f"{found.target}.".startswith(f"{name}.") for name in fetching), module


def test_only_named_views_use_widgets():
    using = {module for module in MODULES for found in MODULES[module] if found.target.startswith("ipywidgets")}

    assert using == WITH_WIDGETS | {"view.shared"}


def test_imports_are_statements():
    """A module that is named in a string is one that these tests do not see."""
    for path in sorted(ROOT.rglob("*.py")):
        named = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert path == ROOT / "__init__.py" or not named & {"import_module", "__import__"}, path


def test_the_simulator_is_imported_lazily():
    for module, imports in MODULES.items():
        for found in imports:
            if found.ours and subpackage_of(found.ours) == "simulator" and subpackage_of(module) != "simulator":
                assert found.for_types or not found.at_once, f"{module} imports the simulator at once"


@pytest.mark.parametrize("module", MODULES)
def test_nothing_else_is_needed_from_outside(module: str):
    optional = OPTIONAL.get(module, set())
    allowed = SIMULATOR_NEEDS if subpackage_of(module) == "simulator" else OUTSIDE | optional
    for found in MODULES[module]:
        package = found.target.split(".")[0]
        if found.for_types or package == "runway_nb":
            continue
        assert package in sys.stdlib_module_names | allowed, f"{module} imports {package}"
        assert not (found.at_once and package in optional), f"{module} imports {package} at once"


# --- public names -----------------------------------------------------------------------------------------------------


def test_every_public_name_is_there():
    for name in runway_nb.__all__:
        assert getattr(runway_nb, name) is not None
        assert name in dir(runway_nb)
    assert len(set(runway_nb.__all__)) == len(runway_nb.__all__)
    promised = {"RunwayClient", "Task", "TaskState", "Video", "show", "watch", "RunwayError", "WaitTimeoutError"}
    promised |= {"WatchHandle", "LooksInterruptedError", "LinkLife"}
    assert promised <= set(runway_nb.__all__)


def test_type_checkers_see_the_same_names():
    tree = ast.parse((ROOT / "__init__.py").read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }

    assert seen == runway_nb._HOME_OF


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = runway_nb.nonsense


def imported_with(statement: str) -> set[str]:
    """Import something in a fresh process; return the packages that this imported beside the standard library."""
    code = (
        f"import sys; before = set(sys.modules); {statement}; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    return set(_run(code))


def _run(code: str) -> list[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT.parent).stdout.split()  # noqa: S603  # our own code


PURE_VIEWS = [module for module in MODULES if module.startswith("view.") and module not in WITH_WIDGETS]


@pytest.mark.parametrize(
    "statement",
    [
        "import runway_nb",
        "from runway_nb import Task, RunwayError",
        "import runway_nb.follow.watcher, runway_nb.model.failure, runway_nb.ids.reading, runway_nb.simulator",
        f"import {', '.join(f'runway_nb.{module}' for module in PURE_VIEWS)}",
    ],
    ids=["package", "names", "modules", "views"],
)
def test_pure_modules_import_nothing_else(statement: str):
    assert imported_with(statement) == {"runway_nb"}


def test_the_client_imports_no_notebook_code():
    imported = imported_with("from runway_nb import RunwayClient")

    assert "requests" in imported
    assert not {"IPython", "ipywidgets", "traitlets", "tornado"} & imported


def test_importing_the_package_imports_one_module():
    code = "import sys; before = set(sys.modules); import runway_nb; print(*sorted(set(sys.modules) - before))"

    imported = {name for name in _run(code) if name.startswith("runway_nb")}
    assert imported == {"runway_nb", "runway_nb.model", "runway_nb.model.drawing"}

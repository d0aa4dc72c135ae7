"""The real parts that tests run on: simulator, kernel, terminal, Jupyter front-ends, browser."""

from __future__ import annotations

import atexit
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from playwright.sync_api import Browser, Page, expect, sync_playwright
from support.browser import ARGUMENTS, NoBrowserError, provide_browser
from support.environment import isolated_directories, isolated_environment
from support.frontend import GENEROUS, FrontEnd, Lab, Notebook7
from support.jupyter import JupyterServer
from support.kernel import Kernel
from support.terminal import Terminal
from traitlets.config import Config

from runway_nb.simulator import Simulator

ARTIFACTS = Path(__file__).parent / ".artifacts"
_BROWSER_PATH = pytest.StashKey[Path]()
_FAILED = pytest.StashKey[bool]()


# --- the run as a whole -----------------------------------------------------------------------------------------------

# Every run tries the same examples, and none fails for being slow: a machine may be busy.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run browser tests last: from the first one on, Playwright's event loop runs in this thread."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have a browser before the first test, or stop with one sentence; only if a browser test was selected."""
    if session.config.option.collectonly or not any(item.get_closest_marker("browser") for item in session.items):
        return
    say = session.config.get_terminal_writer().line
    try:
        session.config.stash[_BROWSER_PATH] = provide_browser(say)
    except NoBrowserError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Let fixtures know, when they are torn down, that the test failed."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session", autouse=True)
def isolated_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep this process, too, out of the user's IPython and Jupyter directories and away from the user's key."""
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in isolated_directories(tmp_path_factory.mktemp("process")).items():
            patch.setenv(name, folder)
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        patch.delenv("APIKLEY_API_KEY", raising=False)
        patch.delenv("APIKLEY_BASE_URL", raising=False)
        yield


# --- the service ------------------------------------------------------------------------------------------------------


@pytest.fixture
def simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """Serve the API for one test; `parametrize("simulator", [{"pace": 5}], indirect=True)` sets it up otherwise."""
    with Simulator(**getattr(request, "param", {})) as running:
        yield running


# --- without a browser ------------------------------------------------------------------------------------------------


@pytest.fixture
def start_kernel(tmp_path: Path, simulator: Simulator) -> Iterator[Callable[..., Kernel]]:
    """Start kernels: `start_kernel(home=..., NAME=value_or_None)`. Those with one home share history and profile."""
    with ExitStack() as kernels:

        def start(home: str = "kernel", **changes: str | None) -> Kernel:
            environment = isolated_environment(tmp_path / home, simulator.base_url, **changes)
            kernel = Kernel(environment, tmp_path)
            kernels.callback(kernel.stop)
            return kernel

        yield start


@pytest.fixture
def kernel(start_kernel: Callable[..., Kernel]) -> Kernel:
    """Give a fresh kernel that asks the simulator; its working directory is `tmp_path`."""
    return start_kernel()


@pytest.fixture
def terminal(tmp_path: Path, simulator: Simulator) -> Iterator[Terminal]:
    """Give a terminal IPython that asks the simulator; its working directory is `tmp_path`."""
    running = Terminal(isolated_environment(tmp_path / "terminal", simulator.base_url), tmp_path)
    yield running
    running.stop()


@pytest.fixture
def ipython(tmp_path: Path) -> Iterator[InteractiveShell]:
    """Give a fresh shell in this process; what it displays is in `ipython.display_pub.outputs`."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.ipython_dir = str(tmp_path / "ipython")
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    shell.display_pub = CapturingDisplayPublisher(shell=shell)
    with shell.builtin_trap:
        yield shell
    atexit.unregister(shell.atexit_operations)
    shell.atexit_operations()
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_path(pytestconfig: pytest.Config) -> Path:
    """Give the executable of the browser that was found or installed before the first test."""
    return pytestconfig.stash[_BROWSER_PATH]


@pytest.fixture(scope="session")
def browser(browser_path: Path) -> Iterator[Browser]:
    """Start the browser, once."""
    expect.set_options(timeout=GENEROUS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Give an empty page, 1200 by 900 pixels; when the test fails, its picture goes to `tests/.artifacts`."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    yield page
    if request.node.stash.get(_FAILED, False):
        name = re.sub(r"[^\w.-]+", "-", request.node.name)
        page.screenshot(path=ARTIFACTS / f"{name}.png")
    context.close()


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], JupyterServer]]:
    """Start a front-end's server on its first use; every test of that front-end has the same one."""
    running: dict[str, JupyterServer] = {}
    with ExitStack() as servers:

        def start(module: str) -> JupyterServer:
            if module not in running:
                running[module] = JupyterServer(module, tmp_path_factory.mktemp(module))
                servers.callback(running[module].stop)
            return running[module]

        yield start


@pytest.fixture
def start_frontend(
    start_server: Callable[[str], JupyterServer], simulator: Simulator, page: Page, tmp_path: Path
) -> Iterator[Callable[[type[FrontEnd]], FrontEnd]]:
    """Bring a front-end on to the page, with no kernel or notebook of an earlier test."""
    with ExitStack() as after:

        def start(kind: type[FrontEnd]) -> FrontEnd:
            server = start_server(kind.module)
            server.reset(isolated_environment(tmp_path / "kernel", simulator.base_url))
            after.callback(server.shut_down_kernels)
            return kind(server, page)

        yield start


@pytest.fixture
def lab(start_frontend: Callable[[type[FrontEnd]], FrontEnd]) -> FrontEnd:
    """Give JupyterLab."""
    return start_frontend(Lab)


@pytest.fixture
def notebook7(start_frontend: Callable[[type[FrontEnd]], FrontEnd]) -> FrontEnd:
    """Give Notebook 7."""
    return start_frontend(Notebook7)


@pytest.fixture(params=[Lab, Notebook7], ids=["lab", "notebook7"])
def frontend(request: pytest.FixtureRequest, start_frontend: Callable[[type[FrontEnd]], FrontEnd]) -> FrontEnd:
    """Give JupyterLab and then Notebook 7: the test runs in both."""
    return start_frontend(request.param)

"""Fixtures for the real parts that tests run on: simulator, kernel, terminal, Jupyter front-ends, browser."""

from __future__ import annotations

import atexit
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from playwright.sync_api import Browser, Page, expect, sync_playwright
from support.browser import ARGUMENTS, NoBrowserError, provide_browser
from support.cards import loaded_kernel
from support.environment import isolated_directories, isolated_environment
from support.frontend import GENEROUS, FrontEnd, Lab, Notebook7
from support.jupyter import JupyterServer
from support.kernel import Kernel
from support.terminal import Terminal
from traitlets.config import Config

from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Simulator

ARTIFACTS = Path(__file__).parent / ".artifacts"
_BROWSER_PATH = pytest.StashKey[Path]()
_FAILED = pytest.StashKey[bool]()


# --- the whole run ----------------------------------------------------------------------------------------------------

# Every run tries the same examples, and slow examples do not fail: the machine may be busy.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Let interrupts arrive here and in all that tests start: a shell starts background jobs without them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run browser tests last, because Playwright's event loop keeps running in this thread after the first one."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """If a browser test was selected, find a browser before the first test, or stop with one sentence."""
    if session.config.option.collectonly or not any(item.get_closest_marker("browser") for item in session.items):
        return
    say = session.config.get_terminal_writer().line
    try:
        session.config.stash[_BROWSER_PATH] = provide_browser(say)
    except NoBrowserError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Record that a test failed, so that fixtures know it during teardown."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session", autouse=True)
def isolated_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep this process away from the user's IPython and Jupyter directories and from the user's key."""
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
    """Serve the API for one test; `parametrize("simulator", [{"pace": 5}], indirect=True)` passes it arguments."""
    with Simulator(**getattr(request, "param", {})) as running:
        yield running


@pytest.fixture(scope="module")
def module_simulator() -> Iterator[Simulator]:
    """Serve the API for one module."""
    with Simulator(pace=5) as running:
        yield running


@pytest.fixture
def client(simulator: Simulator) -> Iterator[RunwayClient]:
    """Connect to the simulator."""
    with RunwayClient("any-key", simulator.base_url) as client:
        yield client


# --- without a browser ------------------------------------------------------------------------------------------------


@pytest.fixture
def start_kernel(tmp_path: Path, simulator: Simulator) -> Iterator[Callable[..., Kernel]]:
    """Start kernels: `start_kernel(home=..., NAME=value_or_None)`. Kernels with the same home share their profile."""
    with ExitStack() as kernels:

        def start(home: str = "kernel", **changes: str | None) -> Kernel:
            environment = isolated_environment(tmp_path / home, simulator.base_url, **changes)
            kernel = Kernel(environment, tmp_path)
            kernels.callback(kernel.stop)
            return kernel

        yield start


@pytest.fixture
def kernel(start_kernel: Callable[..., Kernel]) -> Kernel:
    """Start a kernel that uses the simulator; its working directory is `tmp_path`."""
    return start_kernel()


@pytest.fixture(scope="module")
def module_kernel(module_simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """Start a kernel that uses the module's simulator and has the extension loaded."""
    with loaded_kernel(tmp_path_factory.mktemp("kernel"), module_simulator.base_url) as kernel:
        yield kernel


@pytest.fixture
def terminal(tmp_path: Path, simulator: Simulator) -> Iterator[Terminal]:
    """Start IPython in a terminal that uses the simulator; its working directory is `tmp_path`."""
    running = Terminal(isolated_environment(tmp_path / "terminal", simulator.base_url), tmp_path)
    yield running
    running.stop()


@pytest.fixture
def ipython(tmp_path: Path) -> Iterator[InteractiveShell]:
    """Create a shell in this process; what it displays is in `ipython.display_pub.outputs`."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config, ipython_dir=str(tmp_path / "ipython"))
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
    """Return the executable of the browser that was found or installed before the first test."""
    return pytestconfig.stash[_BROWSER_PATH]


@pytest.fixture(scope="session")
def browser(browser_path: Path) -> Iterator[Browser]:
    """Start the browser once for the whole run."""
    expect.set_options(timeout=GENEROUS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open an empty page of 1200 by 900 pixels; if the test fails, save a screenshot in `tests/.artifacts`."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(GENEROUS)
    page = context.new_page()
    yield page
    if request.node.stash.get(_FAILED, False):
        name = re.sub(r"[^\w.-]+", "-", request.node.name)
        page.screenshot(path=ARTIFACTS / f"{name}.png")
    context.close()


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], JupyterServer]]:
    """Start a front-end's server on first use; all tests of that front-end share it."""
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
    """Open a front-end in the page, without kernels or notebooks of earlier tests."""
    with ExitStack() as after:

        def start(kind: type[FrontEnd]) -> FrontEnd:
            server = start_server(kind.module)
            server.reset(isolated_environment(tmp_path / "kernel", simulator.base_url))
            after.callback(server.shut_down_kernels)
            return kind(server, page)

        yield start


@pytest.fixture
def lab(start_frontend: Callable[[type[FrontEnd]], FrontEnd]) -> FrontEnd:
    """Open JupyterLab."""
    return start_frontend(Lab)


@pytest.fixture
def notebook7(start_frontend: Callable[[type[FrontEnd]], FrontEnd]) -> FrontEnd:
    """Open Notebook 7."""
    return start_frontend(Notebook7)


@pytest.fixture(params=[Lab, Notebook7], ids=["lab", "notebook7"])
def frontend(request: pytest.FixtureRequest, start_frontend: Callable[[type[FrontEnd]], FrontEnd]) -> FrontEnd:
    """Open JupyterLab, then Notebook 7: the test runs in both."""
    return start_frontend(request.param)

"""JupyterLab and Notebook 7 as a user sees them: one notebook in one page of a real browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import ConsoleMessage, Locator, Page, Request

from .jupyter import JupyterServer

GENEROUS = 60_000.0
"""Milliseconds to wait for one condition."""

_OF_JUPYTER = (
    # Notebook 7 has a race while it loads its shortcuts; only its own code is in that stack.
    re.compile(
        r"^uncaught: TypeError: Cannot read properties of undefined \(reading 'schema'\)\n +at .*/notebook_core\."
    ),
    # The debugger panel learns of a restart before its own requests are answered.
    re.compile(r"^Could not restore the debugger state: Canceled future for debug_request"),
)
"""Errors that the front-ends raise without runway_nb, each seen in a notebook of plain widgets."""

_PANEL = "[...window.jupyterapp.shell.widgets('main')].find(widget => widget.context?.path === path)"


class FrontEnd:
    """One front-end showing one notebook.

    Args:
        server: The server of the front-end.
        page: The browser page.

    Attributes:
        page: The browser page, for everything that this class does not offer.
        server: The server.
        console_errors: Every console error and uncaught exception of the page so far, including Jupyter's own.
        foreign_requests: Every requested URL that is not on loopback (the browser blocks them).
    """

    module: ClassVar[str]
    """The module for `python -m`."""

    def __init__(self, server: JupyterServer, page: Page) -> None:
        self.server = server
        self.page = page
        self.console_errors: list[str] = []
        self.foreign_requests: list[str] = []
        self._path = ""
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.console_errors.append(f"uncaught: {error.stack or error.message}"))
        page.on("request", self._note_request)

    @property
    def page_errors(self) -> list[str]:
        """The console errors, without the known ones of Jupyter itself."""
        return [text for text in self.console_errors if not any(known.search(text) for known in _OF_JUPYTER)]

    def write(self, cells: Sequence[str] | NotebookNode, name: str = "test.ipynb", *, trusted: bool = False) -> Path:
        """Write a notebook into the served folder.

        Args:
            cells: The sources of code cells, or a whole notebook to write unchanged.
            name: The file's name.
            trusted: Sign it, as if its outputs were created here.

        Returns:
            The path of the file.
        """
        notebook = cells
        if not isinstance(cells, NotebookNode):
            notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
            notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self.server.root / name
        nbformat.write(notebook, path)
        if trusted:
            self.server.trust(nbformat.read(path, as_version=4))
        return path

    def read(self) -> NotebookNode:
        """Read the open notebook from disk, as it was last saved."""
        return nbformat.read(self.server.root / self._path, as_version=4)

    def open(self, name: str = "test.ipynb", *, kernel: bool = True) -> None:
        """Open a notebook and wait until it and its kernel are ready.

        Args:
            name: The file's name.
            kernel: Whether to start a kernel. If not, the server offers none and the dialog is closed with "No Kernel".
        """
        self._path = name
        if not kernel:
            self.page.route("**/api/kernelspecs*", lambda route: route.fulfill(json={"default": "", "kernelspecs": {}}))
        self.page.goto(f"{self.server.url}{self._route(quote(name))}?token={self.server.token}")
        self._wait_ready(kernel=kernel)
        self.page.unroute("**/api/kernelspecs*")

    def reload(self) -> None:
        """Reload the page; the kernel keeps running."""
        self.page.reload()
        self._wait_ready()

    def run_all(self, *, wait: bool = True) -> None:
        """Run all cells; without `wait`, only start them."""
        self._execute("notebook:run-all-cells", wait=wait)

    def run_cell(self, index: int, *, wait: bool = True) -> None:
        """Run one cell; without `wait`, only start it."""
        self._evaluate("(panel, index) => { panel.content.activeCellIndex = index; }", index)
        self._execute("notebook:run-cell", wait=wait)

    def delete_cell(self, index: int) -> None:
        """Delete a cell."""
        self._evaluate("(panel, index) => { panel.content.activeCellIndex = index; }", index)
        self._execute("notebook:delete-cell", wait=False)

    def wait_idle(self, *, timeout: float = GENEROUS) -> None:
        """Wait until all commands have ended and the kernel is idle."""
        self._wait("panel => !window.testCommands && panel.sessionContext.session?.kernel?.status === 'idle'", timeout)

    def interrupt(self) -> None:
        """Press the stop button."""
        self._evaluate("panel => panel.sessionContext.session.kernel.interrupt()")

    def cell(self, index: int) -> Locator:
        """Locate a cell, input and output."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def output(self, index: int) -> Locator:
        """Locate a cell's output area."""
        return self.cell(index).locator(".jp-Cell-outputArea")

    @property
    def dialog(self) -> Locator:
        """Locate the open dialog."""
        return self.page.locator(".jp-Dialog")

    def save(self) -> None:
        """Save the notebook and wait until it is on disk."""
        self._execute("docmanager:save", wait=False)
        self._wait("panel => !window.testCommands && !panel.context.model.dirty")

    def close(self) -> None:
        """Leave the page and shut the kernel down."""
        self.page.goto("about:blank")
        self.server.shut_down_kernels()

    def restart_kernel(self) -> None:
        """Restart the kernel and wait for it."""
        self._evaluate("panel => panel.sessionContext.restartKernel()")
        self.wait_idle()

    def shut_down_kernel(self) -> None:
        """Shut the kernel down and leave the page open."""
        self._evaluate("panel => panel.sessionContext.shutdown()")

    def set_theme(self, theme: str) -> None:
        """Switch to the `light` or the `dark` theme."""
        name = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[theme]
        self.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=str(theme == "light").lower(), timeout=GENEROUS
        )
        self._wait_for_splash()

    def play(self, video: Locator, seconds: float = 0.3) -> None:
        """Play a video up to a position, which shows that it loads and that its codec is supported."""
        video.scroll_into_view_if_needed(timeout=GENEROUS)
        video.evaluate("video => video.play()")
        self.page.wait_for_function(
            "([video, seconds]) => video.currentTime >= seconds",
            arg=[video.element_handle(), seconds],
            timeout=GENEROUS,
        )

    def set_width(self, pixels: int) -> None:
        """Set the width of the window."""
        self.page.set_viewport_size({"width": pixels, "height": (self.page.viewport_size or {"height": 900})["height"]})

    def _route(self, name: str) -> str:
        raise NotImplementedError

    def _wait_ready(self, *, kernel: bool = True) -> None:
        self.page.wait_for_function("() => window.jupyterapp?.shell", timeout=GENEROUS)
        self._wait("panel => panel?.context.isReady && panel.content.widgets.length > 0")
        if kernel:
            self.wait_idle()
        else:
            self.dialog.get_by_role("button", name="No Kernel").click(timeout=GENEROUS)
            self.dialog.wait_for(state="hidden", timeout=GENEROUS)
        self._wait_for_splash()
        self._evaluate("() => window.jupyterapp.shell.collapseLeft?.()")

    def _wait_for_splash(self) -> None:
        """Wait until the splash screen is gone, which JupyterLab shows on start and on a change of theme."""
        self.page.locator("#jupyterlab-splash").wait_for(state="hidden", timeout=GENEROUS)

    def _execute(self, command: str, *, wait: bool) -> None:
        self._evaluate(
            """(panel, command) => {
                window.testCommands = (window.testCommands ?? 0) + 1;
                window.jupyterapp.commands.execute(command).finally(() => { window.testCommands -= 1; });
            }""",
            command,
        )
        if wait:
            self.wait_idle()

    def _evaluate(self, function: str, argument: Any = None) -> Any:
        """Call a JavaScript function with the notebook's panel and an argument."""
        return self.page.evaluate(f"([path, argument]) => ({function})({_PANEL}, argument)", [self._path, argument])

    def _wait(self, predicate: str, timeout: float = GENEROUS) -> None:
        self.page.wait_for_function(f"path => ({predicate})({_PANEL})", arg=self._path, timeout=timeout)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _note_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in {"127.0.0.1", "localhost"}:
            self.foreign_requests.append(request.url)


class Lab(FrontEnd):
    """JupyterLab, in a new workspace so that it restores nothing from earlier tests."""

    module = "jupyterlab"

    def _route(self, name: str) -> str:
        return f"lab/workspaces/{uuid.uuid4().hex}/tree/{name}"


class Notebook7(FrontEnd):
    """Jupyter Notebook 7."""

    module = "notebook"

    def _route(self, name: str) -> str:
        return f"notebooks/{name}"


def refresh_button(card: Locator) -> Locator:
    """Return a card's button that looks at the task now."""
    return card.locator(".runway-look")

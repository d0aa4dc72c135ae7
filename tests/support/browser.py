"""Find a Chromium that plays H.264, or install one, so that the test command needs no preparation."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ARGUMENTS = [
    "--no-sandbox",  # Chromium does not start as root with a sandbox; the tests open loopback pages only
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # loopback only
]
SYMBOLS = "✓✕◐⟳"
"""The symbols that cards use besides plain text."""

_NAMES = ("google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "chrome")
_MAC_APPS = ("Google Chrome", "Chromium")
_INSTALL_TIMEOUT = 900.0
_PROBE_TIMEOUT = 60.0
_PROBE_PAGE = """<!doctype html><meta charset="utf-8"><body><script>
const pen = Object.assign(document.createElement("canvas"), {width: 40, height: 40}).getContext("2d");
const drawn = text => {
  pen.clearRect(0, 0, 40, 40); pen.font = "24px sans-serif"; pen.fillText(text, 4, 30);
  return pen.getImageData(0, 0, 40, 40).data.join();
};
const missing = ["\\u{10ffff}", " "].map(drawn);
const found = {
  h264: document.createElement("video").canPlayType('video/mp4; codecs="avc1.42E01E"') !== "",
  fonts: [..."TEXT"].every(letter => !missing.includes(drawn(letter))),
};
document.body.textContent = "probe:" + JSON.stringify(found) + ":probe";
</script>"""


class NoBrowserError(Exception):
    """No usable browser was found or installed. The text is one sentence that says what to do."""


def provide_browser(say: Callable[[str], None]) -> Path:
    """Return a browser that starts, plays H.264 and has fonts for the cards, after installing what is missing.

    Args:
        say: Receives a line before each step that takes long.

    Returns:
        The path of the executable.

    Raises:
        NoBrowserError: If no browser was found or could be installed.
    """
    _provide_driver(say)
    if path := _find_browser(say):
        return path
    tried = []
    for name, install in (("playwright install", _install_from_playwright), ("apt-get install", _install_from_debian)):
        say(f"No usable browser was found: trying {name} chromium.")
        if problem := install():
            tried.append(f"{name}: {problem}")
        if path := _find_browser(say):
            return path
    raise NoBrowserError(
        "The browser tests need a Chromium or Chrome that plays H.264 and has fonts, and installing one failed "
        f'({"; ".join(tried)}): install one yourself, or skip these tests with -m "not browser".'
    )


def _provide_driver(say: Callable[[str], None]) -> None:
    """Make sure that Playwright's own program runs: it needs a library that a minimal Debian does not have."""
    driver = [sys.executable, "-m", "playwright", "--version"]
    problem = _failure_of(_run(driver, timeout=_PROBE_TIMEOUT))
    if problem is None:
        return
    say("Playwright does not start: trying apt-get install libatomic1.")
    failed = _apt_install("libatomic1") or _failure_of(_run(driver, timeout=_PROBE_TIMEOUT))
    if failed:
        raise NoBrowserError(
            f"The browser tests need Playwright, which does not start here ({problem}; {failed}): install the library "
            'that it names, or skip these tests with -m "not browser".'
        )


def _find_browser(say: Callable[[str], None]) -> Path | None:
    """Return the first browser that meets all requirements, after installing fonts if only they are missing."""
    for path in _candidates():
        found = probe(path)
        if found.get("h264") and not found["fonts"]:
            say(f"{path} has no fonts for {SYMBOLS} and text: trying apt-get install fonts-dejavu.")
            _apt_install("fonts-dejavu")
            probe.cache_clear()
            found = probe(path)
        if found.get("h264") and found["fonts"]:
            return path
    return None


def _candidates() -> Iterator[Path]:
    """Yield possible browsers, the system's first: Debian's and Google's play H.264."""
    yield from (Path(found) for name in _NAMES if (found := shutil.which(name)))
    apps = (Path(f"/Applications/{app}.app/Contents/MacOS/{app}") for app in _MAC_APPS)
    yield from (app for app in apps if app.exists())
    if path := _playwright_browser():
        yield path


def _playwright_browser() -> Path | None:
    """Ask Playwright for its own browser, in a separate process to keep its event loop out of this one."""
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    done = _run([sys.executable, "-c", code], timeout=_PROBE_TIMEOUT)
    path = Path(done.stdout.strip())
    return path if done.returncode == 0 and path.is_file() else None


@functools.cache
def probe(path: Path, text: str = f"Ag{SYMBOLS}") -> dict[str, bool]:
    """Start the browser and report whether it has `h264` and `fonts` for the text; empty if it does not start."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "probe.html")
        page.write_text(_PROBE_PAGE.replace("TEXT", text), encoding="utf-8")
        profile = f"--user-data-dir={folder}/profile"
        command = [str(path), "--headless", *ARGUMENTS, profile, "--dump-dom", page.as_uri()]
        done = _run(command, timeout=_PROBE_TIMEOUT)
    found = re.search(r"probe:(\{.*?\}):probe", done.stdout)
    return json.loads(found[1]) if found else {}


def _install_from_playwright() -> str | None:
    """Install Playwright's own browser. Return what went wrong, or None."""
    install = [sys.executable, "-m", "playwright", "install"]
    with_libraries = [*install, "--with-deps", "chromium"] if _as_root() is not None else [*install, "chromium"]
    return _failure_of(_run(with_libraries, timeout=_INSTALL_TIMEOUT))


def _install_from_debian() -> str | None:
    """Install Debian's browser. Return what went wrong, or None."""
    return _apt_install("chromium", "fonts-dejavu")


def _apt_install(*packages: str) -> str | None:
    """Install Debian packages. Return what went wrong, or None."""
    prefix = _as_root()
    if prefix is None or not shutil.which("apt-get"):
        return "apt-get cannot be used here"
    update = _run([*prefix, "apt-get", "update"], timeout=_INSTALL_TIMEOUT)
    install = _run([*prefix, "apt-get", "install", "-y", *packages], timeout=_INSTALL_TIMEOUT)
    return _failure_of(update) or _failure_of(install)


def _as_root() -> list[str] | None:
    """Return the prefix that runs a command as root, or None if that needs a password."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    return sudo if shutil.which("sudo") and _run([*sudo, "true"], timeout=_PROBE_TIMEOUT).returncode == 0 else None


def _run(command: list[str], timeout: float) -> subprocess.CompletedProcess[str]:
    """Run a command without input; a command that cannot start or does not end counts as failed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(  # noqa: S603  # every command is written in this file
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def _failure_of(done: subprocess.CompletedProcess[str]) -> str | None:
    """Return the line that says why a command failed, or None if it succeeded."""
    if done.returncode == 0:
        return None
    lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
    telling = [line for line in lines if re.search(r"\berror\b|^E: ", line, re.IGNORECASE)]
    return (telling or lines)[-1].strip()

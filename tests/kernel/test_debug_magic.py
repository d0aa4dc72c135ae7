"""The report magic, and the environment that a report describes."""

import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

import pytest
from IPython.core.interactiveshell import InteractiveShell
from support.kernel import Kernel

from runway_nb import __version__
from runway_nb.kernel.debug_magic import environment
from runway_nb.simulator import demo_task
from runway_nb.view.reports.report import source


@pytest.mark.usefixtures("ipython")
def test_environment_is_the_real_one():
    here = environment()

    assert dict(here.versions) == {
        "runway_nb": __version__,
        "Python": sys.version.split()[0],
        **{name: version(name) for name in ("ipywidgets", "IPython", "ipykernel")},
    }
    assert here.front_end == "IPython in a terminal"
    assert here.platform


def test_missing_package_is_not_installed(monkeypatch: pytest.MonkeyPatch):
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    # Patched, because uninstalling a package would break the other tests.
    monkeypatch.setattr("importlib.metadata.version", missing)

    assert dict(environment().versions)["ipykernel"] == "not installed"


def test_front_end_without_ipython():
    InteractiveShell.clear_instance()

    assert environment().front_end == "Python, without IPython"


def test_report_magic_in_a_kernel(start_kernel: Callable[..., Kernel]):
    key = "ak-never-in-a-report"
    demo = demo_task("fail-busy")
    kernel = start_kernel(APIKLEY_API_KEY=key)
    kernel.run("%load_ext runway_nb")

    result = kernel.run(f"%runway_report {demo.task_id} --redact")

    assert result.error is None
    (shown,) = result.displays
    report = shown["data"]["text/plain"]
    assert shown["data"] == source(report).data
    assert "```text\nthe server is busy\n```" in report
    assert "- Runs in: a Jupyter kernel (it cannot tell which front-end shows it)\n" in report
    assert demo.record.prompt not in report
    assert key not in str(result.messages)

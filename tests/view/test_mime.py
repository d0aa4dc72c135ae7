"""Which forms an output has, by the versions of the widgets that are installed."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from runway_nb.view import mime
from runway_nb.view.mime import WIDGET_VIEW, Bundle, draws_widgets


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch):
    """Set the versions that are installed."""

    def install(**versions: str) -> None:
        def version(package: str) -> str:
            if package not in versions:
                raise mime.PackageNotFoundError(package)
            return versions[package]

        draws_widgets.cache_clear()
        monkeypatch.setattr(mime, "version", version)

    yield install
    draws_widgets.cache_clear()


@pytest.mark.parametrize(
    ("versions", "draws"),
    [
        ({"ipywidgets": "8.1.9", "jupyterlab_widgets": "3.0.17"}, True),
        ({"ipywidgets": "7.7.1", "jupyterlab_widgets": "1.1.11"}, True),
        ({"ipywidgets": "7.7.1"}, True),
        ({"ipywidgets": "7.7.1", "jupyterlab_widgets": "odd"}, True),
        ({"ipywidgets": "7.7.1", "jupyterlab_widgets": "3.0.17"}, False),
        ({"ipywidgets": "7.8.5", "jupyterlab_widgets": "3.0.0a1"}, False),
    ],
)
def test_html_is_shown_where_widgets_are_refused(installed, versions, draws):
    installed(**versions)
    bundle = Bundle({"text/html": "<b>x</b>"}).live("model")

    assert (WIDGET_VIEW in bundle.data) is draws
    assert bundle.data["text/html"] == "<b>x</b>"


def test_colab_draws_widgets_itself(installed, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    installed(ipywidgets="7.7.1", jupyterlab_widgets="3.0.17")

    assert draws_widgets()

"""The example notebooks: stored without outputs, and running from top to bottom, here and on Binder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from support.environment import isolated_environment

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OFFLINE = "http://127.0.0.1:9"
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[2])
"""


def offline(home):
    """Return an environment without a key, in which the service cannot be reached."""
    return isolated_environment(home, OFFLINE, APIKLEY_API_KEY=None)


def htmls(notebook):
    """Return the HTML outputs of all cells."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    return [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]


def assert_quickstart_shows_cards(notebook):
    shown = htmls(notebook)
    for text in ("✓ success", "✕ fail", "The link expires in about 2 days"):
        assert any(text in each for each in shown), text
    assert any('<video src="data:video/mp4;base64,' in each for each in shown)


def test_quickstart_exists():
    assert "01-quickstart.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_stored_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert [cell.outputs for cell in code if cell.outputs] == []
    assert [cell.execution_count for cell in code if cell.execution_count is not None] == []
    assert "widgets" not in notebook.metadata


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_runs_without_key_and_network(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute(env=offline(tmp_path), cwd=str(tmp_path))
    streams = [each.text for cell in notebook.cells for each in cell.get("outputs", ()) if each.output_type == "stream"]
    assert not any("Error" in text or "Warning" in text for text in streams)
    assert htmls(notebook)
    if path.name == "01-quickstart.ipynb":
        assert_quickstart_shows_cards(notebook)


INSTALLS = pytest.mark.timeout(1800)
"""Marks tests that first install many packages, which takes minutes on a busy machine."""


@pytest.fixture(scope="session")
def binder(tmp_path_factory):
    """Create an environment as Binder does: install requirements.txt from the repository's root, then run postBuild."""
    folder = tmp_path_factory.mktemp("binder") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)  # noqa: S603  # our own command
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(folder)}  # keeps pip's settings
    environment.pop("PYTHONPATH", None)
    for command in (
        [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "binder/requirements.txt"],
        [ROOT / "binder" / "postBuild"],
    ):
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # ours
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@INSTALLS
def test_quickstart_runs_on_binder(binder, tmp_path):
    executed = tmp_path / "executed.ipynb"
    environment = {**offline(tmp_path / "home"), "PATH": f"{binder / 'bin'}:/usr/bin:/bin"}
    done = subprocess.run(  # noqa: S603  # our own command
        [binder / "bin" / "python", "-c", EXECUTE, ROOT / "notebooks" / "01-quickstart.ipynb", executed],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert_quickstart_shows_cards(nbformat.read(executed, as_version=4))


@INSTALLS
def test_jupyterlab_on_binder(binder, tmp_path):
    done = subprocess.run(  # noqa: S603  # our own command
        [binder / "bin" / "jupyter", "labextension", "list"],
        env={**offline(tmp_path), "PATH": f"{binder / 'bin'}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "@jupyter-widgets/jupyterlab-manager" in said
    assert "@jupyterlab/apputils-extension:announcements" in said  # listed as disabled
    assert list(binder.glob("etc/jupyter/jupyter_server_config.d/runway_nb.json"))

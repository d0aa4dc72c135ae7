"""The pre-save hook: what it removes from a saved notebook, what it keeps, and that it never stops a save."""

from __future__ import annotations

import copy
import json
import logging
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_server.services.contents.filemanager import FileContentsManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from support.fuzz import trying
from support.tasks import NOW, seen

from runway_nb import server
from runway_nb.server import before_save, without_resting_views
from runway_nb.view.card import saved
from runway_nb.view.mime import WIDGET_VIEW, Bundle

SETTLED = {"runway_nb": {"task_id": "t", "state": "success", "settled": True}}
BOTH = {WIDGET_VIEW: {"model_id": "m"}, "text/html": "<b>t</b>", "text/plain": "t"}


def card(state="success"):
    """Return the output of a card, which is followed if its task has not ended."""
    sighting = seen(state, task_id="t")
    if not sighting.settled:
        sighting = sighting.due(NOW)
    bundle = saved.card(sighting, NOW).live("model-of-t")
    return new_output("display_data", dict(bundle.data), metadata=dict(bundle.metadata))


def foreign_widget():
    return new_output("display_data", {WIDGET_VIEW: {"model_id": "x"}, "text/html": "<b>x</b>"})


def notebook(*outputs):
    cells = [new_markdown_cell("# Title"), new_code_cell("pass"), new_code_cell("%runway t", outputs=list(outputs))]
    return new_notebook(cells=cells)


def kinds(content):
    return [list(output["data"]) for output in content["cells"][2]["outputs"]]


# --- what it removes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["success", "fail"])
def test_settled_card_loses_only_its_view(state):
    before = notebook(foreign_widget(), card(state))
    untouched = copy.deepcopy(before)
    after = without_resting_views(before)
    assert before == untouched
    assert kinds(after) == [[WIDGET_VIEW, "text/html"], ["text/html", "text/plain"]]
    del untouched.cells[2].outputs[1].data[WIDGET_VIEW]
    assert after == untouched
    assert isinstance(after, nbformat.NotebookNode)


@pytest.mark.parametrize("state", ["wait", "queueing", "generating", "a new state"])
def test_followed_card_keeps_its_view(state):
    before = notebook(card(state))
    assert without_resting_views(before) is before


def test_board_keeps_view_until_all_end():
    ended, unfinished = seen("fail", task_id="a").due(NOW), seen("generating", task_id="b").due(NOW)
    some = new_output("display_data", BOTH, metadata=Bundle(BOTH).about([ended, unfinished]).metadata)
    all_of_them = new_output("display_data", BOTH, metadata=Bundle(BOTH).about([ended, ended]).metadata)
    assert kinds(without_resting_views(notebook(some, all_of_them))) == [list(BOTH), ["text/html", "text/plain"]]


def test_notebook_without_cards_is_unchanged():
    stream = new_output("stream", text="hello")
    before = notebook(foreign_widget(), stream, new_output("error", ename="E", evalue="", traceback=[]))
    assert without_resting_views(before) is before


def test_widget_state_stays():
    before = notebook(card())
    before.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"model-of-t": {}}}}
    assert without_resting_views(before).metadata == before.metadata


# --- what it does not understand --------------------------------------------------------------------------------------

NOT_NOTEBOOKS = [
    None,
    "text",
    3,
    [],
    {},
    {"cells": None},
    {"cells": {}},
    {"cells": [None, 3, "x", {}, {"outputs": None}, {"outputs": {"a": 1}}, {"outputs": [None, 3, {}, {"data": 1}]}]},
    {"cells": [{"outputs": [{"metadata": None}, {"metadata": []}, {"metadata": "runway_nb", "data": BOTH}]}]},
    {"worksheets": [{"cells": []}], "nbformat": 3},
]


@pytest.mark.parametrize("content", NOT_NOTEBOOKS, ids=repr)
def test_anything_else_is_returned_unchanged(content):
    problems = []
    assert without_resting_views(content, problems.append) is content
    assert problems == []


BROKEN = [
    {"metadata": {"runway_nb": None}, "data": BOTH},
    {"metadata": {"runway_nb": "settled"}, "data": BOTH},
    {"metadata": {"runway_nb": [True]}, "data": BOTH},
    {"metadata": SETTLED},
    {"metadata": SETTLED, "data": None},
    {"metadata": SETTLED, "data": "text/html"},
    {"metadata": SETTLED, "data": {WIDGET_VIEW: {}}},
    {"metadata": SETTLED, "data": {WIDGET_VIEW: {}, "text/html": "", "text/plain": "t"}},
]


@pytest.mark.parametrize("output", BROKEN, ids=repr)
def test_broken_output_is_reported_and_kept(output):
    problems = []
    content = {"cells": [{"outputs": [output, card()]}]}
    after = without_resting_views(content, problems.append)
    assert after["cells"][0]["outputs"][0] is output
    assert list(after["cells"][0]["outputs"][1]["data"]) == ["text/html", "text/plain"]
    assert len(problems) == 1


def test_left_card_loses_its_view():
    followed = {"runway_nb": {"task_id": "t", "state": "queueing", "settled": False, "followed": True}}
    left = {"runway_nb": {"task_id": "t", "state": "queueing", "settled": False, "followed": False}}
    before = notebook(*(new_output("display_data", BOTH, metadata=about) for about in (followed, left)))
    assert kinds(without_resting_views(before)) == [list(BOTH), ["text/html", "text/plain"]]


@pytest.mark.parametrize("settled", [None, "true", 1, "yes"])
def test_only_true_is_settled(settled):
    before = notebook(new_output("display_data", BOTH, metadata={"runway_nb": {"settled": settled}}))
    assert without_resting_views(before) is before


# --- any notebook ---------------------------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["t", "{}"])
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
ABOUT = st.dictionaries(st.sampled_from(["settled", "followed", "task_id"]), SCALARS, max_size=3) | ANYTHING
FORMS = st.dictionaries(st.sampled_from([WIDGET_VIEW, "text/html", "text/plain", "image/png"]), ANYTHING) | ANYTHING
METADATA = st.dictionaries(st.sampled_from(["runway_nb", "other"]), ABOUT) | ANYTHING
OUTPUTS = st.fixed_dictionaries({}, optional={"metadata": METADATA, "data": FORMS, "output_type": ANYTHING}) | ANYTHING
CELLS = st.fixed_dictionaries({}, optional={"outputs": st.lists(OUTPUTS) | ANYTHING, "source": ANYTHING}) | ANYTHING
NOTEBOOKS = st.fixed_dictionaries({}, optional={"cells": st.lists(CELLS) | ANYTHING, "metadata": ANYTHING}) | ANYTHING


def outputs_of(content):
    """Yield each output of a notebook of any shape, with its place."""
    cells = content.get("cells") if isinstance(content, dict) else None
    for at, cell in enumerate(cells if isinstance(cells, list) else ()):
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        for place, output in enumerate(outputs if isinstance(outputs, list) else ()):
            yield (at, place), output


def without_view(output):
    """Return an output of ours at rest as it is to be saved; None for any other output."""
    if not (isinstance(output, dict) and all(isinstance(output.get(name), dict) for name in ("metadata", "data"))):
        return None
    about, data = output["metadata"].get("runway_nb"), output["data"]
    at_rest = isinstance(about, dict) and (about.get("settled") is True or about.get("followed") is False)
    if not (at_rest and WIDGET_VIEW in data and data.get("text/html")):
        return None
    return {**output, "data": {name: form for name, form in data.items() if name != WIDGET_VIEW}}


@trying(400)
@given(NOTEBOOKS)
def test_only_our_resting_views_leave_any_notebook(content):
    untouched = copy.deepcopy(content)
    after = without_resting_views(content)

    assert repr(content) == repr(untouched)  # NaN is not equal to itself
    expected = dict(outputs_of(content))
    for place, output in outputs_of(after):
        before = expected.pop(place)
        saved_as = without_view(before)
        if saved_as is None:
            assert output is before
        else:
            assert repr(output) == repr(saved_as)
    assert expected == {}
    assert repr(without_resting_views(after)) == repr(after)


@trying(200)
@given(ANYTHING | st.fixed_dictionaries({"type": st.just("notebook"), "content": NOTEBOOKS}))
def test_no_model_stops_a_save(model):
    manager = SimpleNamespace(log=logging.getLogger("contents"))
    if isinstance(model, dict):
        before_save(model=model, path="a.ipynb", contents_manager=manager)


# --- on the way to disk -----------------------------------------------------------------------------------------------


@pytest.fixture
def contents(tmp_path, caplog):
    manager = FileContentsManager(root_dir=str(tmp_path))
    manager.log = logging.getLogger("contents")
    caplog.set_level(logging.WARNING, "contents")
    server._load_jupyter_server_extension(type("ServerApp", (), {"contents_manager": manager}))
    yield manager
    manager.notary.store.close()


def model_of(content):
    """Return what a page sends to save a notebook."""
    return {"type": "notebook", "format": "json", "content": json.loads(json.dumps(content))}


def test_saved_file_stays_trusted(contents, tmp_path):
    content = notebook(card(), card("generating"))
    contents.notary.mark_cells(content, trusted=True)
    contents.save(model_of(content), "a.ipynb")
    saved = nbformat.read(tmp_path / "a.ipynb", as_version=4)
    assert kinds(saved) == [["text/html", "text/plain"], [WIDGET_VIEW, "text/html", "text/plain"]]
    assert contents.notary.check_signature(saved)


def test_given_content_is_not_changed(contents):
    model = model_of(notebook(card()))
    content, untouched = model["content"], copy.deepcopy(model["content"])
    contents.save(model, "a.ipynb")
    assert content == untouched


def test_broken_output_is_saved_and_logged(contents, tmp_path, caplog):
    broken = new_output("display_data", {WIDGET_VIEW: {"model_id": "m"}}, metadata=SETTLED)
    contents.save(model_of(notebook(broken)), "folder.ipynb")
    assert kinds(nbformat.read(tmp_path / "folder.ipynb", as_version=4)) == [[WIDGET_VIEW]]
    assert [record.getMessage() for record in caplog.records if "runway_nb" in record.msg] == [
        "An output of runway_nb in folder.ipynb is saved unchanged: it has no HTML to show instead of the widget."
    ]


def test_other_files_and_folders_are_unchanged(contents, tmp_path):
    contents.save({"type": "directory"}, "folder")
    contents.save({"type": "file", "format": "text", "content": "hello"}, "folder/a.txt")
    assert (tmp_path / "folder" / "a.txt").read_text() == "hello"
    model = {"type": "notebook"}
    before_save(model=model, path="a.ipynb", contents_manager=contents)
    assert model == {"type": "notebook"}


# --- in a real server -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", ["jupyterlab", "notebook"])
def test_installing_enables_it(start_server, module):
    running = start_server(module)
    path = f"api/contents/{module}.ipynb"
    answer = running.request("PUT", path, json=model_of(notebook(card(), card("wait"))))
    assert answer["content"] is None, "the saved notebook is not sent back to the page"
    saved = running.request("GET", path)["content"]
    assert kinds(saved) == [["text/html", "text/plain"], [WIDGET_VIEW, "text/html", "text/plain"]]


def test_it_imports_little():
    code = "import runway_nb.server, sys; print({'jupyter_server', 'ipywidgets', 'requests'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # our own code
    assert done.stdout == "set()\n"

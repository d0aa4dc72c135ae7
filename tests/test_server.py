"""The pre-save hook: what it takes out of a saved notebook, what it leaves alone, and that it never stops a save."""

from __future__ import annotations

import copy
import json
import logging
import subprocess
import sys
from datetime import datetime, timezone

import nbformat
import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from runway_nb import server
from runway_nb.server import before_save, without_resting_views
from runway_nb.sighting import Sighting
from runway_nb.task import Task, TaskState
from runway_nb.view import bundle

NOW = datetime(2026, 11, 24, 12, 3, 41, tzinfo=timezone.utc)
SETTLED = {"runway_nb": {"task_id": "t", "state": "success", "settled": True}}
BOTH = {bundle.WIDGET_VIEW: {"model_id": "m"}, "text/html": "<b>t</b>", "text/plain": "t"}


def card(state=TaskState.SUCCESS):
    """An output as a card makes it."""
    sighting = Sighting("t").saw(Task("t", state), NOW)
    if not sighting.settled:
        sighting = sighting.due(NOW)
    data = bundle.live(bundle.static(sighting, NOW), "model-of-t")
    return new_output("display_data", data, metadata=bundle.metadata([sighting]))


def foreign_widget():
    return new_output("display_data", {bundle.WIDGET_VIEW: {"model_id": "x"}, "text/html": "<b>x</b>"})


def notebook(*outputs):
    cells = [new_markdown_cell("# Title"), new_code_cell("pass"), new_code_cell("%runway t", outputs=list(outputs))]
    return new_notebook(cells=cells)


def kinds(content):
    return [list(output["data"]) for output in content["cells"][2]["outputs"]]


class Complaints(list):
    def __call__(self, problem):
        self.append(problem)


# --- what it takes out ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [TaskState.SUCCESS, TaskState.FAIL])
def test_settled_card_loses_its_view_and_nothing_else(state):
    before = notebook(foreign_widget(), card(state))
    untouched = copy.deepcopy(before)
    after = without_resting_views(before)
    assert before == untouched
    assert kinds(after) == [[bundle.WIDGET_VIEW, "text/html"], ["text/html", "text/plain"]]
    del untouched.cells[2].outputs[1].data[bundle.WIDGET_VIEW]
    assert after == untouched
    assert isinstance(after, nbformat.NotebookNode)


@pytest.mark.parametrize("state", [TaskState.WAIT, TaskState.QUEUEING, TaskState.GENERATING, TaskState.UNKNOWN])
def test_card_that_is_followed_keeps_its_view(state):
    before = notebook(card(state))
    assert without_resting_views(before) is before


def test_several_tasks_have_to_end_all():
    ended, going_on = (
        Sighting(name).saw(Task(name, state), NOW).due(NOW)
        for name, state in (("a", TaskState.FAIL), ("b", TaskState.GENERATING))
    )
    some = new_output("display_data", BOTH, metadata=bundle.metadata([ended, going_on]))
    all_of_them = new_output("display_data", BOTH, metadata=bundle.metadata([ended, ended]))
    assert kinds(without_resting_views(notebook(some, all_of_them))) == [list(BOTH), ["text/html", "text/plain"]]


def test_notebook_without_cards_is_the_same_object():
    stream = new_output("stream", text="hello")
    before = notebook(foreign_widget(), stream, new_output("error", ename="E", evalue="", traceback=[]))
    assert without_resting_views(before) is before


def test_widget_state_beside_it_stays():
    before = notebook(card())
    before.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"model-of-t": {}}}}
    assert without_resting_views(before).metadata == before.metadata


# --- what it cannot make sense of -------------------------------------------------------------------------------------

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
def test_anything_else_comes_back_as_it_is(content):
    complaints = Complaints()
    assert without_resting_views(content, complaints) is content
    assert complaints == []


BROKEN = [
    {"metadata": {"runway_nb": None}, "data": BOTH},
    {"metadata": {"runway_nb": "settled"}, "data": BOTH},
    {"metadata": {"runway_nb": [True]}, "data": BOTH},
    {"metadata": SETTLED},
    {"metadata": SETTLED, "data": None},
    {"metadata": SETTLED, "data": "text/html"},
    {"metadata": SETTLED, "data": {bundle.WIDGET_VIEW: {}}},
    {"metadata": SETTLED, "data": {bundle.WIDGET_VIEW: {}, "text/html": "", "text/plain": "t"}},
]


@pytest.mark.parametrize("output", BROKEN, ids=repr)
def test_broken_output_is_left_and_told_and_the_others_are_still_cleaned(output):
    complaints = Complaints()
    content = {"cells": [{"outputs": [output, card()]}]}
    after = without_resting_views(content, complaints)
    assert after["cells"][0]["outputs"][0] is output
    assert list(after["cells"][0]["outputs"][1]["data"]) == ["text/html", "text/plain"]
    assert len(complaints) == 1


def test_a_card_that_goes_on_keeps_its_view_only_while_it_is_followed():
    followed = {"runway_nb": {"task_id": "t", "state": "queueing", "settled": False, "followed": True}}
    left = {"runway_nb": {"task_id": "t", "state": "queueing", "settled": False, "followed": False}}
    before = notebook(*(new_output("display_data", BOTH, metadata=about) for about in (followed, left)))
    assert kinds(without_resting_views(before)) == [list(BOTH), ["text/html", "text/plain"]]


@pytest.mark.parametrize("settled", [None, "true", 1, "yes"])
def test_only_a_plain_true_is_settled(settled):
    before = notebook(new_output("display_data", BOTH, metadata={"runway_nb": {"settled": settled}}))
    assert without_resting_views(before) is before


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
    return {
        "type": "notebook",
        "format": "json",
        "content": json.loads(json.dumps(content)),
    }  # plain, as a page sends it


def test_saved_file_lacks_the_view_and_stays_trusted(contents, tmp_path):
    content = notebook(card(), card(TaskState.GENERATING))
    contents.notary.mark_cells(content, trusted=True)
    contents.save(model_of(content), "a.ipynb")
    saved = nbformat.read(tmp_path / "a.ipynb", as_version=4)
    assert kinds(saved) == [["text/html", "text/plain"], [bundle.WIDGET_VIEW, "text/html", "text/plain"]]
    assert contents.notary.check_signature(saved)


def test_who_saves_keeps_the_content_they_gave(contents):
    model = model_of(notebook(card()))
    content, untouched = model["content"], copy.deepcopy(model["content"])
    contents.save(model, "a.ipynb")
    assert content == untouched


def test_broken_output_is_saved_as_it_is_and_logged(contents, tmp_path, caplog):
    broken = new_output("display_data", {bundle.WIDGET_VIEW: {"model_id": "m"}}, metadata=SETTLED)
    contents.save(model_of(notebook(broken)), "folder.ipynb")
    assert kinds(nbformat.read(tmp_path / "folder.ipynb", as_version=4)) == [[bundle.WIDGET_VIEW]]
    assert [record.getMessage() for record in caplog.records if "runway_nb" in record.msg] == [
        "An output of runway_nb in folder.ipynb is saved as it is: it has no HTML to be left with"
    ]


def test_files_and_folders_are_none_of_its_business(contents, tmp_path):
    contents.save({"type": "directory"}, "folder")
    contents.save({"type": "file", "format": "text", "content": "hello"}, "folder/a.txt")
    assert (tmp_path / "folder" / "a.txt").read_text() == "hello"
    model = {"type": "notebook"}
    before_save(model=model, path="a.ipynb", contents_manager=contents)
    assert model == {"type": "notebook"}


# --- in a real server -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", ["jupyterlab", "notebook"])
def test_installing_switches_it_on(start_server, module):
    running = start_server(module)
    path = f"api/contents/{module}.ipynb"
    answer = running.request("PUT", path, json=model_of(notebook(card(), card(TaskState.WAIT))))
    assert answer["content"] is None, "nothing of the saved notebook goes back to the page"
    saved = running.request("GET", path)["content"]
    assert kinds(saved) == [["text/html", "text/plain"], [bundle.WIDGET_VIEW, "text/html", "text/plain"]]


def test_it_brings_no_jupyter_server_along():
    code = "import runway_nb.server, sys; print({'jupyter_server', 'ipywidgets', 'requests'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 (ours)
    assert done.stdout == "set()\n"

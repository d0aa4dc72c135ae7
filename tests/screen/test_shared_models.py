"""The models that cards share, in a real kernel: they outlive any one card, and go with the extension."""

import json
import re

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from support.cards import WIDGET_VIEW, Card, models
from support.environment import isolated_environment
from support.following import DONE

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def below(state, model_id):
    """Return a model and all that it refers to; each has to be there."""
    found, waiting = set(), [model_id]
    while waiting:
        found.add(each := waiting.pop())
        waiting += set(re.findall(r"IPY_MODEL_(\w+)", json.dumps(state[each]))) - found
    return found


def sheets(state, model_ids):
    return [each for each in model_ids if "runway-sheet" in state[each].get("_dom_classes", ())]


def root_of(result):
    return result.displays[0]["data"][WIDGET_VIEW]["model_id"]


def test_cards_share_a_sheet_until_unloaded(kernel, make_task):
    results = [kernel.run(f"%runway {make_task(DONE)}") for _ in range(3)]
    open_models = models(kernel.messages)
    (sheet,) = {sheet for result in results for sheet in sheets(open_models, below(open_models, root_of(result)))}

    kernel.run("%unload_ext runway_nb")

    assert sheet not in models(kernel.messages)
    assert not any(result.displays and root_of(result) in models(kernel.messages) for result in results)


@pytest.mark.parametrize("between", ["import ipywidgets\nipywidgets.Widget.close_all()", "%reload_ext runway_nb"])
def test_next_card_opens_what_it_needs(kernel, make_task, between):
    kernel.run(f"%runway {make_task()}")
    kernel.run(between)

    card = Card.shown(kernel, kernel.run(f"%runway {make_task()}"))

    assert "generating" in card.text
    open_models = models(kernel.messages)
    assert len(sheets(open_models, below(open_models, card.model_id))) == 1


def test_executed_notebook_holds_every_model(simulator, tmp_path, make_task):
    captured, shown = make_task(DONE), make_task()
    cells = ["%load_ext runway_nb", f"%%capture\n%runway {captured}", f"%runway {shown}", f"%runway {captured} {shown}"]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    environment = isolated_environment(tmp_path, simulator.base_url)

    NotebookClient(notebook, timeout=60, kernel_name="python3").execute(env=environment)

    saved = notebook.metadata.widgets[WIDGET_STATE]["state"]
    state = {model_id: model["state"] for model_id, model in saved.items()}
    assert notebook.cells[1].outputs == []
    for cell in notebook.cells[2:]:
        root = cell.outputs[0].data[WIDGET_VIEW]["model_id"]
        assert len(sheets(state, below(state, root))) == 1

"""The live card's own controls: which it has, and what they do."""

import ipywidgets as widgets
import pytest
from support.boards import Actions
from support.tasks import seen

from runway_nb.view.card.widget import TaskCard


def toggles(card):
    return [child for child in card.children if isinstance(child, widgets.ToggleButton)]


@pytest.mark.parametrize("state", ["success", "fail"])
def test_ended_task_has_no_toggle(state):
    assert toggles(TaskCard(seen(state), Actions())) == []


def test_toggle_comes_when_the_task_goes_on():
    actions = Actions()
    card = TaskCard(seen("success"), actions)
    before = card.children

    card.show(seen("generating"))

    (toggle,) = toggles(card)
    assert card.children == (*before, toggle)  # nothing before it is rebuilt
    toggle.value = True
    assert actions.calls == ["follow"]
    card.show(seen("queueing", "success"))
    assert toggle.disabled
    card.close()
    assert toggle.comm is None


def test_toggle_comes_beside_an_open_parent():
    class Opening(Actions):
        def open_task(self, task_id):
            return TaskCard(seen("success", task_id=task_id), Actions())

    card = TaskCard(seen("success", parentTaskId="parent"), Opening())
    button = next(child for child in card.children if "runway-parent" in child._dom_classes)
    button.click()
    (parent,) = (child for child in card.children if isinstance(child, TaskCard))

    card.show(seen("generating", parentTaskId="parent"))
    button.click()

    assert parent.comm is None
    assert parent not in card.children
    assert len(toggles(card)) == 1

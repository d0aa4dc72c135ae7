"""What is no longer shown or followed is not kept, however often it is shown again. No collector has to find it."""

from __future__ import annotations

import json

import pytest
from support.following import DONE, GENERATING
from support.soak import soaking
from support.waiting import wait_until

FIND_BOARD = "(board,) = [each for each in widget._instances.values() if type(each).__name__ == 'TaskBoard']\n"
PREPARE = """
import gc, json, time, weakref
from ipywidgets.widgets import widget
from runway_nb import show
from runway_nb.kernel.session import current_session
from runway_nb.screen import presenter as presenters

made = weakref.WeakSet()
begin = presenters.Presenter.__init__

def noting(self, *arguments):
    made.add(self)
    begin(self, *arguments)

presenters.Presenter.__init__ = noting
gc.disable()

def kept(*references):
    until = time.monotonic() + 60
    while any(each() is not None for each in references) and time.monotonic() < until:
        time.sleep(0.01)
    return [type(each()).__name__ for each in references if each() is not None]

def counted():
    return [len(made), len(current_session()._areas._shown)]
"""
CLOSINGS = {
    "shown": "card = show('task-open')",
    "watched": "card = show('task-open', watch=True, interval=1, timeout=1e6)",
    "ended": "card = show('task-done', watch=True)",
    "after a look": "card = show('task-open'); card._look.click()",
}


@pytest.fixture
def kernel(module_kernel, module_simulator):
    """The module's kernel, with the extension freshly loaded."""
    module_simulator.put("task-open", GENERATING)
    module_simulator.put("task-open-2", GENERATING)
    module_simulator.put("task-done", DONE)
    module_kernel.run("%reload_ext runway_nb")
    assert module_kernel.run(PREPARE).reply["status"] == "ok"
    yield module_kernel
    module_kernel.run("presenters.Presenter.__init__ = begin; gc.enable()")


@pytest.fixture
def simulator_with_many(module_simulator):
    """Add many tasks to the service, and return how many."""
    for number in range(120):
        module_simulator.put(f"many-{number}", GENERATING)
    return 120


def counted(kernel):
    """Return how many cards and boards there are, and how many of them are noted as shown."""
    return json.loads(kernel.run("print(json.dumps(counted()))").stdout)


@pytest.mark.parametrize("opening", CLOSINGS.values(), ids=CLOSINGS)
def test_closed_card_is_freed(kernel, opening):
    kernel.run(opening)
    kernel.run(
        "listener = card._actions._listener_reference() or card\n"
        "held = [weakref.ref(each) for each in (card, card._actions, listener, card._info)]\n"
        "del listener"
    )
    assert kernel.run("card.close(); del card; print(kept(*held))").stdout == "[]\n"


def test_closed_board_is_freed(kernel):
    kernel.run("%runway task-open task-open-2 task-done --watch", cell="board")
    kernel.run(
        FIND_BOARD + "board.open_task('task-open')\n"
        "held = [weakref.ref(each) for each in (board, board._parts, board.card, board._actions, board._burst)]\n"
        "del board"
    )
    kernel.run("pass", cell="board")
    assert kernel.run("print(kept(*held))").stdout == "[]\n"


def test_card_that_a_board_closes_is_freed(kernel):
    kernel.run("%runway task-open task-open-2", cell="board")
    kernel.run(FIND_BOARD + "board.open_task('task-open')\nheld = weakref.ref(board.card)\nboard.close_task()")
    assert kernel.run("print(kept(held))").stdout == "[]\n"
    kernel.run("del board")
    kernel.run("pass", cell="board")


@pytest.mark.parametrize("options", ["--static", "--static --watch"])
def test_plain_html_of_an_ended_task_is_freed(kernel, options):
    before, _ = counted(kernel)
    kernel.run(f"%runway task-done {options}", cell="plain")
    kernel.run("%runway task-done task-open-2 --static", cell="plain board")
    assert counted(kernel)[0] == before


@pytest.mark.parametrize("options", ["", "--watch -i 1", "--static"])
def test_runs_without_cell_ids_do_not_pile_up(kernel, options):
    code = f"%runway task-open {options}"
    kernel.run(code)
    models = kernel.run("print(len(widget._instances))").stdout
    before = counted(kernel)
    for _ in range(5):
        kernel.run(code)
    assert counted(kernel) == before
    assert kernel.run("print(len(widget._instances))").stdout == models


def test_what_is_run_again_without_a_cell_id_stays_as_plain_html(kernel):
    first = kernel.run("%runway task-open --watch -i 1")
    again = kernel.run("%runway task-open --watch -i 1")
    update = [each for each in again.updates if each["transient"] == first.displays[0]["transient"]][-1]
    assert set(update["data"]) == {"text/html", "text/plain"}
    assert "generating" in update["data"]["text/plain"]


def test_console_prints_what_is_run_again_once(kernel):
    answers = ["a console answers questions"]
    first = kernel.run("%runway task-open --watch -i 1", answers=answers)
    again = kernel.run("%runway task-open --watch -i 1", answers=answers)
    assert again.stdout == first.stdout
    assert again.comm_closes != []


def test_other_tasks_and_other_code_stay_without_cell_ids(kernel):
    kernel.run("%runway task-open")
    assert kernel.run("%runway task-open-2").comm_closes == []
    assert kernel.run("%runway task-open --width 300").comm_closes == []
    assert kernel.run("%runway task-open-2 # again").comm_closes == []


def test_loop_keeps_the_latest_only(kernel):
    magic = "get_ipython().run_line_magic('runway', 'task-open')"
    kernel.run(magic, cell="loop")
    models = int(kernel.run("print(len(widget._instances))").stdout)
    before = counted(kernel)
    result = kernel.run(f"for _ in range(30):\n    {magic}", cell="loop")
    assert len(result.displays) == 30
    assert counted(kernel) == before
    assert int(kernel.run("print(len(widget._instances))").stdout) == models


def test_followed_cards_of_a_loop_all_stay(kernel):
    result = kernel.run("cards = [show(f'task-open', watch=True, interval=1) for _ in range(5)]", cell="loop")
    assert result.comm_closes == []


def test_one_run_keeps_a_limited_number_of_live_cards(kernel, simulator_with_many):
    before, _ = counted(kernel)
    kernel.run(f"for n in range({simulator_with_many}):\n    show(f'many-{{n}}')", cell="many")
    assert counted(kernel)[0] - before == 100


def test_short_soak_adds_nothing(tmp_path):
    with soaking(tmp_path, cards=20, faults=0.1) as soak:
        for _ in range(3):
            soak.round()
        before = soak.census()
        for _ in range(10):
            soak.round()
        wait_until(lambda: not added(before, soak.census()))  # a look under way keeps what it is for
        assert soak.census().followed == 20


def added(before, after):
    """Return what a kernel holds more of; a few threads and files come and go."""
    coming = {"threads": 16, "files": 16}
    pairs = {name: (before.counts[name], after.counts[name]) for name in before.counts if name != "looks"}
    return {name: counts for name, counts in pairs.items() if counts[1] > counts[0] + coming.get(name, 0)}

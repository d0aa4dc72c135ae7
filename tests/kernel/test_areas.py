"""What a cell or an Output showed is closed when it is no longer on the page, and not before."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from support.cards import Card
from support.following import DONE, GENERATING


@pytest.fixture
def kernel(module_kernel, module_simulator):
    """The module's kernel, with the extension freshly loaded."""
    module_simulator.put("task-long", GENERATING)
    module_kernel.run("%reload_ext runway_nb\nfrom IPython.display import clear_output\nimport ipywidgets")
    return module_kernel


@contextmanager
def other_window(kernel):
    """Send what is run inside from another window: with another session id."""
    session = kernel._client.session  # the kernel's client offers no way to be another window
    before, session.session = session.session, f"{session.session}-other"
    try:
        yield
    finally:
        session.session = before


WATCH = "%runway task-long --watch -i 1"
NESTED = {
    "run_cell": "get_ipython().run_cell('1')",
    "capture": "get_ipython().run_cell('%%capture\\n1')",
    "time": "get_ipython().run_cell_magic('time', '', '1')",
    "rerun": "%rerun -l 1",
    "run": "from pathlib import Path\n_ = Path('script.ipy').write_text('%time 1')\n%run script.ipy",
}


@pytest.mark.parametrize("nested", NESTED.values(), ids=NESTED)
def test_nested_cell_keeps_the_card(kernel, nested):
    kernel.run("1")
    result = kernel.run(f"{WATCH}\n{nested}", cell="cell")
    card = Card.shown(kernel, result)
    assert result.comm_closes == []
    assert card.toggle == ("Auto-refresh", True)


def test_cleared_output_closes_its_card(kernel):
    result = kernel.run("for _ in range(3):\n    clear_output()\n    %runway task-long --watch")
    opened = {each["comm_id"] for each in result.comm_opens}
    closed = {each["comm_id"] for each in result.comm_closes}
    assert set() < closed < opened
    kernel.run("from runway_nb.kernel.session import current_session")
    assert kernel.run("print(len(current_session()._areas._shown))").stdout == "1\n"


def test_captured_card_outlives_its_cell(kernel):
    capture = f"%%capture captured\n{WATCH}"
    kernel.run(capture, cell="capturing")
    card = Card.shown(kernel, kernel.run("captured.show()", cell="showing"))
    assert kernel.run(capture, cell="capturing").comm_closes == []
    card.wait_for("checked")
    assert card.toggle == ("Auto-refresh", False)


def test_clearing_spares_a_captured_card(kernel):
    code = f"from IPython.utils.capture import capture_output\nwith capture_output():\n    {WATCH}\nclear_output()"
    assert kernel.run(code, cell="clearing").comm_closes == []


def test_clear_output_is_restored(kernel):
    kernel.run(WATCH)
    kernel.run("%unload_ext runway_nb")
    assert kernel.run("print('clear_output' in vars(get_ipython().display_pub))").stdout == "False\n"


def test_clearing_another_cell_closes_nothing(kernel):
    kernel.run(WATCH, cell="first")
    assert kernel.run("clear_output()", cell="second").comm_closes == []


def test_cleared_widget_output_closes_its_card(kernel):
    kernel.run(f"out = ipywidgets.Output()\nwith out:\n    {WATCH}", cell="first")
    assert kernel.run("clear_output()", cell="second").comm_closes == []
    assert kernel.run("out.clear_output()", cell="third").comm_closes != []


def test_nested_output_is_cleared_alone(kernel):
    kernel.run(
        "outer, inner = ipywidgets.Output(), ipywidgets.Output()\n"
        f"with outer:\n    {WATCH}\n    with inner:\n        {WATCH}",
        cell="first",
    )
    kernel.run("with outer:\n    with inner:\n        clear_output()", cell="second")
    kernel.run("from runway_nb.kernel.session import current_session")
    assert kernel.run("print(len(current_session()._areas._shown))").stdout == "1\n"


def test_interactive_shows_one_card_at_a_time(kernel):
    made = (
        "def shown(n):\n    get_ipython().run_line_magic('runway', 'task-long -w')\n"
        "form = ipywidgets.interactive(shown, n=(0, 9))\nform"
    )
    kernel.run(made, cell="cell")
    slider = kernel.run("print(form.children[0].model_id)").stdout.strip()
    for value in (1, 2):
        kernel.send_comm(slider, {"method": "update", "state": {"value": value}, "buffer_paths": []})
    kernel.run("from runway_nb.kernel.session import current_session")
    assert kernel.run("print(len(current_session()._areas._shown))").stdout == "1\n"
    kernel.run("pass", cell="cell")
    assert kernel.run("print(len(current_session()._areas._shown))").stdout == "0\n"


def test_other_window_keeps_its_card(kernel):
    card = Card.shown(kernel, kernel.run(WATCH, cell="shared"))
    with other_window(kernel):
        assert kernel.run("pass", cell="shared").comm_closes == []
    text = card.wait_for("this cell was run again in another window")
    assert "still generating" in text
    assert card.toggle == ("Resume", False)


def test_other_windows_card_resumes(kernel, module_simulator):
    module_simulator.put("task-resumed", GENERATING)
    card = Card.shown(kernel, kernel.run("%runway task-resumed --watch -i 1", cell="resumed"))
    with other_window(kernel):
        kernel.run("pass", cell="resumed")
    card.wait_for("this cell was run again in another window")
    card.set_toggle(True)
    card.wait_for("so far", without="another window")
    module_simulator.put("task-resumed", DONE)
    card.wait_for("✓ success")


def test_reloads_do_not_pile_up(kernel):
    Card.shown(kernel, kernel.run(WATCH, cell="reloaded"))
    with other_window(kernel):
        closed = [bool(kernel.run("pass", cell="reloaded").comm_closes) for _ in range(3)]
    assert closed == [False, False, True]


def test_same_window_closes_its_card(kernel):
    card = Card.shown(kernel, kernel.run(WATCH, cell="again"))
    closed = {each["comm_id"] for each in kernel.run("pass", cell="again").comm_closes}
    assert closed == card.ids

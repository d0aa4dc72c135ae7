"""The magics as they are typed into a real kernel."""

from __future__ import annotations

import json
import re

import pytest
from support.cards import WIDGET_VIEW, Card, loaded_kernel, plain

from runway_nb.simulator import DEMO_TASKS, Record, Simulator, demo_task

FINISHED = demo_task("finished").task_id
FAILED = demo_task("fail-moderator").task_id
HEX = demo_task("hex-id").task_id
KEY = "a-key-typed-by-hand"
WHAT_LOADING_TOUCHES = """
import gc, json, threading
from ipywidgets.widgets import widget
def touched():
    gc.collect()
    shell = get_ipython()
    return json.dumps({
        "magics": sorted(name for kind in shell.magics_manager.magics.values() for name in kind),
        "registry": sorted(shell.magics_manager.registry),
        "configurables": [type(each).__name__ for each in shell.configurables],
        "matchers": len(shell.Completer.custom_matchers),
        "events": {name: len(calls) for name, calls in shell.events.callbacks.items()},
        "threads": sorted(each.name for each in threading.enumerate()),
        "widgets": len(widget._instances),
    })
"""


@pytest.fixture(scope="module")
def simulator():
    with Simulator(pace=5) as running:
        yield running


@pytest.fixture(scope="module")
def kernel(simulator, tmp_path_factory):
    with loaded_kernel(tmp_path_factory.mktemp("magic"), simulator.base_url) as kernel:
        yield kernel


@pytest.fixture
def strangers_kernel(start_kernel):
    """A kernel of one's own without a key."""
    kernel = start_kernel(APIKLEY_API_KEY=None)
    kernel.run("%load_ext runway_nb")
    return kernel


def usage_error(result):
    """Assert that the cell failed with one line; give it."""
    assert result.reply["status"] == "error"
    assert result.reply["ename"] == "UsageError"
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("UsageError: ")
    assert result.displays == []
    return result.stderr


# --- the line ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        FINISHED,
        f'"{FINISHED}"',
        f"'{FINISHED}'",
        f"{FINISHED};",
        f"  {FINISHED} ; # the one from yesterday",
        f"{FINISHED},",
        f"{FINISHED} {FINISHED}",
        "one",
        "{one}",
        "$one",
        "{job['taskId']}",
        '{job["taskId"]}',
        "job",
        "a_task",
        "listed",
        "{listed}",
    ],
)
def test_one_task_however_it_is_named(kernel, line):
    kernel.run(
        f"one = '{FINISHED}'\njob = {{'taskId': one}}\nlisted = [one]\n"
        "from runway_nb import RunwayClient\nwith RunwayClient() as client: a_task = client.get(one)"
    )
    result = kernel.run(f"got = None\n%runway -o got {line}\n")
    assert result.error is None
    (display,) = result.displays
    assert display["metadata"]["runway_nb"]["task_id"] == FINISHED
    assert kernel.run("print(got.task_id)").stdout.strip() == FINISHED


@pytest.mark.parametrize(
    "line",
    [
        f"{FINISHED} {FAILED} {HEX}",
        f"{FINISHED}, {FAILED}, '{HEX}';",
        f"{FINISHED},{FAILED},{HEX}  # all three",
        "three",
        "{three}",
        f"{FINISHED} rest {FAILED}",
        "responses",
    ],
)
def test_several_tasks_are_one_output_in_order(kernel, line):
    kernel.run(
        f"three = ['{FINISHED}', '{FAILED}', '{HEX}']\nrest = three[1:]\n"
        "responses = [{'code': 200, 'data': {'taskId': each}} for each in three]"
    )
    result = kernel.run(f"%runway -o several {line}")
    assert result.error is None
    (display,) = result.displays
    about = display["metadata"]["runway_nb"]
    assert about["task_ids"] == [FINISHED, FAILED, HEX]
    assert "task_id" not in about
    assert kernel.run("print(*(each.task_id for each in several))").stdout.split() == [FINISHED, FAILED, HEX]


def test_the_cells_text_is_searched_for_ids(kernel):
    result = kernel.run(f"%%runway -o found\n12:00 submitted {FINISHED}\n12:01 {{'taskId': '{FAILED}'}}")
    assert result.displays[0]["metadata"]["runway_nb"]["task_ids"] == [FINISHED, FAILED]
    assert kernel.run("print(len(found))").stdout == "2\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--frobnicate", "unrecognized arguments: --frobnicate. %runway? lists what it takes."),
        (f"{FINISHED} -o", "expected one argument"),
        (f"{FINISHED} -o 1st", "that is no name for a variable"),
        (f"{FINISHED} --interval soon", "invalid float value"),
        (f"{FINISHED} --interval 0.5", "An interval is at least 1 s"),
        (f"{FINISHED} --interval nan", "An interval is at least 1 s"),
        (f"{FINISHED} --interval inf", "at most a day"),
        (f"{FINISHED} --json --wait", "Leave --watch and --wait out"),
        (f"{FINISHED} --timeout 0", "a timeout above 0 s"),
        (f"{FINISHED} --width 20", "at least 200 pixels"),
        (f"'{FINISHED}", "close the quotation"),
        ("{no_such_name}", "{no_such_name} could not be evaluated"),
        ("no_id", "The variable no_id holds no task id"),
        ("''", "There is no task id in that"),
    ],
)
def test_a_mistake_in_the_line_is_a_usage_error(kernel, simulator, line, says):
    kernel.run("no_id = []")
    before = len(simulator.lookups)
    assert says in usage_error(kernel.run(f"%runway {line}"))
    assert len(simulator.lookups) == before


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("%runway_demo sideways", "%runway_demo off"),
        (f"%runway_login {KEY}", "A key does not go into a cell"),
        (f"%runway_compare {FINISHED}", "Name two tasks to compare"),
        ("%runway_history --limit many", "invalid int value: 'many'. %runway_history? lists what it takes."),
        ("%runway_history --limit -1", "Give a number above 0."),
    ],
)
def test_a_mistake_in_a_siblings_line_is_a_usage_error(kernel, line, says):
    assert says in usage_error(kernel.run(line))


# --- options ----------------------------------------------------------------------------------------------------------


def test_json_is_the_raw_response(kernel):
    (display,) = kernel.run(f"%runway {FINISHED} --json").displays
    assert display["data"]["application/json"]["taskId"] == FINISHED
    assert json.loads(display["data"]["text/plain"]) == display["data"]["application/json"]
    assert set(display["data"]) == {"application/json", "text/plain"}
    assert display["metadata"]["runway_nb"]["state"] == "success"
    (several,) = kernel.run(f"%runway {FINISHED} {FAILED} --json -o two").displays
    assert list(several["data"]["application/json"]) == [FINISHED, FAILED]
    assert kernel.run("print(len(two))").stdout == "2\n"


def test_static_is_plain_html_without_a_widget(kernel):
    result = kernel.run(f"%runway {FINISHED} --static --width 320")
    (display,) = result.displays
    assert set(display["data"]) == {"text/html", "text/plain"}
    assert "max-width:320px" in display["data"]["text/html"]
    assert "<video" in display["data"]["text/html"]
    assert result.comm_opens == []


def test_width_is_the_cards(kernel):
    result = kernel.run(f"%runway {FINISHED} --width 320")
    assert any(opened["data"]["state"].get("max_width") == "320px" for opened in result.comm_opens)
    assert "max-width:320px" in result.displays[0]["data"]["text/html"]


def test_embed_puts_the_clip_into_the_output(kernel):
    result = kernel.run(f"%runway {FINISHED} --embed")
    card = Card.shown(kernel, result)
    assert 'src="data:video/mp4;base64,' in card.player
    assert 'src="data:video/mp4;base64,' in result.displays[0]["data"]["text/html"]


def test_config_sets_the_options_defaults(kernel):
    try:
        kernel.run("%config RunwayMagics.static = True\n%config RunwayMagics.width = 300")
        (display,) = kernel.run(f"%runway {FINISHED}").displays
        assert WIDGET_VIEW not in display["data"]
        assert "max-width:300px" in display["data"]["text/html"]
    finally:
        kernel.run("%config RunwayMagics.static = False\n%config RunwayMagics.width = 560")


def test_config_watch_follows_every_card(kernel, simulator):
    simulator.put("configured", Record("generating"))
    try:
        kernel.run("%config RunwayMagics.watch = True\n%config RunwayMagics.interval = 1")
        card = Card.shown(kernel, kernel.run("%runway configured"))
        assert card.toggle == ("Auto-refresh", True)
        simulator.put("configured", Record())
        card.wait_for("✓ success")
    finally:
        kernel.run("%config RunwayMagics.watch = False\n%config RunwayMagics.interval = 5")


def test_config_freeze_turns_a_finished_card_into_plain_html(kernel, simulator):
    simulator.put("freezing", Record("generating"))
    try:
        result = kernel.run("%config RunwayMagics.freeze = True\n%runway freezing --watch -i 1")
        card = Card.shown(kernel, result)
        since = len(kernel.messages)
        simulator.put("freezing", Record())
        frozen = kernel.wait_for(lambda message: message["msg_type"] == "update_display_data", since=since)
        assert set(frozen["content"]["data"]) == {"text/html", "text/plain"}
        kernel.wait_for(lambda message: message["content"].get("comm_id") == card.model_id, since=since)
    finally:
        kernel.run("%config RunwayMagics.freeze = False")
    closes = [each["content"]["comm_id"] for each in kernel.messages[since:] if each["msg_type"] == "comm_close"]
    assert set(closes) == card.ids


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task_id", "name", "says"),
    [
        ("nowhere", "TaskNotFoundError", "it knows no such task"),
        ("code-401", "AuthenticationError", "%runway_login"),
        ("http-422", "ParameterError", "Check the task id"),
        ("code-451", "ImageAccessError", "reference image"),
        ("http-455", "MaintenanceError", "look again in a few minutes"),
        ("code-402", "ApiError", "402"),
    ],
)
def test_an_error_is_one_line_with_its_name_and_the_cell_fails(kernel, task_id, name, says):
    result = kernel.run(f"%runway {task_id}\nprint('not reached')")
    assert result.reply["status"] == "error"
    assert result.error.ename == name
    assert re.fullmatch(f"{name}: .*", result.error.traceback)
    assert says in result.error.traceback
    assert (result.stdout, result.stderr, result.displays) == ("", "", [])


def test_of_several_tasks_each_carries_its_own_error(kernel):
    result = kernel.run(f"%runway {FINISHED} nowhere code-455 -o some")
    assert result.error is None
    assert kernel.run("print([each and each.task_id for each in some])").stdout.strip() == f"['{FINISHED}', None, None]"


def test_json_tells_which_of_several_tasks_could_not_be_seen(kernel):
    result = kernel.run(f"%runway {FINISHED} nowhere --json")
    assert list(result.displays[0]["data"]["application/json"]) == [FINISHED]
    assert re.fullmatch("nowhere: The service answered 404 .*\n", result.stdout)


def test_the_service_away_is_one_line(kernel, simulator):
    simulator.stop()
    try:
        result = kernel.run(f"%runway {FINISHED}")
    finally:
        simulator.start()
    assert re.fullmatch("ConnectionFailedError: 127.0.0.1:.* could not be reached .*", result.error.traceback)


def test_an_error_in_python_is_one_line_too(kernel):
    result = kernel.run("from runway_nb import show\nshow('code-455')")
    assert re.fullmatch("MaintenanceError: .*", result.error.traceback)


# --- the key ----------------------------------------------------------------------------------------------------------


def test_without_a_key_one_line_says_where_to_get_one(strangers_kernel):
    line = strangers_kernel.run(f"%runway {FINISHED}").error.traceback
    assert re.fullmatch("MissingKeyError: .*", line)
    assert "https://" in line
    assert "APIKLEY_API_KEY" in line


def test_login_asks_without_echo_and_the_next_look_uses_the_key(strangers_kernel):
    kernel = strangers_kernel
    nothing = kernel.run("%runway_login", answers=[""])
    assert "No key was given" in nothing.stdout
    assert kernel.run(f"%runway {FINISHED}").error.ename == "MissingKeyError"
    wrong = kernel.run("%runway_login", answers=["invalid-key"])
    assert [prompt["password"] for prompt in wrong.prompts] == [True]
    assert kernel.run(f"%runway {FINISHED}").error.ename == "AuthenticationError"
    right = kernel.run("%runway_login", answers=[f" {KEY} "])
    assert right.stdout == "The key is kept for this session.\n"
    assert Card.shown(kernel, kernel.run(f"%runway {FINISHED}"))
    assert KEY not in json.dumps(kernel.messages, default=str)
    assert KEY not in kernel.run("print(*_ih)\n%history").stdout


def test_a_key_in_config_is_refused_with_the_reason(kernel):
    result = kernel.run(f"%config RunwayMagics.api_key = '{KEY}'")
    assert "A key does not go into a cell: it would be saved with the notebook." in result.stderr
    assert "%runway_login" in result.stderr
    assert KEY not in result.stderr
    assert kernel.run("print(repr(get_ipython().magics_manager.registry['RunwayMagics'].api_key))").stdout == "''\n"


# --- help and completion ----------------------------------------------------------------------------------------------


def test_every_magic_documents_itself(kernel):
    (page,) = kernel.run("%runway?").reply["payload"]
    text = page["data"]["text/plain"]
    for option in ("--watch", "--wait", "--interval", "--timeout", "--embed", "--json", "--static", "--out", "--width"):
        assert option in text
    assert "Show what became of an AI video task." in text
    for sibling in ("demo", "login", "compare", "history", "report"):
        (page,) = kernel.run(f"%runway_{sibling}?").reply["payload"]
        assert "No docstring" not in page["data"]["text/plain"]


def completions(kernel, line):
    content = kernel._client.complete(line, reply=True, timeout=30)["content"]
    assert content["status"] == "ok"
    return {line[: content["cursor_start"]] + match for match in content["matches"]}


def test_tab_offers_options_and_the_ids_seen_without_asking_the_service(kernel, simulator):
    kernel.run(f"%runway {HEX}\n%runway {FAILED}")
    before = len(simulator.lookups)
    assert completions(kernel, "%runway --wa") == {"%runway --wait", "%runway --watch"}
    assert completions(kernel, f"%runway {HEX[:5]}") == {f"%runway {HEX}"}
    assert f"%runway {HEX} --json" in completions(kernel, f"%runway {HEX} --j")
    assert {f"%runway {HEX}", f"%runway {FAILED}"} <= completions(kernel, "%runway ")
    assert "%runway_history --state" in completions(kernel, "%runway_history --st")
    assert not any(HEX in each for each in completions(kernel, f"print({HEX[:3]}"))
    assert len(simulator.lookups) == before


def test_runway_alone_lists_what_was_seen(kernel):
    kernel.run(f"%runway {HEX}\n%runway {FAILED}")
    (display,) = kernel.run("%runway").displays
    for data in (plain(display["data"]["text/html"]), display["data"]["text/plain"]):
        assert data.index(FAILED) < data.index(HEX)
        assert "✕ fail" in data


def test_runway_alone_says_how_to_begin(start_kernel):
    kernel = start_kernel()
    (display,) = kernel.run("%load_ext runway_nb\n%runway").displays
    assert "No task was seen yet." in display["data"]["text/plain"]
    assert "%runway_demo" in display["data"]["text/plain"]


# --- the demo ---------------------------------------------------------------------------------------------------------


def test_the_demo_needs_no_key_and_off_goes_back(strangers_kernel, simulator):
    kernel = strangers_kernel
    (listing,) = kernel.run("%runway_demo").displays
    for task in DEMO_TASKS:
        assert task.task_id in listing["data"]["text/html"]
        assert task.task_id in listing["data"]["text/plain"]
    before = len(simulator.lookups)
    card = Card.shown(kernel, kernel.run(f"%runway {FINISHED}"))
    assert 'src="data:video/mp4;base64,' in card.player  # the page need not reach this machine
    assert len(simulator.lookups) == before
    assert simulator.base_url in kernel.run("%runway_demo off").stdout
    assert kernel.run(f"%runway {FINISHED}").error.ename == "MissingKeyError"


def test_what_is_seen_in_the_demo_stays_there(start_kernel, simulator):
    simulator.put("own", Record("generating"))
    kernel = start_kernel()
    kernel.run("%load_ext runway_nb\n%runway own --watch -i 1")
    kernel.run(f"%runway_demo\n%runway {demo_task('generating').task_id} --watch -i 1")
    played = kernel.run("%runway").displays[0]["data"]["text/plain"]
    assert demo_task("generating").task_id in played
    assert "own" not in played.split()
    kernel.run("%runway_demo off\n%runway own\n%reload_ext runway_nb")
    own = kernel.run("%runway").displays[0]["data"]["text/plain"]
    assert "own" in own.split()
    assert demo_task("generating").task_id not in own


def test_the_record_ends_at_once_when_it_is_switched_off(start_kernel, simulator):
    simulator.put("followed", Record("generating"))
    kernel = start_kernel()
    card = Card.shown(kernel, kernel.run("%load_ext runway_nb\n%runway followed --watch -i 1"))
    kernel.run("%config RunwayMagics.history = False")
    simulator.put("followed", Record(prompt="Seen only after that"))
    card.wait_for("✓ success")
    kernel.run("%config RunwayMagics.history = True\n%reload_ext runway_nb")
    recorded = kernel.run("%runway_history").displays[0]["data"]["text/plain"]
    assert "generating" in recorded
    assert "Seen only" not in recorded


# --- loading and unloading --------------------------------------------------------------------------------------------


def test_a_setting_holds_for_the_functions_too_from_the_moment_it_is_made(start_kernel, simulator, tmp_path):
    kernel = start_kernel(APIKLEY_BASE_URL=None)
    kernel.run("%load_ext runway_nb\n%config RunwayMagics.history = False")
    kernel.run(f"%config RunwayMagics.base_url = {simulator.base_url!r}")
    shown = kernel.run(f"from runway_nb import show\ncard = show({FINISHED!r})\nprint(card.task.state.value)")
    assert (shown.error, shown.stdout) == (None, "success\n")
    assert list(tmp_path.rglob("runway_history*")) == []


def test_unloading_takes_everything_back_and_loading_again_leaves_no_duplicates(start_kernel, simulator):
    simulator.put("unloaded", Record("generating"))
    kernel = start_kernel()
    kernel.run(WHAT_LOADING_TOUCHES)
    kernel.run("%load_ext storemagic")  # IPython registers %load_ext itself when it is first used
    before = json.loads(kernel.run("print(touched())").stdout)
    kernel.run("%load_ext runway_nb")
    loaded = json.loads(kernel.run("print(touched())").stdout)
    added = {"runway", "runway_compare", "runway_demo", "runway_history", "runway_login", "runway_report"}
    assert set(loaded["magics"]) - set(before["magics"]) == added
    assert loaded["threads"] == before["threads"]
    kernel.run(
        "%reload_ext runway_nb\n%load_ext runway_nb\nimport runway_nb; runway_nb.load_ipython_extension(get_ipython())"
    )
    assert json.loads(kernel.run("print(touched())").stdout) == loaded
    kernel.run(f"%runway unloaded --watch -i 1\n%runway {FINISHED} {FAILED}\n%runway_demo")
    assert kernel.run("%unload_ext runway_nb").reply["status"] == "ok"
    assert json.loads(kernel.run("print(touched())").stdout) == before
    assert "not found" in kernel.run(f"%runway {FINISHED}").stderr
    assert completions(kernel, "%runway --wa") == set()
    kernel.run("%load_ext runway_nb")
    assert json.loads(kernel.run("print(touched())").stdout) == loaded
    assert Card.shown(kernel, kernel.run(f"%runway {FINISHED}"))


def test_loading_imports_neither_client_nor_widgets(start_kernel):
    kernel = start_kernel()
    result = kernel.run(
        "import sys\n%load_ext runway_nb\n"
        "print({'ipywidgets', 'requests', 'runway_nb.session', 'runway_nb.client'} & set(sys.modules))"
    )
    assert (result.error, result.stdout, result.stderr) == (None, "set()\n", "")

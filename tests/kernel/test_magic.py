"""``%runway`` in a real kernel: the line, the options and the errors."""

from __future__ import annotations

import json
import re

import pytest
from support.cards import WIDGET_VIEW, Card, plain
from support.demo import FAILED, FINISHED, HEX
from support.following import failure

from runway_nb.model.errors import (
    ApiError,
    AuthenticationError,
    ImageAccessError,
    MaintenanceError,
    ParameterError,
    TaskNotFoundError,
)
from runway_nb.simulator import Record


def usage_error(result):
    """Assert that the cell failed with one line; return the message."""
    assert result.reply["status"] == "error"
    assert result.reply["ename"] == "UsageError"
    assert result.stderr.count("\n") == 1
    assert result.displays == []
    return result.stderr.removesuffix("\n").removeprefix("UsageError: ")


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
def test_one_task_in_any_spelling(kernel, line):
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
def test_several_tasks_are_one_output(kernel, line):
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


def test_cell_text_is_searched_for_ids(kernel):
    result = kernel.run(f"%%runway -o found\n12:00 submitted {FINISHED}\n12:01 {{'taskId': '{FAILED}'}}")
    assert result.displays[0]["metadata"]["runway_nb"]["task_ids"] == [FINISHED, FAILED]
    assert kernel.run("print(len(found))").stdout == "2\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"{FINISHED} -o 1st", "-o “1st” is not a valid variable name."),
        (f"{FINISHED} --interval 0.5", "--interval must be at least 1 s and at most a day, not 0.5 s."),
        (f"{FINISHED} --interval nan", "--interval must be at least 1 s and at most a day, not nan s."),
        (f"{FINISHED} --interval inf", "--interval must be at least 1 s and at most a day, not inf s."),
        (f"{FINISHED} --timeout 0", "--timeout must be at least 1 s and at most 30 days, not 0 s."),
        (f"{FINISHED} --width 20", "--width must be at least 200 pixels and at most 10000 pixels, not 20 pixels."),
        (f"{FINISHED} --json --wait", "--json and --lineage show a task as it is now. Leave out --watch and --wait."),
        (
            f"{FINISHED} --lineage --watch",
            "--json and --lineage show a task as it is now. Leave out --watch and --wait.",
        ),
    ],
)
def test_bad_option_is_a_usage_error(kernel, simulator, line, message):
    before = len(simulator.lookups)
    assert usage_error(kernel.run(f"%runway {line}")) == message
    assert len(simulator.lookups) == before


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("%runway --frobnicate", "--frobnicate"),
        (f"%runway {FINISHED} -o", "-o needs a value"),
        (f"%runway {FINISHED} --interval soon", "not “soon”"),
        (f"%runway '{FINISHED}", "quotation"),
        ("%runway {no_such_name}", "no_such_name"),
        ("%runway no_id", "no_id"),
        ("%runway ''", "no task id"),
        ("%runway_history --limit many", "not “many”"),
        ("%runway_history --limit -1", "--limit"),
        (f"%runway_compare {FINISHED}", "%runway_compare A B"),
    ],
)
def test_bad_line_is_a_usage_error(kernel, simulator, line, part):
    kernel.run("no_id = []")
    before = len(simulator.lookups)
    assert part in usage_error(kernel.run(line))
    assert len(simulator.lookups) == before


@pytest.mark.parametrize(
    "line",
    [
        "%runway nosuchvar",
        f"%runway {FINISHED} nosuchvar",
        "%runway sk-abcdefghij",
        "%runway_report 'sk-abcdefghij'",
        f"%runway_compare {FINISHED} nosuchvar",
        "%runway job['nothing']",
        "%runway {resp}",
        "%runway ids+ids",
        "%runway —wait",
        f"%runway “{FINISHED}”",
        "%runway test-key",
        "%runway_report {disguised}",
        f"%runway_compare {FINISHED} 'test-key'",
        "%%runway test-key\na log",
    ],
)
def test_wrong_word_sends_nothing(start_kernel, simulator, line):
    kernel = start_kernel(APIKLEY_API_KEY="test-key")
    kernel.run(f"%load_ext runway_nb\nids, job, resp, disguised = [{FINISHED!r}], {{}}, object(), 'test-key'")
    before = len(simulator.lookups)
    assert "test-key" not in usage_error(kernel.run(line))
    assert len(simulator.lookups) == before


def test_items_of_a_variable(kernel, simulator):
    kernel.run(f"ids, job = ['{FINISHED}', '{FAILED}'], {{'data': {{'taskId': '{HEX}'}}}}")
    before = len(simulator.lookups)
    result = kernel.run("%%runway ids[0] --static -o {'fo' + 'und'}\n" + HEX)
    assert result.error is None
    kernel.run('%runway job["data"]["taskId"] --static')
    assert sorted(each.task_id for each in simulator.lookups[before:]) == sorted([FINISHED, HEX, HEX])
    assert kernel.run("print(len(found))").stdout == "2\n"


@pytest.mark.parametrize("name", ["runway", "runway_compare", "runway_report", "runway_history", "runway_demo"])
def test_help_runs_nothing(kernel, simulator, name):
    before = len(simulator.lookups)
    for option in ("-h", "--help"):
        result = kernel.run(f"%{name} {FINISHED} {option}")
        assert result.stdout.startswith(f"usage: %{name} ")
        assert (result.error, result.stderr, result.displays) == (None, "", [])
    assert len(simulator.lookups) == before


def test_demo_is_switched_by_a_variable(start_kernel, simulator):
    kernel = start_kernel()
    kernel.run("%load_ext runway_nb\nswitch = 'off'\n%runway_demo  # play")
    result = kernel.run("%runway_demo {switch};")
    assert result.stdout == f"Tasks are now looked up at {simulator.base_url}.\n"
    assert (
        usage_error(kernel.run("%runway_demo of")) == "Use %runway_demo, or %runway_demo off to go back to the service."
    )


def test_runway_alone_lists_seen_tasks(kernel):
    kernel.run(f"%runway {HEX}\n%runway {FAILED}")
    (display,) = kernel.run("%runway").displays
    for data in (plain(display["data"]["text/html"]), display["data"]["text/plain"]):
        assert data.index(FAILED) < data.index(HEX)
        assert "✕ fail" in data


def test_runway_alone_says_how_to_start(start_kernel):
    kernel = start_kernel()
    (display,) = kernel.run("%load_ext runway_nb\n%runway").displays
    assert "No tasks seen yet." in display["data"]["text/plain"]
    assert "%runway_demo" in display["data"]["text/plain"]


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


def test_static_is_plain_html(kernel):
    result = kernel.run(f"%runway {FINISHED} --static --width 320")
    (display,) = result.displays
    assert set(display["data"]) == {"text/html", "text/plain"}
    assert "max-width:320px" in display["data"]["text/html"]
    assert "<video" in display["data"]["text/html"]
    assert result.comm_opens == []


def test_width_sets_the_card_width(kernel):
    result = kernel.run(f"%runway {FINISHED} --width 320")
    assert any(opened["data"]["state"].get("max_width") == "320px" for opened in result.comm_opens)
    assert "max-width:320px" in result.displays[0]["data"]["text/html"]


def test_embed_puts_clip_into_output(kernel):
    result = kernel.run(f"%runway {FINISHED} --embed")
    card = Card.shown(kernel, result)
    assert 'src="data:video/mp4;base64,' in card.player
    assert 'src="data:video/mp4;base64,' in result.displays[0]["data"]["text/html"]


def test_config_sets_defaults_of_options(kernel):
    try:
        kernel.run("%config RunwayMagics.static = True\n%config RunwayMagics.width = 300")
        (display,) = kernel.run(f"%runway {FINISHED}").displays
        assert WIDGET_VIEW not in display["data"]
        assert "max-width:300px" in display["data"]["text/html"]
    finally:
        kernel.run("%config RunwayMagics.static = False\n%config RunwayMagics.width = 560")


def test_config_watch_follows_every_card(kernel, simulator):
    simulator.put("configured-1", Record("generating"))
    try:
        kernel.run("%config RunwayMagics.watch = True\n%config RunwayMagics.interval = 1")
        card = Card.shown(kernel, kernel.run("%runway configured-1"))
        assert card.toggle == ("Auto-refresh", True)
        simulator.put("configured-1", Record())
        card.wait_for("✓ success")
    finally:
        kernel.run("%config RunwayMagics.watch = False\n%config RunwayMagics.interval = 5")


def test_config_freeze_makes_plain_html(kernel, simulator):
    simulator.put("freezing-1", Record("generating"))
    try:
        result = kernel.run("%config RunwayMagics.freeze = True\n%runway freezing-1 --watch -i 1")
        card = Card.shown(kernel, result)
        since = len(kernel.messages)
        simulator.put("freezing-1", Record())
        frozen = kernel.wait_for(lambda message: message["msg_type"] == "update_display_data", since=since)
        assert set(frozen["content"]["data"]) == {"text/html", "text/plain"}
        kernel.wait_for(lambda message: message["content"].get("comm_id") == card.model_id, since=since)
    finally:
        kernel.run("%config RunwayMagics.freeze = False")
    closes = [each["content"]["comm_id"] for each in kernel.messages[since:] if each["msg_type"] == "comm_close"]
    assert set(closes) == card.ids


def test_settings_apply_to_functions(start_kernel, simulator, tmp_path):
    kernel = start_kernel(APIKLEY_BASE_URL=None)
    kernel.run("%load_ext runway_nb\n%config RunwayMagics.history = False")
    kernel.run(f"%config RunwayMagics.base_url = {simulator.base_url!r}")
    shown = kernel.run(f"from runway_nb import show\ncard = show({FINISHED!r})\nprint(card.task.state.value)")
    assert (shown.error, shown.stdout) == (None, "success\n")
    assert list(tmp_path.rglob("runway_history*")) == []


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task_id", "kind"),
    [
        ("no-where", TaskNotFoundError),
        ("code-401", AuthenticationError),
        ("http-422", ParameterError),
        ("code-451", ImageAccessError),
        ("http-455", MaintenanceError),
        ("code-402", ApiError),
    ],
)
def test_error_is_one_line(kernel, task_id, kind):
    result = kernel.run(f"%runway {task_id}\nprint('not reached')")
    error = failure(result, kind.__name__)
    assert kind.meaning in error.evalue
    assert kind.advice in error.evalue
    assert (result.stdout, result.stderr, result.displays) == ("", "", [])


def test_several_tasks_have_their_own_errors(kernel):
    result = kernel.run(f"%runway {FINISHED} no-where code-455 -o some")
    assert result.error is None
    assert kernel.run("print([each and each.task_id for each in some])").stdout.strip() == f"['{FINISHED}', None, None]"


def test_json_prints_tasks_with_errors(kernel):
    result = kernel.run(f"%runway {FINISHED} no-where --json")
    assert list(result.displays[0]["data"]["application/json"]) == [FINISHED]
    assert re.fullmatch("no-where: .*404 .*\n", result.stdout)


def test_unreachable_service_is_one_line(kernel, simulator):
    simulator.stop()
    try:
        result = kernel.run(f"%runway {FINISHED}")
    finally:
        simulator.start()
    assert re.match("127.0.0.1:.* could not be reached", failure(result, "ConnectionFailedError").evalue)


def test_error_in_python_is_one_line(kernel):
    result = kernel.run("from runway_nb import show\nshow('code-455')")
    failure(result, "MaintenanceError")


@pytest.mark.parametrize(
    "line",
    [
        f"%runway {FINISHED}",
        f"%runway {FINISHED} {FAILED}",
        f"%runway {FINISHED} --json",
        "%runway",
        "%runway_history",
        f"%runway_compare {FINISHED} {FAILED}",
        f"%runway_report {FINISHED}",
    ],
)
def test_settings_are_read_once_per_line(kernel, line):
    kernel.run(
        "kind = type(get_ipython().magics_manager.registry['RunwayMagics'])\nread, real = [], kind.session\n"
        "kind.session = lambda magics: read.append(1) or real(magics)"
    )
    try:
        kernel.run(line)
        assert kernel.run("print(len(read))").stdout == "1\n"
    finally:
        kernel.run("kind.session = real")

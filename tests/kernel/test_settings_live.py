"""Settings that are corrected in a running notebook count from the next look, also for what is followed."""

from __future__ import annotations

import json

import pytest
from support.cards import Card
from support.demo import FINISHED
from support.following import DONE, GENERATING, failure, looks
from support.waiting import wait_until

from runway_nb.model.errors import AuthenticationError
from runway_nb.simulator import Fault, Simulator, demo_task

UUID_KEY = "ee603959-debb-48d1-98c4-a6d1c717eba7"
KEY_AS_ID = "That is the API key, not a task id. "

# A keyring package with one key for every service, in the file `key`; it notes each question in the file `asked`.
KEYRING = """
class errors:
    class KeyringError(Exception): ...

def get_password(service, name):
    with open("asked", "a") as asked:
        asked.write("x")
    with open("key") as key:
        return key.read()
"""


@pytest.fixture
def simulator():
    """A service for one test: these tests look at all its look-ups."""
    with Simulator(pace=5) as running:
        yield running


@pytest.fixture
def other():
    """Another service."""
    with Simulator() as running:
        running.put("task-followed", DONE)
        yield running


@pytest.fixture
def kernel(start_kernel, simulator):
    """A kernel for one test, with the extension loaded."""
    simulator.put("task-followed", GENERATING)
    kernel = start_kernel()
    kernel.run("import os\n%load_ext runway_nb")
    return kernel


def followed(kernel):
    """Follow the task `followed` in a card."""
    card = Card.shown(kernel, kernel.run("%runway task-followed --watch -i 1"))
    card.wait_for("◐ generating")
    return card


# --- the key ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "correction",
    ["os.environ['APIKLEY_API_KEY'] = 'right'", "%env APIKLEY_API_KEY=right", "%set_env APIKLEY_API_KEY right"],
)
def test_corrected_key_counts(kernel, correction):
    kernel.run("os.environ['APIKLEY_API_KEY'] = 'invalid-key'")
    failure(kernel.run(f"%runway {FINISHED}"), "AuthenticationError")
    kernel.run(correction)
    assert "✓ success" in Card.shown(kernel, kernel.run(f"%runway {FINISHED}")).text


def test_deleted_key_is_missing(kernel):
    kernel.run(f"import runway_nb\n%runway {FINISHED}\nkey = os.environ.pop('APIKLEY_API_KEY')")
    for command in (
        f"%runway {FINISHED}",
        f"%runway {FINISHED} --watch",
        f"%runway {FINISHED} --wait",
        f"runway_nb.show({FINISHED!r})",
        f"runway_nb.watch({FINISHED!r})",
        "runway_nb.RunwayClient()",
    ):
        failure(kernel.run(command), "MissingKeyError")
    assert Card.shown(kernel, kernel.run(f"os.environ['APIKLEY_API_KEY'] = key\n%runway {FINISHED}"))


def test_latest_of_login_and_variable_counts(kernel):
    kernel.run("os.environ['APIKLEY_API_KEY'] = 'invalid-key'")
    kernel.run("%runway_login", answers=["right"])
    assert Card.shown(kernel, kernel.run(f"%runway {FINISHED}"))
    kernel.run("%runway_login", answers=["invalid-key"])
    failure(kernel.run(f"%runway {FINISHED}"), "AuthenticationError")
    kernel.run("os.environ['APIKLEY_API_KEY'] = 'corrected'")
    assert Card.shown(kernel, kernel.run(f"%runway {FINISHED}"))


@pytest.mark.parametrize(
    "wrong", ["os.environ['APIKLEY_API_KEY'] = 'invalid-key'", "del os.environ['APIKLEY_API_KEY']"]
)
def test_watch_resumes_with_the_right_key(kernel, simulator, wrong):
    card = followed(kernel)
    kernel.run(wrong)
    card.wait_until(lambda: card.toggle == ("Resume", False))
    kernel.run("os.environ['APIKLEY_API_KEY'] = 'right'")
    card.set_toggle(True)
    card.wait_for("◐ generating", without=AuthenticationError.title)
    simulator.put("task-followed", DONE)
    card.wait_for("✓ success")


def test_watch_resumes_after_a_login(keyless_kernel, simulator):
    kernel = keyless_kernel
    simulator.put("task-followed", GENERATING)
    kernel.run("%runway_login", answers=["invalid-key"])
    card = Card.shown(kernel, kernel.run("%runway task-followed --watch -i 1"))
    card.wait_until(lambda: card.toggle == ("Resume", False))
    kernel.run("%runway_login", answers=["right"])
    card.set_toggle(True)
    simulator.put("task-followed", DONE)
    card.wait_for("✓ success")


def test_login_leaves_the_watch_on(kernel, simulator):
    card = followed(kernel)
    kernel.run("%runway_login", answers=["another"])
    before = looks(simulator, "task-followed")
    wait_until(lambda: looks(simulator, "task-followed") > before)
    assert card.toggle == ("Auto-refresh", True)


def kernel_with_keyring(start_kernel, simulator, tmp_path, key):
    """Start a kernel whose only key is in a keyring, and a task to follow."""
    (tmp_path / "keyring.py").write_text(KEYRING)
    (tmp_path / "key").write_text(key)
    simulator.put("task-followed", GENERATING)
    kernel = start_kernel(APIKLEY_API_KEY=None)
    kernel.run("%load_ext runway_nb")
    return kernel


def test_keyring_is_asked_for_commands_only(start_kernel, simulator, tmp_path):
    kernel = kernel_with_keyring(start_kernel, simulator, tmp_path, "right")
    card = followed(kernel)
    asked = (tmp_path / "asked").read_text()
    before = looks(simulator, "task-followed")
    wait_until(lambda: looks(simulator, "task-followed") >= before + 2)
    assert (tmp_path / "asked").read_text() == asked
    (tmp_path / "key").write_text("new")
    simulator.faults.add(Fault.code(401), task_id="task-followed")
    wait_until(lambda: (tmp_path / "asked").read_text() == asked + "x")
    simulator.put("task-followed", DONE)
    card.wait_for("✓ success", without=AuthenticationError.title)


def test_watch_resumes_with_the_keyrings_key(start_kernel, simulator, tmp_path):
    kernel = kernel_with_keyring(start_kernel, simulator, tmp_path, "invalid-key")
    card = Card.shown(kernel, kernel.run("%runway task-followed --watch -i 1"))
    card.wait_until(lambda: card.toggle == ("Resume", False))
    (tmp_path / "key").write_text("right")
    card.set_toggle(True)
    simulator.put("task-followed", DONE)
    card.wait_for("✓ success", without=AuthenticationError.title)


# --- the base URL -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "correction", ["os.environ['APIKLEY_BASE_URL'] = {!r}", "%config RunwayMagics.base_url = {!r}"]
)
def test_watch_goes_on_at_another_service(kernel, other, correction):
    card = followed(kernel)
    kernel.run(correction.format(other.base_url))
    card.wait_for("✓ success")
    assert looks(other, "task-followed") == 1
    kernel.run(f"from runway_nb import RunwayClient\nRunwayClient().get({FINISHED!r})")
    assert looks(other, FINISHED) == 1


def test_another_service_ends_the_pause(kernel, simulator, other):
    card = followed(kernel)
    simulator.faults.add(Fault.http(429, retry_after=250), task_id="task-followed")
    card.wait_for("429")
    kernel.run(f"%config RunwayMagics.base_url = {other.base_url!r}")
    card.wait_for("✓ success")


def test_corrected_base_url_counts(kernel, simulator):
    kernel.run("os.environ['APIKLEY_BASE_URL'] = 'nonsense'")
    failure(kernel.run(f"%runway {FINISHED}"), "SettingError")
    kernel.run(f"os.environ['APIKLEY_BASE_URL'] = {simulator.base_url!r}")
    assert Card.shown(kernel, kernel.run(f"%runway {FINISHED}"))


# --- the demo ---------------------------------------------------------------------------------------------------------


def test_python_goes_by_the_demo(kernel, simulator):
    kernel.run("from runway_nb import RunwayClient, show, watch\nbefore = RunwayClient()\n%runway_demo")
    demo = kernel.run(
        f"handle = watch({FINISHED!r})\nhandle.wait()\nshow({FINISHED!r})\n"
        f"print(*(each.get({FINISHED!r}).state.value for each in (before, RunwayClient())), *handle.tasks)"
    )
    assert Card.shown(kernel, demo)
    assert demo.stdout == f"success success {FINISHED}\n"
    assert simulator.lookups == ()
    kernel.run("during = RunwayClient()\n%runway_demo off")
    after = kernel.run(f"print(*(each.get({FINISHED!r}).state.value for each in (before, during, RunwayClient())))")
    assert after.stdout == "success success success\n"
    assert looks(simulator, FINISHED) == 3


def test_given_settings_outlast_the_demo(kernel, simulator):
    kernel.run(f"from runway_nb import RunwayClient\ngiven = RunwayClient('any', {simulator.base_url!r})\n%runway_demo")
    assert kernel.run(f"print(given.get({FINISHED!r}).state.value)").stdout == "success\n"
    assert looks(simulator, FINISHED) == 1


def test_demo_needs_no_key_in_python(keyless_kernel):
    kernel = keyless_kernel
    kernel.run("from runway_nb import RunwayClient\n%runway_demo")
    assert kernel.run(f"client = RunwayClient()\nclient.get({FINISHED!r})").error is None
    kernel.run("%runway_demo off")
    failure(kernel.run(f"client.get({FINISHED!r})"), "MissingKeyError")


def test_demo_does_not_follow_earlier_tasks(kernel, simulator):
    card = followed(kernel)
    kernel.run("%runway_demo")
    card.wait_until(lambda: not card.toggle[1])
    assert "◐ generating" in card.text
    walking = demo_task("walking").task_id
    in_demo = Card.shown(kernel, kernel.run(f"%runway {walking} --watch -i 1"))
    kernel.run("%runway_demo off")
    in_demo.wait_until(lambda: not in_demo.toggle[1])
    assert looks(simulator, walking) == 0


# --- a key in the place of an id --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "from runway_nb import show\nshow(key)",
        "from runway_nb import show\nshow(key, watch=True)",
        "from runway_nb import watch\nwatch([key.upper()])",
        "from runway_nb import RunwayClient\nRunwayClient().get(key.replace('-', ''))",
    ],
)
def test_key_is_not_a_task_id(kernel, simulator, code):
    result = kernel.run(f"key = os.environ['APIKLEY_API_KEY'] = {UUID_KEY!r}\n{code}")
    assert failure(result, "TaskIdError").evalue.startswith(KEY_AS_ID)
    shown = json.dumps([result.displays, result.comm_opens, result.contents("stream", "error")])
    assert UUID_KEY not in shown.lower()
    assert simulator.lookups == ()

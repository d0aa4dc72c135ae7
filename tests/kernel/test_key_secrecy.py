"""Whatever a notebook does, and whatever goes wrong, the key is in nothing that leaves the kernel or is written."""

from __future__ import annotations

import base64
import json

import pytest
from support.demo import FINISHED
from support.environment import TEST_KEY

from runway_nb.simulator import Fault, Simulator

FORMS = {
    TEST_KEY,
    base64.b64encode(TEST_KEY.encode()).decode()[:-4],
    base64.b64encode(f"Bearer {TEST_KEY}".encode()).decode()[12:-4],
    TEST_KEY.encode().hex(),
    TEST_KEY.encode("utf-16-le").decode("latin-1"),
    "".join(f"%{ord(character):02x}" for character in TEST_KEY),
    "".join(f"\\u{ord(character):04x}" for character in TEST_KEY),
    "".join(f"&#{ord(character)};" for character in TEST_KEY),
}

ESCAPED = "".join(f"%{ord(character):02x}" for character in TEST_KEY)
FAULTS = [
    Fault.http(401, f"no access for {TEST_KEY}"),
    Fault.http(500, f"no access for {ESCAPED}", retry_after=0),
    Fault.code(422, "\u200b".join(TEST_KEY)),
    Fault.html(403, f"<b>Bearer {'<wbr>'.join(TEST_KEY)}</b> is blocked"),
    Fault.html(403, "".join(f"&#{ord(character)};" for character in TEST_KEY)),
    Fault.redirect(f"https://elsewhere.example/?key={ESCAPED}"),
]
LOST = [Fault.dropped(), Fault.truncated()]
"""Faults after which each look is repeated, with pauses."""

LINES = [
    f"%runway {FINISHED}",
    "%runway task-1",
    "%runway task-1 task-2",
    "%runway task-1 --json",
    "%runway task-1 --lineage",
    "%runway_report task-1",
    f"%runway_compare {FINISHED} task-1",
    "runway_nb.RunwayClient(retries=0).look('task-1')",
    "runway_nb.RunwayClient(retries=0).get_many(['task-1'])",
]

# An alarm in the middle of a look: its exception is shown with the variables of every frame.
ALARM = """
import signal, threading, os, requests
class Alarm({base}): pass
def ring(*_): raise Alarm("ring")
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.3)
runway_nb.RunwayClient(session={session}).look("task-1")
"""

TOLD = """
import logging, http.client, sys, traceback
http.client.HTTPConnection.debuglevel = 1
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, force=True)
client = runway_nb.RunwayClient()
print(vars(client), client.get("{finished}"), repr(client))
try:
    runway_nb.RunwayClient(base_url="http://elsewhere.example/" + __import__("os").environ["APIKLEY_API_KEY"])
except runway_nb.RunwayError as error:
    print(error)
http.client.HTTPConnection.debuglevel = 0
logging.disable()
"""


@pytest.fixture
def verbose_kernel(start_kernel):
    """A kernel of its own, whose tracebacks show all variables."""
    kernel = start_kernel()
    kernel.run("%load_ext runway_nb\nimport runway_nb\n%xmode Verbose")
    return kernel


def assert_hidden(text: str) -> None:
    plain = text.replace("\\\\", "\\").lower()
    assert not [form for form in FORMS if form.lower() in plain]


def test_the_key_is_in_nothing(verbose_kernel, tmp_path):
    kernel = verbose_kernel
    address = kernel.run("import os; print(os.environ['APIKLEY_BASE_URL'])").stdout.strip()
    with Simulator() as quoting:
        kernel.run(f"os.environ['APIKLEY_BASE_URL'] = {quoting.base_url!r}")
        for fault in (*FAULTS, *LOST):
            quoting.faults.clear()
            quoting.faults.add(fault, times=None)
            for line in LINES[1:2] if fault in LOST else LINES[1:6]:
                kernel.run(line)
            kernel.run(LINES[-2])
        quoting.faults.clear()
        quoting.faults.add(Fault.slow(5), times=None)
        for base in ("BaseException", "Exception", "TimeoutError"):
            alarmed = kernel.run(ALARM.format(base=base, session="None")).error
            assert alarmed.ename == "Alarm"
            assert "ring" in alarmed.traceback
        assert kernel.run(ALARM.format(base="OSError", session="requests.Session()")).error.ename == "Alarm"
    kernel.run(f"os.environ['APIKLEY_BASE_URL'] = {address!r}")
    for line in (*LINES, TOLD.format(finished=FINISHED), "%tb", "%config RunwayMagics", "%runway_history"):
        kernel.run(line)
    assert "must not contain the API key" in json.dumps(kernel.messages, default=str)
    kernel.run("%history -f history.txt\n%runway_login", answers=[TEST_KEY])
    kernel.run(f"%runway {FINISHED} task-1 --watch")

    for message in kernel.messages:
        for text in _strings(message["content"]):
            assert_hidden(text)
    kernel.shut_down()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "runway_history.sqlite" for path in written)
    assert any(path.name == "history.sqlite" for path in written)
    for path in written:
        assert_hidden(path.read_bytes().decode("latin-1"))


def _strings(value: object) -> list[str]:
    """Return all strings in a message, keys too, as a reader gets them."""
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in _strings(part)]
    return [value] if isinstance(value, str) else []

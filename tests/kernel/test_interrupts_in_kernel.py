"""Interrupts of a real kernel at random moments: commands go on working, and nothing is left when it is unloaded."""

from __future__ import annotations

import pytest
from support.demo import FINISHED
from support.fuzz import scale
from support.waiting import PATIENCE

from runway_nb.simulator import Record

COMMANDS = scale(60)
STORM = """
import os, random, signal, threading, time
import runway_nb
from runway_nb.kernel import session
chance, magic, extensions = random.Random(SEED), get_ipython().run_line_magic, get_ipython().extension_manager
extensions.load_extension("runway_nb")
client = runway_nb.RunwayClient(max_rate=float("inf"))
def follow():
    handle = runway_nb.watch(["going-on-1", "going-on-2"], interval=1)
    handle.wait(0.1)
    handle.stop()
commands = {
    "watch": lambda: magic("runway", "going-on-1 --watch"),
    "watch board": lambda: magic("runway", "going-on-1 going-on-2 --watch"),
    "show": lambda: magic("runway", "FINISHED"),
    "board": lambda: magic("runway", "FINISHED going-on-1 going-on-2"),
    "wait": lambda: magic("runway", "FINISHED --wait"),
    "demo on": lambda: magic("runway_demo", ""),
    "demo off": lambda: magic("runway_demo", "off"),
    "reload": lambda: extensions.reload_extension("runway_nb"),
    "unload": lambda: extensions.unload_extension("runway_nb"),
    "get_many": lambda: client.get_many([f"walk-{number}" for number in range(20)]),
    "client.wait": lambda: client.wait("FINISHED"),
    "watch()": follow,
    "close": session.close_session,
}
took, running, faults, interrupts = {}, [], [], 0
ending = threading.Lock()  # held, so that no interrupt comes when the command has ended
def interrupt(token, moment):
    time.sleep(moment)
    with ending:
        if token in running:
            os.kill(os.getpid(), signal.SIGINT)
for number in range(COMMANDS):
    try:
        name = chance.choice(list(commands))
        extensions.load_extension("runway_nb")
        token = object()
        threading.Thread(target=interrupt, args=(token, chance.random() * took.get(name, 0.05)), daemon=True).start()
        began = time.monotonic()
        running.append(token)
        try:
            commands[name]()
        finally:
            with ending:
                running.clear()
        took[name] = time.monotonic() - began
    except KeyboardInterrupt:
        interrupts += 1
    except Exception as error:
        faults.append((name, repr(error)))
    running.clear()
extensions.load_extension("runway_nb")
magic("runway_demo", "")
magic("runway", "FINISHED --wait")
magic("runway_demo", "off")
magic("runway", "going-on-1 --watch")
assert session.current_session()._areas._shown[-1].reference().is_followed
extensions.unload_extension("runway_nb")
def left():
    return [each.name for each in threading.enumerate() if each.name.startswith("runway_nb")]
give_up = time.monotonic() + PATIENCE
while left() and time.monotonic() < give_up:
    time.sleep(0.02)
print(interrupts > COMMANDS / 10, faults, left())
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_kernel_works_after_interrupts(start_kernel, simulator, seed):
    for number in (1, 2):
        simulator.put(f"going-on-{number}", Record("generating"))
    kernel = start_kernel(home=f"storm-{seed}")
    code = STORM.replace("FINISHED", FINISHED).replace("SEED", str(seed))
    for name, value in (("COMMANDS", COMMANDS), ("PATIENCE", PATIENCE)):
        code = code.replace(name, str(value))
    result = kernel.run(code, timeout=PATIENCE * 3 + COMMANDS)
    assert result.error is None, result.error
    assert result.stdout.splitlines()[-1] == "True [] []"

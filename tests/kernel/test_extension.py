"""Loading and unloading the extension, help, and completion."""

from __future__ import annotations

import json

from support.cards import Card
from support.demo import FAILED, FINISHED, HEX

from runway_nb.simulator import Record

TOUCHED = """
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


# --- loading and unloading --------------------------------------------------------------------------------------------


def test_unload_and_reload_leave_nothing(start_kernel, simulator):
    simulator.put("unloaded-1", Record("generating"))
    kernel = start_kernel()
    kernel.run(TOUCHED)
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
    kernel.run(f"%runway unloaded-1 --watch -i 1\n%runway {FINISHED} {FAILED}\n%runway_demo")
    assert kernel.run("%unload_ext runway_nb").reply["status"] == "ok"
    assert json.loads(kernel.run("print(touched())").stdout) == before
    assert "not found" in kernel.run(f"%runway {FINISHED}").stderr
    assert kernel.complete("%runway --wa") == set()
    kernel.run("%load_ext runway_nb")
    assert json.loads(kernel.run("print(touched())").stdout) == loaded
    assert Card.shown(kernel, kernel.run(f"%runway {FINISHED}"))


def test_loading_imports_little(start_kernel):
    kernel = start_kernel()
    result = kernel.run(
        "import sys\n%load_ext runway_nb\n"
        "print({'ipywidgets', 'requests', 'runway_nb.kernel.session', 'runway_nb.service.client'} & set(sys.modules))"
    )
    assert (result.error, result.stdout, result.stderr) == (None, "set()\n", "")


# --- help -------------------------------------------------------------------------------------------------------------


def test_every_magic_documents_itself(kernel):
    (page,) = kernel.run("%runway?").reply["payload"]
    text = page["data"]["text/plain"]
    for option in ("--watch", "--wait", "--interval", "--timeout", "--embed", "--json", "--static", "--out", "--width"):
        assert option in text
    assert "Show what happened to an AI video task." in text
    for sibling in ("demo", "login", "compare", "history", "report"):
        (page,) = kernel.run(f"%runway_{sibling}?").reply["payload"]
        assert "No docstring" not in page["data"]["text/plain"]


# --- completion -------------------------------------------------------------------------------------------------------


def test_tab_offers_options_and_ids(kernel, simulator):
    kernel.run(f"%runway {HEX}\n%runway {FAILED}")
    before = len(simulator.lookups)
    assert kernel.complete("%runway --wa") == {"%runway --wait", "%runway --watch"}
    assert kernel.complete(f"%runway {HEX[:5]}") == {f"%runway {HEX}"}
    assert f"%runway {HEX} --json" in kernel.complete(f"%runway {HEX} --j")
    assert {f"%runway {HEX}", f"%runway {FAILED}"} <= kernel.complete("%runway ")
    assert "%runway_history --state" in kernel.complete("%runway_history --st")
    assert not any(HEX in each for each in kernel.complete(f"print({HEX[:3]}"))
    assert len(simulator.lookups) == before

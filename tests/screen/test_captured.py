"""What an Output captured ends in it, also where the front-end says only later what the Output holds."""

from __future__ import annotations

from support.cards import models
from support.following import DONE, GENERATING

CELL = "out = ipywidgets.Output()\ndisplay(out)\nwith out:\n    %runway task-long --static --wait -i 1"


def test_output_that_is_reported_after_the_end(module_kernel, module_simulator):
    module_simulator.put("task-long", GENERATING)
    module_kernel.run("%reload_ext runway_nb\nimport ipywidgets, gc")
    running = module_kernel.start(CELL)
    module_kernel.wait_for(lambda message: "generating" in str(message["content"].get("data", {})))
    module_simulator.put("task-long", DONE)
    result = module_kernel.finish(running)
    module_kernel.run("_ = gc.collect()")

    captured = {"output_type": "display_data", **{key: result.displays[-1][key] for key in ("data", "metadata")}}
    (output,) = (key for key, state in models(result.messages).items() if state.get("_model_name") == "OutputModel")
    module_kernel.send_comm(output, {"method": "update", "state": {"outputs": [captured]}, "buffer_paths": []})

    (held,) = models(module_kernel.messages)[output]["outputs"]
    assert "generating" in str(captured["data"])
    assert "✓ success" in held["data"]["text/html"]
    kept = module_kernel.run("from runway_nb.screen import captured\ncaptured._awaiting")
    assert kept.values[0]["data"]["text/plain"].startswith("deque([]")

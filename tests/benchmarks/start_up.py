"""What loading the extension adds to a process with IPython, ipywidgets and requests, compared with other SDKs.

Run with `.venv/bin/python tests/benchmarks/start_up.py` (the SDKs come with `pip install -e '.[bench]'`).
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile

from table import print_table

ROUNDS = 15

_BEFORE = """
import time, ipywidgets, requests
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
started = time.perf_counter()
"""
_AFTER = "\nprint((time.perf_counter() - started) * 1000)"
_ADDED = {
    "import runway_nb; %load_ext runway_nb": "shell.extension_manager.load_extension('runway_nb')",
    "import runwayml": "import runwayml",
    "import replicate": "import replicate",
    "import fal_client": "import fal_client",
}


def main() -> None:
    """Measure and print."""
    wanted = {name: code for name, code in _ADDED.items() if "runway_nb" in name or _installed(name.split()[-1])}
    times: dict[str, list[float]] = {name: [] for name in wanted}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or every import would compile its source again
        for turn in range(ROUNDS + 1):
            for name, code in wanted.items():
                done = subprocess.run(  # noqa: S603  # this interpreter and the code above
                    [sys.executable, "-c", _BEFORE + code + _AFTER],
                    capture_output=True,
                    text=True,
                    check=True,
                    env=environment,
                )
                if turn:  # the first round writes byte code and warms the disk cache
                    times[name].append(float(done.stdout.split()[-1]))
    rows = [(name, f"{statistics.median(each):.1f}", f"{min(each):.1f}") for name, each in times.items()]
    print_table(f"Added to a warm process, ms, {ROUNDS} in turns (goal for ours ≤ 15)", ("", "median", "least"), rows)


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


if __name__ == "__main__":
    main()

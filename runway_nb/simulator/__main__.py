"""``python -m runway_nb.simulator``: serve until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import time

from . import DEMO_TASKS, Simulator
from .service import MissingTornadoError


def main() -> None:
    """Print the base URL and serve until interrupted."""
    tasks = "\n".join(f"  {task.task_id:36}  {task.shows}" for task in DEMO_TASKS)
    parser = argparse.ArgumentParser(
        prog="python -m runway_nb.simulator",
        description="Simulate Apikley's Runway API on this machine. Any key is accepted. Press Ctrl-C to stop.",
        epilog=f"tasks to look up:\n{tasks}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to serve on (default: a free one)")
    options = parser.parse_args()
    simulator = Simulator(options.host, options.port)
    try:
        simulator.start()
        print(simulator.base_url, flush=True)  # noqa: T201  # the command's output
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        simulator.stop()
    except MissingTornadoError as error:
        sys.exit(str(error))
    except (OSError, OverflowError) as error:  # OverflowError: the port is above 65535
        sys.exit(f"Cannot serve on {options.host}:{options.port}: {error}")


if __name__ == "__main__":
    main()

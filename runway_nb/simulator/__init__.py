"""A local simulator of the Runway API: for `%runway_demo`, for tests, and for trying out a client without a key.

    with Simulator() as sim:
        requests.get(
            f"{sim.base_url}/api/v1/runway/record-detail",
            params={"taskId": demo_task("finished").task_id},
            headers={"Authorization": "Bearer any-key"},
        )

From a shell, run ``python -m runway_nb.simulator``. The simulator serves the documented HTTP API. It knows these ids:

- `DEMO_TASKS`: one task for every state, failure and oddity of the API. Their ids never change.
- `BATCH`: 200 tasks of an overnight production with a realistic mix of outcomes. `batch_log` returns the log.
- ``walk-<anything>``: a new task that goes wait → queueing → generating → success within 15 s of its first look-up
  and stays finished. `pace` makes it faster or slower. (The demo task "walking" starts over after a pause.)
- ``code-<number>`` and ``http-<number>``: that error, with the number in the body of an HTTP 200 answer or also as the
  HTTP status; for 401, 402, 404, 422, 429, 451, 455, 500, 501, 503 and 505.
- Any id that was set with `Simulator.put`.

Every other id is unknown and answered as the service does: success, with ``data: null``. Every key is accepted,
except an empty one and ``invalid-key`` (code 401 in the body).

Use `Simulator.faults` to cause errors (see `Fault`), and `Simulator.lookups` to see the requests so far. Videos,
thumbnails and the reference image are served under ``/clips/``, with byte ranges and to pages of any origin.
"""

from .batch import BATCH, batch_log
from .faults import Fault, Faults
from .record import Record
from .scenarios import DEMO_TASKS, DemoTask, demo_task
from .service import Simulator

__all__ = ["BATCH", "DEMO_TASKS", "DemoTask", "Fault", "Faults", "Record", "Simulator", "batch_log", "demo_task"]

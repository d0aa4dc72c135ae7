"""The Runway API, played on this machine: for `%runway_demo`, for tests, and for trying a client without a key.

    with Simulator() as sim:
        requests.get(
            f"{sim.base_url}/api/v1/runway/record-detail",
            params={"taskId": demo_task("finished").task_id},
            headers={"Authorization": "Bearer any-key"},
        )

or ``python -m runway_nb.simulator``. It is the real HTTP API of the contract. Which task ids it knows:

- `DEMO_TASKS`: one for every state, failure and oddity of the API, under ids that stay.
- `BATCH`: 200 tasks of a night's production with a realistic mix of outcomes; `batch_log` is its log.
- ``walk-<anything>``: a task of its own that walks wait → queueing → generating → success in 15 s from its first
  look-up and stays finished. `pace` makes it faster or slower. (The demo task "walking" begins anew after a rest.)
- ``code-<number>`` and ``http-<number>``: that error with HTTP 200 and the number in the body, or with the number as
  HTTP status too; for 401, 402, 404, 422, 429, 451, 455, 500, 501, 503 and 505.
- What its owner puts there: `Simulator.put`.

Any other id is unknown to it, and is answered as the service does: success, with ``data: null``. Every key is
accepted, except an empty one and ``invalid-key`` (body code 401).

What can go wrong on the way is told to `Simulator.faults` (see `Fault`); `Simulator.lookups` tells what was asked.
Videos, thumbnails and the reference image are served under ``/clips/`` with byte ranges, open to any page.
"""

from .batch import BATCH, batch_log
from .faults import Fault, Faults
from .record import Record
from .scenarios import DEMO_TASKS, DemoTask, demo_task
from .service import Simulator

__all__ = ["BATCH", "DEMO_TASKS", "DemoTask", "Fault", "Faults", "Record", "Simulator", "batch_log", "demo_task"]

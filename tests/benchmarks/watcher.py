"""Following 500 tasks beside 500 threads in the `runwayml` SDK's waiting loop; and how soon a watched card knows.

Run with `.venv/bin/python tests/benchmarks/watcher.py` (the SDK comes with `pip install -e '.[bench]'`). It takes four
minutes.

One server, in a process of its own, answers both in the shape that each expects; each round is a process of its
own too, and is measured from when it has imported all it needs and looked once. The SDK is given its 500 first
look-ups before that, in turn; ours makes them within the measured time.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psutil
import requests
from table import print_table
from tornado.web import Application, RequestHandler

sys.path.insert(0, str(Path(__file__).parents[1]))

TASKS = [f"{number:032x}" for number in range(500)]
INTERVAL = 6  # seconds; the SDK's, which cannot be changed
SECONDS = 25
ROUNDS = 3
MAX_RATE = 1000.0  # look-ups per second: no task waits for another

CARDS = 40
CARD_INTERVAL = 5  # seconds; what %runway --watch does by itself
SPACING = (6.5, 11.5)  # seconds between two changes of a task, so that a look comes between
ALLOWANCE = 0.25  # seconds

_PROMPT = "A paper boat sets out across a rain-soaked street at dusk, camera low behind it, neon in every puddle"


class Figures(NamedTuple):
    """What following cost a process."""

    threads: int
    memory: float  # MB added
    cpu: float  # seconds
    looks: int

    @property
    def cpu_per_look(self) -> float:
        """Milliseconds."""
        return self.cpu / self.looks * 1000


def main() -> None:
    """Print all tables."""
    _followed()
    _delays()


def _followed() -> None:
    context = get_context("spawn")
    ours_end, servers_end = context.Pipe()
    server = context.Process(target=serve, args=(servers_end,), daemon=True)
    server.start()
    url = ours_end.recv()
    contenders: dict[str, Callable[[str], Figures]] = {
        "runway_nb, one watcher": follow,
        "runwayml, 500 threads": wait_in_threads,
    }
    rounds: dict[str, list[Figures]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, contender in contenders.items():
            with context.Pool(1) as process:
                rounds[name].append(process.apply(contender, (url,)))
    server.terminate()
    print_table(
        f"{len(TASKS)} tasks followed at {INTERVAL} s for {SECONDS} s, each round of {ROUNDS} in turns",
        ("", "threads", "added MB", "% of a core", "look-ups", "CPU ms per look-up"),
        [
            (
                name,
                each.threads,
                f"{each.memory:.1f}",
                f"{each.cpu / SECONDS:.1%}",
                each.looks,
                f"{each.cpu_per_look:.2f}",
            )
            for name, figures in rounds.items()
            for each in figures
        ],
    )
    ours, theirs = rounds.values()
    print_table(
        "Median of ours, beside the median of theirs",
        ("", "ours", "goal"),
        [
            ("threads", max(each.threads for each in ours), "≤ 10"),
            ("added memory", f"{_ratio(ours, theirs, lambda each: each.memory):.2f}", "≤ 0.25"),
            ("CPU per look-up", f"{_ratio(ours, theirs, lambda each: each.cpu_per_look):.2f}", "≤ 0.7"),
        ],
    )


def follow(url: str) -> Figures:
    """Follow them all with one handle, in this process."""
    from runway_nb import RunwayClient
    from runway_nb.handle import WatchHandle
    from runway_nb.watcher import Watcher

    client = RunwayClient("any", url, max_rate=MAX_RATE)
    client.get(TASKS[0])
    watcher = Watcher(client.look, client.budget)
    return _measured(url, lambda: WatchHandle(watcher, TASKS, interval=INTERVAL))


def wait_in_threads(url: str) -> Figures:
    """Wait for each in a thread of its own, in this process."""
    from runwayml import RunwayML

    client = RunwayML(api_key="any", base_url=url)
    running = [client.tasks.retrieve(task_id) for task_id in TASKS]

    def begin() -> None:
        for task in running:
            threading.Thread(target=task.wait_for_task_output, args=(None,), daemon=True).start()

    return _measured(url, begin)


def _measured(url: str, begin: Callable[[], object]) -> Figures:
    process = psutil.Process()
    looks = _looks(url)
    memory = process.memory_info().rss
    cpu, end = time.process_time(), time.monotonic() + SECONDS
    kept = begin()
    samples = []
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 1))
        samples.append((process.num_threads(), process.memory_info().rss))
    cpu = time.process_time() - cpu
    del kept
    threads, most_memory = map(max, zip(*samples, strict=True))
    return Figures(threads, (most_memory - memory) / 1e6, cpu, _looks(url) - looks)


def _looks(url: str) -> int:
    return int(requests.get(f"{url}/looks", timeout=10).text)


def _ratio(ours: list[Figures], theirs: list[Figures], figure: Callable[[Figures], float]) -> float:
    return statistics.median(map(figure, ours)) / statistics.median(map(figure, theirs))


class _Service(RequestHandler):
    """Counts look-ups and tells of tasks that go on for ever."""

    looks = 0

    def answer(self, body: dict[str, object]) -> None:
        _Service.looks += 1
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))


class _Ours(_Service):
    def get(self) -> None:
        data = {
            "taskId": self.get_query_argument("taskId"),
            "parentTaskId": "",
            "generateParam": {"prompt": _PROMPT, "imageUrl": "https://example.com/boat.png", "expandPrompt": True},
            "state": "generating",
            "expireFlag": 0,
        }
        self.answer({"code": 200, "msg": "success", "data": data})


class _Theirs(_Service):
    def get(self, task_id: str) -> None:
        task = {"id": task_id, "createdAt": "2026-03-01T12:00:00Z", "estimatedCost": {"credits": 25}}
        self.answer({**task, "status": "RUNNING", "progress": 0.5})


class _Looks(RequestHandler):
    def get(self) -> None:
        self.finish(str(_Service.looks))


def serve(parent: Connection) -> None:
    """Serve both shapes, and tell the parent where."""

    async def run() -> None:
        routes = [("/api/v1/runway/record-detail", _Ours), ("/v1/tasks/(.*)", _Theirs), ("/looks", _Looks)]
        server = Application(routes, log_function=lambda _: None).listen(0, "127.0.0.1", backlog=1024)
        (socket,) = server._sockets.values()
        parent.send(f"http://127.0.0.1:{socket.getsockname()[1]}")
        await asyncio.Event().wait()

    asyncio.run(run())


_OBSERVE = """
import json, time
from ipywidgets.widgets import widget
from runway_nb.view.card import TaskCard

def note(change):
    heard.append((change.new.task_id, change.new.state.value, time.monotonic()))

def observe():
    for card in set(widget._instances.values()) - observed:
        if isinstance(card, TaskCard):
            observed.add(card)
            card.observe(note, "task")

heard, observed = [], set()
"""


def _delays() -> None:
    # Imported here, since the processes measured above import this module too.
    from support.cards import loaded_kernel

    from runway_nb.simulator import Record, Simulator

    tasks = TASKS[:CARDS]
    put: dict[tuple[str, str], float] = {}
    with (
        TemporaryDirectory() as folder,
        Simulator() as simulator,
        loaded_kernel(Path(folder), simulator.base_url) as kernel,
    ):
        kernel.run(_OBSERVE)
        for task_id in tasks:
            simulator.put(task_id, Record("wait", _PROMPT))
            kernel.run(f"%runway {task_id} --watch --interval {CARD_INTERVAL}\nobserve()")
        for moment, task_id, state in _changes(tasks, time.monotonic()):
            kernel.listen(moment - time.monotonic())
            put[task_id, state] = time.monotonic()
            simulator.put(task_id, Record(state, _PROMPT))
        kernel.listen(2 * CARD_INTERVAL)
        heard = {
            (task_id, state): at for task_id, state, at in json.loads(kernel.run("print(json.dumps(heard))").stdout)
        }
        looks = [(look.task_id, look.at) for look in simulator.lookups]
    delays = [heard.get(change, math.inf) - at for change, at in put.items()]
    after_look = [
        heard.get(change, math.inf) - min(looked for task_id, looked in looks if task_id == change[0] and looked >= at)
        for change, at in put.items()
    ]
    print_table(
        f"{len(put)} changes of {CARDS} tasks, each on its card, `%runway ID --watch` at {CARD_INTERVAL} s, s",
        ("from", "median", "p95", "longest", "goal, p95"),
        [
            ("the change at the server to the card's trait", *_spread(delays), f"≤ {CARD_INTERVAL + ALLOWANCE}"),
            ("of that, from the look's arrival at the server", *_spread(after_look), ""),
        ],
    )


def _changes(tasks: list[str], now: float) -> list[tuple[float, str, str]]:
    """Plan when each task changes to what, so that it is looked at between two changes."""
    changes = []
    for task_id in tasks:
        moment = now
        for state in ("queueing", "generating", "success"):
            moment += random.uniform(*SPACING)  # noqa: S311  # spacing, no secret
            changes.append((moment, task_id, state))
    return sorted(changes)


def _spread(seconds: list[float]) -> tuple[str, str, str]:
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return f"{statistics.median(seconds):.3f}", f"{p95:.3f}", f"{max(seconds):.3f}"


if __name__ == "__main__":
    main()

"""A kernel that follows many cards at a faulty service, while others are opened and closed all along."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import count
from pathlib import Path

from runway_nb.simulator import Fault, Record, Simulator
from runway_nb.simulator.faults import Faults

from .cards import loaded_kernel
from .kernel import Kernel

INTERVAL = 5
"""Seconds between two looks at each card."""
BOARD = 12
"""Tasks on each board."""

_FAULTS = (
    Fault.http(429, retry_after=1),
    Fault.http(500),
    Fault.code(503),
    Fault.code(455),
    Fault.null(),
    Fault.truncated(),
    Fault.html(),
    Fault.dropped(),
    Fault.cut_off(),
    Fault.slow(0.5),
)
_PREPARE = """
import gc, json, os, threading
import psutil
from ipywidgets.widgets import widget
from runway_nb import show
from runway_nb.kernel.session import current_session
from runway_nb.screen.presenter import Presenter

try:
    from comm import get_comm_manager
    comms = get_comm_manager().comms
except ImportError:
    comms = get_ipython().kernel.comm_manager.comms

def census():
    gc.collect()
    process = psutil.Process()
    return {
        "memory": process.memory_info().rss / 2**20,
        "threads": threading.active_count(),
        "files": process.num_fds() if hasattr(process, "num_fds") else process.num_handles(),
        "models": len(widget._instances),
        "comms": len(comms),
        "presenters": sum(isinstance(each, Presenter) for each in gc.get_objects()),
        "areas": len(current_session()._areas._shown),
        "followed": sum(card.sighting.following.value == "on" for card in cards),
    }
"""


@dataclass(frozen=True)
class Census:
    """What a kernel holds.

    Attributes:
        memory: Resident memory in MiB.
        threads: Threads.
        files: Open files and sockets.
        models: Widget models.
        comms: Connections of models to the front-end.
        presenters: Cards and boards, whether they are shown or not.
        areas: Cards and boards that are shown.
        followed: Cards that are followed throughout.
        looks: Looks at the service so far.
    """

    memory: float
    threads: int
    files: int
    models: int
    comms: int
    presenters: int
    areas: int
    followed: int
    looks: int

    @property
    def counts(self) -> dict[str, int]:
        """All but the memory, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "memory"}


class RandomFaults(Faults):
    """Faults of all kinds in a share of the looks.

    Args:
        share: The share.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share
        self._random = random.Random(1)  # noqa: S311  # the same faults in every run

    def take(self, task_id: str) -> Fault | None:
        """Return a fault for some look-ups."""
        if self._random.random() < self._share:
            return self._random.choice(_FAULTS)
        return super().take(task_id)


class Soak:
    """The kernel, and what happens in it.

    Args:
        kernel: With the extension loaded.
        simulator: The service.
        cards: How many cards are followed throughout.
    """

    def __init__(self, kernel: Kernel, simulator: Simulator, cards: int) -> None:
        self._kernel = kernel
        self._simulator = simulator
        self._tasks = [f"task-{number}" for number in range(cards)]
        self._rounds = count()
        for task_id in self._tasks:
            self._put(task_id, "generating")
        self._run(_PREPARE)
        self._run("%config RunwayMagics.max_rate = 40")
        self._run(
            f"cards = [show(f'task-{{n}}', watch=True, interval={INTERVAL}, timeout=86400) for n in range({cards})]"
        )

    def census(self) -> Census:
        """Count what the kernel holds now."""
        looks = len(self._simulator.lookups)
        return Census(**json.loads(self._run("print(json.dumps(census()))")), looks=looks)

    def round(self) -> None:
        """Open and close cards and boards in every way, and change some tasks.

        Afterwards the kernel shows as much as after the round before.
        """
        number = next(self._rounds)
        tasks = [f"extra-{number}-{place}" for place in range(BOARD)]
        for task_id in tasks:
            self._put(task_id, "generating")
        changed = self._tasks[number % len(self._tasks)]
        self._put(changed, ("queueing", "generating")[number % 2])
        self._run(f"for each in {tasks[:4]}:\n    show(each, watch=True).close()")
        self._run(f"opened = show('{tasks[4]}', watch=True)")
        self._run("opened.close(); del opened")
        self._run(f"%runway {tasks[5]} --watch", cell="card")
        self._run(f"%runway {' '.join(tasks)} --watch", cell="board")
        self._run(f"%runway {tasks[6]} --static --watch", cell="static")
        self._put(tasks[5], "success")
        self._kernel.messages.clear()

    def _put(self, task_id: str, state: str) -> None:
        self._simulator.put(task_id, Record(state, f"A paper boat on its way, {task_id}"))

    def _run(self, code: str, cell: str | None = None) -> str:
        result = self._kernel.run(code, cell=cell, timeout=300)
        assert result.reply["status"] == "ok", (code, result.reply)
        return result.stdout


@contextmanager
def soaking(folder: Path, *, cards: int, faults: float) -> Iterator[Soak]:
    """Start a kernel and a service for a soak.

    Args:
        folder: For the kernel's files.
        cards: How many cards are followed throughout.
        faults: The share of looks that fail.
    """
    simulator = Simulator()
    simulator.faults = RandomFaults(faults)
    with simulator, loaded_kernel(folder, simulator.base_url) as kernel:
        yield Soak(kernel, simulator, cards)

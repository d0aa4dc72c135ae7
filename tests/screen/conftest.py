"""Fixtures for following: one kernel for each module, and tasks that no other test uses."""

from __future__ import annotations

from itertools import count

import pytest
from support.cards import Card
from support.following import GENERATING

_NUMBERS = count()


@pytest.fixture(scope="module")
def simulator(module_simulator):
    return module_simulator


@pytest.fixture
def kernel(module_kernel, simulator):
    """The module's kernel, with the extension freshly loaded, and a service without faults."""
    simulator.faults.clear()
    assert module_kernel.run("%reload_ext runway_nb").reply["status"] == "ok"
    return module_kernel


@pytest.fixture
def make_task(simulator):
    """Make tasks that no other test uses."""

    def make(record=GENERATING):
        task_id = f"task-{next(_NUMBERS)}"
        simulator.put(task_id, record)
        return task_id

    return make


@pytest.fixture
def task_id(make_task):
    """A task that is being generated."""
    return make_task()


@pytest.fixture
def watched(kernel, task_id):
    """The watched card of that task."""
    return Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))

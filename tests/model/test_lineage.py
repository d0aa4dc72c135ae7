"""Following a task back through its parents, over real HTTP and from memory."""

import pytest
from support.demo import CHAIN, CHAIN_TITLES

from runway_nb.model.errors import ServerError, TaskNotFoundError
from runway_nb.model.lineage import MOST_LINKS, Break, Lineage, trace
from runway_nb.model.task import Task
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import Fault, Record, Simulator, demo_task


def ids(lineage: Lineage) -> list[str]:
    return [link.task_id for link in lineage.chain]


def problem(lineage: Lineage) -> tuple[Break, str] | None:
    return (lineage.problem.kind, lineage.problem.parent_task_id) if lineage.problem else None


def from_memory(parents: dict[str, str | None]):
    return lambda task_id: Task(task_id, parent_task_id=parents[task_id])


def endless(task_id: str) -> Task:
    return Task(task_id, parent_task_id=str(int(task_id) + 1))


def test_each_parent_is_looked_up_once(simulator: Simulator, client: RunwayClient):
    asked = client.get(CHAIN[2])

    lineage = trace(asked, client.get)

    assert ids(lineage) == CHAIN
    assert lineage.asked.task == asked
    assert [task.prompt for task in lineage.tasks] == [demo_task(title).record.prompt for title in CHAIN_TITLES]
    assert lineage.problem is None
    assert [lookup.task_id for lookup in simulator.lookups] == CHAIN[::-1]


def test_task_without_parent(simulator: Simulator, client: RunwayClient):
    lineage = trace(client.get(CHAIN[0]), client.get)

    assert (ids(lineage), lineage.problem) == ([CHAIN[0]], None)
    assert len(simulator.lookups) == 1


def test_unknown_parent_is_the_first_link(simulator: Simulator, client: RunwayClient):
    simulator.put("middle", Record(parent="gone"))
    simulator.put("last", Record(parent="middle"))

    lineage = trace(client.get("last"), client.get)

    assert ids(lineage) == ["gone", "middle", "last"]
    assert lineage.chain[0].task is None
    assert isinstance(lineage.chain[0].error, TaskNotFoundError)
    assert problem(lineage) == (Break.UNSEEN, "gone")


def test_failed_look_up_keeps_the_rest(simulator: Simulator):
    with RunwayClient("any-key", simulator.base_url, retries=0) as client:
        asked = client.get(CHAIN[2])
        simulator.faults.add(Fault.code(500), task_id=CHAIN[0])

        lineage = trace(asked, client.get)

    assert ids(lineage) == CHAIN
    assert isinstance(lineage.chain[0].error, ServerError)
    assert lineage.chain[1].task is not None


@pytest.mark.parametrize(
    ("parents", "chain"),
    [
        ({"a": "a"}, ["a"]),
        ({"a": "b", "b": "a"}, ["b", "a"]),
        ({"a": "b", "b": "c", "c": "b"}, ["c", "b", "a"]),
    ],
)
def test_loop_ends_the_chain(parents: dict[str, str | None], chain: list[str]):
    fetch = from_memory(parents)

    lineage = trace(fetch("a"), fetch)

    assert ids(lineage) == chain
    assert problem(lineage) == (Break.LOOP, parents[chain[0]])


def test_loop_with_another_spelling():
    dashed, plain = "EE603959-debb-48d1-98c4-a6d1c717eba6", "ee603959debb48d198c4a6d1c717eba6"
    fetch = from_memory({dashed: plain})

    lineage = trace(fetch(dashed), fetch)

    assert ids(lineage) == [dashed]
    assert problem(lineage) == (Break.LOOP, plain)


@pytest.mark.parametrize(("child", "parent"), [("task-1-1", "task-11"), ("ab-1", "AB-1"), ("1-", "1")])
def test_similar_ids_are_no_loop(child: str, parent: str):
    fetch = from_memory({child: parent, parent: None})

    lineage = trace(fetch(child), fetch)

    assert ids(lineage) == [parent, child]
    assert lineage.problem is None


def test_too_long_chain_is_cut():
    lineage = trace(endless("1"), endless)

    assert len(lineage.chain) == MOST_LINKS
    assert lineage.asked.task_id == "1"
    assert problem(lineage) == (Break.TOO_LONG, str(MOST_LINKS + 1))


def test_longest_allowed_chain_is_complete():
    def fetch(task_id: str) -> Task:
        return endless(task_id) if int(task_id) < MOST_LINKS else Task(task_id)

    lineage = trace(fetch("1"), fetch)

    assert (len(lineage.chain), lineage.problem) == (MOST_LINKS, None)


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt])
def test_other_exceptions_are_raised(error: type[BaseException]):
    def fetch(task_id: str) -> Task:
        raise error(task_id)

    with pytest.raises(error):
        trace(Task("a", parent_task_id="b"), fetch)


def test_text_that_is_no_id_is_not_looked_up():
    def fetch(task_id: str) -> Task:
        raise AssertionError(task_id)

    lineage = trace(Task("a", parent_task_id="b" * 1_000_000), fetch)

    assert problem(lineage) == (Break.UNSEEN, "b" * 1_000_000)
    assert str(lineage.chain[0].error) == "This id has 1,000,000 characters; no task has such a long one."

"""Faults of the service while a task is followed: the card shows them, keeps the last good state, and recovers."""

from __future__ import annotations

import pytest
from support.cards import Card
from support.following import DONE, PROMPT, QUEUEING, looks

from runway_nb.model.errors import (
    ApiError,
    AuthenticationError,
    ConnectionFailedError,
    ImageAccessError,
    MaintenanceError,
    RateLimitError,
    RunwayError,
    ServerError,
    TaskNotFoundError,
)
from runway_nb.simulator import Fault

KEPT = ("◐ generating", PROMPT, "This shows the task as of ")
FAULTS = {
    "429": (Fault.http(429), RateLimitError, ["429", RateLimitError().advice, "All cards slow down."]),
    "429 in the body, retry after": (Fault.code(429, retry_after=1), RateLimitError, ["429", "Wait 1 s"]),
    "500": (Fault.http(500), ServerError, [f"500 ({ServerError.meaning})", "“This field is required”"]),
    "503, no JSON": (Fault.html(503), ServerError, [f"503 ({ServerError.meaning})", ServerError.advice]),
    "455": (Fault.code(455), MaintenanceError, [f"455 ({MaintenanceError.meaning})", MaintenanceError.advice]),
    "451": (Fault.code(451), ImageAccessError, [f"451 ({ImageAccessError.meaning})", ImageAccessError.advice]),
    "402": (Fault.code(402), ApiError, [f"402 ({ApiError.meaning})", "“Credits insufficient”"]),
    "dropped": (Fault.dropped(), ConnectionFailedError, ["127.0.0.1", "could not be reached"]),
    "cut off": (Fault.cut_off(), ConnectionFailedError, ["127.0.0.1", "could not be reached"]),
    "truncated JSON": (Fault.truncated(), RunwayError, ["HTTP 200"]),
    "oversized": (Fault.oversized(), RunwayError, ["1 MiB"]),
    "HTML page": (Fault.html(), RunwayError, ["HTTP 403", "“403 error code: 1010”"]),
    "redirect": (Fault.redirect("https://elsewhere.test/"), RunwayError, ["https://elsewhere.test/"]),
}


@pytest.mark.parametrize(("fault", "kind", "parts"), FAULTS.values(), ids=FAULTS)
def test_fault_is_shown_and_passes(simulator, task_id, watched, fault, kind, parts):
    simulator.faults.add(fault, task_id=task_id)
    watched.press_refresh()  # the next poll, now
    text = watched.wait_for(kind.title)
    assert [part for part in (*parts, *KEPT) if part not in text] == []
    assert watched.toggle == ("Auto-refresh", True)
    simulator.put(task_id, DONE)
    assert "This shows the task as of" not in watched.wait_for("✓ success", "checked")


def test_task_that_disappears_is_kept(simulator, task_id, watched):
    simulator.faults.add(Fault.null(), task_id=task_id)
    watched.press_refresh()
    text = watched.wait_for("The service no longer knows this task")
    assert [part for part in (TaskNotFoundError.advice, *KEPT) if part not in text] == []
    assert watched.toggle == ("Auto-refresh", True)
    simulator.put(task_id, DONE)
    assert "This shows the task as of" not in watched.wait_for("✓ success", "checked")


def test_slow_answer_is_not_an_error(simulator, task_id, watched):
    simulator.faults.add(Fault.slow(1.5), task_id=task_id)
    simulator.put(task_id, DONE)
    assert PROMPT in watched.wait_for("✓ success")


def test_refused_key_stops_the_watch(kernel, simulator, task_id, watched):
    simulator.faults.add(Fault.code(401), task_id=task_id)
    watched.press_refresh()
    watched.wait_until(lambda: watched.toggle == ("Resume", False))
    text = watched.text
    assert [each for each in (AuthenticationError.title, "Stopped watching", *KEPT) if each not in text] == []
    before = looks(simulator, task_id)
    assert kernel.listen(1.3).comm_msgs == []
    assert looks(simulator, task_id) == before
    simulator.put(task_id, DONE)
    watched.set_toggle(True)
    assert AuthenticationError.title not in watched.wait_for("✓ success")


def test_new_task_may_be_unknown(kernel, simulator, task_id):
    simulator.faults.add(Fault.null(), task_id=task_id, times=2)
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    assert "? not found" in card.text
    assert TaskNotFoundError.title in card.text
    assert TaskNotFoundError.title not in card.wait_for("◐ generating")
    assert looks(simulator, task_id) >= 3


def test_watch_survives_a_fault_at_first(kernel, simulator, task_id):
    simulator.faults.add(Fault.code(455), task_id=task_id)
    card = Card.shown(kernel, kernel.run(f"%runway {task_id} --watch -i 1"))
    assert "455" in card.text
    card.wait_for("◐ generating", without="455")


def test_fault_on_refresh_keeps_last_state(kernel, simulator, task_id):
    card = Card.shown(kernel, kernel.run(f"%runway {task_id}"))
    simulator.faults.add(Fault.http(500), task_id=task_id)
    card.press_refresh()
    text = card.wait_for(ServerError.title)
    assert [each for each in KEPT if each not in text] == []
    assert card.toggle == ("Auto-refresh", False)
    simulator.put(task_id, DONE)
    card.press_refresh()
    assert ServerError.title not in card.wait_for("✓ success")


def test_fault_spares_other_cards(kernel, simulator, make_task):
    broken, fine = make_task(), make_task()
    first = Card.shown(kernel, kernel.run(f"%runway {broken} --watch -i 1", cell="cell-1"))
    second = Card.shown(kernel, kernel.run(f"%runway {fine} --watch -i 1", cell="cell-2"))
    simulator.faults.add(Fault.http(500), task_id=broken, times=None)
    first.wait_for(ServerError.title)
    simulator.put(fine, DONE)
    assert ServerError.title not in second.wait_for("✓ success")


def test_observer_error_is_shown(kernel, simulator, make_task):
    first, second = make_task(), make_task()
    result = kernel.run(
        f"from runway_nb import show\nbad = show('{first}', watch=True, interval=1)\n"
        f"def fail(change): raise ValueError('the observer failed')\nbad.observe(fail, 'task')\n"
        f"good = show('{second}', watch=True, interval=1)"
    )
    bad, good = (Card.of(kernel, display) for display in result.displays)
    simulator.put(first, QUEUEING)
    simulator.put(second, QUEUEING)
    good.wait_for("◔ queueing")
    bad.wait_for("ValueError: the observer failed")
    simulator.put(second, DONE)
    good.wait_for("✓ success")

"""Faults on demand: the errors that can happen between the service and a client.

    sim.faults.add(Fault.http(429, retry_after=2), times=3)        # the next three look-ups
    sim.faults.add(Fault.null(), task_id="ee60…", times=None)      # this task, until faults.clear()

Faults happen in the order they were added. A fault for one task does not affect other tasks.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

MESSAGES: Mapping[int, str] = {
    401: "You do not have access permissions",
    402: "Credits insufficient",
    404: "The requested resource does not exist",
    422: "The taskId parameter is not valid",
    429: "Too many requests, please slow down",
    451: "Failed to fetch the image, please check its address",
    455: "The service is undergoing maintenance",
    500: "This field is required",
    501: "Generation failed",
    503: "The service is not available for the moment",
    505: "This feature is disabled",
}
"""The error codes of the API and of the sister service's schema, with their messages."""

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Fault:
    """What goes wrong in a look-up. Created by one of the class methods.

    Attributes:
        status: The HTTP status; None sends the usual answer (after `delay`).
        body: The body.
        headers: The headers.
        delay: Seconds before anything is sent.
        drops: Whether to send `body` as raw bytes, without status and headers, and then close the connection.
    """

    status: int | None = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    delay: float = 0.0
    drops: bool = False

    @classmethod
    def code(cls, code: int, msg: str | None = None, *, retry_after: float | datetime | None = None) -> Fault:
        """Send HTTP 200 with an error code in the body and no ``data``, as the service does for most errors.

        Args:
            code: The body's ``code``.
            msg: The body's ``msg``; None sends the one from `MESSAGES`.
            retry_after: The ``Retry-After`` header: a number of seconds, or an aware datetime.
        """
        return cls(200, _error_body(code, msg), JSON | _retry_after(retry_after))

    @classmethod
    def http(cls, status: int, msg: str | None = None, *, retry_after: float | datetime | None = None) -> Fault:
        """Send the same error with a real HTTP status. The arguments are those of `code`."""
        return cls(status, _error_body(status, msg), JSON | _retry_after(retry_after))

    @classmethod
    def html(cls, status: int = 403, text: str = "error code: 1010") -> Fault:
        """Send an HTML page, as from a proxy in front of the service; by default, that of a blocked User-Agent."""
        page = f"<!DOCTYPE html><html><head><title>{status}</title></head><body>{text}</body></html>"
        return cls(status, page.encode(), {"Content-Type": "text/html; charset=UTF-8"})

    @classmethod
    def null(cls) -> Fault:
        """Answer as for a task that the service does not know, or does not know yet."""
        return cls(200, b'{"code":200,"msg":"success","data":null}', JSON)

    @classmethod
    def truncated(cls) -> Fault:
        """Send a complete HTTP answer with truncated JSON."""
        return cls(200, b'{"code":200,"msg":"success","data":{"taskId":"ee603959-deb', JSON)

    @classmethod
    def oversized(cls, size: int = 2 * 2**20) -> Fault:
        """Send valid JSON of about `size` bytes."""
        return cls(200, json.dumps({"code": 200, "msg": "success", "data": {"prompt": "x" * size}}).encode(), JSON)

    @classmethod
    def redirect(cls, url: str, status: int = 302) -> Fault:
        """Redirect to another URL."""
        return cls(status, headers={"Location": url})

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """Send the usual answer, `seconds` late."""
        return cls(delay=seconds)

    @classmethod
    def dropped(cls) -> Fault:
        """Close the connection without an answer."""
        return cls(200, drops=True)

    @classmethod
    def cut_off(cls) -> Fault:
        """Announce a body of 500 bytes, and close the connection after the first few."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
        return cls(200, head + b'{"code":200,"msg":"succ', drops=True)


@dataclass
class _Rule:
    fault: Fault
    task_id: str | None
    left: int | None


class Faults:
    """A simulator's queue of faults. Safe to use from any thread while the simulator runs."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault, *, task_id: str | None = None, times: int | None = 1) -> None:
        """Add a fault for future look-ups, after the faults added before.

        Args:
            fault: The fault.
            task_id: The task it applies to; None applies it to all tasks.
            times: How often it happens; None is until `clear`.
        """
        with self._lock:
            self._rules.append(_Rule(fault, task_id, times))

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._rules.clear()

    def take(self, task_id: str) -> Fault | None:
        """Return the fault for this look-up and count it as used; None if there is none."""
        with self._lock:
            for rule in self._rules:
                if rule.task_id in (None, task_id):
                    if rule.left is not None:
                        rule.left -= 1
                        if rule.left <= 0:
                            self._rules.remove(rule)
                    return rule.fault
        return None


def fault_for(task_id: str) -> Fault | None:
    """Return the error of a task id such as ``code-429`` or ``http-429``; None for any other id."""
    form, _, number = task_id.partition("-")
    if form not in ("code", "http") or not number.isdecimal() or int(number) not in MESSAGES:
        return None
    return Fault.code(int(number)) if form == "code" else Fault.http(int(number))


def _error_body(code: int, msg: str | None) -> bytes:
    return json.dumps({"code": code, "msg": MESSAGES.get(code, "error") if msg is None else msg}).encode()


def _retry_after(value: float | datetime | None) -> dict[str, str]:
    if value is None:
        return {}
    return {"Retry-After": format_datetime(value, usegmt=True) if isinstance(value, datetime) else f"{value:g}"}

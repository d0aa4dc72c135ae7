"""Faults on demand: what can go wrong between the service and a client, told to the simulator by whoever owns it.

    sim.faults.add(Fault.http(429, retry_after=2), times=3)        # the next three look-ups
    sim.faults.add(Fault.null(), task_id="ee60…", times=None)      # this task, until faults.clear()

Faults come in the order they were added. One that is for a single task leaves all others alone.
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
"""The error codes of the contract and of the sister service's schema, with their words."""

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Fault:
    """What happens to a look-up. Made by one of the class methods.

    Attributes:
        status: HTTP status sent; None lets the ordinary answer follow (after `delay`).
        body: What is sent as the body.
        headers: Headers sent with it.
        delay: Seconds before anything is sent.
        drops: Whether the connection is closed when `body` is out, which is then sent as it stands on the wire.
    """

    status: int | None = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    delay: float = 0.0
    drops: bool = False

    @classmethod
    def code(cls, code: int, msg: str | None = None, *, retry_after: float | datetime | None = None) -> Fault:
        """HTTP 200 with an error code in the body and no ``data``: how errors mostly come.

        Args:
            code: The body's ``code``.
            msg: Its words; None takes those of `MESSAGES`.
            retry_after: Sent as ``Retry-After``, a number as seconds and an aware datetime as a date.
        """
        return cls(200, _error_body(code, msg), JSON | _retry_after(retry_after))

    @classmethod
    def http(cls, status: int, msg: str | None = None, *, retry_after: float | datetime | None = None) -> Fault:
        """Send the same error with a real HTTP status. Arguments as in `code`."""
        return cls(status, _error_body(status, msg), JSON | _retry_after(retry_after))

    @classmethod
    def html(cls, status: int = 403, text: str = "error code: 1010") -> Fault:
        """Send an HTML page from the network in front of the service; as it stands, a blocked User-Agent."""
        page = f"<!DOCTYPE html><html><head><title>{status}</title></head><body>{text}</body></html>"
        return cls(status, page.encode(), {"Content-Type": "text/html; charset=UTF-8"})

    @classmethod
    def null(cls) -> Fault:
        """Answer as for a task that the service does not know (yet)."""
        return cls(200, b'{"code":200,"msg":"success","data":null}', JSON)

    @classmethod
    def truncated(cls) -> Fault:
        """Send a complete answer whose JSON ends in the middle."""
        return cls(200, b'{"code":200,"msg":"success","data":{"taskId":"ee603959-deb', JSON)

    @classmethod
    def oversized(cls, size: int = 2 * 2**20) -> Fault:
        """Send good JSON of about `size` bytes."""
        return cls(200, json.dumps({"code": 200, "msg": "success", "data": {"prompt": "x" * size}}).encode(), JSON)

    @classmethod
    def redirect(cls, url: str, status: int = 302) -> Fault:
        """Send the client elsewhere."""
        return cls(status, headers={"Location": url})

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """Answer as usual, `seconds` late."""
        return cls(delay=seconds)

    @classmethod
    def dropped(cls) -> Fault:
        """Close the connection without a word."""
        return cls(200, drops=True)

    @classmethod
    def cut_off(cls) -> Fault:
        """Announce a body of 500 bytes, and close the connection after a few."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
        return cls(200, head + b'{"code":200,"msg":"succ', drops=True)


@dataclass
class _Rule:
    fault: Fault
    task_id: str | None
    left: int | None


class Faults:
    """The faults that are still to happen. Safe to use from any thread while the simulator serves."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault, *, task_id: str | None = None, times: int | None = 1) -> None:
        """Let a fault happen to look-ups to come, after those added before.

        Args:
            fault: What happens.
            task_id: The task whose look-ups it happens to; None is all of them.
            times: How often; None is until `clear`.
        """
        with self._lock:
            self._rules.append(_Rule(fault, task_id, times))

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._rules.clear()

    def take(self, task_id: str) -> Fault | None:
        """Return what happens to this look-up, and count it."""
        with self._lock:
            for rule in self._rules:
                if rule.task_id in (None, task_id):
                    if rule.left is not None:
                        rule.left -= 1
                        if rule.left <= 0:
                            self._rules.remove(rule)
                    return rule.fault
        return None


def asked_for(task_id: str) -> Fault | None:
    """Return the error that a task id such as ``code-429`` or ``http-429`` asks for, or None for any other id."""
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

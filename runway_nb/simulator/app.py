"""The simulator's HTTP server, built on Tornado: the look-up of the API, and the clips with byte ranges."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from tornado.web import Application, RequestHandler, StaticFileHandler

from .faults import MESSAGES, Fault, Faults, fault_for
from .tasks import Tasks

RECORD_DETAIL = "/api/v1/runway/record-detail"
INVALID_KEY = "invalid-key"


class LookUp(NamedTuple):
    """One request for a task.

    Attributes:
        at: When the request arrived (`time.monotonic`, seconds).
        task_id: The requested task.
        headers: The request's headers, without the key.
    """

    at: float
    task_id: str
    headers: dict[str, str]


class _Handler(RequestHandler):
    """The base of all handlers: answers may be read by pages of any origin, and errors are JSON too."""

    allowed = "GET, OPTIONS"

    def set_default_headers(self) -> None:
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Access-Control-Allow-Headers", "Authorization, Range")
        self.set_header("Access-Control-Expose-Headers", "Accept-Ranges, Content-Length, Content-Range, Retry-After")

    def options(self, *_: str) -> None:
        """Answer the preflight request that a browser sends before one with an Authorization header."""
        self._allow()
        self.set_status(204)

    def write_error(self, status_code: int, **_: Any) -> None:
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self._allow()
        self.finish({"code": status_code, "msg": MESSAGES.get(status_code, self._reason)})

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        """Decode an argument, also if it is not valid UTF-8: it is then an unknown id."""
        del name
        return value.decode(errors="replace")

    def _allow(self) -> None:
        self.set_header("Allow", self.allowed)


class _NotFound(_Handler):
    def prepare(self) -> None:
        self.send_error(404)


class _Clips(_Handler, StaticFileHandler):
    """The clips, their thumbnails and the reference image."""

    allowed = "GET, HEAD, OPTIONS"


class _RecordDetail(_Handler):
    def initialize(self, tasks: Tasks, faults: Faults, note: Callable[[LookUp], None], latency: float) -> None:
        self._tasks = tasks
        self._faults = faults
        self._note = note
        self._latency = latency

    async def get(self) -> None:
        # Not get_argument, which removes control characters.
        task_id = self.decode_argument(self.request.query_arguments.get("taskId", [b""])[-1])
        headers = {name: value for name, value in self.request.headers.items() if name != "Authorization"}
        self._note(LookUp(time.monotonic(), task_id, headers))
        fault = self._faults.take(task_id)
        try:
            await asyncio.sleep(self._latency + (fault.delay if fault else 0))
        except asyncio.CancelledError:
            return  # the simulator is stopping; on Python 3.10 Tornado would log this as an error
        if fault is None or fault.status is None:
            fault = self._refusal(task_id)
        if fault:
            await self._fail(fault)
            return
        clips_url = f"{self.request.protocol}://{self.request.host}/clips"
        self._send({"code": 200, "msg": "success", "data": self._tasks.answer(task_id, clips_url)})

    def _refusal(self, task_id: str) -> Fault | None:
        scheme, _, key = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or key.strip() in ("", INVALID_KEY):
            return Fault.code(401)
        return fault_for(task_id) if task_id.strip() else Fault.code(422)

    async def _fail(self, fault: Fault) -> None:
        if fault.drops:
            stream = self.detach()
            if fault.body:
                await stream.write(fault.body)
            stream.close()
            return
        self.set_status(fault.status or 200)
        for name, value in fault.headers.items():
            self.set_header(name, value)
        self.finish(fault.body)

    def _send(self, body: dict[str, Any]) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))


def make_app(tasks: Tasks, faults: Faults, note: Callable[[LookUp], None], latency: float) -> Application:
    """Build the application.

    Args:
        tasks: The tasks to answer with.
        faults: The errors to cause.
        note: Called with each look-up when it arrives.
        latency: Seconds before the answer to each look-up.
    """
    clips = Path(__file__).parent / "clips"
    shared = {"tasks": tasks, "faults": faults, "note": note, "latency": latency}
    return Application(
        [
            (RECORD_DETAIL, _RecordDetail, shared),
            (r"/clips/([\w-]+\.(?:mp4|jpg))", _Clips, {"path": str(clips)}),
        ],
        default_handler_class=_NotFound,
        # Tornado's access log would appear in the notebook cell that ran last.
        log_function=lambda _handler: None,
    )

"""A server in its own process that answers look-ups in the formats of both clients, for tasks that never end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

from tornado.web import Application, RequestHandler

PROMPT = "A paper boat sets out across a rain-soaked street at dusk, camera low behind it, neon in every puddle"


@contextmanager
def task_service() -> Iterator[str]:
    """Run the server and yield its URL; it reports the number of look-ups so far at ``/looks``."""
    context = get_context("spawn")
    ours, servers = context.Pipe()
    process = context.Process(target=serve, args=(servers,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()


def serve(parent: Connection) -> None:
    """Serve both formats, and send the URL to the parent process."""

    async def run() -> None:
        routes = [("/api/v1/runway/record-detail", _Ours), ("/v1/tasks/(.*)", _Theirs), ("/looks", _Looks)]
        server = Application(routes, log_function=lambda _: None).listen(0, "127.0.0.1", backlog=1024)
        (socket,) = server._sockets.values()
        parent.send(f"http://127.0.0.1:{socket.getsockname()[1]}")
        await asyncio.Event().wait()

    asyncio.run(run())


class _Service(RequestHandler):
    """Counts look-ups."""

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
            "generateParam": {"prompt": PROMPT, "imageUrl": "https://example.com/boat.png", "expandPrompt": True},
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

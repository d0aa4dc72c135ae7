"""A real ipykernel, spoken to over its own wire protocol."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import KernelManager

Message = dict[str, Any]
GENEROUS = 60.0
"""Seconds that any one condition is waited for."""

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Failure:
    """What a failed cell showed.

    Attributes:
        ename: The exception's class.
        evalue: Its text.
        traceback: All that was shown, one string without colours.
    """

    ename: str
    evalue: str
    traceback: str


@dataclass
class Result:
    """What a kernel sent on iopub in some span of time, in order, from whatever thread.

    Attributes:
        messages: Every message, as jupyter_client gives it.
        reply: The content of the shell reply; empty if the span was no execution.
        prompts: The content of each input request that was answered.
    """

    messages: list[Message] = field(default_factory=list)
    reply: Message = field(default_factory=dict)
    prompts: list[Message] = field(default_factory=list)

    def contents(self, *msg_types: str) -> list[Message]:
        """Give the contents of all messages of these types."""
        return [message["content"] for message in self.messages if message["msg_type"] in msg_types]

    @property
    def displays(self) -> list[Message]:
        """Contents of `display_data`: data, metadata, transient."""
        return self.contents("display_data")

    @property
    def updates(self) -> list[Message]:
        """Contents of `update_display_data`."""
        return self.contents("update_display_data")

    @property
    def values(self) -> list[Message]:
        """Contents of `execute_result`: the value of a cell's last line."""
        return self.contents("execute_result")

    @property
    def comm_opens(self) -> list[Message]:
        """Contents of `comm_open`, one for each widget model."""
        return self.contents("comm_open")

    @property
    def comm_msgs(self) -> list[Message]:
        """Contents of `comm_msg`: trait updates and custom messages."""
        return self.contents("comm_msg")

    @property
    def comm_closes(self) -> list[Message]:
        """Contents of `comm_close`."""
        return self.contents("comm_close")

    @property
    def stdout(self) -> str:
        """All that was printed."""
        return self._stream("stdout")

    @property
    def stderr(self) -> str:
        """All that went to standard error, warnings included."""
        return self._stream("stderr")

    @property
    def error(self) -> Failure | None:
        """The error that a cell ended in, None if it ended well."""
        for content in self.contents("error"):
            traceback = _ANSI.sub("", "\n".join(content["traceback"]))
            return Failure(content["ename"], content["evalue"], traceback)
        return None

    def _stream(self, name: str) -> str:
        return "".join(content["text"] for content in self.contents("stream") if content["name"] == name)


@dataclass(frozen=True)
class Running:
    """An execution that was begun: its message id, and where it begins in `Kernel.messages`."""

    msg_id: str
    start: int


class Kernel:
    """A kernel process with a blocking client.

    Args:
        environment: The complete environment of the process.
        directory: Its working directory.

    Attributes:
        messages: Every iopub message received so far.
    """

    def __init__(self, environment: dict[str, str], directory: Path) -> None:
        self.messages: list[Message] = []
        self._start_of_last_run = 0
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(env=environment, cwd=str(directory))
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        try:
            self._client.wait_for_ready(timeout=GENEROUS)
        except RuntimeError:
            self.stop()
            raise

    def run(self, code: str, *, timeout: float = GENEROUS, answers: Sequence[str] = ()) -> Result:
        """Run a cell to its end.

        Args:
            code: The cell.
            timeout: Seconds until TimeoutError.
            answers: What to answer to its input requests, in order. Without any, `input` fails as in nbclient.

        Returns:
            All that came until the kernel was idle again.
        """
        return self.finish(self.start(code, allow_stdin=bool(answers)), timeout=timeout, answers=answers)

    def start(self, code: str, *, allow_stdin: bool = False) -> Running:
        """Begin a cell and return at once; end it with `finish`, after an `interrupt` or not."""
        self._start_of_last_run = len(self.messages)
        return Running(self._client.execute(code, allow_stdin=allow_stdin), self._start_of_last_run)

    def finish(self, running: Running, *, timeout: float = GENEROUS, answers: Sequence[str] = ()) -> Result:
        """Wait for the end of what `start` began."""
        deadline = time.monotonic() + timeout
        unanswered, prompts = list(answers), []
        while not any(_ends(message, running.msg_id) for message in self.messages[running.start :]):
            self._receive(deadline, f"the cell did not end within {timeout:g} s", patience=0.05 if unanswered else None)
            if unanswered and self._client.stdin_channel.msg_ready():
                prompts.append(self._client.get_stdin_msg(timeout=1)["content"])
                self._client.input(unanswered.pop(0))
        return Result(self.messages[running.start :], self._reply_to(running.msg_id, deadline), prompts)

    def wait_for(
        self, predicate: Callable[[Message], bool], *, timeout: float = GENEROUS, since: int | None = None
    ) -> Message:
        """Give the first message that fits, waiting for it if it has not come yet.

        Args:
            predicate: Is given each message.
            timeout: Seconds until TimeoutError.
            since: Index into `messages` to look from; by default where the last run began.
        """
        deadline = time.monotonic() + timeout
        index = self._start_of_last_run if since is None else since
        while True:
            for message in self.messages[index:]:
                index += 1
                if predicate(message):
                    return message
            self._receive(deadline, f"no such message within {timeout:g} s")

    def listen(self, seconds: float) -> Result:
        """Collect what comes in some time: for asserting that nothing does, or how much."""
        start, deadline = len(self.messages), time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._take(left)
        return Result(self.messages[start:])

    def send_comm(self, comm_id: str, data: Message, *, timeout: float = GENEROUS) -> Result:
        """Do what a front-end does: send to a widget, and wait until the kernel has dealt with it.

        Args:
            comm_id: The model's id, from a `comm_open`.
            data: Such as `{"method": "update", "state": {"value": True}, "buffer_paths": []}`, or
                `{"method": "custom", "content": {"event": "click"}}` for a button.
            timeout: Seconds until TimeoutError.
        """
        self._start_of_last_run = start = len(self.messages)
        message = self._client.session.msg("comm_msg", {"comm_id": comm_id, "data": data})
        self._client.shell_channel.send(message)
        self.wait_for(lambda reply: _ends(reply, message["header"]["msg_id"]), timeout=timeout)
        return Result(self.messages[start:])

    def interrupt(self) -> None:
        """Press the front-end's stop button."""
        self._manager.interrupt_kernel()

    def stop(self, *, now: bool = True) -> None:
        """End the process; harmless when it has ended.

        Args:
            now: Kill it. Otherwise it is asked to end, runs its exit handlers, and is waited for.
        """
        self._client.stop_channels()
        if self._manager.has_kernel:
            self._manager.shutdown_kernel(now=now)

    def _take(self, patience: float) -> None:
        try:
            self.messages.append(self._client.get_iopub_msg(timeout=patience))
        except Empty:
            return

    def _receive(self, deadline: float, complaint: str, *, patience: float | None = None) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"{complaint}; the last messages were {_summary(self.messages[-5:])}")
        self._take(left if patience is None else min(left, patience))

    def _reply_to(self, msg_id: str, deadline: float) -> Message:
        while True:
            reply = self._client.get_shell_msg(timeout=max(1.0, deadline - time.monotonic()))
            if reply["parent_header"].get("msg_id") == msg_id:
                return reply["content"]


def _ends(message: Message, msg_id: str) -> bool:
    return (
        message["msg_type"] == "status"
        and message["content"]["execution_state"] == "idle"
        and message["parent_header"].get("msg_id") == msg_id
    )


def _summary(messages: Iterable[Message]) -> str:
    return "; ".join(f"{message['msg_type']} {str(message['content'])[:200]}" for message in messages) or "none"

"""A real ipykernel and a client for its wire protocol."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import KernelManager

Message = dict[str, Any]
GENEROUS = 60.0
"""Seconds to wait for any one condition."""
_SECONDS_TO_END = 5.0

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Failure:
    """The error of a failed cell.

    Attributes:
        ename: The exception's class.
        evalue: Its text.
        traceback: The whole traceback as one string without colours.
    """

    ename: str
    evalue: str
    traceback: str


@dataclass
class Result:
    """The iopub messages that a kernel sent in some span of time, in order.

    Attributes:
        messages: Every message, as jupyter_client returns it.
        reply: The content of the shell reply; empty if no cell ran in that span.
        prompts: The content of each input request that was answered.
    """

    messages: list[Message] = field(default_factory=list)
    reply: Message = field(default_factory=dict)
    prompts: list[Message] = field(default_factory=list)

    def contents(self, *msg_types: str) -> list[Message]:
        """Return the contents of all messages of these types."""
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
        """Everything that was printed."""
        return self._stream("stdout")

    @property
    def stderr(self) -> str:
        """Everything that went to standard error, including warnings."""
        return self._stream("stderr")

    @property
    def error(self) -> Failure | None:
        """The error that a cell ended in, or None if it succeeded."""
        for content in self.contents("error"):
            traceback = _ANSI.sub("", "\n".join(content["traceback"]))
            return Failure(content["ename"], content["evalue"], traceback)
        return None

    def _stream(self, name: str) -> str:
        return "".join(content["text"] for content in self.contents("stream") if content["name"] == name)


@dataclass(frozen=True)
class Running:
    """A started execution: its message id, and the index in `Kernel.messages` where it begins."""

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

    def run(
        self, code: str, *, cell: str | None = None, timeout: float = GENEROUS, answers: Sequence[str] = ()
    ) -> Result:
        """Run a cell and wait until it ends.

        Args:
            code: The cell.
            cell: The cell's id, which a notebook sends with the code.
            timeout: Seconds until TimeoutError.
            answers: Answers to its input requests, in order. Without any, `input` fails as in nbclient.

        Returns:
            Everything that the kernel sent until it was idle again.
        """
        return self.finish(self.start(code, cell=cell, allow_stdin=bool(answers)), timeout=timeout, answers=answers)

    def start(self, code: str, *, cell: str | None = None, allow_stdin: bool = False) -> Running:
        """Start a cell and return at once. Call `finish` to wait for its end."""
        self._start_of_last_run = len(self.messages)
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": allow_stdin}
        metadata = {} if cell is None else {"cellId": cell}
        message = self._client.session.msg("execute_request", {**content, "stop_on_error": True}, metadata=metadata)
        self._client.shell_channel.send(message)
        return Running(message["header"]["msg_id"], self._start_of_last_run)

    def finish(self, running: Running, *, timeout: float = GENEROUS, answers: Sequence[str] = ()) -> Result:
        """Wait for the end of the cell that `start` started."""
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
        """Return the first message that matches, and wait for it if it has not arrived yet.

        Args:
            predicate: Called with each message.
            timeout: Seconds until TimeoutError.
            since: First index of `messages` to check; by default the start of the last run.
        """
        deadline = time.monotonic() + timeout
        index = self._start_of_last_run if since is None else since
        while True:
            for message in self.messages[index:]:
                index += 1
                if predicate(message):
                    return message
            self._receive(deadline, f"no matching message within {timeout:g} s")

    def listen(self, seconds: float) -> Result:
        """Collect the messages of the next seconds, to assert that there are none, or how many."""
        start, deadline = len(self.messages), time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._take(left)
        return Result(self.messages[start:])

    def send_comm(self, comm_id: str, data: Message, *, timeout: float = GENEROUS) -> Result:
        """Send a message to a widget, as a front-end does, and wait until the kernel has processed it.

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

    def complete(self, line: str) -> set[str]:
        """Return the lines that Tab offers at the end of a line."""
        content = self._client.complete(line, reply=True, timeout=GENEROUS)["content"]
        assert content["status"] == "ok"
        return {line[: content["cursor_start"]] + match for match in content["matches"]}

    def completions(self, code: str, position: int | None = None) -> list[Message]:
        """Return what Tab offers at a position, by default the end: text and type, as JupyterLab reads them."""
        content = self._client.complete(code, position, reply=True, timeout=GENEROUS)["content"]
        completions: list[Message] = content["metadata"]["_jupyter_types_experimental"]
        return completions

    def interrupt(self) -> None:
        """Interrupt the running cell, as a front-end's stop button does."""
        self._manager.interrupt_kernel()

    def shut_down(self) -> None:
        """Ask the kernel to end, as a front-end does. It runs its exit handlers before it ends."""
        self._client.stop_channels()
        self._manager.shutdown_kernel()

    def stop(self) -> None:
        """Terminate the process without its exit handlers. Do nothing if it has ended.

        It gets a SIGTERM first, so that coverage can write its data, and is killed if that does not end it.
        """
        self._client.stop_channels()
        if not self._manager.has_kernel:
            return
        with suppress(ProcessLookupError):
            self._manager.signal_kernel(signal.SIGTERM)
        deadline = time.monotonic() + _SECONDS_TO_END
        while self._manager.is_alive() and time.monotonic() < deadline:
            time.sleep(0.01)
        self._manager.shutdown_kernel(now=True)

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


def is_display(message: Message) -> bool:
    """Whether a message displays something."""
    return message["msg_type"] == "display_data"


def _ends(message: Message, msg_id: str) -> bool:
    return (
        message["msg_type"] == "status"
        and message["content"]["execution_state"] == "idle"
        and message["parent_header"].get("msg_id") == msg_id
    )


def _summary(messages: Iterable[Message]) -> str:
    return "; ".join(f"{message['msg_type']} {str(message['content'])[:200]}" for message in messages) or "none"

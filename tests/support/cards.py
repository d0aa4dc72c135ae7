"""A card as a front-end has it: the widget models that a kernel's messages add up to."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .environment import isolated_environment
from .kernel import GENEROUS, Kernel, Message, Result, Running

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_READABLE = ("runway-content", "runway-player-box", "runway-status")
_REFERENCE = "IPY_MODEL_"


@contextmanager
def loaded_kernel(directory: Path, base_url: str, **changes: str | None) -> Iterator[Kernel]:
    """Start a kernel with the extension loaded, for several tests.

    Args:
        directory: Its working directory; its home is beneath.
        base_url: The simulator's.
        **changes: As for `isolated_environment`.
    """
    kernel = Kernel(isolated_environment(directory / "home", base_url, **changes), directory)
    try:
        assert kernel.run("%load_ext runway_nb").reply["status"] == "ok"
        yield kernel
    finally:
        kernel.stop()


def start_cell(kernel: Kernel, cell_id: str, code: str) -> Running:
    """Begin a cell as a notebook does, with the cell's id beside the code."""
    client = kernel._client
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
    message = client.session.msg("execute_request", content, metadata={"cellId": cell_id})
    kernel._start_of_last_run = len(kernel.messages)
    client.shell_channel.send(message)
    return Running(message["header"]["msg_id"], kernel._start_of_last_run)


def run_cell(kernel: Kernel, cell_id: str, code: str) -> Result:
    """Run a cell as a notebook does, with the cell's id beside the code."""
    return kernel.finish(start_cell(kernel, cell_id, code))


def plain(markup: str) -> str:
    """Give the text of some markup, without its tags and style sheets, on one line."""
    without = re.sub(r"(?s)<style\b.*?</style>|<[^>]*>", " ", markup)
    return " ".join(html.unescape(without).split())


class Card:
    """One card.

    Args:
        kernel: The kernel that it lives in.
        model_id: The root model's id.

    Attributes:
        model_id: The same.
        ids: The ids of all its models.
    """

    def __init__(self, kernel: Kernel, model_id: str) -> None:
        self._kernel = kernel
        self.model_id = model_id
        self.ids = self._reachable(models(kernel.messages))

    @classmethod
    def of(cls, kernel: Kernel, display: Message) -> Card:
        """Give the card in the content of a `display_data`."""
        return cls(kernel, display["data"][WIDGET_VIEW]["model_id"])

    @classmethod
    def shown(cls, kernel: Kernel, result: Result) -> Card:
        """Give the one card that a cell showed."""
        assert result.error is None, result.error
        (display,) = result.displays
        return cls.of(kernel, display)

    @property
    def text(self) -> str:
        """What can be read on the card, without its buttons."""
        return " ".join(plain(self.state(part)["value"]) for part in _READABLE)

    @property
    def player(self) -> str:
        """The markup of the player."""
        return self.state("runway-player-box")["value"]

    @property
    def toggle(self) -> tuple[str, bool]:
        """The words on the toggle, and whether it is on."""
        state = self.state("runway-follow")
        return state["description"], state["value"]

    def state(self, dom_class: str) -> dict[str, Any]:
        """Give the state of one of its widgets."""
        known = models(self._kernel.messages)
        return known[self._id_of(dom_class)]

    def press_refresh(self) -> Result:
        """Press Refresh."""
        return self._kernel.send_comm(self._id_of("runway-look"), {"method": "custom", "content": {"event": "click"}})

    def set_toggle(self, value: bool) -> Result:
        """Press the toggle."""
        return self._kernel.send_comm(
            self._id_of("runway-follow"), {"method": "update", "state": {"value": value}, "buffer_paths": []}
        )

    def wait_for(self, *texts: str, without: str | None = None, timeout: float = GENEROUS) -> str:
        """Wait until all these texts stand on the card, and another does not; give what then does."""
        return self.wait_until(
            lambda: all(text in self.text for text in texts) and (without is None or without not in self.text),
            timeout=timeout,
        )

    def wait_until(self, condition: Callable[[], bool], *, timeout: float = GENEROUS) -> str:
        """Wait until a condition on the card holds; give the text that then stands on it."""
        try:
            self._kernel.wait_for(lambda _: condition(), timeout=timeout)
        except TimeoutError as error:
            raise TimeoutError(f"the card goes on saying {self.text!r}, toggle {self.toggle}") from error
        return self.text

    def messages(self, since: int) -> list[Message]:
        """Give the contents of the comm messages for this card from an index of `Kernel.messages` on."""
        contents = Result(self._kernel.messages[since:]).comm_msgs
        return [content for content in contents if content["comm_id"] in self.ids]

    def _id_of(self, dom_class: str) -> str:
        known = models(self._kernel.messages)
        return next(each for each in self.ids if dom_class in known[each].get("_dom_classes", ()))

    def _reachable(self, known: dict[str, dict[str, Any]]) -> set[str]:
        found, waiting = set(), [self.model_id]
        while waiting:
            model_id = waiting.pop()
            found.add(model_id)
            references = set(re.findall(f"{_REFERENCE}(\\w+)", json.dumps(known[model_id])))
            waiting += references - found
        return found


def models(messages: Iterable[Message]) -> dict[str, dict[str, Any]]:
    """Give the state of every widget model that is open, by id."""
    known: dict[str, dict[str, Any]] = {}
    for message in messages:
        content = message["content"]
        if message["msg_type"] == "comm_open":
            known[content["comm_id"]] = dict(content["data"]["state"])
        elif message["msg_type"] == "comm_msg" and content["comm_id"] in known:
            known[content["comm_id"]].update(content["data"].get("state", {}))
        elif message["msg_type"] == "comm_close":
            known.pop(content["comm_id"], None)
    return known

"""A card as a front-end knows it: the state of its widget models, read from a kernel's messages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from .environment import isolated_environment
from .kernel import GENEROUS, Kernel, Message, Result

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_READABLE = ("runway-content", "runway-player-box", "runway-status")
_REFERENCE = "IPY_MODEL_"
_SHARED = "runway-sheet"  # with the layout and styles of everything except the cards and boards themselves


@contextmanager
def loaded_kernel(directory: Path, base_url: str, **changes: str | None) -> Iterator[Kernel]:
    """Start a kernel with the extension loaded, to share between tests.

    Args:
        directory: Its working directory, which also contains its home.
        base_url: The simulator's.
        **changes: As for `isolated_environment`.
    """
    kernel = Kernel(isolated_environment(directory / "home", base_url, **changes), directory)
    try:
        assert kernel.run("%load_ext runway_nb").reply["status"] == "ok"
        yield kernel
    finally:
        kernel.stop()


def plain(markup: str) -> str:
    """Return the text of some markup on one line, without tags and style sheets."""
    without = re.sub(r"(?s)<style\b.*?</style>|<[^>]*>", " ", markup)
    return " ".join(html.unescape(without).split())


_O = TypeVar("_O", bound="_Output")


class _Output:
    """The widgets of one output.

    Args:
        kernel: Its kernel.
        model_id: The root model's id.

    Attributes:
        model_id: The root model's id.
    """

    def __init__(self, kernel: Kernel, model_id: str) -> None:
        self._kernel = kernel
        self.model_id = model_id

    @classmethod
    def of(cls: type[_O], kernel: Kernel, display: Message) -> _O:  # noqa: PYI019  # typing.Self is newer than Python 3.10
        """Return the card or board in the content of a `display_data`."""
        return cls(kernel, display["data"][WIDGET_VIEW]["model_id"])

    @classmethod
    def shown(cls: type[_O], kernel: Kernel, result: Result) -> _O:  # noqa: PYI019  # typing.Self is newer than Python 3.10
        """Return the only card or board that a cell showed."""
        assert result.error is None, result.error
        (display,) = result.displays
        return cls.of(kernel, display)

    def state(self, dom_class: str) -> dict[str, Any]:
        """Return the state of the first widget with a DOM class."""
        return next(state for _, state in self._with_class(dom_class))

    def _press(self, dom_class: str, nth: int = 0) -> Result:
        model_id, _ = self._with_class(dom_class)[nth]
        return self._kernel.send_comm(model_id, {"method": "custom", "content": {"event": "click"}})

    def _with_class(self, dom_class: str) -> list[tuple[str, dict[str, Any]]]:
        known = models(self._kernel.messages)
        states = [(each, known[each]) for each in _own(known, self.model_id)]
        return [(each, state) for each, state in states if dom_class in state.get("_dom_classes", ())]


class Card(_Output):
    """One card in a kernel.

    Args:
        kernel: The card's kernel.
        model_id: The root model's id.

    Attributes:
        ids: The ids of all its models, without those that it shares with other cards.
    """

    def __init__(self, kernel: Kernel, model_id: str) -> None:
        super().__init__(kernel, model_id)
        self.ids = set(_own(models(kernel.messages), model_id))

    @property
    def text(self) -> str:
        """The text on the card, without its buttons."""
        return " ".join(plain(self.state(part)["value"]) for part in _READABLE)

    @property
    def player(self) -> str:
        """The markup of the player."""
        return self.state("runway-player-box")["value"]

    @property
    def toggle(self) -> tuple[str, bool]:
        """The label of the toggle, and whether it is on."""
        state = self.state("runway-follow")
        return state["description"], state["value"]

    def press_refresh(self) -> Result:
        """Press Refresh."""
        return self._press("runway-look")

    def set_toggle(self, value: bool) -> Result:
        """Switch the toggle on or off."""
        ((model_id, _),) = self._with_class("runway-follow")
        return self._kernel.send_comm(model_id, {"method": "update", "state": {"value": value}, "buffer_paths": []})

    def wait_for(self, *texts: str, without: str | None = None, timeout: float = GENEROUS) -> str:
        """Wait until the card shows all these texts, and not another; return its text."""
        return self.wait_until(
            lambda: all(text in self.text for text in texts) and (without is None or without not in self.text),
            timeout=timeout,
        )

    def wait_until(self, condition: Callable[[], bool], *, timeout: float = GENEROUS) -> str:
        """Wait until a condition on the card holds; return its text."""
        try:
            self._kernel.wait_for(lambda _: condition(), timeout=timeout)
        except TimeoutError as error:
            raise TimeoutError(f"the card still shows {self.text!r}, toggle {self.toggle}") from error
        return self.text

    def messages(self, since: int) -> list[Message]:
        """Return the contents of the comm messages to this card, from an index of `Kernel.messages` on."""
        contents = Result(self._kernel.messages[since:]).comm_msgs
        return [content for content in contents if content["comm_id"] in self.ids]

    def wait_for_messages(self, count: int) -> list[Message]:
        """Wait for at least this many further comm messages to the card; return their contents."""
        since = len(self._kernel.messages)
        self._kernel.wait_for(lambda _: len(self.messages(since)) >= count, since=since)
        return self.messages(since)


class Board(_Output):
    """One board in a kernel."""

    @property
    def rows(self) -> list[str]:
        """The texts of the rows that have a task."""
        return [plain(state["value"]) for _, state in self._with_class("runway-row-box") if state["value"]]

    def press_refresh(self) -> Result:
        """Press Refresh."""
        return self._press("runway-look-all")

    def set_toggle(self, value: bool) -> Result:
        """Switch the toggle that follows all tasks on or off."""
        ((model_id, _),) = self._with_class("runway-follow-all")
        return self._kernel.send_comm(model_id, {"method": "update", "state": {"value": value}, "buffer_paths": []})

    def open_row(self, place: int) -> Card:
        """Open the card of a row."""
        self._press("runway-open", place)
        (card, _) = self._with_class("runway-card")[0]
        return Card(self._kernel, card)


def _own(known: dict[str, dict[str, Any]], model_id: str) -> list[str]:
    """Return the ids of a model and of all models below that no other output shares, in order."""
    state = known[model_id]
    if _SHARED in state.get("_dom_classes", ()):
        return []
    below = [each for child in state.get("children", ()) for each in _own(known, child.removeprefix(_REFERENCE))]
    return [model_id, state["layout"].removeprefix(_REFERENCE), *below] if below else [model_id]


def models(messages: Iterable[Message]) -> dict[str, dict[str, Any]]:
    """Return the state of every open widget model, by id."""
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

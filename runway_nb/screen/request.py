"""`Request`: what the front-end sent that the kernel is running now."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from IPython.core.getipython import get_ipython

# jupyter_client's Python session counts its messages; browser front-ends send a UUID.
_FROM_PYTHON = re.compile(r".+_\d+_\d+")


@dataclass(frozen=True)
class Request:
    """A message from a front-end: a cell to run, or a change of a widget.

    Attributes:
        msg_id: Its id.
        session: The id of the front-end's session. It differs between windows, and changes with a reload.
        cell: The id of the cell; None if the front-end sends none.
        answers_input: Whether the front-end can answer `input`.
        code: A number for the code of the cell; 0 if the message has none.
    """

    msg_id: str
    session: str
    cell: str | None
    answers_input: bool
    code: int = 0

    @classmethod
    def read(cls, message: Mapping[str, Any]) -> Request:
        """Read a message; what is missing becomes empty."""
        header, content = message.get("header") or {}, message.get("content") or {}
        return cls(
            msg_id=str(header.get("msg_id", "")),
            session=str(header.get("session", "")),
            cell=(message.get("metadata") or {}).get("cellId"),
            answers_input=bool(content.get("allow_stdin")),
            code=hash(content.get("code") or 0),
        )

    @property
    def is_from_console(self) -> bool:
        """Whether jupyter console or qtconsole sent it: they print outputs and never replace one.

        nbclient and papermill use the same session but do not answer input, and they do replace outputs.
        """
        return self.cell is None and self.answers_input and _FROM_PYTHON.fullmatch(self.msg_id) is not None

    def open_outputs(self) -> tuple[Any, ...]:
        """Return the `ipywidgets.Output` widgets that capture what this request displays now."""
        ipywidgets = sys.modules.get("ipywidgets")  # not imported here: without it there is no Output
        if ipywidgets is None or not self.msg_id:
            return ()
        registry = sys.modules["ipywidgets.widgets.widget"]
        known = getattr(registry, "_instances", None)
        if known is None:  # ipywidgets 7
            known = ipywidgets.Widget.widgets
        widgets = list(known.values())
        return tuple(each for each in widgets if isinstance(each, ipywidgets.Output) and each.msg_id == self.msg_id)


def current_request() -> Request | None:
    """Return the request that is being run; None outside a kernel."""
    get_parent = getattr(get_ipython(), "get_parent", None)
    return None if get_parent is None else Request.read(get_parent() or {})

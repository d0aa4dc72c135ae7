"""Jupyter Server extension: a finished card stays readable in the saved notebook.

A front-end shows the richest thing that an output holds. In a notebook reopened without its kernel that
is a widget nobody can draw any more, and the card saved beside it stays hidden. So the widget's view is
left out of what goes to disk once its tasks have ended or are no longer followed. The open page is told nothing
and keeps its live card; one that is still followed keeps its view, so that a page reloaded meanwhile finds it again.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Any

from .view.bundle import WIDGET_VIEW

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp
    from jupyter_server.services.contents.manager import ContentsManager

_OURS = "runway_nb"

Complain = Callable[[str], None]
"""Is told, in a few words, what is wrong with an output of ours that is left as it is."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Name the module that the server loads."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(server_app: ServerApp) -> None:
    """Put every save through `before_save`."""
    server_app.contents_manager.register_pre_save_hook(before_save)


def before_save(*, model: dict[str, Any], path: str, contents_manager: ContentsManager, **_: object) -> None:
    """Take the views of cards at rest out of a notebook that is about to be saved.

    Args:
        model: What is being saved. Its content is replaced, not changed: whoever else holds it keeps what they have.
        path: Where to.
        contents_manager: Who saves it; its log is told of broken outputs.
    """
    if model.get("type") == "notebook" and "content" in model:

        def complain(problem: str) -> None:
            contents_manager.log.warning("An output of runway_nb in %s is saved as it is: %s", path, problem)

        model["content"] = without_resting_views(model["content"], complain)


def without_resting_views(notebook: Any, complain: Complain = lambda _: None) -> Any:
    """Return a notebook without the widget views of cards whose tasks have ended or are not followed.

    Widget state that the front-end stored beside them stays: other outputs may show the same models, and
    without a view nothing draws them.

    Args:
        notebook: A notebook's content, of any shape; it is not changed.
        complain: Is told of each output of ours that makes no sense.

    Returns:
        A copy along the changed paths, of the same types; the same object where nothing is to be left out.
    """
    return _mapped(notebook, "cells", lambda cell: _mapped(cell, "outputs", lambda each: _cleaned(each, complain)))


def _mapped(holder: Any, name: str, clean: Callable[[Any], Any]) -> Any:
    """Clean each item of the list under a name; anything of another shape stays as it is."""
    items = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(items, list):
        return holder
    cleaned = [clean(item) for item in items]
    if all(after is before for after, before in zip(cleaned, items, strict=True)):
        return holder
    return _with(holder, name, cleaned)


def _cleaned(output: Any, complain: Complain) -> Any:
    metadata = output.get("metadata") if isinstance(output, dict) else None
    if not isinstance(metadata, dict) or _OURS not in metadata:
        return output
    about, data = metadata[_OURS], output.get("data")
    if not isinstance(about, dict) or not isinstance(data, dict):
        complain("its metadata or its data is no object")
        return output
    at_rest = about.get("settled") is True or about.get("followed") is False
    if not at_rest or WIDGET_VIEW not in data:
        return output
    if not data.get("text/html"):
        complain("it has no HTML to be left with")
        return output
    rest = copy(data)
    del rest[WIDGET_VIEW]
    return _with(output, "data", rest)


def _with(holder: Any, name: str, value: Any) -> Any:
    changed = copy(holder)
    changed[name] = value
    return changed

"""Jupyter Server extension: a finished card stays readable in the saved notebook.

A front-end shows the richest format that an output holds. In a notebook reopened without its kernel that is a widget
view, which then cannot be drawn, and the HTML saved beside it stays hidden. The pre-save hook therefore leaves the
widget view out of the file once its tasks have ended or are no longer followed. The open page does not change and
keeps its live card. A card that is still followed keeps its view, so that a reloaded page finds it again.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Any

from .view.mime import METADATA_KEY, WIDGET_VIEW

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp
    from jupyter_server.services.contents.manager import ContentsManager

Warn = Callable[[str], None]
"""Receives, in a few words, the reason why one of our outputs is saved unchanged."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Name the module that the server loads."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(server_app: ServerApp) -> None:
    """Register `before_save` for every save."""
    server_app.contents_manager.register_pre_save_hook(before_save)


def before_save(*, model: dict[str, Any], path: str, contents_manager: ContentsManager, **_: object) -> None:
    """Remove the views of cards at rest from a notebook that is about to be saved.

    Args:
        model: What is being saved. Its content is replaced, not changed, because others may hold the same object.
        path: Where it is saved.
        contents_manager: The manager that saves it. Its log receives a warning for each broken output.
    """
    if model.get("type") == "notebook" and "content" in model:

        def warn(problem: str) -> None:
            contents_manager.log.warning("An output of runway_nb in %s is saved unchanged: %s.", path, problem)

        model["content"] = without_resting_views(model["content"], warn)


def without_resting_views(notebook: Any, warn: Warn = lambda _: None) -> Any:
    """Return a notebook without the widget views of cards whose tasks have ended or are not followed.

    Widget state that the front-end stored in the notebook stays: other outputs may show the same models, and
    without a view it is not drawn.

    Args:
        notebook: A notebook's content, of any shape. It is not changed.
        warn: Called for each of our outputs that is broken.

    Returns:
        A copy along the changed paths, of the same types; the same object if there was nothing to remove.
    """
    return _mapped(notebook, "cells", lambda cell: _mapped(cell, "outputs", lambda each: _cleaned(each, warn)))


def _mapped(holder: Any, name: str, clean: Callable[[Any], Any]) -> Any:
    """Clean each item of the list under a name; return anything of another shape unchanged."""
    items = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(items, list):
        return holder
    cleaned = [clean(item) for item in items]
    if all(after is before for after, before in zip(cleaned, items, strict=True)):
        return holder
    return _with(holder, name, cleaned)


def _cleaned(output: Any, warn: Warn) -> Any:
    metadata = output.get("metadata") if isinstance(output, dict) else None
    if not isinstance(metadata, dict) or METADATA_KEY not in metadata:
        return output
    about, data = metadata[METADATA_KEY], output.get("data")
    if not isinstance(about, dict) or not isinstance(data, dict):
        warn("its metadata or its data is not an object")
        return output
    at_rest = about.get("settled") is True or about.get("followed") is False
    if not at_rest or WIDGET_VIEW not in data:
        return output
    if not data.get("text/html"):
        warn("it has no HTML to show instead of the widget")
        return output
    rest = copy(data)
    del rest[WIDGET_VIEW]
    return _with(output, "data", rest)


def _with(holder: Any, name: str, value: Any) -> Any:
    changed = copy(holder)
    changed[name] = value
    return changed

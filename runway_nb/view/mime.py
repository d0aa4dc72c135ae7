"""The contents of an output: `Bundle`, its MIME types, and the metadata that the server extension reads."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ..model.sighting import Following, Sighting
from ..model.text import for_stdout, printable
from .fault import contained

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA_KEY = "runway_nb"


@dataclass(frozen=True)
class Bundle:
    """One output in several forms. A front-end shows the richest one that it supports.

    Attributes:
        data: The forms, by MIME type.
        metadata: The metadata of the output.
    """

    data: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The form for a terminal, printable and in its encoding."""
        return for_stdout(printable(str(self.data["text/plain"])))

    @property
    def forms(self) -> dict[str, Any]:
        """All forms, as IPython displays them: in a terminal it prints the text."""
        return {**self.data, "text/plain": self.text}

    def about(self, sightings: Sequence[Sighting]) -> Bundle:
        """Return this with metadata: the tasks, whether all have ended, and whether one is followed."""
        return replace(self, metadata={METADATA_KEY: _metadata(sightings)})

    def live(self, model_id: str) -> Bundle:
        """Return this with the view of a live widget added, unless front-ends would show an error in its place."""
        if not draws_widgets():
            return self
        view = {"version_major": 2, "version_minor": 0, "model_id": model_id}
        return replace(self, data={WIDGET_VIEW: view, **self.data})


@cache
def draws_widgets() -> bool:
    """Whether the front-end modules that are installed draw the widgets of this kernel.

    JupyterLab 4 and Notebook 7 use jupyterlab_widgets 3. Installers put it beside ipywidgets 7, too, but it refuses the
    widgets of that version. Colab installs both and uses neither.
    """
    return _major("ipywidgets") >= 8 or _major("jupyterlab_widgets") < 3 or "google.colab" in sys.modules


def _major(package: str) -> int:
    try:
        return int(version(package).partition(".")[0])
    except (PackageNotFoundError, ValueError):
        return 0


def _metadata(sightings: Sequence[Sighting]) -> dict[str, Any]:
    shared = {
        "settled": all(sighting.settled for sighting in sightings),
        "followed": any(sighting.following is Following.ON for sighting in sightings),
    }
    if len(sightings) != 1:
        return {"task_ids": [sighting.task_id for sighting in sightings], **shared}
    task = sightings[0].task
    state = contained(lambda: task.state_text if task else None, lambda _: None)
    return {"task_id": sightings[0].task_id, "state": state, **shared}

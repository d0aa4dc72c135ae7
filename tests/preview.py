"""Write a page with the saved card of every demo task.

Run with `.venv/bin/python tests/preview.py [FILE]`; without a file the page opens in the browser.
"""

from __future__ import annotations

import sys
import tempfile
import webbrowser
from datetime import datetime, timezone
from pathlib import Path

from runway_nb import RunwayClient
from runway_nb.model.errors import RunwayError
from runway_nb.model.sighting import Sighting
from runway_nb.service.media import embedded_media
from runway_nb.service.overrides import use_demo_url
from runway_nb.simulator import DEMO_TASKS, DemoTask, Simulator
from runway_nb.view.card import saved

_PAGE = """<!doctype html><meta charset="utf-8"><title>Every card</title>
<body style="margin:20px;display:grid;grid-template-columns:repeat(auto-fill,minmax(420px,1fr));gap:20px">{cards}"""


def main() -> None:
    """Write the page; without a path, open it too."""
    with Simulator() as simulator, RunwayClient("preview", simulator.base_url) as client:
        use_demo_url(simulator.base_url)  # media on this machine are embedded only if the API is here, too
        page = _PAGE.format(cards="".join(f"<div>{_card(client, shown)}</div>" for shown in DEMO_TASKS))
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir(), "runway_nb-preview.html")
    path.write_text(page, encoding="utf-8")
    print(path)  # noqa: T201  # a script reports by printing
    if len(sys.argv) == 1:
        webbrowser.open(path.as_uri())


def _card(client: RunwayClient, shown: DemoTask) -> str:
    now = datetime.now(timezone.utc)
    sighting = Sighting(shown.task_id)
    try:
        task = client.get(shown.task_id)
    except RunwayError as error:
        return saved.card(sighting.failed(error, now), now).data["text/html"]
    return saved.card(sighting.saw(task, now), now, embedded=embedded_media(task)).data["text/html"]


if __name__ == "__main__":
    main()

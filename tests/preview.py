"""Write a page with the saved card of every demo task, for a look at all of them at once.

Run with `.venv/bin/python tests/preview.py [FILE]`; without a file the page opens in the browser.
"""

from __future__ import annotations

import sys
import tempfile
import webbrowser
from datetime import datetime, timezone
from pathlib import Path

from runway_nb import RunwayClient
from runway_nb.embedding import embedded_media
from runway_nb.errors import RunwayError
from runway_nb.sighting import Sighting
from runway_nb.simulator import DEMO_TASKS, DemoTask, Simulator
from runway_nb.view import bundle

_PAGE = """<!doctype html><meta charset="utf-8"><title>Every card</title>
<body style="margin:20px;display:grid;grid-template-columns:repeat(auto-fill,minmax(420px,1fr));gap:20px">{cards}"""


def main() -> None:
    """Write the page, and open it if nobody said where to."""
    with Simulator() as simulator, RunwayClient("preview", simulator.base_url) as client:
        page = _PAGE.format(cards="".join(f"<div>{_card(client, shown)}</div>" for shown in DEMO_TASKS))
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir(), "runway_nb-preview.html")
    path.write_text(page, encoding="utf-8")
    print(path)  # noqa: T201  # where it is
    if len(sys.argv) == 1:
        webbrowser.open(path.as_uri())


def _card(client: RunwayClient, shown: DemoTask) -> str:
    now = datetime.now(timezone.utc)
    sighting = Sighting(shown.task_id)
    try:
        task = client.get(shown.task_id)
    except RunwayError as error:
        return bundle.static(sighting.failed(error, now), now)["text/html"]
    return bundle.static(sighting.saw(task, now), now, embedded=embedded_media(task))["text/html"]


if __name__ == "__main__":
    main()

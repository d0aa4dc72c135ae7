"""What a page requests by itself: posters and the clip that is shown, and never the notebook server."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from support.frontend import GENEROUS

from runway_nb.simulator import Record

pytestmark = pytest.mark.browser

IMAGE = "reference.jpg"
MARKER = "marker.jpg"
VIDEOS_LOADED = """() => [...document.querySelectorAll("video")].every(video =>
  !video.checkVisibility() || video.readyState >= HTMLMediaElement.HAVE_METADATA)"""
LOAD_LAST = """url => new Promise(answered => requestIdleCallback(() => {
  const marker = Object.assign(new Image(), {loading: "lazy", onload: answered, onerror: answered});
  marker.style = "position: fixed; top: 0; width: 1px; height: 1px";
  document.body.append(marker);
  marker.src = url;
}))"""


@pytest.fixture
def requested(page):
    """The URLs that the page requests."""
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    return urls


def names(urls, simulator):
    """Return the files of the simulator's that were requested, without the marker."""
    ours = [url for url in urls if url.startswith(simulator.base_url)]
    return {urlsplit(url).path.rpartition("/")[2] for url in ours} - {MARKER}


def settle(frontend, simulator):
    """Wait until the page has requested all that it loads by itself: then a picture that comes last is answered."""
    frontend.page.wait_for_function(VIDEOS_LOADED, timeout=GENEROUS)
    frontend.page.evaluate(LOAD_LAST, f"{simulator.base_url}/clips/{MARKER}")


def logout_data(server):
    """Return a task whose every URL is the notebook server's, once for each way to write its host."""
    port = urlsplit(server.url).port
    hosts = [f"127.0.0.1:{port}", f"localhost:{port}", f"localhost.:{port}", f"2130706433:{port}", f"127.1:{port}"]
    urls = [f"http://{host}/logout" for host in hosts] + [
        "/logout",
        "logout",
        f"//127.0.0.1:{port}/logout",
        "http:/logout",
        "http:logout",
        f"http:\\\\127.0.0.1:{port}\\logout",
        f"http://file.example\\@127.0.0.1:{port}/logout",
        f"http://127.0.0.1:{port}\\@file.example/logout",
        f"http://user@127.0.0.1:{port}/logout",
        f"\thttp://127.0.0.1:{port}/logout",
        f"http://127.0.0.1:{port}/log\nout",
    ]
    return [
        {
            "generateParam": {"prompt": f"url {place}", "imageUrl": url},
            "state": "success",
            "videoInfo": {"videoUrl": url, "imageUrl": url},
        }
        for place, url in enumerate(urls)
    ]


def test_notebook_server_is_never_requested(frontend, simulator, requested):
    records = logout_data(frontend.server)
    ids = [f"task-{place}" for place in range(len(records))]
    for task_id, data in zip(ids, records, strict=True):
        simulator.put(task_id, {"taskId": task_id, **data})
    cells = [f"%runway {task_id} --static" for task_id in ids[:3]]
    cells += [f"%runway {task_id}" for task_id in ids]
    frontend.write(["%load_ext runway_nb", *cells, f"%runway {' '.join(ids)}", f"%runway_compare {' '.join(ids[:2])}"])
    frontend.open()
    frontend.run_all()
    for cell in range(1, len(cells) + 2):
        output = frontend.output(cell)
        expect(output).to_contain_text("url ")
        output.evaluate("each => each.querySelectorAll('details').forEach(each => { each.open = true; })")
        output.scroll_into_view_if_needed()
    settle(frontend, simulator)
    assert [url for url in requested if "logout" in url] == []


def test_reference_image_waits_until_it_is_unfolded(frontend, simulator, requested):
    simulator.put("task-1", Record(prompt="A kite over dunes", clip="night-sea", image=IMAGE))
    frontend.write(["%load_ext runway_nb", "%runway task-1", "%runway task-1 --static", "%runway task-1 --lineage"])
    frontend.open()
    frontend.run_all()
    card = frontend.output(1)
    expect(card.locator("video")).to_be_visible()
    expect(frontend.output(3)).to_contain_text("A kite over dunes")
    settle(frontend, simulator)
    assert names(requested, simulator) == {"night-sea.jpg", "night-sea.mp4"}

    frontend.save()
    frontend.close()
    saved = frontend.read()
    for trusted in (True, False):
        requested.clear()
        saved.metadata.trusted_in_this_test = trusted
        frontend.write(saved, "saved.ipynb", trusted=trusted)
        frontend.open("saved.ipynb", kernel=False)
        expect(frontend.output(2)).to_contain_text("A kite over dunes")
        settle(frontend, simulator)
        assert names(requested, simulator) == {"night-sea.jpg", "night-sea.mp4"}
        for cell in (1, 2):
            expect(frontend.output(cell).locator(f"a[href$='{IMAGE}']")).to_have_count(1)


def test_live_reference_image_loads_when_unfolded(lab, simulator):
    simulator.put("task-1", Record(prompt="A kite over dunes", clip="night-sea", image=IMAGE))
    lab.write(["%load_ext runway_nb", "%runway task-1"])
    lab.open()
    lab.run_all()
    with lab.page.expect_request(lambda request: request.url.endswith(IMAGE)) as unfolded:
        lab.output(1).get_by_text("Details").click()
    assert "referer" not in unfolded.value.all_headers()


def test_board_loads_the_posters_of_one_page(lab, simulator, requested):
    clips = ("neon-cat", "night-sea", "fireflies", "paper-city")
    for place in range(10):
        simulator.put(f"task-{place:02}", Record(prompt=f"shot {place:02}", clip=clips[place % 4]))
    for place in range(10, 24):
        url = f"{simulator.base_url}/clips/page-{place}.jpg"
        simulator.put(f"task-{place:02}", {"state": "success", "videoInfo": {"imageUrl": url}})
    lab.write(["%load_ext runway_nb", f"%runway {' '.join(f'task-{place:02}' for place in range(24))}"])
    lab.open()
    lab.run_all()
    expect(lab.output(1)).to_contain_text("shot 09")
    settle(lab, simulator)
    assert names(requested, simulator) <= {f"{clip}.jpg" for clip in clips}

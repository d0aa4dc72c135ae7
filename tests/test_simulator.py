"""The simulator over real HTTP: that it follows the API's schema and its own documentation."""

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS
from support.waiting import wait_until

from runway_nb import simulator
from runway_nb.model.expiry import LinkLife
from runway_nb.model.task import Task, TaskState
from runway_nb.simulator import BATCH, DEMO_TASKS, Fault, Record, Simulator, batch_log, demo_task
from runway_nb.simulator.faults import MESSAGES
from runway_nb.simulator.service import THREAD_NAME
from runway_nb.simulator.walk import DURATION, RESTART_AFTER, RESTART_UNSEEN_AFTER, Walk

PATH = "/api/v1/runway/record-detail"
HERE = Path(__file__).parent
KEY = {"Authorization": "Bearer any-key"}
CAUSES = (  # the beginnings of the documented failure messages
    "Detected inappropriate content",
    "HD quality free trials complete",
    "Inappropriate content detected",
    "Please try again later. You can upgrade to Standard membership",
    "Reached the limit for concurrent generations",
    "Unsupported width or height",
    "Upload failed due to network reasons",
    "Your prompt was caught by our AI moderator",
    "Your prompt has triggered our AI moderator",
    "Your prompt/negative prompt cannot exceed 2048 characters",
    "Your video creation prompt contains NSFW content",
    "Incorrect image format",
    "Generation failed, please try again later",
    "internal error, please try again later.",
    "the server is busy",
)


@pytest.fixture(scope="module")
def shared():
    """Start a simulator that tests only read from."""
    with Simulator(pace=20) as simulator:
        yield simulator


@pytest.fixture
def sim():
    """Start a simulator for one test."""
    with Simulator(pace=20) as simulator:
        yield simulator


def look(simulator, task_id, headers=KEY, **options):
    return requests.get(simulator.base_url + PATH, {"taskId": task_id}, headers=headers, timeout=60, **options)


def port_of(simulator):
    return int(simulator.base_url.rsplit(":", 1)[1])


def data_of(simulator, task_id):
    body = look(simulator, task_id).json()
    assert (body["code"], body["msg"]) == (200, "success")
    return body["data"]


def task_of(simulator, title):
    task_id = demo_task(title).task_id
    return Task.from_data(data_of(simulator, task_id), task_id)


# --- the schema -------------------------------------------------------------------------------------------------------

schema = schemathesis.openapi.from_path(HERE / "openapi.yaml")
NOT_LIKE_THE_SERVICE = [  # the service sends errors as HTTP 200 with a code in the body, which the test checks
    CHECKS.get_one("ignored_auth"),
    CHECKS.get_one("missing_required_header"),
    CHECKS.get_one("negative_data_rejection"),
]


@schema.parametrize()
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_answers_match_the_schema(shared, case):
    response = case.call(base_url=shared.base_url, headers=KEY)
    case.validate_response(response, excluded_checks=NOT_LIKE_THE_SERVICE)
    if response.status_code == 200:
        asked = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True).get("taskId", [""])[-1]
        refused = 401 if "Authorization" not in response.request.headers else None if asked.strip() else 422
        assert response.json()["code"] == (refused or 200)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer invalid-key", "Basic any-key"])
def test_missing_or_wrong_key(shared, header):
    response = look(shared, demo_task("finished").task_id, headers={"Authorization": header} if header else {})
    assert response.status_code == 200
    assert response.json() == {"code": 401, "msg": "You do not have access permissions"}


@pytest.mark.parametrize("query", ["", "?taskId=", "?taskId=%20%20", "?other=1"])
def test_missing_task_id(shared, query):
    response = requests.get(shared.base_url + PATH + query, headers=KEY, timeout=60)
    assert (response.status_code, response.json()["code"]) == (200, 422)


@pytest.mark.parametrize("task_id", ["no-such-task", "\x1b", "a\x00b", "ä 漢", "' OR 1"])
def test_unknown_task_is_answered_with_null(shared, task_id):
    response = look(shared, task_id)
    assert (response.status_code, response.json()) == (200, {"code": 200, "msg": "success", "data": None})


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_error_codes_in_both_forms(shared, code):
    in_body, in_status = look(shared, f"code-{code}"), look(shared, f"http-{code}")
    assert (in_body.status_code, in_status.status_code) == (200, code)
    assert in_body.json() == in_status.json() == {"code": code, "msg": MESSAGES[code]}


def test_docstring_lists_the_codes():
    listed = re.search(r"for (401, [^.]*)\.", " ".join(simulator.__doc__.split())).group(1)
    assert [int(code) for code in re.findall(r"\d+", listed)] == sorted(MESSAGES)


def test_other_methods_and_paths(shared):
    post = requests.post(shared.base_url + PATH, timeout=60)
    assert (post.status_code, post.headers["Allow"], post.json()["code"]) == (405, "GET, OPTIONS", 405)
    lost = requests.get(shared.base_url + "/clips/../app.py", timeout=60)
    assert (lost.status_code, lost.json()["code"]) == (404, 404)


def test_other_origins_are_allowed(shared):
    preflight = requests.options(shared.base_url + PATH, headers={"Origin": "https://x.example"}, timeout=60)
    assert preflight.status_code == 204
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    for answer in (preflight, look(shared, "x"), requests.get(shared.base_url + "/clips/neon-cat.jpg", timeout=60)):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


# --- the demo tasks ---------------------------------------------------------------------------------------------------


def test_demo_tasks_have_their_state(shared):
    for task in DEMO_TASKS:
        data = data_of(shared, task.task_id)
        assert (data is None) == (task.title == "not-found")
        if data is not None and task.title != "walking":
            read = Task.from_data(data, task.task_id)
            expected = TaskState.read(task.record.state)
            assert (read.task_id, read.state) == (task.task_id, expected), task.title


def test_demo_ids_and_titles():
    assert len({task.task_id for task in (*DEMO_TASKS, *BATCH)}) == len(DEMO_TASKS) + 200
    assert len({task.title for task in DEMO_TASKS}) == len(DEMO_TASKS)
    shape = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")
    assert all(shape.fullmatch(task.task_id) for task in (*DEMO_TASKS, *BATCH))
    assert re.fullmatch(r"[0-9a-f]{32}", demo_task("hex-id").task_id)
    with pytest.raises(KeyError, match="expiring"):
        demo_task("nonsense")


def test_demo_tasks_cover_every_state():
    states = {TaskState.read(task.record.state) for task in DEMO_TASKS if task.record}
    assert states == set(TaskState)


def test_demo_tasks_cover_every_failure(shared):
    failures = [data_of(shared, task.task_id) for task in DEMO_TASKS if task.group == "Failures"]
    assert all(data["failCode"] == 400 and "videoInfo" not in data for data in failures)
    for cause in CAUSES:
        assert [data for data in failures if data["failMsg"].startswith(cause)], cause
    assert len(task_of(shared, "fail-prompt-length").prompt) > 2048


def test_links_work_until_they_expire(shared):
    now = datetime.now(timezone.utc)
    finished, expiring, expired = (task_of(shared, title) for title in ("finished", "expiring", "expired"))
    assert [task.link_life(now) for task in (finished, expiring, expired)] == [
        LinkLife.FRESH,
        LinkLife.EXPIRING,
        LinkLife.EXPIRED,
    ]
    assert timedelta(days=1) < expiring.expires_at - now < timedelta(days=3)
    assert expired.expires_at < now
    assert requests.get(finished.video.url, timeout=60).status_code == 200
    assert requests.get(expired.video.url, timeout=60).status_code == 404
    assert requests.get(expired.video.image_url, timeout=60).status_code == 200
    without = task_of(shared, "no-url")
    assert (without.state, without.video.url) == (TaskState.SUCCESS, None)


def test_finished_task_changes_only_on_expiry():
    started = datetime(2025, 3, 1, 12, tzinfo=timezone.utc)
    first, later, last = (
        Record(age=timedelta(days=1)).data("x", "http://here", started, started + timedelta(days=days))
        for days in (0, 12, 13)
    )
    assert first == later
    assert first["generateTime"] == last["generateTime"] == "2025-02-28 12:00:00"
    assert (later["expireFlag"], last["expireFlag"]) == (0, 1)


def test_chain_of_extensions(shared):
    third, second, first = (task_of(shared, title) for title in ("chain-3", "chain-2", "chain-1"))
    assert (third.parent_task_id, second.parent_task_id) == (second.task_id, first.task_id)
    assert first.parent_task_id is None
    assert requests.get(second.image_url, timeout=60).headers["Content-Type"] == "image/jpeg"


def test_undocumented_forms(shared):
    nulls, bare, sister, queuing, old, sample = (
        data_of(shared, demo_task(title).task_id) for title in ("nulls", "bare", "sister", "queuing", "old", "sample")
    )
    assert (nulls["videoInfo"], nulls["failCode"], nulls["generateParam"]["imageUrl"]) == (None, "", None)
    assert (bare["generateParam"], bare["expireFlag"]) == (None, None)
    assert isinstance(sister["generateParam"], str)
    assert sister["expireFlag"] is False
    assert abs(sister["generateTime"] / 1000 - (time.time() - 2 * 86400)) < 3600
    assert queuing["state"] == "queuing"
    assert (old["id"], old["parentId"], "taskId" in old) == (12345, 0, False)
    assert (sample["state"], sample["failCode"]) == ("success", 400)
    assert len(task_of(shared, "long-prompt").prompt) > 1500
    assert {task.record.expand_prompt for task in DEMO_TASKS if task.record} == {True, False, None}


# --- walking tasks ----------------------------------------------------------------------------------------------------


def test_walking_tasks_are_independent(sim):
    seen = []
    deadline = time.monotonic() + 60
    while (not seen or seen[-1] != "success") and time.monotonic() < deadline:
        state = data_of(sim, "walk-a")["state"]
        if [state] != seen[-1:]:
            seen.append(state)
        time.sleep(0.02)
    assert (seen[0], seen[-1]) == ("wait", "success")
    assert seen == [state for state in ("wait", "queueing", "generating", "success") if state in seen]
    assert data_of(sim, "walk-b")["state"] == "wait"
    finished = data_of(sim, "walk-a")
    assert finished["state"] == "success"
    age = datetime.now(timezone.utc) - datetime.fromisoformat(finished["generateTime"]).replace(tzinfo=timezone.utc)
    assert timedelta(0) <= age < timedelta(seconds=120)
    assert requests.get(finished["videoInfo"]["videoUrl"], timeout=60).status_code == 200


def test_pace_of_a_walk():
    walk = Walk(pace=10)
    assert [walk.look(at) for at in (100, 100.19, 100.21, 100.61, 101.49, 101.51)] == [
        "wait", "wait", "queueing", "generating", "generating", "success",
    ]  # fmt: skip


def test_only_the_demo_task_starts_over():
    walk = Walk(repeats=True)
    assert (walk.look(0), walk.look(DURATION)) == ("wait", "success")
    assert walk.look(DURATION + RESTART_AFTER - 1) == "success"
    assert walk.look(DURATION + RESTART_AFTER + 10) == "success"  # looked up in between, so it does not start over
    assert walk.look(DURATION + 2 * RESTART_AFTER + 11) == "wait"
    once = Walk()
    assert (once.look(0), once.look(DURATION), once.look(10_000)) == ("wait", "success", "success")


def test_unseen_walk_starts_over_later():
    slow, gone = Walk(repeats=True), Walk(repeats=True)
    assert (slow.look(0), slow.look(60)) == ("wait", "success")
    assert (gone.look(0), gone.look(DURATION + RESTART_UNSEEN_AFTER)) == ("wait", "wait")


# --- clips ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["neon-cat", "paper-city", "night-sea", "fireflies"])
def test_clips_have_byte_ranges(shared, name):
    url = f"{shared.base_url}/clips/{name}.mp4"
    whole = requests.get(url, timeout=60)
    assert (whole.headers["Content-Type"], whole.headers["Accept-Ranges"]) == ("video/mp4", "bytes")
    assert whole.content[4:8] == b"ftyp"
    assert b"avc1" in whole.content
    assert whole.content.index(b"moov") < whole.content.index(b"mdat")  # playable before the download is complete
    part = requests.get(url, headers={"Range": "bytes=100-299"}, timeout=60)
    assert (part.status_code, part.content) == (206, whole.content[100:300])
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(whole.content)}"
    rest = requests.get(url, headers={"Range": f"bytes={len(whole.content) - 5}-"}, timeout=60)
    assert rest.content == whole.content[-5:]
    assert requests.get(url, headers={"Range": "bytes=99999999-"}, timeout=60).status_code == 416
    assert int(requests.head(url, timeout=60).headers["Content-Length"]) == len(whole.content)
    assert requests.get(f"{shared.base_url}/clips/{name}.jpg", timeout=60).content.startswith(b"\xff\xd8")


def test_clips_are_small():
    files = list((Path(simulator.__file__).parent / "clips").glob("*.*"))
    assert sum(path.stat().st_size for path in files) < 400_000


def test_every_media_file_exists(shared):
    records = [task.record for task in (*DEMO_TASKS, *BATCH) if task.record]
    names = {f"{record.clip}.{ending}" for record in records if record.clip for ending in ("mp4", "jpg")}
    names |= {record.image for record in records if record.image}
    assert {requests.head(f"{shared.base_url}/clips/{name}", timeout=60).status_code for name in names} == {200}


# --- faults -----------------------------------------------------------------------------------------------------------


def test_faults_happen_in_order(sim):
    sim.faults.add(Fault.code(429))
    sim.faults.add(Fault.http(500), times=2)
    answers = [look(sim, "x") for _ in range(4)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (200, 429), (500, 500), (500, 500), (200, 200),
    ]  # fmt: skip


def test_fault_for_one_task(sim):
    sim.faults.add(Fault.http(455), task_id="a", times=None)
    assert [look(sim, task_id).status_code for task_id in ("a", "b", "a", "a")] == [455, 200, 455, 455]
    sim.faults.clear()
    assert look(sim, "a").status_code == 200


def test_retry_after_in_both_forms(sim):
    when = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(seconds=9)
    sim.faults.add(Fault.http(429, retry_after=2))
    sim.faults.add(Fault.http(429, retry_after=when))
    sim.faults.add(Fault.http(429))
    seconds, date, none = (look(sim, "x").headers.get("Retry-After") for _ in range(3))
    assert (seconds, none) == ("2", None)
    assert parsedate_to_datetime(date) == when


def test_broken_answers(sim):
    sim.faults.add(Fault.html())
    sim.faults.add(Fault.null())
    sim.faults.add(Fault.truncated())
    sim.faults.add(Fault.oversized())
    page, null, truncated, oversized = (look(sim, demo_task("finished").task_id) for _ in range(4))
    assert (page.status_code, page.headers["Content-Type"]) == (403, "text/html; charset=UTF-8")
    assert "error code: 1010" in page.text
    assert null.json() == {"code": 200, "msg": "success", "data": None}
    with pytest.raises(ValueError, match="Unterminated string"):
        truncated.json()
    assert len(oversized.content) > 2**20
    assert oversized.json()["code"] == 200


def test_redirect(sim):
    sim.faults.add(Fault.redirect("http://elsewhere.invalid/"))
    answer = look(sim, "x", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://elsewhere.invalid/")


@pytest.mark.parametrize("fault", [Fault.dropped(), Fault.cut_off()])
def test_dropped_connections(sim, fault):
    sim.faults.add(fault)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        look(sim, "x")
    assert look(sim, "x").status_code == 200


def test_slow_answer(sim):
    sim.faults.add(Fault.slow(0.3), task_id="walk-x")
    begun = time.monotonic()
    assert data_of(sim, "walk-x")["state"] == "wait"
    assert time.monotonic() - begun >= 0.3


def test_slow_answer_does_not_block_others(sim):
    sim.faults.add(Fault.slow(600), task_id="slow")
    with socket.create_connection(("127.0.0.1", port_of(sim))) as raw:
        raw.sendall(f"GET {PATH}?taskId=slow HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while "slow" not in {look_up.task_id for look_up in sim.lookups}:
            assert look(sim, "x").status_code == 200
        begun = time.monotonic()
        sim.stop()
        assert time.monotonic() - begun < 60


def test_latency_applies_to_every_look_up():
    with Simulator(latency=0.2) as slow:
        begun = time.monotonic()
        look(slow, "x")
        assert time.monotonic() - begun >= 0.2


# --- set by the caller ------------------------------------------------------------------------------------------------


def test_put_sets_a_task(sim):
    sim.put("mine", Record("generating", "A prompt"))
    assert data_of(sim, "mine")["state"] == "generating"
    sim.put("mine", Record("success", "A prompt", clip="fireflies"))
    assert data_of(sim, "mine")["videoInfo"]["videoUrl"] == f"{sim.base_url}/clips/fireflies.mp4"
    sim.put("mine", {"taskId": "mine", "anything": ["at", "all"]})
    assert data_of(sim, "mine") == {"taskId": "mine", "anything": ["at", "all"]}
    for task_id in ("mine", "walk-mine", demo_task("walking").task_id):
        sim.put(task_id, None)
        assert data_of(sim, task_id) is None


def test_look_ups_are_recorded_without_key(sim):
    before = time.monotonic()
    look(sim, "a", headers={"Authorization": "Bearer very-secret", "User-Agent": "me/1"})
    look(sim, "b")
    first, second = sim.lookups
    assert (first.task_id, second.task_id) == ("a", "b")
    assert before <= first.at <= second.at <= time.monotonic()
    assert first.headers["User-Agent"] == "me/1"
    assert "secret" not in repr(sim.lookups)


# --- the batch --------------------------------------------------------------------------------------------------------


def test_batch_is_a_realistic_mix(shared):
    outcomes = Counter()
    causes = Counter()
    for task in BATCH:
        data = data_of(shared, task.task_id)
        outcomes[data["state"] if data else None] += 1
        if data and data["state"] == "fail":
            causes[data["failMsg"]] += 1
            assert data["failMsg"].startswith(CAUSES)
    assert sum(outcomes.values()) == 200
    assert 110 <= outcomes["success"] <= 130
    assert 55 <= outcomes["fail"] <= 70
    assert all(outcomes[state] >= 3 for state in ("wait", "queueing", "generating"))
    assert 1 <= outcomes[None] <= 8
    moderated = sum(count for text, count in causes.items() if "moderator" in text)
    assert moderated > max(count for text, count in causes.items() if "moderator" not in text)
    assert len(causes) >= 8


def test_batch_log_names_every_task():
    named = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", batch_log())
    assert list(dict.fromkeys(named)) == [task.task_id for task in BATCH]
    assert len(named) > len(BATCH)


# --- start and stop ---------------------------------------------------------------------------------------------------


def simulator_threads():
    return [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


def test_stop_during_a_look_up_logs_nothing(sim, caplog, capfd):
    sim.faults.add(Fault.slow(30))
    with socket.create_connection(("127.0.0.1", port_of(sim))) as raw:
        raw.sendall(f"GET {PATH}?taskId=slow HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_until(lambda: sim.lookups)
        sim.stop()
    assert (caplog.text, "".join(capfd.readouterr())) == ("", "")


def test_stop_ends_thread_and_socket():
    before = len(simulator_threads())
    sim = Simulator()
    with pytest.raises(RuntimeError, match="start"):
        _ = sim.base_url
    assert sim.start() is sim.start()
    address = sim.base_url
    assert len(simulator_threads()) == before + 1
    kept_open = requests.Session()
    kept_open.get(f"{address}/clips/neon-cat.jpg", timeout=60)
    sim.stop()
    sim.stop()
    assert len(simulator_threads()) == before
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=60)
    sim.start()
    assert sim.base_url == address
    assert look(sim, "x").status_code == 200
    sim.stop()
    kept_open.close()


def test_port_in_use_raises(shared):
    with pytest.raises(OSError, match=r"[Aa]ddress"):
        Simulator(port=port_of(shared)).start()


def test_import_does_not_load_tornado():
    code = "import runway_nb.simulator, sys; sys.exit('tornado' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603  # our own code


def test_command_prints_its_url():
    command = [sys.executable, "-m", "runway_nb.simulator"]
    with subprocess.Popen(  # noqa: S603  # our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        assert requests.get(url + PATH, {"taskId": "x"}, headers=KEY, timeout=60).json()["data"] is None
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "", "")


def test_command_with_port_in_use(shared):
    port = port_of(shared)
    command = [sys.executable, "-m", "runway_nb.simulator", "--port", str(port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603  # our own
    assert done.returncode == 1
    assert re.fullmatch(rf"Cannot serve on 127\.0\.0\.1:{port}: .*\n", done.stderr)


def test_command_without_tornado():
    code = (
        "import runpy, sys; sys.modules['tornado'] = None; sys.argv = ['simulator']; "
        "runpy.run_module('runway_nb.simulator', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)  # noqa: S603  # our own code
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("The simulator needs the package tornado. Install it with pip install 'runway_nb[demo]'.\n")

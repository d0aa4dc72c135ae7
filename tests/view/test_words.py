"""The texts that all views share: headline, status, details, durations, times and ids."""

from datetime import timedelta
from typing import Any

import pytest
from support.tasks import NOW, VIDEO, seen

from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
from runway_nb.view import words

COMPLETED = "2026-11-24 10:00:00"
LINK = {"videoUrl": VIDEO}


def finished(**changes: Any) -> Task:
    task = seen("success", **{"generateTime": COMPLETED, "videoInfo": LINK, **changes}).task
    assert task is not None
    return task


@pytest.mark.parametrize(
    ("changes", "line", "until"),
    [
        ({}, "link valid until about 8 Dec 2026", "about 8 Dec 2026"),
        ({"generateTime": None}, "links are valid for 14 days", None),
        ({"expireFlag": 1}, "links are valid for 14 days", None),
    ],
)
def test_end_of_the_link(changes: dict[str, Any], line: str, until: str | None):
    task = finished(**changes)

    assert words.video_line(task) == line
    assert dict(words.details(task)).get("link valid until") == until


def test_headline():
    assert words.headline(Sighting("ee60")) == ""
    assert words.headline(seen("wait")) == ""
    assert words.headline(seen("success", generateTime=COMPLETED)) == "2026-11-24 10:00:00"  # no zone is documented
    assert words.headline(seen("success", generateTime=1795507200000)) == "2026-11-24 08:00:00 UTC"
    assert words.headline(seen("fail")) == ""
    assert words.headline(seen("wait", "queueing", "fail")) == "after 2 min"


def test_status_line():
    assert words.status(Sighting("ee60"), NOW) == "not checked yet"
    assert words.status(seen("success"), NOW) == "checked 12:00:00 UTC"
    followed = seen("wait", "queueing").due(NOW + timedelta(seconds=5))
    assert words.status(followed, NOW) == "1 min so far · checked 12:00:00 UTC · next in 5 s"
    later = followed.due(NOW + timedelta(seconds=80))
    assert words.status(later, NOW) == "1 min so far · checked 12:00:00 UTC · next 12:01:20 UTC"
    assert words.status(followed.due(None), NOW) == "1 min so far · checked 12:00:00 UTC · checking…"


def test_details_skip_empty_facts():
    parameters = {"prompt": "p", "imageUrl": "https://i/", "expandPrompt": False, "seed": 7, "ratio": "", "style": None}
    found = words.details(finished(generateParam=parameters, parentTaskId="p1"))

    assert dict(found) | {"link valid until": ""} == {
        "prompt enhanced": "no",
        "reference image": "https://i/",
        "extends task": "p1",
        "link valid until": "",
        "seed": "7",
    }
    assert len(found) == len(dict(found))


def test_summary():
    extended = finished(
        generateParam={"prompt": "p", "expandPrompt": True, "imageUrl": "https://i/"},
        parentTaskId="0e53cf7b-8e67-416c-bb97-efee88a9017d",
        videoInfo={"videoUrl": "https://v/", "videoId": "v1"},
    )

    assert words.summary(extended) == "prompt enhanced · reference image · extends 0e53cf7b… · video v1"
    assert words.summary(Task("ee60")) == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (0.4, "0 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (130, "2 min 10 s"),
        (3600, "1 h"),
        (3605, "1 h"),
        (3660, "1 h 1 min"),
        (86400, "1 day"),
        (2 * 86400 + 3 * 3600 + 5, "2 days 3 h"),
    ],
)
def test_durations_have_two_units(seconds: float, said: str):
    assert words.duration(seconds) == words.duration(timedelta(seconds=seconds)) == said


def test_times_and_ids():
    assert words.clock(NOW) == "12:00:00 UTC"
    assert words.moment(NOW) == "24 Nov 2026, 12:00 UTC"
    assert words.short("ee603959-debb-48d1-98c4-a6d1c717eba6") == "ee603959…"
    assert words.short("short") == "short"
    assert words.short(None) == ""


def test_long_state_is_cut():
    assert words.marked_state(seen("s" * 3000).task) == f"? {'s' * 17}…"
    assert words.marked_state(seen("a state of its own").task) == "? a state of its own"


def test_long_parameters_are_cut():
    given = {f"{number:03}{'n' * 300}": "v" * 3000 for number in range(150)}
    rows = words.details(finished(generateParam={"prompt": "p", **given}))
    cut = [(label, value) for label, value in rows if label[:3].isdigit()]

    assert len(cut) == 100
    assert {len(label) for label, _ in cut} == {200}
    assert cut[0][1] == f"{'v' * 2000}… 1,000 more characters, in task.raw"
    assert rows[-1] == ("more parameters", "50, in task.raw")


def test_parameters_of_any_type():
    given = {"a": ["x", 1], "b": {"c": None}, "d": True, "e": "", "f": None, "g": 0}

    found = dict(words.details(finished(generateParam={"prompt": "p", **given})))

    assert {name: found.get(name) for name in given} == {
        "a": '["x", 1]',
        "b": '{"c": null}',
        "d": "True",
        "e": None,
        "f": None,
        "g": "0",
    }

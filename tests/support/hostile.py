"""Hostile answers: long texts and values of many patterns, in every place of a task, and everything that draws them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from runway_nb.model.errors import ApiError
from runway_nb.model.expiry import LinkLife
from runway_nb.model.failure import read_message
from runway_nb.model.lineage import Lineage, Link, trace
from runway_nb.model.sighting import Following, Sighting
from runway_nb.model.task import Task
from runway_nb.model.wait_errors import TaskFailedError, WaitTimeoutError
from runway_nb.view.board import saved as saved_board
from runway_nb.view.board.query import Order, Query, ordered, select, tally
from runway_nb.view.board.row import Row
from runway_nb.view.board.shown import Choices, shown
from runway_nb.view.card import html, saved
from runway_nb.view.card.notes import notes_of
from runway_nb.view.reports import compare, history, lineage, report
from runway_nb.view.style import live
from runway_nb.view.terminal import text_table

from .tasks import NOW, POSTER, VIDEO

_UNITS = {
    "newlines": "\n",
    "spaces": " ",
    "CRLF": "\r\n",
    "tabs": "\t",
    "lines": "a\n",
    "blank lines": "\n \t\n",
    "lines of spaces": "a    \n",
    "less than": "<",
    "ampersands": "&",
    "quotes": "\"'",
    "dots": "a.a.",
    "schemes": "a:",
    "links": "http://a.b ",
    "unfinished links": "http:// ",
    "one link": "http://",
    "data": "data:a/b ",
    "www": "www. ",
    "brackets": "[",
    "braces": '{"',
    "digits": "7",
    "numbers": "7 ",
    "words": "word ",
    "words of one letter": "a ",
    "different words": "".join(f"w{number} " for number in range(5000)),
    "one word": "a",
    "hyphens": "a-",
    "dashes": "-",
    "capitals": "A",
    "emoji": "😀",
    "families": "👨\u200d👩\u200d👧",
    "combining": "a\u0301",
    "combining only": "\u0301",
    "sharp s": "ß",
    "ligatures": "\ufdfa",
    "bidi": "\u202e",
    "isolates": "\u2066a\u2069",
    "controls": "\x1b[31m",
    "zeros": "\x00",
    "backslashes": "\\",
    "dollars": "$",
    "mathematics": "\\(x\\) $$ ",
    "percents": "%41",
    "base64": "QUJDREVGRw==",
    "backticks": "`",
    "fences": "```\n",
    "hashes": "# ",
    "pipes": "| a ",
    "underscores": "_",
    "snake": "a_",
    "no-break spaces": "\u00a0",
    "Chinese": "猫",
    "Thai": "แมว",
    "Russian": "кошка ",
    "commas": "a,",
    "points": ". ",
    "failures": "prompt image not moderation failed ",
    "limits": "too many tasks exceeded limit concurrent ",
    "markup": "<b>a</b>",
    "entities": "&amp;",
    "scripts": "<script>",
    "JSON in a text": '{"prompt": "a b c d"},',
    "UUIDs": "ee603959-debb-48d1-98c4-a6d1c717eba6 ",
}


def text(pattern: str, size: int) -> str:
    """Return a text of one pattern.

    Args:
        pattern: A key of `PATTERNS`.
        size: Characters.
    """
    unit = _UNITS[pattern]
    return (unit * (size // len(unit) + 1))[:size]


PATTERNS = tuple(_UNITS)
"""The names of the patterns of texts."""

VALUES: Mapping[str, Callable[[int], Any]] = {
    "long key": lambda size: {"k" * size: 1},
    "many keys": lambda size: {f"key{number:06}": number for number in range(size // 20)},
    "many long keys": lambda size: {f"{'k' * 1000}{number:06}": number for number in range(size // 1000)},
    "many empty lists": lambda size: [[] for _ in range(size // 4)],
    "many numbers": lambda size: list(range(size // 8)),
    "many texts": lambda size: ["a b c d e"] * (size // 14),
    "many objects": lambda size: [{"url": "a"} for _ in range(size // 14)],
    "deep list": lambda size: _nested(lambda inner: [inner], size),
    "deep messages": lambda size: _nested(lambda inner: {"message": inner}, size),
    "deep and wide messages": lambda size: _nested(lambda inner: {"message": inner, "x": [0] * (size // 64 // 3)}, 0),
    "object in a text": lambda size: json.dumps({f"key{number:06}": number for number in range(size // 20)}),
    "lists in a text": lambda size: json.dumps([[] for _ in range(size // 4)]),
    "text in a text": lambda size: json.dumps({"prompt": json.dumps({"prompt": "a b c d " * (size // 8)})}),
    "open brackets in a text": lambda size: '{"a":' * (size // 5),
}
"""Values that are no plain text, by what they consist of; each makes one of about `size` characters as JSON."""


def _nested(wrap: Callable[[Any], Any], size: int) -> Any:
    value: Any = "a" * size
    for _ in range(56):
        value = wrap(value)
    return value


def _param(**values: Any) -> dict[str, Any]:
    return {"generateParam": {"prompt": "A cat", **values}}


PLACES: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "prompt": lambda value: _param(prompt=value),
    "failMsg": lambda value: {"state": "fail", "failMsg": value},
    "prompt and failMsg": lambda value: {"state": "fail", "failMsg": value, **_param(prompt=value)},
    "state": lambda value: {"state": value},
    "taskId": lambda value: {"taskId": value},
    "parentTaskId": lambda value: {"parentTaskId": value},
    "video url": lambda value: {"videoInfo": {"videoUrl": value, "imageUrl": value, "videoId": value}},
    "admitted url": lambda value: {"videoInfo": {"videoUrl": f"https://a.b/{value}", "imageUrl": POSTER}},
    "image url": lambda value: _param(imageUrl=value),
    "parameter": lambda value: _param(style=value),
    "name of a parameter": lambda value: _param(**{value if isinstance(value, str) else json.dumps(value): 1}),
    "parameters": lambda value: {"generateParam": value},
    "other field": lambda value: {"other": value},
    "time": lambda value: {"generateTime": value},
    "numbers": lambda value: {"failCode": value, "expireFlag": value},
}
"""Where a value is put in a record."""

_ENVIRONMENT = report.Environment((), "a notebook", "Linux")


def record(place: str, value: Any) -> dict[str, Any]:
    """Return a record with a value in one place."""
    plain = {"taskId": "task-1", "state": "success", **_param(), "videoInfo": {"videoUrl": VIDEO, "imageUrl": POSTER}}
    return {**plain, **PLACES[place](value)}


def sighting(data: dict[str, Any], task_id: str = "task-1") -> Sighting:
    """Return a record as it was seen."""
    return Sighting(task_id).saw(Task.from_data(data, task_id), NOW)


def _live_board(*sightings: Sighting, text: str = "") -> None:
    rows = [Row.of(place, each) for place, each in enumerate(sightings)]
    shown(rows, Query(text=text), Choices(), "", NOW)


def _orders(*sightings: Sighting) -> None:
    rows = [Row.of(place, each) for place, each in enumerate(sightings)]
    tally(rows)
    for order in Order:
        ordered(rows, order)
    select(rows, Query(text="cat zzz"))


def _report(seen: Sighting, *, redact: bool) -> None:
    report.source(report.markdown(seen, redact=redact, now=NOW, environment=_ENVIRONMENT))


def _lineage(seen: Sighting) -> None:
    task = seen.seen_task()
    lineage.draw(trace(task, Task), NOW)
    lineage.draw(Lineage((Link("parent-1", task), Link("task-1", task))), NOW)


def _error(seen: Sighting) -> Sighting:
    """Return a sighting whose error quotes the task's longest text."""
    task = seen.seen_task()
    error = ApiError.from_code(500, task.fail_msg or task.prompt, task.task_id)
    return Sighting("task-1").failed(error, NOW)


def _words_of_errors(seen: Sighting) -> None:
    task = seen.seen_task()
    str(_error(seen).error)
    str(TaskFailedError(task))
    str(WaitTimeoutError(task, 1.0))


def _live_card(seen: Sighting) -> None:
    notes = notes_of(seen, NOW, live=True)
    html.info(seen, notes, live)
    html.media(seen.task, live)


def _equality(seen: Sighting) -> None:
    task = seen.seen_task()
    assert task == replace(task, raw=dict(task.raw))
    hash(task)
    seen.saw(replace(task), NOW)


def _failure(seen: Sighting) -> None:
    task = seen.seen_task()
    read_message(task.fail_msg or task.prompt)
    assert task.link_life(NOW) in LinkLife


DRAWINGS: Mapping[str, Callable[[Sighting], object]] = {
    "equality": _equality,
    "reading of the failure": _failure,
    "live card": _live_card,
    "saved card": lambda seen: saved.card(seen, NOW),
    "stopped card": lambda seen: saved.card(seen.stopped(Following.DEADLINE, 9.0), NOW),
    "Task as a value": lambda seen: dict(seen.seen_task()._repr_mimebundle_()),
    "live board": _live_board,
    "search": lambda seen: _live_board(seen, text="a b zz"),
    "orders": lambda seen: _orders(seen, replace(seen, task_id="task-2")),
    "saved board": lambda seen: saved_board.board([seen, replace(seen, task_id="task-2")], NOW),
    "report": lambda seen: _report(seen, redact=False),
    "redacted report": lambda seen: _report(seen, redact=True),
    "comparison": lambda seen: compare.draw(seen, sighting({**seen.seen_task().raw, "taskId": "b"}), NOW),
    "comparison of others": lambda seen: compare.draw(seen, _changed(seen), NOW),
    "history": lambda seen: history.draw([seen], NOW),
    "lineage": _lineage,
    "words of errors": _words_of_errors,
    "card of an error": lambda seen: saved.card(_error(seen), NOW),
    "row of an error": lambda seen: _live_board(_error(seen)),
    "history of an error": lambda seen: history.draw([_error(seen)], NOW),
    "report of an error": lambda seen: _report(_error(seen), redact=True),
    "terminal table": lambda seen: text_table(("A", "B"), [(seen.seen_task().prompt, seen.seen_task().prompt)]),
}
"""What reads or draws a sighting."""


def _changed(seen: Sighting) -> Sighting:
    task = seen.seen_task()
    return replace(seen, task=replace(task, prompt=f"{task.prompt[1:]} b"), task_id="task-2")

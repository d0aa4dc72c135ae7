"""Task ids are found in the output of real loggers, terminals and encoders."""

import json
from pathlib import Path

import pytest

from runway_nb.ids.reading import find

A = "ee603959-debb-48d1-98c4-a6d1c717eba6"
B = "485da89c-7fca-4340-8c04-101025b2ae71"
H = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

SAMPLES = json.loads((Path(__file__).parent / "log_samples.json").read_text(encoding="utf-8"))
"""What structlog, loguru, colorlog, rich, grep, and the JSON of docker and journald make of A and B."""

ESCAPES = ["\x1b", "", "\\033", "\\x1b", "\\u001b", "\\\\u001b", "\\e", "#033", "^[", "␛", "%1B"]


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_samples_of_real_logs(sample):
    assert sorted(find(sample).ids) == sorted([A, B])


@pytest.mark.parametrize("escape", ESCAPES)
def test_colours_in_every_spelling(escape):
    on, off = f"{escape}[35m", f"{escape}[0m"

    assert find(f"task_id={on}{A}{off} done").ids == [A]
    assert find(f"{on}task{off}_id={on}abc1{off}").ids == ["abc1"]
    assert find(f"{A[:4]}{escape}[01;31m{escape}[K{A[4:9]}{escape}[m{escape}[K{A[9:]}").ids == [A]


@pytest.mark.parametrize(
    ("text", "task_id"),
    [
        (f"\\n{A}", A),
        (f"\\\\\\\\n{A}\\\\n", A),
        (f"\\t{A}", A),
        ('{"log": "\\ttaskId=abc1"}', "abc1"),
        ("\\taskId=abc1", "abc1"),
        ("\\n\\n  taskId: abc1", "abc1"),
        (f"\\u0022{A}\\u0022", A),
        (f"\\x22{A}\\x22", A),
        ('taskId\\\\\\": \\\\\\"abc1\\\\\\"', "abc1"),
        (f"%22{A}%22", A),
        (f"taskId%3D{A}", A),
        (f"tasks%2F{A}%2Fstate", A),
        ("taskId%253Dabc1%2526x", "abc1"),
        (f"&quot;{A}&quot;", A),
        ("&quot;taskId&quot;: &quot;abc1&quot;", "abc1"),
        ("&amp;quot;taskId&amp;quot;: &amp;#34;abc1&amp;#x22;", "abc1"),
        (f"task-{A}", A),
        (f"task_{A}", A),
        (f"task_{H}", H),
        (f"taskId=task-{A}", A),
        ("<taskId>abc1</taskId>", "abc1"),
        ("<taskId type='id'>abc1</taskId>", "abc1"),
        ("&lt;taskId&gt;abc1&lt;/taskId&gt;", "abc1"),
        ("taskId\uff1aabc1", "abc1"),
        ("taskId:\u00a0abc1", "abc1"),
        ("taskId:\u3000abc1", "abc1"),
        ("taskId: “abc1”", "abc1"),
        *((A.replace("-", hyphen), A) for hyphen in "\u2010\u2011\u2013\u2212"),
        *((f"{A[:9]}{invisible}{A[9:]}", A) for invisible in "\u200b\u200d\u00ad\u2060\ufeff\u202a"),
        (f"job\u200b{A}\u200bdone", A),
        (f"\x1b]8;;https://example.com/x\x1b\\{A}\x1b]8;;\x1b\\", A),
        (f"task {A}... waiting", A),
        (f"task_id={A}… waiting", A),
        (f"C:\\new\\tasks\\{A}", A),
    ],
)
def test_ids_behind_encodings(text, task_id):
    assert find(text).ids == [task_id]


@pytest.mark.parametrize("place", range(1, 36))
@pytest.mark.parametrize("edge", ["\n", "\n    ", " │\n│ ", "\r\n"])
def test_id_wrapped_over_two_lines(edge, place):
    assert find(f"│ task {A[:place]}{edge}{A[place:]} done").ids == [A]


def test_wrapped_hex_id_needs_its_key():
    assert find(f"task_id={H[:10]}\n    {H[10:]}").ids == [H]
    assert find(f"{H[:16]}\n{H[16:]}").ids == []  # two span ids


def test_ids_below_each_other_stay_apart():
    assert find(f"{A}\n{B}\n{H}\n{A[:8]}\n{B[:8]}").ids == [A, B, H]


@pytest.mark.parametrize(
    "text",
    [
        "ee603959…",
        "ee603959...",
        "ee603959-debb-***",
        "taskId: ee603959…",
        "taskId: ee603959...",
        'taskId: "ee603959…"',
        '"taskId": "ee603959..."',
        "taskId: ee603959-debb-***",
        "taskId=ee60...eba6",
        "task_id=ee603959-debb-48",
    ],
)
def test_shortened_ids(text):
    assert find(text).ids == []


@pytest.mark.parametrize(
    "text",
    [
        f"videoUrl: https://file.com/k/{A}.mp4",
        f'"videoUrl": "https://file.com/k/{A}"',
        f"https%3A%2F%2Ffile.com%2Fk%2F{A}.mp4",
        f"url=https%253A%252F%252Ffile.com%252Fk%252F{A}.mp4%253Fsign%253D{H}",
        f"https://file.com/a%20b/{A}.mp4",
        f"https://file.com/{'x' * 900}/{A}/a.mp4?sign={H}",
    ],
)
def test_ids_in_links_of_clips(text):
    assert find(text).ids == []


def test_id_beside_the_link_of_a_clip():
    assert find(f"https://file.com/{B}.mp4,{A}").ids == [A]

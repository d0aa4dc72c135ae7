"""The report for a support ticket: its content, its code blocks, and what redaction leaves out."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tasks import IMAGE, NOW, POSTER, VIDEO, seen

from runway_nb.model.errors import RunwayError, ServerError
from runway_nb.model.sighting import Sighting
from runway_nb.model.task import Task
from runway_nb.service.client import RunwayClient
from runway_nb.simulator import DEMO_TASKS, Simulator, demo_task
from runway_nb.view.reports.redaction import LINK, PROMPT
from runway_nb.view.reports.report import Environment, markdown, source

HERE = Environment((("runway_nb", "9.9"), ("Python", "3.x")), "a front-end", "an operating system")
TASK_ID = "ee603959-debb-48d1-98c4-a6d1c717eba6"
LINKS = (f"{VIDEO}?sign=abc", POSTER, IMAGE)
WORDS = "A masked dancer whispers her sister's real name"


def full(*states: str, task_id: str = TASK_ID, **data: Any) -> Sighting:
    return seen(
        *states,
        task_id=task_id,
        **{
            "generateParam": {"prompt": WORDS, "imageUrl": LINKS[2], "duration": 5},
            "videoInfo": {"videoUrl": LINKS[0], "imageUrl": LINKS[1], "videoId": "485da89c"},
            **data,
        },
    )


def written(sighting: Sighting, *, redact: bool = False) -> str:
    return markdown(sighting, redact=redact, now=NOW, environment=HERE)


def test_report_of_what_the_record_kept():
    report = written(replace(seen("success", generateParam={"prompt": WORDS}), whole=False))

    assert (
        "### Raw response\n\nThe record has only the main facts of this task, not the full response: links and "
        "parameters are missing." in report
    )
    for label in ("Extends task", "Video link", "Generated", "Prompt:"):
        assert label not in report


def blocks(report: str) -> tuple[str, list[str]]:
    """Split Markdown into the rendered text and the contents of the code blocks."""
    outside: list[str] = []
    inside: list[list[str]] = []
    fence = ""
    for line in report.splitlines():
        opening = re.match(r"`{3,}", line)
        if fence:
            if re.fullmatch(rf"{fence}`*\s*", line):
                fence = ""
            else:
                inside[-1].append(line)
        elif opening:
            fence = opening[0]
            inside.append([])
        else:
            outside.append(line)
    assert not fence, "a code block is not closed"
    return "\n".join(outside), ["\n".join(lines) for lines in inside]


def raw_in(report: str) -> Any:
    return json.loads(blocks(report)[1][-1])


# --- the content ------------------------------------------------------------------------------------------------------


def test_failed_task(simulator: Simulator):
    demo = demo_task("fail-moderator")
    with RunwayClient("any-key", simulator.base_url) as client:
        task = client.get(demo.task_id)

    report = written(Sighting(task.task_id).saw(task, NOW))
    text, (message, prompt, raw) = blocks(report)

    assert text.startswith(f"## Runway task `{demo.task_id}`\n")
    assert "- State: `fail`\n- Code: 400\n" in text
    assert "- Cause, read from the message by runway_nb: moderation (prompt)\n" in text
    assert "- Worth sending again unchanged: no\n" in text
    assert message == demo.record.fail_msg
    assert prompt == demo.record.prompt
    assert json.loads(raw) == task.raw


def test_ids_and_links():
    text, _ = blocks(written(full(parentTaskId="11aa", generateTime="2026-11-20 10:00:00")))

    assert "- Extends task: `11aa`\n" in text
    assert "- Video id: `485da89c`\n" in text
    assert f"- Video: `{LINKS[0]}`\n- Thumbnail: `{LINKS[1]}`\n- Reference image: `{LINKS[2]}`" in text
    assert "- Generated: 2026-11-20 10:00:00 (without a time zone)\n" in text
    assert "- Video link: valid, until about 2026-12-04\n" in text


@pytest.mark.parametrize("time", ["0001-01-01 00:00:00+14:00", "9999-12-31 23:59:59-14:00"])
def test_unusable_time_is_as_sent(time):
    assert f"- Generated: `{time}`, which is not a usable time\n" in written(full(generateTime=time))


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"videoInfo": None}, "none"),
        ({"generateTime": None}, "valid"),
        ({"generateTime": "2026-11-11 12:00:00"}, "near or past the end of its 14 days, until about 2026-11-25"),
        ({"generateTime": "2026-11-01 12:00:00", "expireFlag": 1}, "expired, according to the service"),
    ],
)
def test_validity_of_the_link(data: dict[str, Any], shown: str):
    assert f"- Video link: {shown}\n" in written(full(**data))


def test_states_with_times():
    sighting = Sighting("a")
    for state, after in (("wait", 0), ("queueing", 4), ("generating", 42), ("fail", 100)):
        sighting = sighting.saw(Task.from_data({"taskId": "a", "state": state}), NOW + timedelta(seconds=after))

    text, _ = blocks(written(sighting))

    assert (
        "### States seen (UTC)\n\n"
        "- 2026-11-24 12:00:00 `wait`, for 4 s or more (may have begun earlier)\n"
        "- 2026-11-24 12:00:04 `queueing`, for 38 s\n"
        "- 2026-11-24 12:00:42 `generating`, for 58 s\n"
        "- 2026-11-24 12:01:40 `fail`\n"
    ) in text
    assert "- First seen: 2026-11-24 12:00:00 UTC\n- Last seen: 2026-11-24 12:01:40 UTC\n" in text
    assert "Last checked" not in text


def test_failed_look_after_a_good_one():
    sighting = full().failed(ServerError(500, "oops"), NOW + timedelta(minutes=5))

    text, inside = blocks(written(sighting))

    assert "- Last seen: 2026-11-24 12:00:00 UTC\n- Last checked: 2026-11-24 12:05:00 UTC\n" in text
    assert "The latest check failed (ServerError):" in text
    assert inside[0] == str(ServerError(500, "oops"))


def test_task_never_seen():
    text, inside = blocks(written(Sighting("x").failed(RunwayError("no luck"), NOW)))

    assert "- State: not seen\n- First seen: never\n- Last seen: never\n- Last checked: 2026-11-24 12:00:00 UTC" in text
    assert inside == ["no luck"]


def test_environment_is_listed():
    text, _ = blocks(written(full()))

    facts = text.partition("### Environment\n\n")[2].split("\n\n")[0]
    assert facts.splitlines() == [
        "- runway_nb 9.9",
        "- Python 3.x",
        "- Runs in: a front-end",
        "- Platform: an operating system",
    ]


@pytest.mark.parametrize("demo", DEMO_TASKS, ids=lambda demo: demo.title)
@pytest.mark.parametrize("redact", [False, True], ids=["full", "redacted"])
def test_every_demo_task(simulator: Simulator, demo: Any, redact: bool):
    with RunwayClient("any-key", simulator.base_url) as client:
        (found,) = client.get_many([demo.task_id])
    start = Sighting(demo.task_id)
    report = written(
        start.failed(found, NOW) if isinstance(found, RunwayError) else start.saw(found, NOW), redact=redact
    )

    blocks(report)
    assert demo.task_id in report
    if redact:
        assert "://" not in report
        assert not (demo.record and demo.record.prompt) or demo.record.prompt not in report


# --- as Markdown ------------------------------------------------------------------------------------------------------

MARKDOWN = "# Title\n```\n[click](https://bad.example)\n````js\n<img src=x onerror=alert(1)>\n| a | `b` | ~~~"


def test_markdown_stays_in_code_blocks():
    report = written(full("fail", failMsg=MARKDOWN, generateParam={"prompt": MARKDOWN}))

    text, inside = blocks(report)

    assert inside[:2] == [MARKDOWN, MARKDOWN]
    assert raw_in(report)["failMsg"] == MARKDOWN
    assert not {"Title", "bad.example", "<img"} & set(re.findall(r"Title|bad\.example|<img", text))


@given(st.text(alphabet="`a \n#*", min_size=1, max_size=40))
def test_ids_and_states_stay_in_code_spans(text: str):
    report = written(full(f"x{text}x", task_id=f"x{text}x", parentTaskId=f"x{text}x"))

    for line in blocks(report)[0].splitlines():
        for start in ("## Runway task ", "- Extends task: ", "- State: "):
            if line.startswith(start):
                span = line.removeprefix(start)
                fence = re.match("`+", span)
                assert fence is not None
                assert span.endswith(fence[0])
                inner = span[len(fence[0]) : -len(fence[0])]
                assert fence[0] not in re.findall("`+", inner)
                assert inner.strip() == " ".join(f"x{text}x".split())


def test_control_characters_are_removed():
    report = written(full("\x1b[31mup", task_id="a\x1b[2J", failMsg="\x1b]0;title\x07 \u202eback"))

    assert "\x1b" not in report
    assert "\x07" not in report
    assert "\u202e" not in report


def test_source_is_displayed():
    report = written(full("fail", failMsg=MARKDOWN))

    shown = source(report).data

    assert shown["text/plain"] == report
    assert blocks(shown["text/markdown"]) == ("", [report.rstrip("\n")])


# --- redaction --------------------------------------------------------------------------------------------------------


def test_redacted_report_has_no_prompt_or_links():
    report = written(full("fail", failMsg="the server is busy"), redact=True)

    assert WORDS not in report
    assert "dancer" not in report
    assert "://" not in report
    assert "> The prompt, other texts in the parameters and all links are left out." in report
    assert "the server is busy" in report
    assert f"- Prompt: {len(WORDS)} characters\n" in report
    raw = raw_in(report)
    assert raw["generateParam"] == {"prompt": PROMPT, "imageUrl": LINK, "duration": 5}
    assert raw["videoInfo"] == {"videoUrl": LINK, "imageUrl": LINK, "videoId": "485da89c"}
    assert raw["taskId"] == TASK_ID


def test_full_report_is_not_marked_redacted():
    assert "left out" not in written(full())


def test_quotations_in_the_message_are_removed():
    message = f"Your prompt “{WORDS.upper()}” was caught; see https://help.example/rules?user=7."

    report = written(full("fail", failMsg=message), redact=True)

    assert f"Your prompt “{PROMPT}” was caught; see {LINK}" in report
    assert "DANCER" not in report
    assert "help.example" not in report


def test_quotations_in_an_error_are_removed():
    error = ServerError(500, f"cannot read {WORDS} from {LINKS[0]}")

    report = written(full().failed(error, NOW), redact=True)

    assert f"cannot read {PROMPT} from {LINK}" in report
    assert "dancer" not in report


@pytest.mark.parametrize(
    "parameters",
    [
        {"prompt": WORDS},
        {"Prompt": WORDS},
        {"negative_prompt": "dancer"},
        {"prompt": [WORDS, "dancer"]},
        {"prompt": {"text": "dancer", "parts": [{"value": WORDS}]}},
        {"caption": "the dancer again"},
        {"nested": {"deep": [{"story": "the dancer again"}]}},
        json.dumps({"prompt": WORDS, "style": "the dancer again"}),
        json.dumps({"inner": json.dumps({"prompt": "dancer"})}),
        '{"negative_prompt":"dancer"}',
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["generateParam", "param"])
def test_raw_response_has_no_prompt(name: str, parameters: object):
    report = written(seen(**{name: parameters}), redact=True)

    assert "dancer" not in report


@pytest.mark.parametrize(
    "data",
    [
        {"videoInfo": {"videoUrl": LINKS[0]}},
        {"video_info": {"video_url": "file.com/k/clip.mp4"}},
        {"resultUrls": [LINKS[0], "file.com/k/clip.mp4"]},
        {"note": f"see {LINKS[0]}, or www.file.com/k/clip.mp4"},
        {"escaped": "https:\\/\\/file.com\\/k\\/clip.mp4"},
        {"resultJson": json.dumps({"found": LINKS[0]})},
        {"preview": "data:image/png;base64,file.com"},
        {"link": {"href": {"to": "file.com"}}},
        {LINKS[0]: 1},
    ],
    ids=str,
)
def test_raw_response_has_no_links(data: dict[str, Any]):
    assert "file.com" not in written(seen(**data), redact=True)

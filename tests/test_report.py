"""The report for a support ticket: what is in it, that none of it becomes Markdown, and what redaction leaves out."""

import json
import re
import sys
from datetime import datetime, timedelta, timezone
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell

from runway_nb import __version__
from runway_nb.client import RunwayClient
from runway_nb.errors import RunwayError, ServerError
from runway_nb.redaction import LINK, PROMPT, TEXT, Redaction
from runway_nb.report import Environment, bundle, environment, markdown
from runway_nb.sighting import Sighting
from runway_nb.simulator import DEMO_TASKS, Simulator, demo_task
from runway_nb.task import Task

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
HERE = Environment((("runway_nb", "9.9"), ("Python", "3.x")), "a front-end", "an operating system")
LINKS = ("https://file.com/k/clip.mp4?sign=abc", "https://file.com/m/clip.png", "https://example.com/image.jpg")
WORDS = "A masked dancer whispers her sister's real name"


def seen(**data: Any) -> Sighting:
    task = Task.from_data({"taskId": "ee603959-debb-48d1-98c4-a6d1c717eba6", "state": "success", **data})
    return Sighting(task.task_id).saw(task, NOW)


def full(**data: Any) -> Sighting:
    return seen(
        **{
            "generateParam": {"prompt": WORDS, "imageUrl": LINKS[2], "duration": 5},
            "videoInfo": {"videoUrl": LINKS[0], "imageUrl": LINKS[1], "videoId": "485da89c"},
            **data,
        }
    )


def written(sighting: Sighting, *, redact: bool = False) -> str:
    return markdown(sighting, redact=redact, now=NOW, environment=HERE)


def blocks(report: str) -> tuple[str, list[str]]:
    """Part Markdown into what is rendered and what stands in code blocks, by the rule of the fences."""
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
    assert not fence, "every code block ends"
    return "\n".join(outside), ["\n".join(lines) for lines in inside]


def raw_in(report: str) -> Any:
    return json.loads(blocks(report)[1][-1])


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_a_failure_is_reported_with_all_that_support_asks_for(simulator: Simulator):
    demo = demo_task("fail-moderator")
    with RunwayClient("any-key", simulator.base_url) as client:
        task = client.get(demo.task_id)

    report = written(Sighting(task.task_id).saw(task, NOW))
    text, (message, prompt, raw) = blocks(report)

    assert text.startswith(f"## Runway task `{demo.task_id}`\n")
    assert "- State: `fail`\n- Code: 400\n" in text
    assert "- Cause, as runway_nb reads the message: moderation (prompt)\n" in text
    assert "- Worth sending again unchanged: no\n" in text
    assert message == demo.record.fail_msg
    assert prompt == demo.record.prompt
    assert json.loads(raw) == task.raw


def test_ids_and_links_are_reported():
    text, _ = blocks(written(full(parentTaskId="11aa", generateTime="2026-11-20 10:00:00")))

    assert "- Extends task: `11aa`\n" in text
    assert "- Video id: `485da89c`\n" in text
    assert f"- Video: `{LINKS[0]}`\n- Thumbnail: `{LINKS[1]}`\n- Reference image: `{LINKS[2]}`" in text
    assert "- Generated: 2026-11-20 10:00:00 (the service names no time zone)\n" in text
    assert "- Video link: there, until about 2026-12-04\n" in text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"videoInfo": None}, "none"),
        ({"generateTime": None}, "there"),
        ({"generateTime": "2026-11-11 12:00:00"}, "there, near or past the end of its 14 days, until about 2026-11-25"),
        ({"generateTime": "2026-11-01 12:00:00", "expireFlag": 1}, "expired, as the service says"),
    ],
)
def test_how_the_link_stands_is_reported(data: dict[str, Any], said: str):
    assert f"- Video link: {said}\n" in written(full(**data))


def test_the_states_are_reported_with_the_times_they_were_seen():
    sighting = Sighting("a")
    for state, after in (("wait", 0), ("queueing", 4), ("generating", 42), ("fail", 100)):
        sighting = sighting.saw(Task.from_data({"taskId": "a", "state": state}), NOW + timedelta(seconds=after))

    text, _ = blocks(written(sighting))

    assert (
        "### States seen (UTC)\n\n"
        "- 2026-11-24 12:00:00 `wait`, for 4 s or more (it may have begun earlier)\n"
        "- 2026-11-24 12:00:04 `queueing`, for 38 s\n"
        "- 2026-11-24 12:00:42 `generating`, for 58 s\n"
        "- 2026-11-24 12:01:40 `fail`\n"
    ) in text
    assert "- First seen: 2026-11-24 12:00:00 UTC\n- Last seen: 2026-11-24 12:01:40 UTC\n" in text
    assert "Last looked for" not in text


def test_a_look_that_failed_is_reported_beside_what_was_seen_before():
    sighting = full().failed(ServerError(500, "oops"), NOW + timedelta(minutes=5))

    text, inside = blocks(written(sighting))

    assert "- Last seen: 2026-11-24 12:00:00 UTC\n- Last looked for: 2026-11-24 12:05:00 UTC\n" in text
    assert "The latest look failed (ServerError):" in text
    assert inside[0] == str(ServerError(500, "oops"))


def test_a_task_that_was_never_seen_is_reported():
    text, inside = blocks(written(Sighting("x").failed(RunwayError("no luck"), NOW)))

    assert (
        "- State: not seen\n- First seen: never\n- Last seen: never\n- Last looked for: 2026-11-24 12:00:00 UTC" in text
    )
    assert inside == ["no luck"]


def test_where_it_was_seen_is_reported():
    text, _ = blocks(written(full()))

    surroundings = text.partition("### Where it was seen\n\n")[2].split("\n\n")[0]
    assert surroundings.splitlines() == [
        "- runway_nb 9.9",
        "- Python 3.x",
        "- Runs in: a front-end",
        "- Platform: an operating system",
    ]


@pytest.mark.parametrize("demo", DEMO_TASKS, ids=lambda demo: demo.title)
@pytest.mark.parametrize("redact", [False, True], ids=["whole", "redacted"])
def test_every_demo_task_can_be_reported(simulator: Simulator, demo: Any, redact: bool):
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


# --- nothing in it becomes Markdown -----------------------------------------------------------------------------------

MARKDOWN = "# Title\n```\n[click](https://bad.example)\n````js\n<img src=x onerror=alert(1)>\n| a | `b` | ~~~"


def test_a_message_that_is_markdown_stays_text():
    report = written(full(state="fail", failMsg=MARKDOWN, generateParam={"prompt": MARKDOWN}))

    text, inside = blocks(report)

    assert inside[:2] == [MARKDOWN, MARKDOWN]
    assert raw_in(report)["failMsg"] == MARKDOWN
    assert not {"Title", "bad.example", "<img"} & set(re.findall(r"Title|bad\.example|<img", text))


@given(st.text(alphabet="`a \n#*", min_size=1, max_size=40))
def test_whatever_the_ids_and_states_are_no_code_span_is_left(text: str):
    report = written(full(taskId=f"x{text}x", parentTaskId=f"x{text}x", state=f"x{text}x"))

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


def test_nothing_in_it_steers_a_terminal():
    report = written(full(state="\x1b[31mup", failMsg="\x1b]0;title\x07 \u202eback", taskId="a\x1b[2J"))

    assert "\x1b" not in report
    assert "\x07" not in report
    assert "\u202e" not in report


def test_it_is_displayed_as_source_to_be_copied():
    report = written(full(state="fail", failMsg=MARKDOWN))

    shown = bundle(report)

    assert shown["text/plain"] == report
    assert blocks(shown["text/markdown"]) == ("", [report.rstrip("\n")])


# --- redaction --------------------------------------------------------------------------------------------------------


def test_redacted_it_holds_neither_prompt_nor_links():
    report = written(full(state="fail", failMsg="the server is busy"), redact=True)

    assert WORDS not in report
    assert "dancer" not in report
    assert "://" not in report
    assert "> The prompt, other texts among the parameters and all links are left out." in report
    assert "the server is busy" in report
    assert f"- Prompt: {len(WORDS)} characters\n" in report
    raw = raw_in(report)
    assert raw["generateParam"] == {"prompt": PROMPT, "imageUrl": LINK, "duration": 5}
    assert raw["videoInfo"] == {"videoUrl": LINK, "imageUrl": LINK, "videoId": "485da89c"}
    assert raw["taskId"] == "ee603959-debb-48d1-98c4-a6d1c717eba6"


def test_whole_it_does_not_claim_to_be_redacted():
    assert "left out" not in written(full())


def test_what_the_service_quotes_is_left_out_of_its_message():
    message = f"Your prompt “{WORDS.upper()}” was caught; see https://help.example/rules?user=7."

    report = written(full(state="fail", failMsg=message), redact=True)

    assert f"Your prompt “{PROMPT}” was caught; see {LINK}" in report
    assert "DANCER" not in report
    assert "help.example" not in report


def test_what_an_error_quotes_is_left_out():
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
def test_the_prompt_is_left_out_of_the_raw_response_however_it_is_sent(name: str, parameters: object):
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
def test_links_are_left_out_of_the_raw_response_wherever_they_stand(data: dict[str, Any]):
    assert "file.com" not in written(seen(**data), redact=True)


def test_what_support_needs_stays():
    raw = {
        "taskId": "ee60",
        "parentTaskId": "",
        "state": "fail",
        "generateParam": {"prompt": WORDS, "expandPrompt": True, "aspectRatio": "16:9", "duration": 5, "image": None},
        "param": '{"expandPrompt": "true", "model": "gen-3", "duration": 5}',
        "failCode": 400,
        "failMsg": "Unsupported width or height of the image.",
        "expireFlag": 0,
        "generateTime": "2026-11-20 10:00:00",
    }

    left = Redaction(WORDS).value(raw)

    assert left == {**raw, "generateParam": {**raw["generateParam"], "prompt": PROMPT}}


def test_texts_of_several_words_among_the_parameters_are_left_out():
    assert Redaction("").value({"generateParam": {"scene": "two words", "style": "noir"}}) == {
        "generateParam": {"scene": TEXT, "style": "noir"}
    }


@pytest.mark.parametrize(
    ("prompt", "text", "left"),
    [
        ("one two three four five six", "it says: two, three four FIVE!", f"it says: {PROMPT}!"),
        ("one two three four five six", "one two three only", "one two three only"),
        ("one two three four five six", "one two three four and three four five six.", f"{PROMPT} and {PROMPT}."),
        ("night", "A night, by night", f"A {PROMPT}, by {PROMPT}"),
        ("night", "nightly", "nightly"),
        ("🐈🔥", "flagged: 🐈 🔥 twice", f"flagged: {PROMPT} twice"),
        ("", "nothing to find", "nothing to find"),
        ("...", "nothing ... to find", "nothing ... to find"),
    ],
)
def test_quotations_of_the_prompt_are_found(prompt: str, text: str, left: str):
    assert Redaction(prompt).text(text) == left


def test_text_that_only_looks_like_json_is_read_as_text():
    deep = "[" * 500 + '"https://file.com"' + "]" * 500

    for text in (deep, '{"a": https://file.com', "[" * 100_000 + "https://file.com"):
        assert "file.com" not in Redaction("").value(text)


# --- the surroundings -------------------------------------------------------------------------------------------------


def test_the_surroundings_are_the_real_ones(ipython: InteractiveShell):
    del ipython  # the shell is what is asked for
    here = environment()

    assert dict(here.versions) == {
        "runway_nb": __version__,
        "Python": sys.version.split()[0],
        **{name: version(name) for name in ("ipywidgets", "IPython", "ipykernel")},
    }
    assert here.front_end == "IPython in a terminal"
    assert here.platform


def test_a_package_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch):
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("runway_nb.report.version", missing)  # uninstalling it for real would end the other tests

    assert dict(environment().versions)["ipykernel"] == "not installed"


def test_without_ipython_it_says_so():
    InteractiveShell.clear_instance()

    assert environment().front_end == "Python, without IPython"


def test_the_magic_shows_the_report_of_a_kernel_that_does_not_claim_to_know_its_front_end(start_kernel: Any):
    key = "ak-never-in-a-report"
    kernel = start_kernel(APIKLEY_API_KEY=key)
    kernel.run("%load_ext runway_nb")

    result = kernel.run(f"%runway_report {demo_task('fail-busy').task_id} --redact")

    assert result.error is None
    (shown,) = result.displays
    report = shown["data"]["text/plain"]
    assert shown["data"] == bundle(report)
    assert blocks(report)[1][0] == "the server is busy"
    assert "- Runs in: a Jupyter kernel (which front-end shows it, it cannot tell)\n" in report
    assert demo_task("fail-busy").record.prompt not in report
    assert key not in str(result.messages)

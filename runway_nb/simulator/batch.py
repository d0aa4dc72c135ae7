"""An overnight production: 200 tasks with a realistic mix of outcomes, and the log with their ids.

The failures have a pattern for the board to show: the moderator refuses the duel, one folder of reference images has
the wrong format and another the wrong size, and from 01:43 on too many tasks were submitted at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from .record import Record
from .scenarios import DemoTask

_NAMESPACE = UUID("e1b9a3d4-6c0f-4f53-9d5e-2a7c8b1f6d90")


@dataclass(frozen=True)
class _Scene:
    """Twenty shots: five subjects in four `_TAKES` each. Each letter of `outcomes` is a key of `_OUTCOMES`."""

    name: str
    outcomes: str
    subjects: tuple[str, str, str, str, str]
    clip: str
    image: str | None = None


_TAKES = (
    "wide establishing shot, locked off, blue hour",
    "slow push-in at eye level, 35 mm, soft haze",
    "handheld close-up, shallow focus, practical light only",
    "high angle, drifting left to right, long shadows",
)

_FAIL_MSGS = {
    "m": "Your prompt was caught by our AI moderator. Please adjust it and try again.",
    "r": "Your prompt has triggered our AI moderator. Please re-enter your prompt.",
    "a": "Your video creation prompt contains NSFW content.",
    "v": "Detected inappropriate content in the video. Please change the prompt and try again.",
    "c": "Reached the limit for concurrent generations. Wait until one of them has ended.",
    "f": "Incorrect image format. Please use another file.",
    "d": "Unsupported width or height of the image.",
    "u": "Upload failed due to network reasons. Please re-upload the image.",
    "g": "Generation failed, please try again later",
    "b": "the server is busy",
}

_OUTCOMES = {
    "S": "success",
    "X": "success, link expired",
    "E": "success, link ends soon",
    "N": "success, no link",
    "W": "wait",
    "Q": "queueing",
    "G": "generating",
    "?": "unknown to the service",
    **dict.fromkeys(_FAIL_MSGS, "fail"),
}

_SCENES = (
    _Scene("SC01 harbour", "XXXXXXXX?XXXXXXXXXX?", (
        "Fishing boats leave a stone harbour in single file, lanterns at the bows",
        "An old woman mends a net on the quay and does not look up",
        "Gulls lift from the breakwater all at once",
        "Rope, wet stone, a cat asleep on a coil of chain",
        "The harbour clock strikes, a boy runs along the wall",
    ), "night-sea"),
    _Scene("SC02 crossing", "EEESSSSSSgSSSSSSSSSS", (
        "A small sailing boat crosses the glitter path of the moon",
        "Two children under one blanket at the stern, watching the wake glow",
        "The sail fills, the boom swings across the frame",
        "A whale's back rises beside the boat and is gone",
        "The far coast appears as a string of weak lights",
    ), "night-sea"),
    _Scene("SC03 photographs", "SffSffSfffSfffSSfSff", (
        "The family photograph comes alive: wind in the dresses, wheat moving behind them",
        "The soldier in the portrait breathes out and smiles",
        "The wedding picture: confetti begins to fall",
        "The school class of 1931, one girl turns her head to the window",
        "The empty street of the postcard fills with rain",
    ), "paper-city", "reference.jpg"),
    _Scene("SC04 paper city", "SSSSSbSSSSSSNSSSSSSS", (
        "A city of folded paper wakes, windows lighting one by one",
        "A paper plane crosses between two towers",
        "The baker pulls up a paper shutter, warm light behind it",
        "A paper tram folds itself around the corner",
        "Confetti snow on the roofs, a chimney uncurls",
    ), "paper-city", "reference.jpg"),
    _Scene("SC05 festival", "SSScccccccccScccccSS", (
        "A thousand lanterns rise from the square",
        "Drummers in rows, dust jumping on the drumheads",
        "A paper dragon turns the corner, forty feet below it",
        "Faces lit from below, counting down together",
        "The last lantern catches in a tree and is helped free",
    ), "fireflies"),
    _Scene("SC06 forest", "SSSgSSSSuSSSSSbS?SSS", (
        "Fireflies rise between misty pines",
        "A stag lifts its head, antlers full of dew",
        "The children find a door standing alone between the trunks",
        "Light moves behind the door's keyhole",
        "Moss, a brook, one shoe",
    ), "fireflies"),
    _Scene("SC07 duel", "mmSrmmvmmmrmSmmarmmr", (
        "Stage duel by torchlight, blades crossing, theatre blood on a white collar",
        "The rival falls against the curtain, hand pressed to his side",
        "A knife slides across the boards and stops at her foot",
        "The wounded man laughs and asks for wine",
        "The audience does not know whether it is in the play",
    ), "neon-cat"),
    _Scene("SC08 tapestry", "SdSdSSddSSSdSSddSSSS", (
        "Pan along the tapestry, embroidered hunters begin to run",
        "The unicorn shakes the threads from its mane",
        "The woven river flows, fish in gold thread",
        "Moths land on the border and become part of it",
        "The last panel is unfinished, the needle sews by itself",
    ), "paper-city", "reference.jpg"),
    _Scene("SC09 night club", "SSSSSuSSSrrSS?SSmSSN", (
        "A neon cat made of light tubes dances on its hind legs",
        "Disco beams sweep through haze over an empty floor",
        "The barman polishes a glass that reflects the whole room",
        "The mirror ball stops, its spots keep moving",
        "Closing time, chairs on tables, the sign flickers out",
    ), "neon-cat"),
    _Scene("SC10 morning", "SSSSGGSGG?GQQQGQWQWW", (
        "First tram of the day, one passenger, sun through the whole length of it",
        "Steam rises from the grate, pigeons walk through it",
        "The boats return, lanterns out",
        "The old woman folds the net and looks up at last",
        "The harbour from above, every roof wet, credits space left",
    ), "night-sea"),
)  # fmt: skip  # a table


def _record(scene: _Scene, number: int, letter: str) -> Record | None:
    if letter == "?":
        return None
    ages = {"X": timedelta(days=16), "E": timedelta(days=12)}
    outcome = "fail" if letter in _FAIL_MSGS else _OUTCOMES[letter].split(",")[0]
    return Record(
        state=outcome,
        prompt=f"{scene.subjects[number // 4]}, {_TAKES[number % 4]}",
        clip=scene.clip,
        image=scene.image,
        expand_prompt=number % 3 == 0,
        age=ages.get(letter, timedelta(hours=6)) - timedelta(minutes=2 * number),
        fail_msg=_FAIL_MSGS.get(letter, ""),
        linked=letter != "N",
    )


def _tasks() -> Iterator[DemoTask]:
    for scene in _SCENES:
        for number, letter in enumerate(scene.outcomes):
            shot = f"{scene.name} / {number + 1:02}"
            record = _record(scene, number, letter)
            yield DemoTask(shot, _OUTCOMES[letter], str(uuid5(_NAMESPACE, shot)), scene.name, record)


BATCH: tuple[DemoTask, ...] = tuple(_tasks())
"""The 200 tasks, in the order they were submitted. `DemoTask.title` is the shot and `DemoTask.group` its scene."""


def batch_log() -> str:
    """Return the log of the batch, to look up with ``%runway`` or paste under ``%%runway``.

    It names every task once, and the failed ones a second time.
    """
    clock = datetime(2000, 1, 1, 1, 0, 4)  # noqa: DTZ001  # only its time of day is written
    lines = [f"[{clock:%H:%M:%S}] INFO  nightly: submitting {len(BATCH)} shots, 8 workers"]
    for task in BATCH:
        clock += timedelta(seconds=31)
        answer = f'{{"code":200,"msg":"success","data":{{"taskId":"{task.task_id}"}}}}'
        lines.append(f"[{clock:%H:%M:%S}] INFO  submit  {task.title}: HTTP 200 {answer}")
    lines.append(f"[{clock:%H:%M:%S}] INFO  nightly: all submitted, polling")
    for task in BATCH:
        if task.record is not None and task.record.state == "fail":
            clock += timedelta(seconds=7)
            lines.append(f"[{clock:%H:%M:%S}] ERROR poll    {task.title}: task {task.task_id} ended in fail (400)")
    clock += timedelta(minutes=15)
    lines.append(f"[{clock:%H:%M:%S}] WARN  nightly: gave up waiting after 15 min, see the tasks above")
    return "\n".join(lines) + "\n"

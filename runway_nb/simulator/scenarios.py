"""The demo tasks: one for everything that the API can report about a task. Their ids never change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from .prompts import CAT, CITY, FOREST, LONG, SEA
from .record import Record, bare, nulls, old, sampled, sister

DAY = timedelta(days=1)


@dataclass(frozen=True)
class DemoTask:
    """A task that the simulator knows from the start.

    Attributes:
        title: A short unique name, for `demo_task`.
        shows: What the task demonstrates, in a few words.
        task_id: The id to look up.
        group: What it is listed under: "States", "Links", "Failures", "Lineage" or "In the wild".
        record: The task itself; None if the service does not know it.
    """

    title: str
    shows: str
    task_id: str
    group: str
    record: Record | None = field(repr=False, hash=False)


_STATES = (
    DemoTask(
        "wait", "submitted, not yet queued", "60693e25-aa56-4386-9660-dae3f8c124cb", "States",
        Record("wait", FOREST, expand_prompt=True),
    ),
    DemoTask(
        "queueing", "in the queue", "dc471407-500e-4cce-8bcb-8bbf5df56371", "States",
        Record("queueing", "Time-lapse of ice flowers growing across a window, backlit, macro", expand_prompt=False),
    ),
    DemoTask(
        "generating", "being generated, with a reference image", "72bdc02d-2685-43eb-9cd8-94ec36685531", "States",
        Record("generating", CITY, image="reference.jpg", expand_prompt=True),
    ),
    DemoTask(
        "finished", "a finished video", "e55d57c3-ed50-457a-b270-c55250a96a78", "States",
        Record(prompt=CAT, clip="neon-cat", expand_prompt=True),
    ),
    DemoTask(
        "walking", "wait → queueing → generating → success in 15 s, again and again",
        "3ab3166f-22b7-4241-9ea4-3ab51a6d6b81", "States",
        Record(prompt=CITY, clip="paper-city", image="reference.jpg", expand_prompt=True),
    ),
)  # fmt: skip  # a table, two or three lines per entry

_LINKS = (
    DemoTask(
        "expiring", "a video whose link expires in about two days", "fb8fe36d-4fe1-410c-9de1-7212ce4ba39d", "Links",
        Record(prompt=SEA, clip="night-sea", expand_prompt=False, age=12 * DAY),
    ),
    DemoTask(
        "expired", "a video whose link has expired", "1e03d557-f5dd-473a-9d3b-b690ca18b6c3", "Links",
        Record(prompt=FOREST, clip="fireflies", expand_prompt=True, age=16 * DAY),
    ),
    DemoTask(
        "no-url", "success without a video link", "de75bd94-4223-4bac-96fc-e2c84653ed51", "Links",
        Record(prompt="A lighthouse beam turns in falling snow, seen from the sea", clip="night-sea", linked=False),
    ),
)  # fmt: skip  # as above

_CHAIN = (
    DemoTask(
        "chain-1", "the first of a chain of three", "0e53cf7b-8e67-416c-bb97-efee88a9017d", "Lineage",
        Record(prompt=CITY, clip="paper-city", image="reference.jpg", expand_prompt=True, age=timedelta(hours=3)),
    ),
    DemoTask(
        "chain-2", "its extension", "d27268d6-3105-408f-adaa-865fdd920a64", "Lineage",
        Record(
            prompt="The camera leaves the paper city behind and glides out over the water; night falls, the moon is up",
            clip="night-sea", image="paper-city.jpg", expand_prompt=True, age=timedelta(hours=2),
            parent="0e53cf7b-8e67-416c-bb97-efee88a9017d",
        ),
    ),
    DemoTask(
        "chain-3", "the extension's extension", "4a7e4081-e1d6-4633-a993-9321f73fed26", "Lineage",
        Record(
            prompt="It reaches the far shore and enters a pine forest full of fireflies, slower now, almost still",
            clip="fireflies", image="night-sea.jpg", expand_prompt=False, age=timedelta(hours=1),
            parent="d27268d6-3105-408f-adaa-865fdd920a64",
        ),
    ),
)  # fmt: skip  # as above

_WILD = (
    DemoTask(
        "sample", "failCode 400 beside success, as in the reference's own sample",
        "ee603959-debb-48d1-98c4-a6d1c717eba6", "In the wild",
        Record(
            prompt="A fluffy orange cat dancing energetically in a colorful room with disco lights", clip="neon-cat",
            expand_prompt=True, dialect=sampled,
        ),
    ),
    DemoTask(
        "unknown-state", "a state that the reference does not list", "0af8c469-2a30-44ea-8bf8-3a0da35f5930",
        "In the wild", Record("upscaling", "A glass whale swims between skyscrapers in heavy rain, slow motion"),
    ),
    DemoTask(
        "long-prompt", "a very long prompt", "82b30c54-e09c-4ea0-a610-bb03a4a661e9", "In the wild",
        Record(prompt=LONG, clip="fireflies", expand_prompt=False, age=timedelta(hours=5)),
    ),
    DemoTask(
        "hex-id", "an id of 32 hex digits", "8d36091e83e54df7b078c43ac87be6e7", "In the wild",
        Record(prompt=SEA, clip="night-sea", age=timedelta(days=1)),
    ),
    DemoTask(
        "nulls", "absent fields sent as null or empty", "1ef8baa1-f293-4732-ad72-fbf5cd00dc40", "In the wild",
        Record("generating", "Hands shape a bowl on a potter's wheel, wet clay, one window, no music", dialect=nulls),
    ),
    DemoTask(
        "bare", "nothing but an id and a state", "4d512594-7386-4119-b3c3-b1979a0a3726", "In the wild",
        Record("queueing", dialect=bare),
    ),
    DemoTask(
        "sister", "the sister endpoints' form: JSON string, epoch milliseconds, booleans",
        "7b9373e4-b20a-42c2-beed-fa405c873273", "In the wild",
        Record(prompt=CAT, clip="neon-cat", expand_prompt=True, age=2 * DAY, dialect=sister),
    ),
    DemoTask(
        "queuing", "their spelling of queueing", "c5d3da9e-6744-476b-8c73-32fadbddc2a3", "In the wild",
        Record("queueing", "Tracking shot beside a red tram in the first snow, faces in warm windows", dialect=sister),
    ),
    DemoTask(
        "old", "an older form: a number as id, no taskId", "b61dd6ad-ec73-460c-bdd4-a77326722f48", "In the wild",
        Record(prompt=FOREST, clip="fireflies", age=3 * DAY, dialect=old),
    ),
    DemoTask(
        "markup", "a prompt that looks like HTML", "89cc2769-a50b-4de4-ae45-e156094ce51b", "In the wild",
        Record(
            prompt='Title card: <b>"The End"</b> & credits <script>alert(1)</script><img src=x onerror=alert(2)>',
            clip="paper-city", age=timedelta(hours=8),
        ),
    ),
    DemoTask(
        "not-found", "a task that the service does not know", "143303da-794e-460e-87bd-3abadcb78c4a",
        "In the wild", None,
    ),
)  # fmt: skip  # as above

_FAILURES = (
    ("fail-video", "3ba72657-b499-4f22-85fb-653f0db8d3c0", "inappropriate content in the video",
     "Detected inappropriate content in the video. Please change the prompt and try again.",
     "Two fencers in white circle each other in an empty swimming hall, blades flashing"),
    ("fail-hd-trial", "f6411e7f-6e16-4790-b719-a54c7db85049", "HD free trial used up",
     "HD quality free trials complete. Subscribe to continue in HD.",
     "Drone flight over terraced rice fields after rain, the sky in every step"),
    ("fail-content", "10a4b1e6-6faf-4321-bd6a-8d0c06229dad", "inappropriate content in image or video",
     "Inappropriate content detected in the image or video.",
     "The portrait comes alive: she turns to the camera and lifts her veil"),
    ("fail-standard", "b6edb539-95d7-42b9-b167-cbed3a00c0d0", "too busy for this plan",
     "Please try again later. You can upgrade to Standard membership to start now.",
     "Steam rises from a bowl of ramen, chopsticks lift, counter bar at midnight"),
    ("fail-concurrency", "148949c0-5c5e-4c70-bee6-195777643261", "too many generations at once",
     "Reached the limit for concurrent generations. Wait until one of them has ended.",
     "A thousand umbrellas open at once in a station square, seen from above"),
    ("fail-dimensions", "171ac5ae-2c6f-47c5-965a-3537ac042b5c", "unsupported width or height",
     "Unsupported width or height of the image.",
     "Pan along the embroidered tapestry, threads catching the light"),
    ("fail-upload", "4994f017-ade4-43b3-bdbb-108dcdf15b64", "upload failed",
     "Upload failed due to network reasons. Please re-upload the image.",
     "The still life begins to move: a pear rolls, a wasp takes off"),
    ("fail-moderator", "d790800a-e5cb-471e-bf31-c907482a98e5", "prompt caught by the AI moderator",
     "Your prompt was caught by our AI moderator. Please adjust it and try again.",
     "Stage duel by torchlight, red velvet, theatre blood on a white collar"),
    ("fail-re-enter", "88ac350d-d583-42d7-b24f-8d13b50542da", "prompt triggered the AI moderator",
     "Your prompt has triggered our AI moderator. Please re-enter your prompt.",
     "Boxing gym, black and white, a punch lands in extreme slow motion, sweat flying"),
    ("fail-prompt-length", "20f16f42-dda3-417b-9445-97b11651ff98", "prompt over 2048 characters",
     "Your prompt/negative prompt cannot exceed 2048 characters.", LONG + " " + LONG),
    ("fail-nsfw", "2171d6d4-4bec-4ca7-803c-08991be27f6f", "NSFW prompt",
     "Your video creation prompt contains NSFW content.",
     "Life drawing class, charcoal on paper, the model steps off the pedestal"),
    ("fail-image-format", "fe8a5d72-6776-45a3-bf44-b8cbf3faa255", "incorrect image format",
     "Incorrect image format. Please use another file.",
     "My grandmother's photograph: the wind moves her dress and the wheat behind her"),
    ("fail-generation", "38b86792-e022-41db-b6ee-403e4ba2de32", "generation failed, no cause given",
     "Generation failed, please try again later",
     "A marble statue exhales, and its breath is visible in the cold hall"),
    ("fail-internal", "98aa0dfa-64d3-40da-a2a8-e72b9e11dc43", "internal error (a sister model's words)",
     "internal error, please try again later.",
     "Satellite view of city lights going out district by district, then coming back"),
    ("fail-busy", "9d867884-9170-4b91-a49e-d47c93a91eef", "the server is busy (a sister model's words)",
     "the server is busy",
     "Slow push-in on an empty concert grand, one key goes down by itself"),
)  # fmt: skip  # as above

_WITH_IMAGE = frozenset({"fail-content", "fail-dimensions", "fail-upload", "fail-image-format"})

DEMO_TASKS: tuple[DemoTask, ...] = (
    *_STATES,
    *_LINKS,
    *(
        DemoTask(
            title,
            shows,
            task_id,
            "Failures",
            Record("fail", prompt, image="reference.jpg" if title in _WITH_IMAGE else None, fail_msg=words),
        )
        for title, task_id, shows, words, prompt in _FAILURES
    ),
    *_CHAIN,
    *_WILD,
)
"""Every demo task, sorted by group."""


def demo_task(title: str) -> DemoTask:
    """Return a demo task by its title.

    Raises:
        KeyError: If no demo task has this title. The message lists the titles.
    """
    by_title = {task.title: task for task in DEMO_TASKS}
    if title not in by_title:
        raise KeyError(f"unknown demo task {title!r}; the titles are {', '.join(by_title)}")
    return by_title[title]


WALKING = demo_task("walking")
"""The demo task that goes through all states, again and again."""

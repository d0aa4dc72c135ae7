"""Failure messages are read as their cause; an unknown one is not guessed."""

import pytest

from runway_nb.model.failure import Cause, Retry, prompt_problems, read_failure, read_message
from runway_nb.model.task import Task, TaskState

PROMPT, MEDIA = Cause.MODERATION_PROMPT, Cause.MODERATION_MEDIA

DOCUMENTED = [
    ("Detected inappropriate content, please try replacing the video.", MEDIA),
    ("HD quality free trials complete. Subscribe now to continue creating in high resolution.", Cause.QUOTA),
    ("Inappropriate content detected. Please replace the image or video.", MEDIA),
    ("Please try again later. You can upgrade to Standard membership to start generating now.", Cause.QUOTA),
    ("Reached the limit for concurrent generations.", Cause.CONCURRENCY),
    ("Unsupported width or height. Please adjust the size and try again.", Cause.DIMENSIONS),
    ("Upload failed due to network reasons, please re-enter", Cause.UPLOAD),
    ("Your prompt was caught by our AI moderator.", PROMPT),
    ("Your prompt has triggered our AI moderator, please re-enter your prompt", PROMPT),
    (
        "Your prompt/negative prompt cannot exceed 2048 characters. Please check if your input is too long.",
        Cause.PROMPT_LENGTH,
    ),
    (
        "Your video creation prompt contains NSFW content, which isn't allowed under our policy. Kindly revise it.",
        PROMPT,
    ),
    ("Incorrect image format", Cause.IMAGE_FORMAT),
    ("Generation failed, please try again later", Cause.SERVICE),
    ("internal error, please try again later.", Cause.SERVICE),
    ("the server is busy", Cause.SERVICE),
]

# Many places quote only the beginning of the documented messages.
BEGINNINGS = [
    ("Detected inappropriate content", MEDIA),
    ("HD quality free trials complete", Cause.QUOTA),
    ("Inappropriate content detected", MEDIA),
    ("Please try again later. You can upgrade to Standard membership", Cause.QUOTA),
    ("Your prompt has triggered our AI moderator", PROMPT),
    ("Your prompt/negative prompt cannot exceed 2048 characters", Cause.PROMPT_LENGTH),
    ("Your video creation prompt contains NSFW content", PROMPT),
    ("Unsupported width or height", Cause.DIMENSIONS),
    ("Upload failed due to network reasons", Cause.UPLOAD),
]

VARIANTS = [
    # surrounded
    ("Error: Your prompt was caught by our AI moderator. (request id 8d1f-22)", PROMPT),
    ("Task failed with: Incorrect image format!", Cause.IMAGE_FORMAT),
    ("[400] Reached the limit for concurrent generations. Please wait.", Cause.CONCURRENCY),
    ('{"code":400,"msg":"Upload failed due to network reasons, please re-enter"}', Cause.UPLOAD),
    ("createTask error (code 500): the server is busy", Cause.SERVICE),
    ("Runway says \u201cUnsupported width or height\u201d \u2014 see the size.", Cause.DIMENSIONS),
    ("failMsg=Inappropriate content detected. Please replace the image or video. taskId=ee60", MEDIA),
    ("Sorry! Generation failed, please try again later :-(", Cause.SERVICE),
    # case, punctuation, line breaks, typographic and full-width signs
    ("YOUR PROMPT WAS CAUGHT BY OUR AI MODERATOR", PROMPT),
    ("your prompt was caught by our AI-moderator\u3002", PROMPT),
    ("Your video creation prompt contains NSFW content, which isn\u2019t allowed under our policy\uff01", PROMPT),
    ("Your prompt/negative\nprompt cannot exceed\n2,048 characters", Cause.PROMPT_LENGTH),
    ("Please try again later\uff0eYou can upgrade to \u00abStandard\u00bb membership to start", Cause.QUOTA),
    ("HD\u00a0quality  free-trials complete;\r\nsubscribe now to continue", Cause.QUOTA),
    ("Reached the limit\r\nfor concurrent\tgenerations", Cause.CONCURRENCY),
    ("incorrect_image_format", Cause.IMAGE_FORMAT),
    ("INTERNAL_SERVER_ERROR: please try again", Cause.SERVICE),
    ("Detected *inappropriate* content \u2013 please try replacing the video", MEDIA),
    # in other words
    ("The prompt did not pass our content moderation check.", PROMPT),
    ("Inappropriate content detected in your prompt.", PROMPT),
    ("Inappropriate content was detected. Please reword your prompt.", PROMPT),
    ("Text moderation failed: the text you entered contains sensitive information. Please re-enter.", PROMPT),
    ("The prompt for your video was flagged as unsafe.", PROMPT),
    ("Moderation failed: the uploaded image contains explicit material", MEDIA),
    ("Your reference image was flagged by the safety system.", MEDIA),
    ("NSFW content found in the input video", MEDIA),
    ("Image moderation failed: the uploaded image is not compliant, please replace it and try again", MEDIA),
    ("Your free trial for HD has been used up", Cause.QUOTA),
    ("Insufficient balance. Unable to generate video. Please top up your credits.", Cause.QUOTA),
    ("Upgrade your membership to go on.", Cause.QUOTA),
    ("You have exceeded your monthly quota", Cause.QUOTA),
    ("Too many concurrent generations; upgrade to Standard membership for more", Cause.CONCURRENCY),
    ("Concurrency limit exceeded", Cause.CONCURRENCY),
    ("The maximum of parallel tasks is reached", Cause.CONCURRENCY),
    ("Too many videos are being generated at the same time", Cause.CONCURRENCY),
    ("Invalid image width or height", Cause.DIMENSIONS),
    ("This aspect ratio is not supported", Cause.DIMENSIONS),
    ("Image upload failed. Please try again.", Cause.UPLOAD),
    ("We could not upload your image because of network problems", Cause.UPLOAD),
    ("Prompt length exceeds 2048 characters limit", Cause.PROMPT_LENGTH),
    ("The prompt is too long", Cause.PROMPT_LENGTH),
    ("The image format is not supported", Cause.IMAGE_FORMAT),
    ("Unsupported image file type: please use JPG", Cause.IMAGE_FORMAT),
    ("Your image is in an incorrect format.", Cause.IMAGE_FORMAT),
    ("At most 2048 characters are allowed in a prompt", Cause.PROMPT_LENGTH),
    ("System is currently experiencing high load. Please try again later", Cause.SERVICE),
    ("503 Service Temporarily Unavailable", Cause.SERVICE),
]

UNRELATED = [
    "a network of canals prompt",
    "Please try again.",
    "Please try again later.",
    "image",
    "The image is beautiful.",
    "limit",
    "Rate limit of the printer",
    "This field is required",
    "Unknown error",
    "null",
    "The prompt was about a moderator of a debate.",
    "An upload of 3 images was queued.",
    "Width 1280, height 720",
    "Your prompt was accepted; no inappropriate content was found in it.",
    "The image was not flagged and is 2048 characters away",
    "Subscribe to our newsletter",
    "We upgraded to Python 3.13",
    "The webhook URL cannot exceed 2048 characters",
    "NSFW filter is off for video tasks",
    "The format of the date is invalid",
    "Your prompt has passed moderation.",
    "The server answered in 3 s",
    "Network: canals. Prompt: barges.",
    "The quality of the trial was high",
    "concurrent",
    "The limit of a parallel universe",
    "A prompt about exceeding the speed limit",
    "\u041e\u0448\u0438\u0431\u043a\u0430",
]


@pytest.mark.parametrize(("msg", "cause"), DOCUMENTED + BEGINNINGS)
def test_documented_message_has_its_cause(msg, cause):
    assert read_message(msg).cause is cause


@pytest.mark.parametrize(("msg", "cause"), VARIANTS)
def test_variant_has_its_cause(msg, cause):
    assert read_message(msg).cause is cause


@pytest.mark.parametrize("msg", UNRELATED)
def test_unrelated_message_is_unknown(msg):
    assert read_message(msg).cause is Cause.UNKNOWN


@pytest.mark.parametrize(("msg", "cause"), DOCUMENTED)
@pytest.mark.parametrize(
    "around",
    ["Error: {} (request id 123)", "Task failed with: {}\nPlease see the help.", "\u201c{}\u201d", "\n\t{}\r\n"],
)
def test_text_around_message_is_ignored(msg, cause, around):
    assert read_message(around.format(msg)).cause is cause
    assert read_message(around.format(msg.upper())).cause is cause
    assert read_message(around.format(msg.replace(" ", "\n"))).cause is cause


def test_lists_are_long_enough():
    assert len(VARIANTS) >= 40
    assert len(UNRELATED) >= 20
    assert {cause for _, cause in DOCUMENTED} == set(Cause) - {Cause.UNKNOWN}


@pytest.mark.parametrize(
    ("msg", "retry"),
    [
        ("Your prompt was caught by our AI moderator.", Retry.NO),
        ("Incorrect image format", Retry.NO),
        ("HD quality free trials complete.", Retry.NO),
        ("Please try again later. You can upgrade to Standard membership", Retry.LATER),
        ("Reached the limit for concurrent generations.", Retry.LATER),
        ("the server is busy", Retry.LATER),
        ("Upload failed due to network reasons", Retry.NOW),
        ("a new message", Retry.UNKNOWN),
    ],
)
def test_retry(msg, retry):
    assert read_message(msg).retry is retry


@pytest.mark.parametrize("msg", [msg for msg, _ in DOCUMENTED] + ["a new message", ""])
def test_title_and_advice_are_well_formed(msg):
    reading = read_message(msg)
    assert reading.title[0].isupper()
    assert not reading.title.endswith(".")
    assert reading.advice.endswith(".")
    assert ". " not in reading.advice
    assert "again" in reading.advice


@pytest.mark.parametrize("msg", ["", "  \n"])
def test_empty_message_has_no_reason(msg):
    reading = read_message(msg)
    assert reading.cause is Cause.UNKNOWN
    assert reading != read_message("a new message")
    assert "without a stated reason" in reading.title


def test_task_is_read_by_its_message():
    task = Task("ee60", TaskState.FAIL, prompt="a cat", fail_code=400, fail_msg="Incorrect image format")
    assert read_failure(task) == read_message("Incorrect image format")
    assert read_failure(Task("ee60", TaskState.FAIL)) == read_message("")


def test_huge_message_is_read_quickly():
    assert read_message("prompt image moderation " * 100_000).cause is Cause.UNKNOWN


@pytest.mark.parametrize(
    ("prompt", "problems"),
    [
        ("a cat", ()),
        ("x" * 2048, ()),
        ("x" * 2060, ("The prompt has 2060 characters, 12 more than the 2048 allowed.",)),
        ("", ("The prompt is empty.",)),
        (" \n\t", ("The prompt is empty.",)),
    ],
)
def test_prompt_problems(prompt, problems):
    assert prompt_problems(prompt) == problems

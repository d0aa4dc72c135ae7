"""The title and advice of every kind of failure."""

import pytest

from runway_nb.model.failure import Cause, read_message

WORDING = [
    (
        "Your prompt was caught by our AI moderator.",
        "Moderation stopped the prompt",
        "Reword the prompt; sending it again unchanged will fail again.",
    ),
    (
        "Inappropriate content detected. Please replace the image or video.",
        "Moderation stopped the image or video",
        "Use another image or video; sending it again unchanged will fail again.",
    ),
    (
        "HD quality free trials complete.",
        "The account's plan or credits do not cover this",
        "Subscribe, top up or ask for less; until then, sending it again unchanged will fail again.",
    ),
    (
        "Please try again later. You can upgrade to Standard membership",
        "The account's plan makes tasks wait",
        "Send it again unchanged later, or upgrade the plan to start at once.",
    ),
    (
        "Reached the limit for concurrent generations.",
        "Too many generations at once",
        "Wait until another task of the account has ended; after that, sending it again unchanged can work.",
    ),
    (
        "Unsupported width or height",
        "The width or height is not supported",
        "Resize the image or choose another size; sending it again unchanged will fail again.",
    ),
    (
        "Upload failed due to network reasons",
        "The upload or the network failed",
        "Send it again; the same task unchanged can work at once.",
    ),
    (
        "Your prompt/negative prompt cannot exceed 2048 characters",
        "The prompt is too long",
        "Shorten the prompt to at most 2048 characters; sending it again unchanged will fail again.",
    ),
    (
        "Incorrect image format",
        "The image's format was not accepted",
        "Convert the image, to JPEG or PNG for example; sending it again unchanged will fail again.",
    ),
    ("the server is busy", "The service failed", "Send it again in a few minutes; the same task unchanged can work."),
    (
        "a new message",
        "The task failed",
        (
            "runway_nb does not recognize the reason; "
            "send it again once, then contact the service's support with the task id."
        ),
    ),
    (
        "",
        "The task failed without a stated reason",
        "Send it again once; if it fails again, contact the service's support with the task id.",
    ),
]


@pytest.mark.parametrize(("msg", "title", "advice"), WORDING)
def test_title_and_advice(msg: str, title: str, advice: str):
    reading = read_message(msg)

    assert (reading.title, reading.advice) == (title, advice)


def test_every_cause_is_listed():
    assert {read_message(msg).cause for msg, *_ in WORDING} == set(Cause)

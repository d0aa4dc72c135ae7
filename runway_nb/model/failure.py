"""What a failure message means: its cause, what to do, and whether sending the task again can work. No I/O.

``failCode`` is always 400, so only the words of ``failMsg`` tell failures apart. They are read by a
table of phrases. A message that matches no row is called unknown and shown unchanged: a guess would
send people after the wrong cause.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from .task import Task

PROMPT_LIMIT = 2048
"""Maximum length of a prompt in characters (from the API reference's list of failure messages)."""

_READ_AT_MOST = 4000  # characters of a message; the longest documented message has 130


class Cause(Enum):
    """Why a task failed, in words that fit a summary."""

    MODERATION_PROMPT = "moderation (prompt)"
    MODERATION_MEDIA = "moderation (image or video)"
    QUOTA = "quota or plan"
    CONCURRENCY = "concurrency limit"
    DIMENSIONS = "unsupported dimensions"
    UPLOAD = "upload or network"
    PROMPT_LENGTH = "prompt too long"
    IMAGE_FORMAT = "image format"
    SERVICE = "service fault"
    UNKNOWN = "unknown"


class Retry(Enum):
    """Whether sending the same task again, unchanged, can work."""

    NOW = "now"
    LATER = "later"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reading:
    """What a failure message means.

    Attributes:
        cause: Why the task failed.
        title: The cause as a heading.
        advice: One sentence: what to do, and whether sending the task again unchanged can work.
        retry: Whether sending it again unchanged can work, for programs.
    """

    cause: Cause
    title: str
    advice: str
    retry: Retry


_PROMPT_MODERATED = Reading(
    Cause.MODERATION_PROMPT,
    "Moderation stopped the prompt",
    "Reword the prompt; sending it again unchanged will fail again.",
    Retry.NO,
)
_MEDIA_MODERATED = Reading(
    Cause.MODERATION_MEDIA,
    "Moderation stopped the image or video",
    "Use another image or video; sending it again unchanged will fail again.",
    Retry.NO,
)
_NOT_IN_PLAN = Reading(
    Cause.QUOTA,
    "The account's plan or credits do not cover this",
    "Subscribe, top up or ask for less; until then, sending it again unchanged will fail again.",
    Retry.NO,
)
_PLAN_MUST_WAIT = Reading(
    Cause.QUOTA,
    "The account's plan makes tasks wait",
    "Send it again unchanged later, or upgrade the plan to start at once.",
    Retry.LATER,
)
_TOO_MANY = Reading(
    Cause.CONCURRENCY,
    "Too many generations at once",
    "Wait until another task of the account has ended; after that, sending it again unchanged can work.",
    Retry.LATER,
)
_DIMENSIONS = Reading(
    Cause.DIMENSIONS,
    "The width or height is not supported",
    "Resize the image or choose another size; sending it again unchanged will fail again.",
    Retry.NO,
)
_UPLOAD = Reading(
    Cause.UPLOAD,
    "The upload or the network failed",
    "Send it again; the same task unchanged can work at once.",
    Retry.NOW,
)
_PROMPT_LENGTH = Reading(
    Cause.PROMPT_LENGTH,
    "The prompt is too long",
    f"Shorten the prompt to at most {PROMPT_LIMIT} characters; sending it again unchanged will fail again.",
    Retry.NO,
)
_IMAGE_FORMAT = Reading(
    Cause.IMAGE_FORMAT,
    "The image's format was not accepted",
    "Convert the image, to JPEG or PNG for example; sending it again unchanged will fail again.",
    Retry.NO,
)
_SERVICE = Reading(
    Cause.SERVICE,
    "The service failed",
    "Send it again in a few minutes; the same task unchanged can work.",
    Retry.LATER,
)
_UNKNOWN = Reading(
    Cause.UNKNOWN,
    "The task failed",
    "runway_nb does not recognize the reason; send it again once, then contact the service's support with the task id.",
    Retry.UNKNOWN,
)
_NO_REASON = Reading(
    Cause.UNKNOWN,
    "The task failed without a stated reason",
    "Send it again once; if it fails again, contact the service's support with the task id.",
    Retry.UNKNOWN,
)

# The patterns below expect a message that `_plain` has normalized: lower-case words with one space
# after each, and " . " where a sentence ends. `\w+ ` therefore never crosses the end of a sentence.
_ANY = r"(?:\w+ ){0,8}?"
_TEXT = r"\b(?:prompts?|text) "
_MEDIA = r"\b(?:images?|videos?|pictures?|photos?|frames?) "
_TEXT_ONLY = rf"(?:for \w+ {_MEDIA})?(?:(?!{_MEDIA})\w+ ){{0,8}}?"
_MEDIA_ONLY = rf"(?:(?!{_TEXT})\w+ ){{0,8}}?"
_UNWANTED = r"(?:inappropriate|nsfw|sensitive|prohibited|forbidden|disallowed|explicit|sexual|adult|unsafe|violent)"
_STOPPED = (
    rf"\b(?:{_UNWANTED} (?:content|material|information|words?)|(?:as|is|be) (?:nsfw|inappropriate|unsafe)"
    r"|(?:ai|content|our|the|by|not pass|failed) moderat\w+|moderation (?:failed|failure|system|check|filter|policy)"
    r"|(?:was|were|been|got|prompt|image|video) flagged|flagged (?:as|by|for)|not compliant"
    r"|(?:our|content|usage|community|safety) (?:policy|policies|guidelines|filters?|system|check)) "
)
_WRONG = r"\b(?:incorrect|invalid|unsupported|wrong|bad|unrecogni[sz]ed) "
_REFUSED = r"\b(?:not (?:supported|accepted|valid)|out of range|too (?:large|small)) "
_SIDES = r"\b(?:width|height|dimensions?|aspect ratio|resolution) "
_IMAGE = r"\b(?:image|picture|photo) "
_RUNS = r"\b(?:generations?|tasks?|videos?|jobs?) "
_AT_ONCE = rf"\b(?:concurrent |concurrency |(?:simultaneous|parallel) {_RUNS})"
_PLAN = r"\b(?:membership|plan|subscription) "
_CREDIT = r"\b(?:balance|credits?|funds|quota) "

# The first row that matches decides, so patterns that name their subject come before those that do not.
_TABLE: tuple[tuple[str, Reading], ...] = (
    (rf"\bprompt {_ANY}(?:too long|longer than|exceed|exceeds|exceeded) ", _PROMPT_LENGTH),
    (rf"\bprompt {_ANY}(?:over|under|at most|limited to|(?:more|fewer) than) {_ANY}characters ", _PROMPT_LENGTH),
    (rf"\b2 ?048 characters {_ANY}prompt |\bmaximum prompt length |\byour input is too long ", _PROMPT_LENGTH),
    (rf"{_TEXT}{_TEXT_ONLY}{_STOPPED}", _PROMPT_MODERATED),
    (rf"{_STOPPED}{_TEXT_ONLY}{_TEXT}", _PROMPT_MODERATED),
    (rf"\binappropriate content {_ANY}\. {_ANY}(?:re\w+|change|adjust|edit) \w+ prompt ", _PROMPT_MODERATED),
    (rf"{_MEDIA}{_MEDIA_ONLY}{_STOPPED}", _MEDIA_MODERATED),
    (rf"{_STOPPED}{_MEDIA_ONLY}{_MEDIA}", _MEDIA_MODERATED),
    # Two documented messages do not name their subject: the first is about media, the second about prompts.
    (r"\binappropriate content (?:was |has been |is )?(?:detected|found) ", _MEDIA_MODERATED),
    (r"\b(?:detected|found|contains) inappropriate content ", _MEDIA_MODERATED),
    (r"\b(?:caught by|triggered|blocked by|stopped by) (?:our|the) ai moderator ", _PROMPT_MODERATED),
    (rf"\b(?:limit|max|maximum|reached|exceed\w*|too many) {_ANY}{_AT_ONCE}", _TOO_MANY),
    (rf"{_AT_ONCE}{_ANY}(?:limit|maximum|reached|exceed\w*) ", _TOO_MANY),
    (rf"\btoo many {_ANY}{_RUNS}{_ANY}(?:at once|at the same time|at a time|in progress|running) ", _TOO_MANY),
    (rf"\btry {_ANY}later {_ANY}(?:\. )?{_ANY}upgrad\w+ (?:to|your) {_ANY}{_PLAN}", _PLAN_MUST_WAIT),
    (rf"\bfree trials? {_ANY}(?:completed?|used up|exhausted|over|ended|expired) ", _NOT_IN_PLAN),
    (rf"\bsubscribe (?:now )?to continue |\bupgrade (?:to|your) {_ANY}{_PLAN}", _NOT_IN_PLAN),
    (rf"\b(?:insufficient|not enough|out of|no more|no) (?:account )?{_CREDIT}", _NOT_IN_PLAN),
    (rf"{_CREDIT}{_ANY}(?:insufficient|not enough|exhausted|used up|exceeded|too low) ", _NOT_IN_PLAN),
    (rf"\bexceeded {_ANY}quota ", _NOT_IN_PLAN),
    (rf"{_WRONG}{_ANY}{_IMAGE}(?:file )?(?:format|type) ", _IMAGE_FORMAT),
    (rf"{_IMAGE}(?:file )?(?:format|type) {_ANY}(?:{_WRONG}|{_REFUSED})", _IMAGE_FORMAT),
    (rf"{_IMAGE}{_ANY}{_WRONG}(?:file )?format ", _IMAGE_FORMAT),
    (rf"{_WRONG}(?:(?:image|video|input) )?(?:size |{_SIDES})", _DIMENSIONS),
    (rf"{_SIDES}{_ANY}(?:{_WRONG}|{_REFUSED})", _DIMENSIONS),
    (r"\bupload (?:has |was )?(?:failed|interrupted|error|timed out) ", _UPLOAD),
    (r"\b(?:failed to|could not|unable to|cannot) upload |\berror while uploading ", _UPLOAD),
    (r"\b(?:due to|because of) (?:an? |the )?network (?:reasons?|errors?|problems?|issues?|failure|timeout) ", _UPLOAD),
    (r"\bnetwork (?:error|failure|timeout|problem|is unreachable|connection (?:lost|failed)) ", _UPLOAD),
    (rf"\bgeneration (?:has )?failed (?:\. )?{_ANY}try again ", _SERVICE),
    (r"\b(?:internal|server|internal server|internal service|system) error ", _SERVICE),
    (r"\b(?:servers?|services?|systems?) (?:is|are) (?:\w+ )?(?:busy|overloaded|unavailable) ", _SERVICE),
    (r"\b(?:service|system) is (?:currently )?(?:down|under high load|experiencing high load) ", _SERVICE),
    (r"\b(?:service (?:temporarily )?unavailable|bad gateway|gateway time ?out|under maintenance) ", _SERVICE),
)

# A sentence that says that nothing was found is not a finding.
_DENIED = (
    rf"\b(?:no|not|never|without|free of) (?:been |any )*(?:{_UNWANTED}|flagged|caught|blocked) "
    r"|(?<!not )\bpass(?:ed|es) (?:\w+ ){0,3}(?:moderation|safety|policy) "
)


def read_failure(task: Task) -> Reading:
    """Read why a task failed, from its `fail_msg`. Only for failed tasks: others may carry a leftover message."""
    return read_message(task.fail_msg)


def read_message(msg: str) -> Reading:
    """Read a failure message.

    Args:
        msg: The service's words, with or without other text around them.

    Returns:
        Its meaning, with `Cause.UNKNOWN` for a message that matches no row and for an empty one.
    """
    if not msg.strip():
        return _NO_REASON
    plain = ".".join(sentence for sentence in _plain(msg).split(".") if not re.search(_DENIED, sentence))
    # Not compiled on import, which would take 7 ms: `re` caches patterns once used.
    return next((reading for pattern, reading in _TABLE if re.search(pattern, plain)), _UNKNOWN)


def prompt_problems(prompt: str) -> tuple[str, ...]:
    """Return the problems that a prompt itself shows, as sentences."""
    if not prompt.strip():
        return ("The prompt is empty.",)
    if len(prompt) > PROMPT_LIMIT:
        over = len(prompt) - PROMPT_LIMIT
        return (f"The prompt has {len(prompt)} characters, {over} more than the {PROMPT_LIMIT} allowed.",)
    return ()


def _plain(msg: str) -> str:
    """Normalize a message into the form that the table's patterns expect."""
    text = unicodedata.normalize("NFKC", msg[:_READ_AT_MOST])[:_READ_AT_MOST].casefold()  # one character may become 18
    text = re.sub(r"['\u2018\u2019\u02bc`]", "", text)  # "isn't" in any spelling is one word
    text = re.sub(r"[.!?;\u3002\u061f]+(?=\W|$)", " \x00 ", text)  # not the dot of "2.5"
    words = re.sub(r"(?:[^\w\x00]|_)+", " ", text).replace("\x00", ".")
    return f" {words.strip()} . "

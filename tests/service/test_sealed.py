"""No exception leaves with the key, at whatever line it is raised: proved by raising one at every line."""

import base64
import builtins
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from traceback import walk_tb
from types import FrameType, ModuleType
from typing import Any

import pytest
import requests
from IPython.core.ultratb import VerboseTB
from requests.adapters import HTTPAdapter
from service.recording import KEY, RecordingHandler, recording
from support.fuzz import scale

from runway_nb.model.errors import BadResponseError, ConnectionFailedError, RunwayError
from runway_nb.service import key as keys
from runway_nb.service.client import RunwayClient
from runway_nb.service.key import Secret
from runway_nb.service.sealed import sealed, variable

FORMS = (
    KEY,
    KEY.upper(),
    base64.b64encode(KEY.encode()).decode()[:-3],
    base64.b64encode(f"Bearer {KEY}".encode()).decode()[12:-3],
    KEY.encode().hex(),
    repr(KEY.encode("utf-16-le"))[2:-1],
    "".join(f"%{ord(character):02x}" for character in KEY),
)
SAMPLES = scale(40)
"""At how many lines of one call an exception is raised. All of them, with ``RUNWAY_FUZZ=1000``, take minutes."""
VERBOSE = 6
"""How many tracebacks of one call IPython draws, which is slow."""
UNINTERRUPTED = ("threading", "queue", "logging", "weakref", "_weakrefset")
"""Modules whose locks would stay locked. They never hold the key."""


# An interrupted library leaves sockets behind, and what is raised in a destructor cannot be caught.
untidy = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


class Interrupt(BaseException):
    """No library catches this one."""


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, and all that a traceback shows with it."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        each = pending.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            pending += [each.__context__, each.__cause__, *getattr(each, "exceptions", ())]


def everything_in(error: BaseException) -> str:
    """Return everything that a debugger can find in an exception: all variables of all its frames."""
    parts: list[object] = []
    for each in chain(error):
        parts += [each, each.args, vars(each)]
        for frame, _ in walk_tb(each.__traceback__):
            parts += frame.f_locals.values()
    shown = []
    for part in parts:
        with suppress(Exception):  # an object that was interrupted in its constructor may have no repr
            shown.append(repr(part))
    return "\n".join(shown)


def verbose_traceback(error: BaseException) -> str:
    """Return what IPython prints with ``%xmode Verbose``: also the attributes that the lines name."""
    return "\n".join(map(str, VerboseTB().structured_traceback(type(error), error, error.__traceback__)))


def interrupted_at(line: int, call: Callable[[], object]) -> tuple[BaseException | None, int]:
    """Call a function in a thread of its own, and raise at the line with this number, in any code.

    Returns:
        What left the function, and how many lines it ran.
    """
    ran, raised = 0, None

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal ran
        if frame.f_globals.get("__name__") in UNINTERRUPTED:
            return None
        if event == "line":
            ran += 1
            if ran == line:
                raise Interrupt
        return trace

    def run() -> None:
        nonlocal raised
        sys.settrace(trace)
        try:
            call()
        except BaseException as error:  # noqa: BLE001  # to be examined
            raised = error
        finally:
            sys.settrace(None)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised, ran


def assert_nothing_leaks(prepared: Callable[[], Callable[[], object]]) -> None:
    """Interrupt a call at many lines.

    Args:
        prepared: Returns the call, each time a new one: an interrupted one may have left a lock locked.
    """
    _, lines = interrupted_at(0, prepared())
    places = set()
    for line in range(1, lines + 1, max(1, lines // SAMPLES)):
        error, _ = interrupted_at(line, prepared())
        if error is None:
            continue  # the line is one of a library's own tidying up
        shown = everything_in(error)
        place = tuple((frame.f_code, number) for frame, number in walk_tb(error.__traceback__))
        if place not in places and len(places) < VERBOSE:
            places.add(place)
            shown += verbose_traceback(error)
        assert not [form for form in FORMS if form in shown], f"the exception of line {line} of {lines} shows the key"
    assert places, "no line raised"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve a task; the key is in the environment only, as in a kernel."""
    with recording() as server:
        monkeypatch.setenv("APIKLEY_API_KEY", KEY)
        monkeypatch.setenv("APIKLEY_BASE_URL", server.url)
        monkeypatch.setattr(server, "handle_error", lambda *_: None)  # interrupted clients hang up
        yield server.url


@pytest.fixture
def made() -> Iterator[Callable[..., RunwayClient]]:
    """Make clients, which are not closed: an interrupted one may wait for a lock for ever."""
    kept: list[RunwayClient] = []

    def make(*arguments: Any, **named: Any) -> RunwayClient:
        kept.append(RunwayClient(*arguments, **named))
        return kept[-1]

    yield make
    kept.clear()


@untidy
@pytest.mark.usefixtures("api")
@pytest.mark.parametrize("is_new", [True, False], ids=["new connection", "open connection"])
def test_look(is_new: bool, made: Callable[..., RunwayClient]):
    def prepared() -> Callable[[], object]:
        client = made()
        if not is_new:
            client.look("t")
        return lambda: client.get("t")

    assert_nothing_leaks(prepared)


@untidy
@pytest.mark.usefixtures("api")
def test_look_with_a_session_of_the_callers(made: Callable[..., RunwayClient]):
    def prepared() -> Callable[[], object]:
        client = made(session=requests.Session())
        return lambda: client.get("t")

    assert_nothing_leaks(prepared)


@untidy
@pytest.mark.usefixtures("api")
def test_making_a_client():
    assert_nothing_leaks(lambda: RunwayClient)


@untidy
def test_finding_the_key(api: str):
    assert_nothing_leaks(lambda: lambda: (keys.find_key(None, api), keys.known_keys(), keys.fingerprint(api)))


@untidy
@pytest.mark.usefixtures("api")
def test_failed_look(made: Callable[..., RunwayClient]):
    def prepared() -> Callable[[], object]:
        client = made(base_url="http://127.0.0.1:9")
        return lambda: client.look("t")

    assert_nothing_leaks(prepared)


@untidy
def test_answer_that_quotes_the_key(monkeypatch: pytest.MonkeyPatch, made: Callable[..., RunwayClient]):
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    quoted = b'{"code": 401, "msg": "%b"}' % b"".join(b"\\u%04x" % byte for byte in KEY.encode())

    with recording(lambda handler: handler.reply(quoted)) as server:
        monkeypatch.setattr(server, "handle_error", lambda *_: None)

        def prepared() -> Callable[[], object]:
            client = made(base_url=server.url)
            return lambda: client.look("t")

        with pytest.raises(RunwayError, match=r"\[key\]"):
            prepared()()
        assert_nothing_leaks(prepared)


# --- what leaves ------------------------------------------------------------------------------------------------------


OWN = [RecursionError("deep"), MemoryError(), UnicodeError("bad"), TimeoutError("own"), SystemExit(3), Interrupt("own")]
CALLERS = [TimeoutError("own"), KeyboardInterrupt(), ValueError(7)]


@pytest.mark.parametrize(
    ("raised", "owns_session"),
    [*((raised, True) for raised in OWN), *((raised, False) for raised in CALLERS)],
    ids=[*(repr(raised) for raised in OWN), *(f"a session, {raised!r}" for raised in CALLERS)],
)
def test_what_a_signal_handler_raises_arrives_bare(
    raised: BaseException, owns_session: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)

    def answer(handler: RecordingHandler) -> None:
        handler.close_connection = True
        os.kill(os.getpid(), signal.SIGUSR1)
        done.wait(60)

    def interrupt(*_: object) -> None:
        raise raised

    caught = None
    done = threading.Event()
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with recording(answer) as server:
            session = None if owns_session else requests.Session()
            with RunwayClient(base_url=server.url, session=session, retries=0) as client:
                try:
                    client.get("t")
                except BaseException as error:  # noqa: BLE001  # of any type
                    caught = error
                finally:
                    done.set()
            if session is not None:
                session.close()
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert caught is raised
    assert caught.__context__ is None
    assert caught.__cause__ is None
    assert not [form for form in FORMS if form in everything_in(raised)]


class LeakyAdapter(HTTPAdapter):
    """An adapter whose exceptions hold everything that it gets."""

    def __init__(self, make: Callable[..., BaseException]) -> None:
        super().__init__()
        self._make = make

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        raise self._make(request, request.headers, str(request.headers), [request.headers["Authorization"]])


class LeakyError(Exception):
    """Keeps what it gets, as the errors of requests do."""

    def __init__(self, request: object, headers: object, text: str, values: list[str]) -> None:
        super().__init__(request, headers, text, values)
        self.request = request
        self.headers = dict(headers)  # type: ignore[call-overload]  # they are a mapping
        self.text = text
        self.number = 7


@dataclass(frozen=True, eq=False)
class FrozenError(Exception):
    """Refuses to be changed."""

    request: object
    headers: object
    text: str
    values: list[str]


class Name(str):
    """Text of another type."""

    __slots__ = ()


class Unshowable:
    """Keeps what it gets, and has no repr."""

    def __repr__(self) -> str:
        raise ZeroDivisionError


def odd(request: Any, _: object, text: str, values: list[str]) -> BaseException:
    return RecursionError(Unshowable(), Name(text), {"deep": [values]}, (request, (text.encode(),)), 7)


def group(*held: Any) -> BaseException:
    return builtins.BaseExceptionGroup(str(held), [LeakyError(*held), ValueError(held[2])])


@pytest.mark.parametrize(
    "make",
    [
        LeakyError,
        FrozenError,
        odd,
        pytest.param(
            group,
            marks=pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups are new in Python 3.11"),
        ),
    ],
)
def test_exceptions_that_hold_the_request(make: Callable[..., BaseException], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    with requests.Session() as session:
        session.mount("http://", LeakyAdapter(make))
        with (
            RunwayClient(base_url="http://127.0.0.1:9", session=session) as client,
            pytest.raises(BaseException) as caught,  # noqa: PT011  # of any type
        ):
            client.look("t")

    if make is odd:
        assert "'Authorization': 'Bearer [key]'" in caught.value.args[1]
        assert caught.value.args[2:] == (None, (None, (None,)), 7)
    if make is LeakyError:
        assert type(caught.value) is LeakyError
        assert caught.value.number == 7
        assert caught.value.request is None
    assert not [form for form in FORMS if form in everything_in(caught.value) + verbose_traceback(caught.value)]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(requests.ConnectionError, ConnectionFailedError), (UnicodeError, BadResponseError), (OSError, RunwayError)],
)
def test_errors_of_the_libraries_become_ours(
    kind: type[Exception], expected: type[RunwayError], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    with requests.Session() as session:
        session.mount("http://", LeakyAdapter(lambda *held: kind(held[2])))
        with RunwayClient(base_url="http://127.0.0.1:9", session=session) as client, pytest.raises(expected) as caught:
            client.look("t")

    assert not [form for form in FORMS if form in everything_in(caught.value) + verbose_traceback(caught.value)]


def test_context_of_the_caller_is_kept():
    def fail() -> None:
        raise ValueError("inner")

    try:
        {}["the caller's"]
    except KeyError:
        with pytest.raises(ValueError, match="inner") as caught:
            sealed(fail)

    assert isinstance(caught.value.__context__, KeyError)
    assert [frame.f_code.co_name for frame, _ in walk_tb(caught.value.__traceback__)][1:] == ["sealed"]


@untidy
def test_variables_are_read_without_the_environment_in_a_frame(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("APIKLEY_API_KEY", KEY)
    monkeypatch.setenv("RUNWAY_NB_TEST", "value")

    assert variable("RUNWAY_NB_TEST") == "value"
    assert variable("RUNWAY_NB_UNSET") is None
    assert_nothing_leaks(lambda: lambda: variable("RUNWAY_NB_TEST"))


# --- a keyring that quotes the key ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt, SystemExit, Interrupt])
def test_what_a_keyring_raises(kind: type[BaseException], monkeypatch: pytest.MonkeyPatch):
    def fail(_: str, __: str, password: str = KEY) -> None:
        raise kind(f"password={password}")

    keyring: Any = ModuleType("keyring")
    keyring.__spec__ = __spec__
    keyring.get_password = keyring.set_password = fail
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setattr(keys, "_session_keys", {})
    secret = Secret(KEY)

    for call in (lambda: keys.keep_key(secret, "https://a.example"), lambda: keys.ask_keyring("https://b.example")):
        if kind is RuntimeError:
            assert not call()
            continue
        with pytest.raises(kind) as caught:
            call()
        shown = everything_in(caught.value) + verbose_traceback(caught.value)
        below = [frame for frame, _ in walk_tb(caught.value.__traceback__)][1:]  # this frame has a variable with it
        assert fail.__code__ not in [frame.f_code for frame in below]
        assert KEY not in repr(caught.value)
        assert f"password={KEY}" not in shown

"""Ctrl-C at every line of the record's code: the next use works, and nothing stays locked or half written."""

import sys
import threading
from contextlib import closing
from functools import lru_cache, partial
from pathlib import Path

import pytest
from support.fuzz import scale
from support.recording import history_in, note
from support.waiting import PATIENCE

import runway_nb.record

FOLDER = str(Path(runway_nb.record.__file__).parent)


class Interrupt:
    """Raises KeyboardInterrupt before a line of the record's code.

    Attributes:
        left: Lines to run before.
    """

    def __init__(self, left):
        self.left = left

    def __enter__(self):
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_):
        sys.settrace(self._before)

    _before = sys.gettrace()

    def _enter(self, frame, event, argument):  # noqa: ARG002  # how it is called
        return self._line if frame.f_code.co_filename.startswith(FOLDER) else None

    def _line(self, frame, event, argument):  # noqa: ARG002  # how it is called
        if event == "line" and _begins(frame):
            self.left -= 1
            if self.left < 0:
                sys.settrace(None)
                frame.f_trace = None
                raise KeyboardInterrupt
        return self._line


def _begins(frame):
    """Whether a line begins. The end of a ``with`` counts as its line too, but Python handles no signal there."""
    return frame.f_lasti == _first_offsets(frame.f_code).get(frame.f_lineno)


@lru_cache
def _first_offsets(code):
    return {line: begin for begin, _, line in reversed(list(code.co_lines()))}


def interrupted(use, after):
    """Use something until an interrupt after so many lines; return whether there was one."""
    try:
        with Interrupt(after):
            use()
    except KeyboardInterrupt:
        return True
    return False


def in_thread(use):
    found = []
    thread = threading.Thread(target=lambda: found.append(use()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert found, "a lock is still held"
    return found[0]


USES = {
    "note": lambda history, number: note(history, (0, "wait"), (5, "success"), task_id=f"u-{number}"),
    "recent": lambda history, _: (note(history, (6, "wait"), task_id="base"), history.recent(text="cat")),
    "known": lambda history, _: (history.reset(), history.known("base")),
    "clear": lambda history, number: (note(history, (0, "wait"), task_id=f"u-{number}"), history.clear()),
    "close": lambda history, number: (note(history, (0, "wait"), task_id=f"u-{number}"), history.close()),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", USES)
def test_interrupt_at_any_line(path, name):
    with closing(history_in(path)) as history:
        note(history, (0, "wait"), task_id="base")
        for number in range(0, 350, max(1, 9 // scale(1))):
            interrupted(partial(USES[name], history, number), number)
            after = f"after-{number}"
            in_thread(lambda: note(history, (0, "wait"), (5, "success"), task_id=after))  # noqa: B023  # runs at once
            listed = in_thread(lambda: history.recent(text=after))  # noqa: B023  # runs at once
            assert [each.task_id for each in listed][-1:] == [after]
            with closing(history_in(path)) as other:  # nothing keeps the file locked, and all was written
                assert len(other.known(after).steps) == 2

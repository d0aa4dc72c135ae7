"""``%runway_history``: what it says about a record that was emptied, is in trouble, or lacks something."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
from IPython.core.error import UsageError
from support.recording import note, warned_once
from support.tasks import NOW

from runway_nb.kernel import answers
from runway_nb.kernel.session import close_session, current_session
from runway_nb.record.guard import GuardedFile
from runway_nb.record.limits import Limits


@pytest.fixture
def shell(ipython):
    ipython.run_line_magic("load_ext", "runway_nb")
    current_session().history._make_file = partial(GuardedFile, busy=0.05, pause=0.0)
    yield ipython
    ipython.run_line_magic("unload_ext", "runway_nb")
    close_session()


@pytest.fixture
def record(shell):  # noqa: ARG001  # which loads the extension
    history = current_session().history
    note(history, (0, "wait"), (5, "fail"), prompt="secret plan", failMsg="something new")
    return history


def error_of(shell, line):
    with pytest.raises(UsageError) as caught:
        shell.run_line_magic("runway_history", line)
    return str(caught.value)


def shown(shell):
    shell.run_line_magic("runway_history", "")
    return shell.display_pub.outputs[-1]["data"]


def test_json_of_what_the_record_kept_says_so(record, capsys):
    kept = replace(record.known("t1"), whole=False)
    answers.show_json([kept])
    assert capsys.readouterr().out.startswith(
        "t1: The record has only the main facts of this task, not the full response: links and parameters are missing."
    )
    answers.show_json([kept.saw(kept.seen_task(), NOW)])
    assert "The record" not in capsys.readouterr().out


def test_emptied(shell, record, capsys):
    shell.run_line_magic("runway_history", "--clear")
    assert capsys.readouterr().out == "The record is empty now.\n"
    assert record.recent() == []


def test_text_that_another_program_reads(shell, record, capsys):
    path = record._file._path
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM tasks").fetchall()
        assert error_of(shell, "--clear") == (
            f"Every task is deleted from the record, but their text is still in {path} and {path}-wal, because another "
            "program reads the record. Close other kernels, and run this again. Otherwise the text is removed as soon "
            "as no other program reads it."
        )
    shell.run_line_magic("runway_history", "--clear")
    assert capsys.readouterr().out == "The record is empty now.\n"


def test_locked_record_is_not_emptied(shell, record):
    path = record._file._path
    with closing(sqlite3.connect(path, isolation_level=None)) as other, warned_once("locked"):
        other.execute("BEGIN IMMEDIATE")
        assert error_of(shell, "--clear") == (
            f"This session's list is empty now, but nothing was deleted from {path} (database is locked). Close the "
            "program that locks it, and run this again."
        )
    assert len(record.recent()) == 1


def test_list_says_what_is_the_matter(shell, record):
    with closing(sqlite3.connect(record._file._path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.warns(UserWarning, match="locked"):
            note(record, (10, "wait"), task_id="t2")
        data = shown(shell)
        for text in data.values():
            assert "The record cannot be fully used (database is locked). Close the program that locks it." in text
            assert "t2" in text
        other.execute("ROLLBACK")
    assert "locked" not in str(shown(shell))


def test_list_says_what_was_dropped(shell, record):
    record.limits = Limits(file=2**21, task=1000)
    note(record, (10, "wait"), task_id="t2", answer="x" * 2000)
    for text in shown(shell).values():
        assert (
            "To stay within 2 MiB, the record has dropped the oldest tasks (0) and full answers (1; state, prompt and "
            "times of these tasks are kept)."
        ) in text

"""File systems without locks, made real by a process that refuses its own locks."""

import os
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing

import pytest
from support.recording import history_in, impatient, note, note_in

from runway_nb.record import file
from runway_nb.record.guard import GuardedFile
from runway_nb.record.locks import can_lock

USE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

static int call(const char *name, int descriptor, int command, void *argument) {
    if (command == F_SETLK || command == F_SETLKW || command == F_GETLK) { errno = REFUSAL; return -1; }
    return ((int (*)(int, int, ...)) dlsym(RTLD_NEXT, name))(descriptor, command, argument);
}
#define SHIM(name) int name(int descriptor, int command, ...) { \\
    va_list rest; va_start(rest, command); void *argument = va_arg(rest, void *); va_end(rest); \\
    return call(#name, descriptor, command, argument); }
SHIM(fcntl)
SHIM(fcntl64)
"""
USE = """
import errno, sys, warnings
from functools import partial
from pathlib import Path
from runway_nb.record import file
from runway_nb.record.guard import GuardedFile
from runway_nb.record.history import TaskHistory
from support.locks import refuse_locks
from support.recording import note

refuse_locks(getattr(errno, sys.argv[1]))
warnings.simplefilter("always")
history = TaskHistory(lambda: Path("folder"), make_file=partial(GuardedFile, busy=3600))
for number in range(20):
    note(history, (0, "wait"), (5, "generating"), task_id=f"t{number}")
    history.ids()
history.close()
"""
GENEROUS = 240
"""Seconds for that on a busy machine, and much less than a single wait for a lock would take."""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process refuse its own system calls")
@pytest.mark.parametrize("refusal", ["ENOLCK", "EACCES", "ENOSYS"])
def test_file_system_without_locks(tmp_path, refusal):
    ran = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", USE, refusal],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=GENEROUS,
    )

    assert ran.stderr.count("UserWarning") == 1
    assert (
        "Its file system has no locks: keep IPython's profile on a local disk, or switch the record off" in ran.stderr
    )


def test_new_file_can_be_locked(tmp_path):
    assert can_lock(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not can_lock(tmp_path / "missing")


def test_locked_file_is_waited_for_once(path, monkeypatch):
    waits = []
    connect = file.connect

    def note_wait(path, busy, patience):
        waits.append(patience)
        return connect(path, busy, patience)

    note_in(path, (0, "wait"))
    monkeypatch.setattr(file, "connect", note_wait)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        history = history_in(path, make_file=lambda path: GuardedFile(path, busy=0.2, pause=0.0))
        with pytest.warns(UserWarning, match="cannot be used") as warned:
            note(history, *((number, f"state {number}") for number in range(20)))
        history.close()

    assert len(warned) == 1
    assert (waits[0], set(waits[1:])) == (0.2, {0.0})


def test_warnings_as_errors_stop_nothing(path, capsys):
    path.mkdir(parents=True)
    history = history_in(path, make_file=impatient)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        note(history, (0, "wait"))
        assert history.ids() == ["t1"]

    assert capsys.readouterr().err.startswith(f"UserWarning: The task record {path} cannot be used (")

"""File systems without locks, made real by a library that refuses every lock of a process."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
import warnings

import pytest
from support.recording import history_in, impatient, note
from support.watching import PATIENCE

from runway_nb.record.guard import GuardedFile
from runway_nb.record.locks import can_lock

REFUSE = """
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
import time, warnings
from functools import partial
from pathlib import Path
from runway_nb.record.guard import GuardedFile
from runway_nb.record.history import TaskHistory
from support.recording import note

warnings.simplefilter("always")
start = time.monotonic()
history = TaskHistory(lambda: Path("folder"), make_file=partial(GuardedFile, busy=20))
for number in range(20):
    note(history, (0, "wait"), (5, "generating"), task_id=f"t{number}")
    history.ids()
history.close()
print(time.monotonic() - start)
"""


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("cc"), reason="needs LD_PRELOAD and a C compiler")
@pytest.mark.parametrize("refusal", ["ENOLCK", "EACCES", "ENOSYS"])
def test_file_system_without_locks(tmp_path, refusal):
    (tmp_path / "refuse.c").write_text(REFUSE)
    build = ["cc", "-shared", "-fPIC", f"-DREFUSAL={refusal}", "-o", "refuse.so", "refuse.c", "-ldl"]
    subprocess.run(build, cwd=tmp_path, check=True)  # noqa: S603  # our own library
    environment = os.environ | {"LD_PRELOAD": str(tmp_path / "refuse.so"), "PYTHONPATH": os.pathsep.join(sys.path)}

    ran = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", USE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )

    assert float(ran.stdout) < 10  # no wait for a lock
    assert ran.stderr.count("UserWarning") == 1
    assert (
        "Its file system has no locks: keep IPython's profile on a local disk, or switch the record off" in ran.stderr
    )


def test_new_file_can_be_locked(tmp_path):
    assert can_lock(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not can_lock(tmp_path / "missing")


def test_locked_file_is_waited_for_once(path, monkeypatch):
    opened = []

    def refuse(*_, **__):
        opened.append(time.monotonic())
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(sqlite3, "connect", refuse)
    history = history_in(path, make_file=lambda path: GuardedFile(path, pause=0.0))
    start = time.monotonic()
    with pytest.warns(UserWarning, match="cannot be used") as warned:
        note(history, *((number, f"state {number}") for number in range(20)))

    assert len(warned) == 1
    assert len(opened) >= 20
    assert time.monotonic() - start < 1.5


def test_warnings_as_errors_stop_nothing(path, capsys):
    path.mkdir(parents=True)
    history = history_in(path, make_file=impatient)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        note(history, (0, "wait"))
        assert history.ids() == ["t1"]

    assert capsys.readouterr().err.startswith(f"UserWarning: The task record {path} cannot be used (")

"""Files that cannot be written: reading goes on, and what is seen meanwhile is written later."""

import resource
import subprocess
import sys
import warnings
from contextlib import closing, contextmanager, suppress

import pytest
from support.recording import history_in, impatient, note, note_in, warned_once

from runway_nb.record.history import FILE_NAME
from runway_nb.record.trouble import Kind, diagnose

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts and limits of Linux")

MIB = 2**20


@contextmanager
def mounted(folder, *options):
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "none", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:  # noqa: S603  # our own command
        pytest.skip("mounting a small disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607  # our own command


@pytest.fixture
def disk(tmp_path):
    with mounted(tmp_path / "disk", "size=512k") as folder:
        yield folder


def fill(folder):
    with (folder / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(1024))


@contextmanager
def longest_file(size):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def note_many(history, name, number=40):
    for index in range(number):
        note(history, (index, "wait"), (index + 0.5, "success"), task_id=f"{name}-{index}", prompt="p" * 20000)


FULL = r"cannot be written \(database or disk is full\)\. Free space on its disk, or .* kept in memory"


def test_full_disk_stops_writing_only(disk):
    with closing(history_in(disk / FILE_NAME, make_file=impatient)) as history:
        note(history, (0, "wait"), task_id="before")
        fill(disk)
        with warned_once(FULL):
            note_many(history, "full")
            assert history.known("before").task is not None
            assert history.ids("before") == ["before"]
            assert len(history.recent(limit=100)) == 41
            assert history.trouble.kind is Kind.FULL
            cleared = history.clear()
        assert (cleared.deleted, cleared.trouble.kind) == (False, Kind.FULL)


def test_what_a_full_disk_held_back_is_written_when_there_is_room(disk):
    with closing(history_in(disk / FILE_NAME, make_file=impatient)) as history:
        note(history, (0, "wait"), task_id="before")
        fill(disk)
        with warned_once(FULL):
            note_many(history, "full", 5)
        (disk / "filler").unlink()
        note(history, (0, "wait"), task_id="after")
        assert history.trouble is None
    with closing(history_in(disk / FILE_NAME)) as again:
        assert set(again.ids()) == {"before", "after", *(f"full-{index}" for index in range(5))}
        assert len(again.known("full-1").steps) == 2


def test_file_on_a_full_disk_is_read_by_the_next_kernel(disk):
    note_in(disk / FILE_NAME, (0, "wait"), (1, "success"), task_id="before")
    fill(disk)
    with closing(history_in(disk / FILE_NAME, make_file=impatient)) as history:
        with warned_once("cannot be written .* Free space on its disk"):
            note_many(history, "full", 3)
        assert history.known("before").settled
        assert {each.task_id for each in history.recent()} == {"before", "full-0", "full-1", "full-2"}
        (disk / "filler").unlink()
        note(history, (0, "wait"), task_id="after")
    with closing(history_in(disk / FILE_NAME)) as again:
        assert set(again.ids()) == {"before", "after", "full-0", "full-1", "full-2"}


def test_closing_warns_of_what_was_never_written(disk):
    history = history_in(disk / FILE_NAME)
    note(history, (0, "wait"))
    fill(disk)
    with warned_once("cannot be written"):
        note_many(history, "full", 3)
    with warned_once("lacks 3 of the tasks that this session has seen: they could not be written"):
        history.close()


def test_read_only_disk(tmp_path):
    with mounted(tmp_path / "disk", "size=1m") as folder:
        note_in(folder / FILE_NAME, (0, "wait"), (1, "success"), task_id="before")
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)  # noqa: S603, S607  # our own command
        with closing(history_in(folder / FILE_NAME, make_file=impatient)) as history:
            with warned_once("cannot be written .* Its file system is read-only: keep IPython's profile in a folder"):
                note(history, (0, "wait"), task_id="t2")
                assert history.known("before").settled
            assert {each.task_id for each in history.recent()} == {"before", "t2"}
            assert history.trouble.kind is Kind.READ_ONLY
            subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)  # noqa: S603, S607  # our own command
        with closing(history_in(folder / FILE_NAME)) as again:
            assert set(again.ids()) == {"before", "t2"}


def test_file_that_reached_its_longest(path):
    with closing(history_in(path, make_file=impatient)) as history:
        note(history, (0, "wait"), task_id="before")
        with longest_file(200_000):
            with warned_once(r"cannot be written .*\. Raise the limit on the size of files \(ulimit -f\)"):
                note_many(history, "long")
                assert history.known("before").task is not None
            assert len(history.recent(limit=100)) == 41
        note(history, (0, "wait"), task_id="after")
    with closing(history_in(path)) as again:
        assert len(again.ids(limit=100)) == 42


def test_causes_known_by_errno_only(tmp_path):
    expected = {13: Kind.FORBIDDEN, 1: Kind.FORBIDDEN, 28: Kind.FULL, 122: Kind.FULL, 30: Kind.READ_ONLY, 5: Kind.OTHER}
    for number, kind in expected.items():
        assert diagnose(OSError(number, "words"), tmp_path / "file").kind is kind


# --- files that are moved, deleted or replaced ------------------------------------------------------------------------


def delete(path):
    for each in path.parent.iterdir():
        each.unlink()


def move(path):
    path.rename(path.with_name("moved"))


def move_folder(path):
    path.parent.rename(path.parent.with_name("moved"))


def replace_with_older(path):
    other = path.parent.with_name("other")
    note_in(other / FILE_NAME, (0, "wait"), task_id="older")
    delete(path)
    (other / FILE_NAME).replace(path)


@pytest.mark.parametrize("change", [delete, move, move_folder, replace_with_older])
def test_another_file_at_the_path_is_used(path, change):
    with closing(history_in(path, make_file=impatient)) as history, warnings.catch_warnings():
        warnings.simplefilter("error")
        note(history, (0, "wait"), task_id="before")
        change(path)
        note(history, (0, "wait"), task_id="after")
        assert history.ids("after") == ["after"]
    with closing(history_in(path)) as again:
        assert set(again.ids()) - {"older"} == {"after"}


@pytest.mark.parametrize("names", [["-wal"], ["-shm"], ["-wal", "-shm"]])
def test_companion_files_that_are_deleted(path, names):
    with closing(history_in(path, make_file=impatient)) as history, warnings.catch_warnings():
        warnings.simplefilter("error")
        note(history, (0, "wait"), task_id="before")
        for name in names:
            path.with_name(path.name + name).unlink()
        note(history, (0, "wait"), task_id="after")
        with closing(history_in(path)) as other:
            assert other.known("after").task is not None
            note(other, (0, "wait"), task_id="other")
        note(history, (0, "wait"), task_id="last")
    with closing(history_in(path)) as again:
        assert set(again.ids()) == {"before", "after", "other", "last"}


@pytest.mark.parametrize("make", ["folder", "garbage", "pipe", "empty"])
def test_file_that_becomes_something_else(path, make):
    with closing(history_in(path, make_file=impatient)) as history, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        note(history, (0, "wait"), task_id="before")
        delete(path)
        {
            "folder": path.mkdir,
            "garbage": lambda: path.write_bytes(b"garbage" * 5000),
            "pipe": lambda: subprocess.run(["mkfifo", str(path)], check=True),  # noqa: S603, S607  # our own command
            "empty": path.touch,
        }[make]()
        note(history, (0, "wait"), task_id="after")
        assert history.ids() == ["after", "before"]
        assert history.known("before").task is not None
        assert len(history.recent()) >= 1
    assert len(warned) == (make != "empty")


@pytest.mark.parametrize("left", [0, 100, 5000])
def test_file_cut_off_while_it_is_open(path, left):
    with closing(history_in(path, make_file=impatient)) as history, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        note_many(history, "t")
        with path.open("r+b") as opened:
            opened.truncate(left)
        note(history, (0, "wait"), task_id="after")
        assert history.ids()[0] == "after"
        assert history.recent(limit=100)
        history.clear()
    assert len(warned) <= 2

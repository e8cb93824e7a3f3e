"""Files that are written whole: what a kill leaves of them goes, what somebody writes stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.packing import pack_dataset
from cnn_studio.paths import Workspace
from cnn_studio.whole_files import (
    FileInMaking,
    folder_in_making,
    remove_unfinished,
    write_atomically,
    write_whole,
)
from tests.data.pictures import put_photo

_WRITES = {
    "pack": """
things = find_dataset(Workspace(place / "w"), "things")
pack_dataset(things, place / "x.zip", progress=wait)
""",
    "checkpoint": "write_whole(place / '00001.npz', half, '.npz')",
    "model": "write_whole(place / 'model.keras', half, '.keras')",
    "image": "file = FileInMaking(place / 'a.jpg'); file.write(b'half'); wait()",
    "export": """
with folder_in_making(place / ".export-1234") as work:
    half(work / "model")
""",
}
_BEGIN = """
import sys, time
from pathlib import Path
from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.packing import pack_dataset
from cnn_studio.paths import Workspace
from cnn_studio.whole_files import FileInMaking, folder_in_making, write_whole
place = Path(sys.argv[1])
def wait(*_):
    print("begun", flush=True); time.sleep(60)
def half(path):
    path.write_bytes(b"half"); wait()
"""


@contextmanager
def _writing(place: Path, what: str) -> Iterator[subprocess.Popen[str]]:
    """Another program in the middle of writing something."""
    command = [sys.executable, "-c", _BEGIN + _WRITES[what], str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            yield process
        finally:
            process.kill()


def _hidden(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.name.startswith("."))


def _write(place: Path, what: str) -> None:
    """What the next command does."""
    if what == "pack":
        pack_dataset(find_dataset(Workspace(place / "w"), "things"), place / "x.zip")
    elif what == "export":
        with folder_in_making(place / ".export-5678") as work:
            (work / "model").write_bytes(b"whole")
    else:
        write_whole(place / "x", lambda path: path.write_bytes(b"whole"))


@pytest.mark.parametrize("what", list(_WRITES))
def test_what_a_kill_leaves_goes_with_the_next_command_and_not_before(
    tmp_path: Path, what: str
) -> None:
    things = create_dataset(Workspace(tmp_path / "w"), "Things", ["cup"])
    for number in range(3):
        put_photo(things.folder / "cup" / f"{number}.jpg", number)
    with _writing(tmp_path, what) as process:
        (name,) = _hidden(tmp_path)
        _write(tmp_path, what)
        assert _hidden(tmp_path) == [name]  # somebody is at work on it
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert _hidden(tmp_path) == [name]
        _write(tmp_path, what)
    assert _hidden(tmp_path) == []


def test_the_first_file_of_a_program_tidies_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    name = f".{'0a' * 16}"
    (tmp_path / f"{name}.part").write_bytes(b"half")
    for other in (".notes.part", f"{name}.part2", f"{name}.jpg", f"x{name}.part"):
        (tmp_path / other).write_bytes(b"mine")
    (tmp_path / f"{name}.npz").mkdir()
    (tmp_path / f"{name}.keras").symlink_to(tmp_path / ".notes.part")
    write_atomically(tmp_path / "a", b"whole")
    left = sorted(path.name for path in tmp_path.iterdir())
    mine = (f"{name}{ending}" for ending in (".part2", ".jpg", ".npz", ".keras"))
    assert left == sorted([".notes.part", f"x{name}.part", "a", *mine])


def test_what_is_being_written_stays_until_it_is_in_place(tmp_path: Path) -> None:
    file = FileInMaking(tmp_path / "a")
    file.write(b"whole")
    (held,) = tmp_path.iterdir()
    os.utime(held, (0, 0))
    assert remove_unfinished(tmp_path) == 0
    file.put_in_place()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"whole"]
    descriptors = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0
    for number in range(50):
        write_atomically(tmp_path / "a", b"%d" % number)
        with pytest.raises(OSError, match="full"):
            write_whole(tmp_path / "a", _full)
    assert (tmp_path / "a").read_bytes() == b"49"
    if sys.platform == "linux":
        assert len(list(Path("/proc/self/fd").iterdir())) == descriptors


@pytest.mark.skipif(sys.platform == "win32", reason="there, what is open cannot be deleted")
def test_without_locks_a_folder_goes_once_nothing_in_it_was_written_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(37, "no locks")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with folder_in_making(tmp_path / ".export-1") as work:
        model = work / "tflite" / "model"
        model.parent.mkdir()
        model.write_bytes(b"x")
        for path in (*work.iterdir(), work):  # begun long ago; the model is being written
            os.utime(path, (0, 0))
        holders = list(work.glob("*.part"))
        _write(tmp_path, "export")
        assert model.exists()
        assert list(work.glob("*.part")) == holders
        os.utime(model, (0, 0))
        os.utime(work, (0, 0))
        _write(tmp_path, "export")
        assert not work.exists()


def _full(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", b"half")
    raise OSError(28, "full")

"""SIGTERM ends every command within two seconds, whatever it is doing, and keeps what is whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg, read_image
from tests.demo_workspace import record_demo_images

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

_SOON_S = 2.0
_STOPPED = "Stopped by a signal before it was done. What was already saved stays."


@pytest.fixture(scope="module")
def slow_png() -> bytes:
    """A picture of 16 bits whose reading takes seconds, in a file of 0.3 MB."""
    side, block = 7000, 1 << 16
    packer = zlib.compressobj(1, wbits=-15)
    packed = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    count, rest = divmod(side * (1 + 8 * side), block)
    check = struct.pack(">I", ((count * block + rest) % 65521) << 16 | 1)
    end = packer.compress(bytes(rest)) + packer.flush()
    pixels = b"\x78\x01" + packed * count + end + check
    header = struct.pack(">IIBBBBB", side, side, 16, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


@pytest.fixture
def slow_images(workspace: Workspace, slow_png: bytes) -> Path:
    """A dataset `slow` of two classes."""
    folder = workspace.datasets / "slow"
    for name in ("red", "green"):
        (folder / name).mkdir(parents=True)
        for number in range(3):
            (folder / name / f"{number}.png").write_bytes(slow_png + f"{name}{number}".encode())
    return folder


class _Command:
    """A command in a process of its own."""

    def __init__(self, workspace: Workspace, *words: object) -> None:
        command = [sys.executable, "-m", "cnn_studio", "--workspace", str(workspace.root)]
        self.process = subprocess.Popen(
            [*command, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def wait_until(self, is_at_work: Callable[[int], bool]) -> None:
        deadline = time.monotonic() + 60
        while not is_at_work(self.process.pid):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def end(self) -> tuple[str, str]:
        """Send SIGTERM; the rest of stdout and stderr. It ends in time, and what it started too."""
        children = _children(self.process.pid)
        begun_s = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=60)
        assert time.monotonic() - begun_s < _SOON_S
        deadline = time.monotonic() + 1
        while any(map(_is_running, children)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not [child for child in children if _is_running(child)]
        return said


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for place in listed for child in place.read_text("ascii").split()]


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _is_decoding(process: int) -> bool:
    """Whether so much memory is taken as only one of the slow pictures takes."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    except OSError:
        return False
    memory = next((line.split()[1] for line in lines if line.startswith("VmRSS")), "0")
    return int(memory) > 450 << 10


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("check", "slow"),
        ("labels", "slow"),
        ("predict", "colours", "DATASET"),
        ("evaluate", "colours", "slow"),
        ("train", "slow"),
        ("import", "new", "DATASET"),
        ("sort", "slow", "DATASET"),
        ("compare", "colours", "others", "slow"),
    ],
    ids=lambda words: words[0],
)
def test_a_command_that_is_deep_in_a_decoder_ends(
    words: tuple[str, ...], workspace: Workspace, models: Path, slow_images: Path
) -> None:
    shutil.copytree(models / "colours", workspace.runs / "colours")
    shutil.copytree(models / "colours", workspace.runs / "others")
    before = {path: path.read_bytes() for path in slow_images.rglob("*.png")}
    named = [str(slow_images) if word == "DATASET" else word for word in words]
    command = _Command(workspace, *named)
    command.wait_until(_is_decoding)
    _out, said = command.end()
    assert command.process.returncode == 128 + signal.SIGTERM
    assert said.splitlines()[-1] == _STOPPED
    assert "Traceback" not in said
    assert {path: path.read_bytes() for path in slow_images.rglob("*.png")} == before


@pytest.mark.slow
def test_an_import_that_is_ended_keeps_whole_images_and_goes_on(
    workspace: Workspace, slow_png: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "source" / "shoe"
    source.mkdir(parents=True)
    for number in range(4):
        pixels = np.full((40, 60, 3), 50 * number, np.uint8)
        (source / f"a{number}.jpg").write_bytes(encode_jpeg(pixels))
    (source / "b.png").write_bytes(slow_png)
    command = _Command(workspace, "import", "new", source.parent)
    command.wait_until(_is_decoding)
    command.end()
    for path in (workspace.datasets / "new" / "shoe").glob("*.jpg"):
        assert read_image(path).shape == (40, 60, 3)
    (source / "b.png").unlink()
    again = _Command(workspace, "import", "new", source.parent)
    again.process.communicate(timeout=60)
    assert len(list((workspace.datasets / "new" / "shoe").glob("*.jpg"))) == 4


@pytest.mark.slow
@pytest.mark.parametrize(("size", "epochs"), [(16, 3), (112, 1)], ids=["in-time", "too-large"])
def test_a_training_that_is_ended_can_be_gone_on_with(
    size: int, epochs: int, workspace: Workspace
) -> None:
    record_demo_images(workspace, per_class=10)
    sizes = ("--epochs", "10000", "--image-size", size)
    words = ("train", "objects", "--recipe", "classic", *sizes, "--json")
    command = _Command(workspace, *words)
    assert command.process.stdout is not None
    for line in command.process.stdout:
        event = json.loads(line)
        if event["event"] == "epoch" and event["epoch"] == epochs:
            break
    rest, said = command.end()
    listed = _Command(workspace, "runs", "--json").process.communicate(timeout=60)[0]
    (run,) = map(json.loads, listed.splitlines())
    way_on = f"Go on with it: cnn-studio resume {run['run']}"
    last = json.loads(rest.splitlines()[-1])
    if run["status"] == "stopped":  # it has ended in order within the time
        assert command.process.returncode == 0
        assert last["event"] == "finished"
        assert run["epochs"] >= 2
        assert said == ""
    else:
        assert run["status"] == "interrupted"
        assert command.process.returncode == 128 + signal.SIGTERM
        assert last == {"event": "failed", "message": f"{_STOPPED} {way_on}"}
        assert said.splitlines()[-1] == f"{_STOPPED} {way_on}"
    resumed = _Command(workspace, "resume", run["run"], "--json")
    assert resumed.process.stdout is not None
    events = map(json.loads, resumed.process.stdout)
    first = next(event for event in events if event["event"] == "epoch")
    assert first["epoch"] > epochs
    resumed.end()


_IN_ORDER = """
import atexit, sys, time
from cnn_studio.cli import main
from cnn_studio.cli import interrupts

def work(_words):
    atexit.register(time.sleep, 30)
    with interrupts.stop_on_interrupt() as stop:
        print("ready", flush=True)
        stop.wait()
    print("all done")
    return 0

from cnn_studio.cli import app
app.run_command = work
sys.argv = ["cnn-studio", "runs"]
sys.exit(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_done_in_time_is_done_however_slow_python_ends(number: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _IN_ORDER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    begun_s = time.monotonic()
    process.send_signal(number)
    assert process.communicate(timeout=60) == ("all done\n", "")
    assert process.returncode == 0
    assert time.monotonic() - begun_s < _SOON_S


_TWO_PHASES = """
import time
from cnn_studio.cli.interrupts import end_in_time, stop_on_interrupt

end_in_time()
for phase in range(2):
    with stop_on_interrupt() as stop:
        print(phase, flush=True)
        stop.wait()
        time.sleep(2)
print("all done")
"""


def test_the_first_interrupt_of_each_phase_is_polite() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _TWO_PHASES], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for phase in range(2):
        assert process.stdout.readline() == f"{phase}\n"
        process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[0] == "all done\n"
    assert process.returncode == 0


@pytest.mark.slow
def test_an_export_that_is_verified_ends(workspace: Workspace, models: Path) -> None:
    shutil.copytree(models / "colours", workspace.runs / "colours")
    for place, name in enumerate(("red", "green", "blue")):
        folder = workspace.datasets / "colours" / name
        folder.mkdir(parents=True)
        for number in range(4):
            pixels = np.eye(3, dtype=np.uint8)[place] * np.full((40, 60, 1), 200 + number, np.uint8)
            (folder / f"{number}.jpg").write_bytes(encode_jpeg(pixels))
    out = workspace.root / "exported"
    command = _Command(workspace, "export", "colours", "--format", "keras", "--out", out)
    command.wait_until(lambda process: bool(_children(process)))
    command.end()
    assert command.process.returncode in (1, 128 + signal.SIGTERM)


@pytest.mark.slow
def test_a_recording_that_is_ended_keeps_whole_images(workspace: Workspace) -> None:
    words = ("capture", "shoe", "--camera", "demo:shoe", "--count", "100000")
    command = _Command(workspace, *words)
    folder = workspace.datasets / "objects" / "shoe"
    command.wait_until(lambda _process: len(list(folder.glob("*.jpg"))) > 3)
    command.end()
    assert command.process.returncode == 0
    for path in folder.iterdir():
        assert read_image(path).ndim == 3


def test_a_pipe_among_the_images_is_no_reason_to_wait(
    workspace: Workspace, models: Path, tmp_path: Path
) -> None:
    shutil.copytree(models / "colours", workspace.runs / "colours")
    photos = tmp_path / "photos"
    photos.mkdir()
    os.mkfifo(photos / "pipe.jpg")
    with (photos / "sparse.jpg").open("wb") as stream:
        stream.truncate(20 << 30)
    (photos / "fine.jpg").write_bytes(encode_jpeg(np.full((40, 60, 3), 90, np.uint8)))
    for words in (("predict", "colours", photos), ("import", "new", photos, "--class", "shoe")):
        out, said = _Command(workspace, *words).process.communicate(timeout=30)
        assert "sparse.jpg" in said
        assert "pipe.jpg" in said
        assert "fine.jpg" in out or "1 image was" in out

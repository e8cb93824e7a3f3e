"""`cnn-studio capture`: from a camera into a class folder."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.sessions import session_of
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import read_image
from tests.camera.fake_webcams import FakeWebcams
from tests.cli.conftest import Cli


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """A video of eight frames, each with a brightness of its own."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 30, (64, 48))
    for number in range(8):
        writer.write(np.full((48, 64, 3), 30 * number, np.uint8))
    writer.release()
    return path


def files(workspace: Workspace, class_name: str) -> list[Path]:
    return sorted((workspace.datasets / "objects" / class_name).glob("*.jpg"))


def test_the_frames_of_one_capture_are_one_session(cli: Cli, workspace: Workspace) -> None:
    answer = cli("capture", "shoe", "--camera", "demo:shoe", "--count", 5, "--json")
    assert answer.code == 0
    (values,) = answer.lines
    assert (values["kept"], values["lost"], values["class"]) == (5, 0, "shoe")
    found = files(workspace, "shoe")
    assert {str(path.parent) for path in found} == {values["folder"]}
    assert [session_of(path.name).id for path in found] == [values["session"]] * 5
    assert read_image(found[0]).shape == (480, 640, 3)


def test_a_class_that_is_new_is_added_to_the_card(cli: Cli) -> None:
    assert cli("capture", "mug", "--camera", "demo", "--count", 1).code == 0
    objects = cli("datasets", "list", "--json").lines[0]
    assert list(objects["counts"])[-1] == "mug"


def test_a_name_that_no_class_can_have_is_refused(cli: Cli) -> None:
    answer = cli("capture", "../shoe", "--camera", "demo", "--count", 1)
    assert answer.code == 1
    assert "../shoe" in answer.sentence


def test_a_webcam_is_asked_for_a_size_and_another_one_is_told(
    cli: Cli, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeWebcams(monkeypatch, tmp_path).plug_in("Front")
    front = ("--camera", "Front", "--count", 1, "--json")
    answer = cli("capture", "shoe", *front, "--size", "1280x720")
    assert (answer.code, answer.err) == (0, "")
    assert read_image(files(workspace, "shoe")[0]).shape == (720, 1280, 3)
    answer = cli("capture", "cap", *front, "--size", "1920x1080")
    assert answer.code == 0
    assert "640x480" in answer.err
    assert "does not give 1920x1080" in answer.err


def test_a_video_gives_each_frame_once_from_its_first(
    cli: Cli, workspace: Workspace, video: Path
) -> None:
    answer = cli("capture", "book", "--camera", video, "--count", 100, "--json")
    assert answer.code == 0
    assert answer.lines[0]["kept"] == 8
    shades = [int(read_image(path).mean()) for path in files(workspace, "book")]
    assert shades == pytest.approx([30 * number for number in range(8)], abs=6)


def test_fewer_frames_a_second_are_spread_over_the_time(
    cli: Cli, workspace: Workspace, video: Path
) -> None:
    cli("capture", "book", "--camera", video, "--count", 100, "--fps", 10)
    shades = [int(read_image(path).mean()) for path in files(workspace, "book")]
    assert 2 <= len(shades) <= 4
    assert max(shades) - min(shades) >= 150


def test_a_camera_that_fails_leaves_no_empty_class(cli: Cli, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.avi"
    damaged.write_bytes(b"no video")
    answer = cli("capture", "mug", "--camera", damaged, "--count", 3, "--json")
    assert answer.code == 1
    assert answer.lines[0]["kept"] == 0
    assert "damaged.avi" in answer.err
    assert "mug" not in cli("datasets", "list", "--json").lines[0]["counts"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_keeps_what_was_recorded(cli: Cli, workspace: Workspace) -> None:
    words = ["capture", "shoe", "--camera", "demo:shoe", "--count", "100000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "cnn_studio", "--workspace", str(workspace.root), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while len(files(workspace, "shoe")) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    kept = len(files(workspace, "shoe"))
    assert kept >= 3
    assert out.startswith(f"{kept} frames from Demo camera are kept")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_a_dataset_stays_where_it_is_while_it_is_captured_into(
    cli: Cli, workspace: Workspace
) -> None:
    things = create_dataset(workspace, "Things", ["shoe"])
    words = ["capture", "shoe", "--dataset", "things", "--camera", "demo", "--count", "100000"]
    command = [sys.executable, "-m", "cnn_studio", "--workspace", str(workspace.root), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not (things.folder / "shoe").is_dir() and time.monotonic() < deadline:
            time.sleep(0.05)
        sentences = [
            cli("datasets", "rename", "things", "Mugs").sentence,
            cli("datasets", "delete", "things").sentence,
        ]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert all("while images are recorded into it" in sentence for sentence in sentences)
    assert cli("datasets", "rename", "things", "Mugs").code == 0
    assert [path.name for path in workspace.datasets.iterdir()] == ["mugs"]


def test_the_first_capture_makes_a_dataset(cli: Cli, workspace: Workspace) -> None:
    words = ("--dataset", "My things", "--camera", "demo", "--count", 2)
    first = cli("capture", "shoe", *words)
    assert first.code == 0
    folder = workspace.datasets / "my-things"
    assert f"There was no dataset My things: a new one was made in {folder}." in first.out
    again = cli("capture", "SHOE", *words)
    assert again.code == 0
    assert "new one" not in again.out
    (made,) = [d for d in cli("datasets", "list", "--json").lines if d["dataset"] == "my-things"]
    assert made["counts"] == {"shoe": 4}


def test_a_capture_that_keeps_nothing_makes_no_dataset(
    cli: Cli, workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "damaged.avi").write_bytes(b"no video")
    for camera, class_name in ((tmp_path / "damaged.avi", "shoe"), ("demo", "A: ripe")):
        words = ("--dataset", "new", "--camera", camera, "--count", 1)
        assert cli("capture", class_name, *words).code == 1
        assert not (workspace.datasets / "new").exists()
    refused = cli("capture", "shoe", "--dataset", "./new", "--camera", "demo", "--count", 1)
    assert refused.code == 1
    assert "There is no dataset ./new." in refused.sentence

"""The whole journey without a window: record, train, measure, classify. In real processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnn_studio.data import fashion_mnist
from cnn_studio.paths import Workspace
from tests.demo_workspace import record_demo_images

pytestmark = pytest.mark.slow
OBJECTS = ("shoe", "cap", "cellphone", "pencil", "book")
CLASSIC = ("--recipe", "classic")


class Shell:
    """Calls `cnn-studio` in one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.command = [sys.executable, "-m", "cnn_studio", "--workspace", str(workspace.root)]

    def lines(self, *words: object) -> list[dict[str, Any]]:
        """What a command that succeeds prints with --json."""
        command = [*self.command, *map(str, words), "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def shell(workspace: Workspace) -> Shell:
    return Shell(workspace)


def test_objects_from_the_camera_to_the_answer(shell: Shell, workspace: Workspace) -> None:
    for name in OBJECTS:
        (told,) = shell.lines("capture", name, "--camera", f"demo:{name}", "--count", 40)
        assert told["kept"] == 40
    events = shell.lines("train", "objects", *CLASSIC, "--epochs", 8, "--image-size", 32)
    epochs = [event for event in events if event["event"] == "epoch"]
    assert [event["epoch"] for event in epochs] == list(range(1, 9))
    keys = {"epoch", "loss", "accuracy", "val_loss", "val_accuracy", "images_per_second"}
    assert keys <= set(epochs[0])
    last = events[-1]
    assert (last["event"], last["status"], last["test_accuracy"]) == ("finished", "finished", None)
    run = Path(last["run"])
    assert {"model.keras", "model.tflite", "studio.json", "history.csv", "recipe.json"} <= {
        path.name for path in run.iterdir()
    }
    (scores,) = shell.lines("evaluate", run.name, "objects")
    assert scores["part"] == "validation"
    assert scores["accuracy"] == pytest.approx(last["val_accuracy"])
    # One new scene of each object is held back, and by chance 0.2 would be right.
    assert scores["accuracy"] > 0.4, epochs
    for name in OBJECTS:
        answers = shell.lines("predict", run.name, workspace.datasets / "objects" / name)
        assert sum(answer["class"] == name for answer in answers) > 30
    (listed,) = shell.lines("runs")
    assert listed["val_accuracy"] == last["val_accuracy"]


def test_a_folder_is_trained_into_a_folder_of_ones_own_choice(
    shell: Shell, workspace: Workspace, tmp_path: Path
) -> None:
    folder = record_demo_images(workspace, per_class=8).folder
    before = sorted(path for path in folder.rglob("*") if path.is_file())
    own = tmp_path / "own"
    events = shell.lines(
        "train", folder, *CLASSIC, "--epochs", 1, "--image-size", 16, "--limit", 30, "--out", own
    )
    assert events[-1]["run"] == str(own)
    (started,) = [event for event in events if event["event"] == "started"]
    assert started["train_count"] + started["validation_count"] == 30
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == before
    (answer,) = shell.lines("predict", own, before[-1], "--top", 5)
    assert len(answer["top"]) == 5


@pytest.mark.skipif(
    not fashion_mnist.is_present(fashion_mnist.DEBIAN_FOLDER),
    reason="Debian's package dataset-fashion-mnist is not installed",
)
def test_fashion_mnist_is_measured_on_its_own_test_part(shell: Shell) -> None:
    shell.lines("datasets", "fetch", "fashion-mnist")
    last = shell.lines("train", "fashion-mnist", *CLASSIC, "--epochs", 2, "--limit", 1000)[-1]
    (scores,) = shell.lines("evaluate", Path(last["run"]).name, "fashion-mnist")
    assert (scores["part"], scores["count"]) == ("test", 10_000)
    assert scores["accuracy"] == pytest.approx(last["test_accuracy"], abs=0.001)
    assert scores["accuracy"] > 0.5


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_keeps_the_best_model_so_far(shell: Shell, workspace: Workspace) -> None:
    record_demo_images(workspace, per_class=10)
    words = ["train", "objects", *CLASSIC, "--epochs", "10000", "--image-size", "16", "--json"]
    process = subprocess.Popen(
        [*shell.command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process, process.stdout as stdout:
        events = []
        for line in stdout:
            events.append(json.loads(line))
            if events[-1]["event"] == "epoch" and events[-1]["epoch"] == 2:
                process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    assert (events[-1]["event"], events[-1]["status"]) == ("finished", "stopped")
    (listed,) = shell.lines("runs")
    assert listed["status"] == "stopped"
    assert listed["epochs"] >= 2


def test_a_training_whose_reader_goes_away_stops_in_order(
    shell: Shell, workspace: Workspace
) -> None:
    record_demo_images(workspace, per_class=10)
    words = ["train", "objects", *CLASSIC, "--epochs", "10000", "--image-size", "16", "--json"]
    process = subprocess.Popen(
        [*shell.command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    while json.loads(process.stdout.readline())["event"] != "epoch":
        pass
    process.stdout.close()
    with process.stderr as stderr:
        assert stderr.read() == ""
    assert process.wait(60) == 1
    (listed,) = shell.lines("runs")
    assert listed["status"] == "stopped"

"""A workspace as a person has it after an hour: the demo objects recorded, a model trained.

Drawn and trained here, so that benchmarks, screenshots and end-to-end tests need no data.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.paths import Workspace

DATASET = "objects"
_FRAMES_APART = 3  # as when a camera of 30 frames a second is recorded at 10


def record_demo_images(workspace: Workspace, per_class: int = 40, recordings: int = 2) -> Dataset:
    """Fill the dataset of everyday objects with what the demo camera shows.

    Args:
        workspace: Where to.
        per_class: Images a class.
        recordings: How many recordings they are spread over.
    """
    dataset = find_dataset(workspace, DATASET)
    folders = ClassFolders(dataset)
    for class_name in DemoCamera.OBJECTS:
        for number in range(recordings):
            camera = DemoCamera(class_name, seed=number + 1, paced=False)
            camera.open()
            session = Session.new(SessionKind.RECORDING)
            share = per_class // recordings + (number < per_class % recordings)
            for sequence in range(1, share + 1):
                folders.add_image(class_name, camera.read(), session, sequence)
                for _ in range(_FRAMES_APART - 1):
                    camera.read()
    return dataset


def _plainly(options: tuple[str, ...]) -> list[str]:
    """The recipe that trains in the least time, where nothing else is said."""
    return [] if {"--recipe", "--network"} & set(options) else ["--recipe", "classic"]


def train(workspace: Workspace, epochs: int = 3, *options: str) -> Path:
    """Train on what was recorded, by the command line; the run's folder.

    Raises:
        RuntimeError: The training failed.
    """
    before = set(workspace.runs.glob("*"))
    command = [sys.executable, "-m", "cnn_studio", "--workspace", str(workspace.root), "train"]
    done = subprocess.run(
        [*command, DATASET, *_plainly(options), "--epochs", str(epochs), "--json", *options],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    if done.returncode != 0:
        raise RuntimeError(f"The training failed: {done.stderr}")
    (run,) = set(workspace.runs.glob("*")) - before
    return run

"""A workspace of many small, real images, made in seconds."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg

DATASET = "many"
CLASS_NAME, OTHER_CLASS = "shoe", "cap"
_DISTINCT = 300
_FRAMES_APART = 5
_SESSION_SIZE = 250


def make_samples(workspace: Workspace, count: int) -> Path:
    """Fill one class with frames of the demo camera, JPEG of 640x480.

    Only some hundred images are drawn and stored. All others are hard links to them, each with a
    name of its own, in sessions of 250: to the studio they are files of their own, but the disk
    holds their bytes once, so that reading them never waits for it.

    Args:
        workspace: Where to.
        count: How many samples.

    Returns:
        The class's folder.
    """
    dataset = create_dataset(workspace, DATASET.capitalize(), [CLASS_NAME, OTHER_CLASS])
    folder = dataset.folder / CLASS_NAME
    folder.mkdir(exist_ok=True)
    drawn = workspace.root / "drawn"
    drawn.mkdir()
    camera = DemoCamera(CLASS_NAME, paced=False)
    camera.open()
    originals = []
    for number in range(min(_DISTINCT, count)):
        originals.append(drawn / f"{number}.jpg")
        originals[-1].write_bytes(encode_jpeg(camera.read()))
        for _ in range(_FRAMES_APART - 1):
            camera.read()
    began = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    for number in range(count):
        place, sequence = divmod(number, _SESSION_SIZE)
        started = began + timedelta(minutes=place)
        session = Session(SessionKind.RECORDING, started, f"{place:04x}")
        os.link(originals[number % len(originals)], folder / session.file_name(sequence + 1))
    return folder

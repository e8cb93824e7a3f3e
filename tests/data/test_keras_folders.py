"""Keras reads the class folders as they are, whatever kind of photo was brought in."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_changes import class_rename, deletion, marking
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.marks import Mark
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.paths import Workspace
from tests.data.importing import import_images
from tests.data.pictures import picture

pytestmark = pytest.mark.slow

_READ = """
import json, sys
import keras
data = keras.utils.image_dataset_from_directory(
    sys.argv[1], image_size=(32, 32), shuffle=False, batch_size=4, verbose=False)
shapes = sorted({tuple(images.shape[1:]) for images, _labels in data})
labels = [int(label) for _images, labels in data for label in labels.numpy()]
print(json.dumps({"classes": data.class_names, "labels": labels, "shapes": shapes}))
"""
_KINDS = {
    "grey.jpg": ("JPEG", "L"),
    "cmyk.jpg": ("JPEG", "CMYK"),
    "palette.png": ("PNG", "P"),
    "alpha.png": ("PNG", "RGBA"),
    "colour.bmp": ("BMP", "RGB"),
    "palette.bmp": ("BMP", "P"),
    "colour.gif": ("GIF", "P"),
    "colour.webp": ("WEBP", "RGB"),
    "colour.tif": ("TIFF", "RGB"),
}


def test_keras_finds_every_class_and_reads_every_image(
    workspace: Workspace, tmp_path: Path
) -> None:
    folders = ClassFolders(create_dataset(workspace, "Things", ["shoe", "cap"]))
    session = Session.new(SessionKind.RECORDING)
    for number in range(5):
        folders.add_image("shoe", picture(number), session, number)
    photos = tmp_path / "photos"
    photos.mkdir()
    for number, (name, (kind, mode)) in enumerate(_KINDS.items()):
        stream = io.BytesIO()
        Image.fromarray(picture(100 + number)).convert(mode).save(stream, kind)
        (photos / name).write_bytes(stream.getvalue())
    report = import_images(folders, "cap", [photos])
    assert report.skipped == ()
    samples = folders.samples("shoe")
    folders.carry_out(deletion(folders, samples[:2]))
    folders.carry_out(marking(folders, samples[2:], Mark.EXCLUDED, True))
    folders.carry_out(class_rename(folders, "cap", "帽子"))

    command = [sys.executable, "-c", _READ, str(folders.dataset.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    read = json.loads(done.stdout.splitlines()[-1])
    assert read["classes"] == ["shoe", "帽子"]
    assert read["labels"] == [0] * 3 + [1] * len(_KINDS)
    assert read["shapes"] == [[32, 32, 3]]
    assert np.bincount(read["labels"]).tolist() == list(folders.counts().values())

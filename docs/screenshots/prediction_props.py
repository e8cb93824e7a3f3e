"""What the states of the prediction tab need: a strange thing, videos, folders, other models."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from cnn_studio.vision.images import ImageArray

_COPIES = 60  # of the dataset, so that its classification is still under way when it is seen
_FRAMES = 60  # of each class in a video


def prepare(workspace: Path) -> None:
    """Add what the states need: a strange thing, videos, files in folders, other models."""
    images = workspace / "datasets" / "objects"
    thing = _strange_thing()
    cv2.imwrite(str(workspace / "strange.png"), thing)
    film = _film(images, thing, workspace / "a shoe, a cap and a book.avi")
    whole = film.read_bytes()
    (workspace / "damaged.avi").write_bytes(whole[: len(whole) * 2 // 3])
    (workspace / "no video.avi").write_bytes(b"This was a film once.\n")
    _file_away(images, thing, workspace / "labelled")
    for number in range(_COPIES):
        folder = workspace / "thousands" / f"{number}"
        folder.mkdir(parents=True)
        for path in images.glob("[a-z]*/*.jpg"):
            os.link(path, folder / path.name)
    models = workspace / "models"
    models.mkdir()
    subprocess.run(
        [sys.executable, "-m", "tests.known_models", str(models)], check=True, capture_output=True
    )
    (models / "teachable.zip").rename(models / "Colours of a friend.zip")
    (models / "network from the web.pt").write_bytes(b"\x80\x04" + bytes(64))


def _strange_thing() -> ImageArray:
    """A thing of none of the classes: (480, 640, 3), uint8, BGR."""
    chosen = np.random.default_rng(7)
    thing = np.full((480, 640, 3), (60, 140, 40), np.uint8)
    for radius in range(210, 20, -22):
        colour = tuple(int(value) for value in chosen.integers(0, 255, 3))
        centre = (320 + int(chosen.integers(-18, 18)), 240)
        cv2.ellipse(thing, centre, (radius, radius * 3 // 4), radius, 0, 360, colour, -1)
    return thing


def _film(images: Path, thing: ImageArray, target: Path) -> Path:
    writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"MJPG"), 15, (640, 480))
    for name in ("shoe", "cap", "", "book"):
        paths = sorted((images / name).glob("*.jpg"))[:_FRAMES] if name else []
        for picture in map(cv2.imread, map(str, paths)) if name else [thing] * (_FRAMES // 2):
            writer.write(cv2.resize(picture, (640, 480)))
    writer.release()
    return target


def _file_away(images: Path, thing: ImageArray, folder: Path) -> None:
    """Folders that are called after a class, with some images that are in the wrong one."""
    places = {"shoe": "shoe", "cap": "cap", "book": "book", "pencil": "cellphone"}
    for source, name in places.items():
        (folder / name).mkdir(parents=True)
        for path in sorted((images / source).glob("*.jpg"))[:25]:
            os.link(path, folder / name / path.name)
    cv2.imwrite(str(folder / "strange.png"), thing)
    cv2.imwrite(str(folder / "cap" / "strange.png"), thing)

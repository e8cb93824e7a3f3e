"""Many files in a row: folders are opened up, and a bad file stops nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_studio.prediction.batch import classify_files, expand_paths
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.vision.images import encode_jpeg


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of photos with folders in it, and things that are no photos."""
    folder = tmp_path / "photos"
    jpeg = encode_jpeg(np.full((20, 20, 3), 200, np.uint8))
    for name in ("b.jpg", "a.JPG", "sub/c.png", ".trash/d.jpg", ".e.jpg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg)
    (folder / "notes.txt").write_text("no image")
    (folder / "broken.jpg").write_bytes(jpeg[:40])
    return folder


def test_a_folder_gives_the_images_in_and_below_it(photos: Path) -> None:
    names = [path.relative_to(photos).as_posix() for path in expand_paths([photos])]
    assert names == ["a.JPG", "b.jpg", "broken.jpg", "sub/c.png"]


def test_a_file_that_is_named_stays_and_none_comes_twice(photos: Path) -> None:
    named = [photos / "notes.txt", photos / "b.jpg", photos, photos / "missing.jpg"]
    names = [path.name for path in expand_paths(named)]
    assert names == ["notes.txt", "b.jpg", "a.JPG", "broken.jpg", "c.png", "missing.jpg"]


def test_a_bad_file_is_told_and_stops_nothing(run_folder: Path, photos: Path) -> None:
    paths = [photos / "broken.jpg", photos / "missing.jpg", photos / "b.jpg"]
    broken, missing, good = classify_files(Classifier.open(run_folder), paths)
    assert broken.prediction is None
    assert "damaged" in str(broken.error)
    assert "not there" in str(missing.error)
    assert good.error is None
    assert good.prediction is not None
    assert good.path == photos / "b.jpg"


def test_cancelling_ends_the_row(run_folder: Path, photos: Path) -> None:
    answers = iter([False, True])
    row = classify_files(
        Classifier.open(run_folder), expand_paths([photos]), cancelled=lambda: next(answers)
    )
    assert len(list(row)) == 1
